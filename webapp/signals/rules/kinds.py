"""What a kind of claim expects: a fixed point, the dawn, a country, three stages from one viewpoint."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import dawn, sunrise

from geo.values import INDONESIA, LonLat, metres_apart
from webapp.signals.rules.facts import CaseFacts, Fact, Shot, Weight, known
from webapp.signals.rules.place import spread

FIXED_M = 200.0
VIEWPOINT_M = 30.0
DAWN_DEGREES = 20.0  # the sun below the horizon at subuh, as the Ministry of Religious Affairs reckons
BEFORE_DAWN, AFTER_SUNRISE = timedelta(minutes=60), timedelta(minutes=90)
STAGES = (0, 50, 100)
DAWN_ROUND = "subuh_keliling"


def of_case(shots: Sequence[Shot], case: CaseFacts) -> list[Fact]:
    """All that the kind of a case expects of its own photos (without those of visits)."""
    own = [shot for shot in shots if shot.visit_id is None]
    return known((fixed_point(own, case), dawn_round(own, case), abroad(own, case), *progress(own, case)))


def fixed_point(shots: Sequence[Shot], case: CaseFacts) -> Fact | None:
    """What is built stands in one place; a drone stands beside it."""
    if case.kind != "infrastruktur" or case.check_kind == "progress":
        return None
    found = spread(shots, FIXED_M)
    if found is None:
        return None
    one, other, gap = found
    return Fact("not_one_place", Weight.WEAK, {"metres": round(gap)}, one.id, other.id)


def dawn_round(shots: Sequence[Shot], case: CaseFacts) -> Fact | None:
    """A dawn round has a photo of the dawn of its day and place; breakfast afterwards is no reproach.

    Silent where no photo tells its time, and where the sun of that place does not rise.
    """
    if case.activity != DAWN_ROUND or case.place is None:
        return None
    timed = [(shot, [shot.shot_at] if shot.by_camera else shot.readings()) for shot in shots if shot.shot_at]
    gaps = [min(_minutes_from_dawn(one, case) for one in readings if one is not None) for _, readings in timed]
    if not gaps or min(gaps) <= 0:
        return None
    at = min(zip(gaps, timed, strict=True), key=lambda pair: pair[0])[1][0].shot_at
    window = dawn_window(at, case.place, case.zone) if at else None
    if at is None or window is None:
        return None
    detail = {"at": at.isoformat(), "from": window[0].isoformat(), "to": window[1].isoformat(), "minutes": min(gaps)}
    return Fact("not_at_dawn", Weight.WEAK, detail)


def _minutes_from_dawn(moment: datetime, case: CaseFacts) -> int:
    """How far outside the dawn window of its own day; 0 inside, or where there is none."""
    window = dawn_window(moment, case.place, case.zone) if case.place else None
    if window is None:
        return 0
    outside = max(window[0] - moment, moment - window[1], timedelta())
    return -(-int(outside.total_seconds()) // 60)


def dawn_window(moment: datetime, place: LonLat, zone: str) -> tuple[datetime, datetime] | None:
    """From an hour before dawn to an hour and a half after sunrise, on that day at that place; None in polar light."""
    tz = ZoneInfo(zone)
    day, here = moment.astimezone(tz).date(), Observer(place.lat, place.lon)
    try:
        first = dawn(here, date=day, depression=DAWN_DEGREES, tzinfo=tz)
        last = sunrise(here, date=day, tzinfo=tz)
    except ValueError:
        return None
    return first - BEFORE_DAWN, last + AFTER_SUNRISE


def abroad(shots: Sequence[Shot], case: CaseFacts) -> Fact | None:
    """A study abroad shows its country: by the claimed place, and by the positions in its files."""
    if not case.abroad:
        return None
    if case.country is not None and case.country != case.study_country:
        return Fact("other_country", Weight.WEAK, {"country": case.country, "expected": case.study_country})
    at_home = [shot for shot in shots if shot.exif is not None and INDONESIA.contains(shot.exif)]
    if case.study_country != "ID" and at_home and case.country is not None:
        away = metres_apart(at_home[0].exif, case.place) if at_home[0].exif and case.place else None
        return Fact("study_photo_at_home", Weight.WEAK, {"photos": len(at_home), "metres": _whole(away)}, at_home[0].id)
    return None


def _whole(metres: float | None) -> int | None:
    return None if metres is None else round(metres)


def progress(shots: Sequence[Shot], case: CaseFacts) -> list[Fact]:
    """Works in stages: a photo of 0, 50 and 100 %, all from one viewpoint. Only the stages that are due are asked for:
    all of them once the work is said to be finished.
    """
    if case.check_kind != "progress":
        return []
    missing = [stage for stage in STAGES if all(shot.progress != stage for shot in shots)]
    found = spread([shot for shot in shots if shot.progress is not None], VIEWPOINT_M)
    return known(
        (
            Fact("stage_missing", Weight.WEAK, {"missing": missing}) if missing and shots else None,
            Fact("viewpoint_moved", Weight.WEAK, {"metres": round(found[2])}, found[0].id, found[1].id)
            if found
            else None,
        )
    )
