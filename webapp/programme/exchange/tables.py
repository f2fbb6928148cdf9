"""The tables of an instrument: what a file holds, and the plan that is made of them or all that is wrong with them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from webapp.programme.errors import ImportRefused
from webapp.programme.exchange.columns import REFUSED, CellRefused, Column, Number, OneOf, Whole, Words, YesNo
from webapp.programme.rules import (
    AspectPlan,
    GradePlan,
    IndicatorPlan,
    InstrumentPlan,
    LevelPlan,
    Method,
    Mode,
    Reading,
    TieRule,
)

MOST_BYTES = 1024 * 1024  # of a file; the largest instrument that may be read in fills a fifth of it
MOST_TOLD = 50  # faulty cells named at once; who mends these finds the next

_LIGHTEST, _MOST_POINTS, _FURTHEST = Decimal("0.01"), Decimal("9999.99"), Decimal(99_999_999)
_MODES = {"meja": Mode.DESK, "lapangan": Mode.FIELD, "meja dan lapangan": Mode.BOTH}
_METHODS = {
    "dinilai": Method.RATED, "bertingkat": Method.LEVELS, "dihitung": Method.COUNT, "pemaparan": Method.PRESENTATION,
}  # fmt: skip
_READINGS = {"kuorum": Reading.QUORUM, "pasangan tersamar": Reading.BLIND_PAIR}
_TIES = {"tim": TieRule.ASK, "aspek": TieRule.ASPECTS, "semua": TieRule.EXTEND, "undian": TieRule.LOTS}


@dataclass(frozen=True)
class Table:
    """A sheet, or a list of objects: its columns, and how many rows it may have."""

    key: str
    columns: tuple[Column, ...]
    most: int

    @property
    def title(self) -> str:
        return self.key.capitalize()


_WEIGHT = Number("bobot", lowest=_LIGHTEST)
TABLES = (
    Table(
        "instrumen",
        (
            Words("nama"), Words("dasar_hukum", needed=False, longest=10_000, lines=True),
            OneOf("bila_nilai_sama", words=_TIES), YesNo("angka_contoh"), YesNo("tetapkan_dahulu"),
        ),
        1,
    ),
    Table("aspek", (Words("nama"), _WEIGHT, Whole("babak", lowest=Decimal(1), highest=Decimal(2))), 60),
    Table(
        "indikator",
        (
            Whole("aspek", lowest=Decimal(1), highest=Decimal(60)), Words("nama"), _WEIGHT,
            OneOf("verifikasi", words=_MODES), OneOf("asal_nilai", words=_METHODS),
            Number("nilai_maksimum", lowest=_LIGHTEST, highest=_MOST_POINTS),
            Number("poin_per_kegiatan", needed=False, lowest=Decimal("0.0001"), highest=_MOST_POINTS, places=4),
            Number("kegiatan_berikutnya"), Whole("bukti_paling_sedikit", highest=Decimal(50)), YesNo("wajib"),
            OneOf("cara_menilai", words=_READINGS), Number("batas_selisih"),
        ),
        600,
    ),
    Table(
        "tingkat",
        (
            Whole("indikator", lowest=Decimal(1), highest=Decimal(600)), Words("nama", longest=60, barred="|"),
            Number("nilai", highest=_MOST_POINTS),
            Number("dari", needed=False, lowest=-_FURTHEST, highest=_FURTHEST, places=4),
            Number("sampai", needed=False, lowest=-_FURTHEST, highest=_FURTHEST, places=4),
        ),
        3000,
    ),
    Table("predikat", (Words("nama", longest=60, barred="|"), Number("mulai"), YesNo("termasuk")), 40),
)  # fmt: skip


@dataclass(frozen=True)
class RawRow:
    """A row as it came. where: what people call the place of a column in it."""

    cells: dict[str, object]
    where: Callable[[str], str]


@dataclass
class RawTables:
    """What a file holds, by table; `problems` found on the way."""

    rows: dict[str, list[RawRow]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def refuse(self, where: str, why: str) -> None:
        self.problems.append(f"{where}: {why}.")


def too_large() -> str:
    """The sentence about a file beyond the limit."""
    return str(_("Berkas terlalu besar; paling besar %(most)s KB.", most=MOST_BYTES // 1024))


def rows_of(plan: InstrumentPlan) -> dict[str, list[dict[str, Any]]]:
    """The tables of an instrument. Aspects and indicators are pointed at by their running number from 1."""
    rows: dict[str, list[dict[str, Any]]] = {table.key: [] for table in TABLES}
    rows["instrumen"] = [
        {
            "nama": plan.name, "dasar_hukum": plan.legal_basis, "bila_nilai_sama": plan.tie_rule,
            "angka_contoh": plan.example, "tetapkan_dahulu": plan.settle_first,
        }
    ]  # fmt: skip
    for at, aspect in enumerate(plan.aspects, start=1):
        rows["aspek"].append({"nama": aspect.name, "bobot": aspect.weight, "babak": aspect.round})
        for one in aspect.indicators:
            rows["indikator"].append(_indicator_row(at, one))
            inside = len(rows["indikator"])
            rows["tingkat"] += [
                {"indikator": inside, "nama": lv.name, "nilai": lv.points, "dari": lv.lower, "sampai": lv.upper}
                for lv in one.levels
            ]
    rows["predikat"] = [
        {"nama": one.label, "mulai": one.from_total, "termasuk": one.includes} for one in plan.grades
    ]  # fmt: skip
    return {
        table.key: [{one.key: one.give(row[one.key]) for one in table.columns} for row in rows[table.key]]
        for table in TABLES
    }


def _indicator_row(at: int, one: IndicatorPlan) -> dict[str, Any]:
    return {
        "aspek": at, "nama": one.name, "bobot": one.weight, "verifikasi": one.mode, "asal_nilai": one.method,
        "nilai_maksimum": one.max_value, "poin_per_kegiatan": one.points_each, "kegiatan_berikutnya": one.fading,
        "bukti_paling_sedikit": one.evidence_required, "wajib": one.required, "cara_menilai": one.reading,
        "batas_selisih": one.spread_limit,
    }  # fmt: skip


def plan_from(raw: RawTables) -> InstrumentPlan:
    """The instrument those tables describe. Raises `ImportRefused` with a sentence for every faulty cell."""
    taken = {table.key: list(_taken(table, raw)) for table in TABLES}
    if not raw.problems:
        _cross_check(taken, raw)
    if raw.problems:
        more = len(raw.problems) - MOST_TOLD
        told = raw.problems[:MOST_TOLD]
        raise ImportRefused([*told, _("Dan %(more)s kesalahan lain.", more=more)] if more > 0 else told)
    return _built({key: [values for _row, values in rows] for key, rows in taken.items()})


_Taken = tuple[RawRow, dict[str, Any]]


def _taken(table: Table, raw: RawTables) -> Iterator[_Taken]:
    rows = raw.rows.get(table.key, [])
    if len(rows) > table.most:
        raw.problems.append(
            _("Tabel %(name)s: paling banyak %(most)s baris.", name=table.title, most=table.most)
        )  # fmt: skip
        return
    if table.key == "instrumen" and not rows and not raw.problems:
        raw.problems.append(_("Tabel %(name)s: belum ada barisnya.", name=table.title))
    for row in rows:
        values: dict[str, Any] = {}
        for column in table.columns:
            if row.cells.get(column.key) is REFUSED:
                continue
            try:
                values[column.key] = column.take(row.cells.get(column.key))
            except CellRefused as refused:
                raw.refuse(row.where(column.key), refused.sentence)
        yield row, values


def _cross_check(taken: dict[str, list[_Taken]], raw: RawTables) -> None:
    """What one cell demands of another."""
    _pointing(taken["indikator"], "aspek", len(taken["aspek"]), raw)
    _pointing(taken["tingkat"], "indikator", len(taken["indikator"]), raw)
    for row, one in taken["indikator"]:
        counted = one["asal_nilai"] is Method.COUNT
        if counted and one["poin_per_kegiatan"] is None:
            raw.refuse(row.where("poin_per_kegiatan"), _("isi poin untuk satu kegiatan"))
        if not counted and one["poin_per_kegiatan"] is not None:
            raw.refuse(row.where("poin_per_kegiatan"), _("hanya untuk indikator yang dihitung; kosongkan"))
        if one["cara_menilai"] is Reading.BLIND_PAIR and one["asal_nilai"] not in (Method.RATED, Method.LEVELS):
            raw.refuse(row.where("cara_menilai"), _("asal nilai ini tidak dibaca oleh dua penilai tersamar"))
    for row, one in taken["tingkat"]:
        if one["dari"] is not None and one["sampai"] is not None and one["dari"] > one["sampai"]:
            raw.refuse(row.where("sampai"), _("batas atas di bawah batas bawah"))
    begun: set[Decimal] = set()
    for row, one in taken["predikat"]:
        if one["mulai"] in begun:
            raw.refuse(row.where("mulai"), _("dua predikat mulai dari nilai yang sama"))
        begun.add(one["mulai"])


def _pointing(rows: Iterable[_Taken], key: str, known: int, raw: RawTables) -> None:
    for row, one in rows:
        if one[key] > known:
            raw.refuse(row.where(key), _("tidak ada %(what)s nomor %(number)s", what=key, number=one[key]))


def _built(rows: dict[str, list[dict[str, Any]]]) -> InstrumentPlan:
    levels: dict[int, list[LevelPlan]] = {}
    for one in rows["tingkat"]:
        levels.setdefault(one["indikator"], []).append(
            LevelPlan(one["nama"], one["nilai"], one["dari"], one["sampai"])
        )  # fmt: skip
    indicators: dict[int, list[IndicatorPlan]] = {}
    for at, one in enumerate(rows["indikator"], start=1):
        indicators.setdefault(one["aspek"], []).append(
            IndicatorPlan(
                one["nama"], one["bobot"], one["verifikasi"], one["asal_nilai"], one["wajib"],
                one["bukti_paling_sedikit"], one["nilai_maksimum"], one["poin_per_kegiatan"],
                one["kegiatan_berikutnya"], one["cara_menilai"], one["batas_selisih"], tuple(levels.get(at, ())),
            )
        )  # fmt: skip
    aspects = (
        AspectPlan(one["nama"], one["bobot"], tuple(indicators.get(at, ())), one["babak"])
        for at, one in enumerate(rows["aspek"], start=1)
    )
    grades = (GradePlan(one["nama"], one["mulai"], one["termasuk"]) for one in rows["predikat"])
    whole = rows["instrumen"][0]
    return InstrumentPlan(
        whole["nama"], tuple(aspects), tuple(sorted(grades, key=lambda one: -one.from_total)), whole["dasar_hukum"],
        whole["bila_nilai_sama"], whole["angka_contoh"] or whole["tetapkan_dahulu"], whole["tetapkan_dahulu"],
    )  # fmt: skip
