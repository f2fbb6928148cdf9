"""What the minutes of the plenary say: every participant's place, by aspects too, and what was counted as zero."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from webapp.evidence import pii
from webapp.minutes.rules import Kind
from webapp.programme.models import Aspect, Period
from webapp.programme.rules import Reading
from webapp.record.queries.common import Table, Told, count, minutes_annexes, photo_annexes, points
from webapp.scoring import queries as scoring
from webapp.scoring.queries import ClaimStanding, Placing
from webapp.scoring.rules import ClaimState, Weighted, total

POOLS = {"": "", "kabupaten": "kecamatan di kabupaten", "kota": "kecamatan di kota"}
_OWN = ("minutes_open", "minutes_outdated")  # the gate's own reasons to wait: for these very minutes


def told(session: Session, period: Period) -> Told:
    """The minutes' content. Ready when nothing but these minutes keeps the result from being final."""
    known = scoring.standings(session, period)
    lines = scoring.ranking(period, known)
    waiting = [one for one in scoring.blockers(session, period, known) if one.reason not in _OWN]
    zeroes = [one for one in known if one.state is ClaimState.SET_ASIDE]
    return Told(
        basis=basis(known, lines),
        sha256=scoring.standing_digest(session, period),  # the gate holds it against what stands then
        tables=[*_placings(lines), *_aspects(period, lines), *_set_aside(zeroes)],
        scope=[("Klaim", f"{count(len(known))} klaim, {count(_proven(known))} terbukti")],
        method=_method(period),
        outcome=_outcome(period, lines),
        annexes=[
            *minutes_annexes(session, period, Kind.DESK, Kind.PRESENTATION, Kind.SHORTLIST, Kind.REOPENING),
            *photo_annexes(session, period),
        ],
        missing=_l("%(n)s hal masih menahan penetapan.", n=len(waiting)) if waiting else "",
    )


def basis(known: Sequence[ClaimStanding], lines: Sequence[Placing]) -> dict[str, Any]:
    """The facts a plenary decides on: each claim with what counts of it, and the ranking that follows."""
    return {
        "claims": [
            {
                "claim": one.claim.id, "region": one.claim.region_code, "indicator": one.claim.indicator_id,
                "state": str(one.state), "value": str(one.value),
                "scores": [[given.assessor_id, str(given.value)] for given in one.scores],
                "evidence": [[link.evidence_id, link.evidence.state] for link in one.claim.links],
            }
            for one in known
        ],
        "ranking": [
            {"region": one.region_code, "pool": one.pool, "round": one.round, "rank": one.rank, "total": str(one.total)}
            for one in lines
        ],
    }  # fmt: skip


def _proven(known: Sequence[ClaimStanding]) -> int:
    return sum(one.state is ClaimState.PROVEN for one in known)


def _method(period: Period) -> list[str]:
    readings = {one.reading for aspect in period.instrument.aspects for one in aspect.indicators}
    said = [
        "Hanya klaim yang seluruh buktinya terverifikasi dengan cara yang diminta indikatornya yang memperoleh nilai.",
    ]
    if Reading.QUORUM in readings:
        said.append(f"Nilai indikator adalah rata-rata nilai penilai; kuorum {count(period.quorum)} penilai.")
    if Reading.BLIND_PAIR in readings:
        said.append(
            "Indikator dengan pembacaan tersamar dinilai dua penilai undian; selisih di atas batas diputus penengah."
        )
    if any(one.round == 2 for one in period.participants):
        share = period.carry_share
        said.append(
            f"Nilai akhir peserta lanjutan: {points(share)} % tahap pertama dan {points(100 - share)} % tahap kedua."
        )
        said.append("Peserta lanjutan diperingkat di atas peserta lain, berapa pun nilai akhirnya.")
    said.append("Nilai yang sama berperingkat sama, kecuali aturan nilai sama menentukan lain.")
    return said


def _placings(lines: Sequence[Placing]) -> list[Table]:
    graded, second = any(one.grade for one in lines), any(one.round == 2 for one in lines)
    columns = ["Peringkat", "Kecamatan", "Kode", *(["Tahap pertama"] if second else []), "Nilai akhir"]
    tables = []
    for pool in sorted({one.pool for one in lines}):
        rows = [
            [
                str(one.rank), one.name, one.region_code, *([points(one.first_total)] if second else []),
                points(one.total), *([one.grade or "–"] if graded else []),
            ]
            for one in lines
            if one.pool == pool
        ]  # fmt: skip
        title = "Nilai akhir dan peringkat" + (f", {POOLS.get(pool, pool)}" if pool else "")
        numeric = range(3, len(columns))
        tables.append(Table(title, [*columns, *(["Predikat"] if graded else [])], rows, [0, *numeric]))
    return tables


def _aspects(period: Period, lines: Sequence[Placing]) -> list[Table]:
    aspects = list(period.instrument.aspects)
    if len(aspects) < 2:
        return []
    tables = []
    for part in sorted({one.round for one in aspects}):
        shown = [one for one in aspects if one.round == part]
        rows = [
            [line.name, *(points(_of_aspect(one, line)) for one in shown)]
            for line in lines
            if part == 1 or line.round == 2
        ]
        if rows:
            heads = [f"{one.name} ({points(one.weight)} %)" for one in shown]
            title = "Nilai per aspek (skala 100)" + (", penilaian lanjutan" if part == 2 else "")
            tables.append(Table(title, ["Kecamatan", *heads], rows, range(1, len(heads) + 1)))
    return tables


def _of_aspect(aspect: Aspect, line: Placing) -> Decimal:
    whole = {one.id: Weighted(Decimal(100), one.weight, one.max_value) for one in aspect.indicators}
    return total(line.means, whole)


def _set_aside(zeroes: Sequence[ClaimStanding]) -> list[Table]:
    if not zeroes:
        return []
    rows = [
        [one.claim.region.name, one.claim.indicator.name, pii.covered(one.claim.set_aside_reason)] for one in zeroes
    ]
    return [Table("Klaim yang dikesampingkan dan bernilai 0", ["Kecamatan", "Indikator", "Alasan"], rows)]


def _outcome(period: Period, lines: Sequence[Placing]) -> list[str]:
    said = [
        f"Rapat menyetujui nilai akhir dan peringkat {count(len(lines))} peserta dalam tabel di bawah ini.",
    ]
    for pool in sorted({one.pool for one in lines}):
        first = [one.name for one in lines if one.pool == pool and one.rank == 1]
        where = f" ({POOLS.get(pool, pool)})" if pool else ""
        said.append(f"Peringkat pertama{where}: {', '.join(first)}.")
    if period.award_size:
        said.append(
            f"Penetapan penerima penghargaan ({count(period.award_size)} terbaik) mengikuti hasil yang sudah final."
        )
    return said
