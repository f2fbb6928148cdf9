"""When: the camera's clock, the satellites', the phone's, and the server's, in the zones of Indonesia."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from webapp.signals.rules.facts import (
    CLOCK_SLACK,
    INDONESIAN_HOURS,
    CaseFacts,
    Fact,
    Shot,
    Weight,
    local,
    minutes_between,
)

DAY = timedelta(days=1)
SENT_LATE = timedelta(hours=12)
ROLLOVER = timedelta(weeks=1024)
DAYS_BESIDE, DAYS_STRONG = 1, 2
STANDS = frozenset({"inovasi", "infrastruktur", "studi"})  # what is still there the day after: may be taken later


def of_shot(shot: Shot, case: CaseFacts) -> Iterator[Fact]:
    """All that the clocks of one photo say."""
    for rule in (camera_and_satellites, camera_and_phone, fix_and_phone, after_receipt, late, outside_event):
        fact = rule(shot, case)
        if fact is not None:
            yield fact


def camera_and_satellites(shot: Shot, case: CaseFacts) -> Fact | None:
    """The camera's clock against GPS time. Hours that make another zone of Indonesia are a note; so is a receiver whose
    weeks ran over.
    """
    if shot.camera_time is None or shot.taken_at is None or not shot.clock_is_set:
        return None
    says = shot.camera_time.replace(tzinfo=UTC) - shot.taken_at  # the zone the camera must have been set to
    told = None if shot.offset_minutes is None else timedelta(minutes=shot.offset_minutes)
    if told is not None and abs(says - told) <= CLOCK_SLACK:
        return _zone(shot, case, told)
    if abs(abs(says) - ROLLOVER) < 2 * DAY:
        return _rolled_over(shot)
    hours = timedelta(hours=round(says.total_seconds() / 3600))
    zones = range(-12, 15) if case.abroad else INDONESIAN_HOURS
    if abs(says - hours) <= CLOCK_SLACK and hours.total_seconds() / 3600 in zones:
        return _zone(shot, case, hours)
    here = local(shot.taken_at, case.zone).utcoffset() or timedelta()
    return Fact("camera_clock_off", Weight.WEAK, {"minutes": round((says - here).total_seconds() / 60)}, shot.id)


def _rolled_over(shot: Shot) -> Fact:
    return Fact("satellite_clock_old", Weight.NOTE, {"weeks": 1024}, shot.id)


def _zone(shot: Shot, case: CaseFacts, says: timedelta) -> Fact | None:
    """A phone left on the zone it came from."""
    here = local(shot.taken_at or shot.received_at, case.zone).utcoffset() or timedelta()
    hours = round((says - here).total_seconds() / 3600)
    return None if hours == 0 or case.abroad else Fact("zone_elsewhere", Weight.NOTE, {"hours": hours}, shot.id)


def camera_and_phone(shot: Shot, _: CaseFacts) -> Fact | None:
    """The camera's clock against the phone's at the moment of taking; only for photos taken on the capture page."""
    moment = shot.captured_at or shot.fix_at
    if not shot.by_camera or moment is None or shot.taken_at is None or not shot.clock_is_set:
        return None
    apart = shot.taken_at - moment
    if min(abs(one - moment) for one in shot.readings()) <= CLOCK_SLACK:
        return None
    detail = {"minutes": minutes_between(shot.taken_at, moment)}
    if abs(abs(apart) - ROLLOVER) < 2 * DAY:
        return _rolled_over(shot)
    return Fact("camera_and_phone_differ", Weight.STRONG if abs(apart) > 2 * DAY else Weight.WEAK, detail, shot.id)


def fix_and_phone(shot: Shot, _: CaseFacts) -> Fact | None:
    """The fix against the phone's clock. Older is a position the browser remembered; newer than the photo itself can
    only be when the phone's clock was turned back.
    """
    if not shot.by_camera or shot.captured_at is None or shot.fix_at is None:
        return None
    newer = shot.fix_at - shot.captured_at
    detail = {"minutes": minutes_between(shot.fix_at, shot.captured_at)}
    if newer > CLOCK_SLACK:
        return Fact("fix_newer_than_photo", Weight.STRONG if newer > DAY else Weight.WEAK, detail, shot.id)
    if -newer > CLOCK_SLACK:
        return Fact("fix_remembered", Weight.WEAK if -newer > DAY else Weight.NOTE, detail, shot.id)
    return None


def after_receipt(shot: Shot, case: CaseFacts) -> Fact | None:
    """Taken after it was here: a clock that runs ahead. A reading in another zone of Indonesia explains some hours."""
    ahead = shot.captured_at - shot.received_at if shot.captured_at else timedelta()
    if shot.clock_is_set and not case.abroad:
        ahead = max(ahead, min(shot.readings()) - shot.received_at)
    elif shot.clock_is_set:
        ahead = max(ahead, min(shot.readings()) - shot.received_at - timedelta(hours=14))
    if ahead <= CLOCK_SLACK:
        return None
    detail = {"minutes": round(ahead.total_seconds() / 60)}
    return Fact("taken_after_receipt", Weight.STRONG if ahead > DAY else Weight.WEAK, detail, shot.id)


def late(shot: Shot, _: CaseFacts) -> Fact | None:
    """Taken without a signal and sent later: said, and no suspicion."""
    if not shot.by_camera or shot.captured_at is None or shot.received_at - shot.captured_at <= SENT_LATE:
        return None
    hours = round((shot.received_at - shot.captured_at).total_seconds() / 3600)
    return Fact("sent_late", Weight.NOTE, {"hours": hours, "captured_at": shot.captured_at.isoformat()}, shot.id)


def outside_event(shot: Shot, case: CaseFacts) -> Fact | None:
    """Taken on other days than the event's, by a day more on either side.

    What stands may be taken after the event's last day, and a work in stages before its first. A camera that was never
    set, or whose satellites' weeks ran over, says nothing.
    """
    moment = shot.shot_at
    if moment is None:
        return None
    readings = [moment] if shot.by_camera else list(shot.readings())
    days = min((_days_outside(one, case) for one in readings), key=abs)
    if abs(days) <= DAYS_BESIDE or (days > 0 and case.kind in STANDS) or _is_stage(shot, case, days):
        return None
    if abs(abs(days) - ROLLOVER.days) <= 2:
        return _rolled_over(shot)
    allowed = DAYS_STRONG + (1 if case.abroad else 0)
    detail = {"days": days, "taken_at": moment.isoformat()}
    return Fact("outside_event", Weight.STRONG if abs(days) > allowed else Weight.WEAK, detail, shot.id)


def _is_stage(shot: Shot, case: CaseFacts, days: int) -> bool:
    return days < 0 and case.check_kind == "progress" and shot.progress in (0, 50)


def _days_outside(moment: datetime, case: CaseFacts) -> int:
    """Days before (negative) or after the event, by the calendar of its place; 0 during it."""
    day: date = moment.astimezone(ZoneInfo(case.zone)).date()
    if day < case.occurred_from:
        return (day - case.occurred_from).days
    return max(0, (day - case.occurred_to).days)
