"""What the minutes of the shortlist say: who goes on, who does not, and what decided between equals."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from webapp.evidence import pii
from webapp.minutes.rules import Kind
from webapp.programme.models import Period
from webapp.programme.rules import TIE_LABELS, TieRule
from webapp.record.queries.common import Table, Told, count, day_of, minutes_annexes
from webapp.record.queries.plenary import POOLS
from webapp.selection import queries as selection
from webapp.selection.models import Shortlist
from webapp.selection.rules import WHY_LABELS, Why


def told(session: Session, period: Period) -> Told:
    """The minutes' content. Ready when the first round is closed."""
    found = selection.shortlist(session, period)
    if found is None or found.version != period.version:
        return Told(basis={}, missing=_l("Tahap pertama belum ditutup."))
    lots = [f"Benih undian: {found.seed}."] if found.seed else []
    reason = [f"Alasan tim: {pii.covered(found.reason)}"] if found.reason else []
    return Told(
        basis={
            "shortlist": found.id, "size": found.size, "tie_rule": found.tie_rule, "seed": found.seed,
            "places": [[one.region_code, one.pool, one.rank, one.total, one.inside, one.why] for one in found.places],
        },
        tables=_tables(found),
        scope=[("Lolos", f"{count(found.size)} peserta{' setiap kelompok' if period.pooled else ''}")],
        method=[f"Nilai yang sama pada batas: {_lower(str(TIE_LABELS[TieRule(found.tie_rule)]))}.", *lots],
        outcome=[*_outcome(found), *reason],
        annexes=minutes_annexes(session, period, Kind.DESK, Kind.PRESENTATION),
        day=day_of(period, found.closed_at),
    )  # fmt: skip


def _tables(found: Shortlist) -> list[Table]:
    tables = []
    for pool in sorted({one.pool for one in found.places}):
        rows = [
            [
                str(one.rank), one.region.name, one.total.replace(".", ","),
                "maju" if one.inside else "tidak maju", str(WHY_LABELS[Why(one.why)]),
            ]
            for one in found.places
            if one.pool == pool
        ]  # fmt: skip
        title = "Hasil tahap pertama" + (f", {POOLS.get(pool, pool)}" if pool else "")
        tables.append(Table(title, ["Peringkat", "Kecamatan", "Nilai", "Keputusan", "Dasar"], rows, [0, 2]))
    return tables


def _outcome(found: Shortlist) -> list[str]:
    said = []
    for pool in sorted({one.pool for one in found.places}):
        names = [one.region.name for one in found.places if one.pool == pool and one.inside]
        where = f" ({POOLS.get(pool, pool)})" if pool else ""
        said.append(f"{count(len(names))} peserta maju ke penilaian lanjutan{where}: {', '.join(names)}.")
    return [*said, "Hasil tahap pertama peserta lain tetap tersimpan dan tidak berubah."]


def _lower(said: str) -> str:
    return said[:1].lower() + said[1:]
