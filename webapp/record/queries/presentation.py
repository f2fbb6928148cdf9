"""What the minutes of a day of presentations say: who was heard when, by whom, and what came of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from webapp.evidence import pii
from webapp.formatting import tanggal
from webapp.presentation import queries as presentations
from webapp.presentation.models import PresentationSlot
from webapp.presentation.rules import Attendance
from webapp.programme.models import Indicator, Period
from webapp.record.queries.common import Subject, Table, Told, count, points
from webapp.scoring import queries as scoring
from webapp.scoring.queries import ClaimStanding


def days(session: Session, period: Period) -> list[Subject]:
    """The days on which somebody is heard, in order."""
    known = sorted({_day(one, period) for one in presentations.schedule(session, period)})
    return [Subject(day.isoformat(), tanggal(day)) for day in known]


def told(session: Session, period: Period, subject: str) -> Told:
    """The minutes' content. Ready when every slot of the day was held and valued by all who were there."""
    day = date.fromisoformat(subject)
    slots = [one for one in presentations.schedule(session, period) if _day(one, period) == day]
    waiting = {one.slot_id for one in scoring.slot_blockers(session, period)} & {one.id for one in slots}
    waiting |= {one.id for one in slots if not one.held}
    values = _values(session, period, slots)
    heard = [one for one in slots if one.attendance == Attendance.PRESENT]
    absent = [one for one in slots if one.attendance == Attendance.ABSENT]
    return Told(
        basis={"slots": [_basis(one, values) for one in slots]},
        tables=[_schedule(period, slots), *_table(period, heard, values), *_materials(slots)],
        scope=[("Jadwal", f"{count(len(slots))} pemaparan pada hari ini")],
        method=["Nilai pemaparan adalah rata-rata nilai penilai yang hadir; penilai yang tidak hadir tidak menilai."],
        outcome=[
            f"{count(len(heard))} peserta memaparkan, {count(len(absent))} tidak hadir.",
            *(f"{one.region.name} tidak hadir: {pii.covered(one.absence_reason)}" for one in absent),
        ],
        day=day,
        there=_there(heard),
        missing=_l("%(n)s pemaparan hari itu belum selesai dinilai.", n=len(waiting)) if waiting else "",
    )


def _day(slot: PresentationSlot, period: Period) -> date:
    return slot.starts_at.astimezone(ZoneInfo(period.time_zone)).date()


def _values(
    session: Session, period: Period, slots: Sequence[PresentationSlot]
) -> Mapping[tuple[str, int], ClaimStanding]:
    """What was valued of each unit, by unit and indicator."""
    known = scoring.standings(session, period, [one.region_code for one in slots]) if slots else []
    return {(one.claim.region_code, one.claim.indicator_id): one for one in known if scoring.presented(one.claim)}


def _basis(slot: PresentationSlot, values: Mapping[tuple[str, int], ClaimStanding]) -> dict[str, object]:
    own = [one for (code, _), one in values.items() if code == slot.region_code]
    return {
        "slot": slot.id, "region": slot.region_code, "round": slot.round, "attendance": slot.attendance,
        "there": sorted(one.account_id for one in slot.there),
        "scores": [
            [one.claim.indicator_id, given.assessor_id, str(given.value)] for one in own for given in one.scores
        ],
    }  # fmt: skip


def _clock(slot: PresentationSlot, period: Period) -> str:
    zone = ZoneInfo(period.time_zone)
    return "–".join(at.astimezone(zone).strftime("%H.%M") for at in (slot.starts_at, slot.ends_at))


def _schedule(period: Period, slots: Sequence[PresentationSlot]) -> Table:
    rows = [
        [
            str(n), _clock(one, period), one.region.name,
            "hadir" if one.attendance == Attendance.PRESENT else "tidak hadir",
            count(len(one.there)),
        ]
        for n, one in enumerate(slots, start=1)
    ]  # fmt: skip
    return Table("Jalannya pemaparan", ["No.", "Pukul", "Kecamatan", "Kehadiran", "Penilai hadir"], rows, [0, 4])


def _table(
    period: Period, heard: Sequence[PresentationSlot], values: Mapping[tuple[str, int], ClaimStanding]
) -> list[Table]:
    """The mean of those who were there, for each indicator: nobody's own values."""
    tables = []
    for part in sorted({one.round for one in heard}):
        indicators = scoring.indicators_of(period, part)
        if indicators:
            rows = [
                [one.region.name, *(_mean(values.get((one.region_code, asked.id))) for asked in indicators)]
                for one in heard
                if one.round == part
            ]
            title = "Rata-rata nilai pemaparan" + (", penilaian lanjutan" if part == 2 else "")
            tables.append(Table(title, ["Kecamatan", *map(_head, indicators)], rows, range(1, len(indicators) + 1)))
    return tables


def _head(indicator: Indicator) -> str:
    return f"{indicator.name} (0–{points(indicator.max_value)})"


def _mean(standing: ClaimStanding | None) -> str:
    return points(standing.value) if standing is not None else "–"


def _materials(slots: Sequence[PresentationSlot]) -> list[Table]:
    rows = [[one.region.name, pii.covered(one.deck)] for one in slots if one.deck]
    return [Table("Bahan paparan", ["Kecamatan", "Judul atau rujukan"], rows)] if rows else []


def _there(heard: Sequence[PresentationSlot]) -> dict[int, str]:
    tally = Counter(one.account_id for slot in heard for one in slot.there)
    return {who: f"{count(number)} dari {count(len(heard))} pemaparan" for who, number in tally.items()}
