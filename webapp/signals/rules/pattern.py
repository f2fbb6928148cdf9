"""What shows only beside other captures: positions too alike, journeys too fast, cameras in several hands."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from geo.values import LonLat, metres_apart
from webapp.signals.rules.facts import CaseFacts, Fact, Shot, Weight, beyond

SAME_PLACE_TIMES = 3
SAME_ACCURACY_TIMES = 4
COARSE_M = 100.0  # vaguer than that it is no satellite position: a desk's network, the same all day
SITTING = timedelta(hours=2)
APART = timedelta(minutes=5)
ELSEWHERE_M = 100.0
NEAR_M, SHORT = 5_000.0, timedelta(seconds=60)
FAST_KMH, IMPOSSIBLE_KMH = 150.0, 900.0
HERE_M, MANY = 30.0, 5
TRIVIAL_SERIALS = frozenset({"", "0", "1", "unknown", "none", "n/a", "null", "123456789", "1234567890"})


def same_coordinates(shots: Sequence[Shot], case: CaseFacts) -> Iterator[Fact]:
    """The same coordinates to the last digit at three or more different times.

    A tripod, one sitting, a desk's network position, and a phone on the network of the office where meetings are held
    do that too: then it is a note. Photos that share one reading of the position count once.
    """
    groups: dict[LonLat, list[Shot]] = defaultdict(list)
    for shot in shots:
        if shot.fix is not None and shot.fix_at is not None:
            groups[shot.fix].append(shot)
    for spot, group in groups.items():
        times = _spaced(group)
        ours = [shot for shot in group if shot.evidence_id == case.id]
        if len(times) < SAME_PLACE_TIMES or not ours:
            continue
        coarse = all(shot.fix_m >= COARSE_M for shot in group)
        sitting = times[-1] - times[0] <= SITTING
        detail = {
            "times": len(times), "lon": spot.lon, "lat": spot.lat, "from": times[0].isoformat(),
            "to": times[-1].isoformat(), "accuracy_m": round(ours[0].fix_m),
        }  # fmt: skip
        quiet = coarse or sitting or case.kind == "rapat"
        yield Fact("same_coordinates", Weight.NOTE if quiet else Weight.WEAK, detail, ours[0].id)


def _spaced(group: Sequence[Shot]) -> list[datetime]:
    """The different times of a group, those close after another left out."""
    kept: list[datetime] = []
    for moment in sorted({shot.fix_at for shot in group if shot.fix_at is not None}):
        if not kept or moment - kept[-1] >= APART:
            kept.append(moment)
    return kept


def frozen_accuracy(shots: Sequence[Shot], case: CaseFacts) -> Iterator[Fact]:
    """The same accuracy to the last digit in four or more captures of different places: satellites never do that.

    Round values are what some phones write for every good fix: a quiet note.
    """
    groups: dict[float, list[Shot]] = defaultdict(list)
    for shot in shots:
        if shot.fix is not None and shot.fix_at is not None and shot.fix_accuracy_m:
            groups[shot.fix_accuracy_m].append(shot)
    for accuracy, group in groups.items():
        ours = [shot for shot in group if shot.evidence_id == case.id]
        times = _spaced(group)
        if len(times) < SAME_ACCURACY_TIMES or not ours or not _in_several_places(group):
            continue
        detail = {"times": len(times), "accuracy_m": accuracy}
        yield Fact("frozen_accuracy", Weight.NOTE if _is_round(accuracy) else Weight.WEAK, detail, ours[0].id)


def _in_several_places(group: Sequence[Shot]) -> bool:
    spots = [shot.fix for shot in group if shot.fix is not None]
    return any(metres_apart(spots[0], spot) > ELSEWHERE_M for spot in spots[1:])


def _is_round(accuracy: float) -> bool:
    """Whole metres, or one of the tenths that phones round to."""
    return abs(accuracy * 10 - round(accuracy * 10)) < 1e-9


def travel(shots: Sequence[Shot], case: CaseFacts) -> Iterator[Fact]:
    """Faster than possible between two captures of one account, by the phone's fixes and the times of taking.

    Two cameras that name themselves are two people with one account: a note.
    """
    stops = [
        (shot.fix_at or shot.captured_at, shot.fix, shot.fix_m, shot)
        for shot in shots if shot.fix is not None and (shot.fix_at or shot.captured_at)
    ]  # fmt: skip
    by_account: dict[int, list[_Stop]] = defaultdict(list)
    for at, spot, metres, shot in stops:
        if at is not None and spot is not None:
            by_account[shot.account_id].append((at, spot, metres, shot))
    for journey in by_account.values():
        yield from _too_fast(journey, case, "travel")


def camera_travel(shots: Sequence[Shot], case: CaseFacts) -> Iterator[Fact]:
    """The same for one camera, by its serial number and the positions in its files."""
    by_serial: dict[str, list[_Stop]] = defaultdict(list)
    for shot in shots:
        serial = camera_of(shot)
        if serial and shot.exif is not None and shot.taken_at is not None and shot.clock_is_set:
            by_serial[serial].append((shot.taken_at, shot.exif, shot.exif_m, shot))
    for journey in by_serial.values():
        yield from _too_fast(journey, case, "camera_travel")


_Stop = tuple[datetime, LonLat, float, Shot]


def _too_fast(journey: list[_Stop], case: CaseFacts, code: str) -> Iterator[Fact]:
    """The fastest leg of the journey that touches the case, when it is too fast."""
    journey.sort(key=lambda stop: (stop[0], stop[3].id))
    worst: Fact | None = None
    speed = 0.0
    for number, start in enumerate(journey):
        for end in journey[number + 1 : number + 4]:
            if case.id not in (start[3].evidence_id, end[3].evidence_id):
                continue
            leg = _leg(start, end)
            if leg is not None and leg > speed:
                speed, worst = leg, _journey_fact(start, end, leg, case, code)
    if worst is not None:
        yield worst


def _leg(start: _Stop, end: _Stop) -> float | None:
    """Kilometres an hour beyond both accuracies; None for what is near, quick after another, or slow enough."""
    took = end[0] - start[0]
    gap = beyond(start[1], start[2], end[1], end[2])
    if took < SHORT or gap < NEAR_M:
        return None
    kmh = gap / 1000 / (took.total_seconds() / 3600)
    return kmh if kmh > FAST_KMH else None


def _journey_fact(start: _Stop, end: _Stop, kmh: float, case: CaseFacts, code: str) -> Fact:
    here, there = (end, start) if end[3].evidence_id == case.id else (start, end)
    two_cameras = code == "travel" and _differ(here[3], there[3])
    weight = Weight.NOTE if two_cameras else Weight.STRONG if kmh > IMPOSSIBLE_KMH else Weight.WEAK
    other = there[3].evidence_id if there[3].evidence_id != case.id else None
    detail = {
        "kmh": round(kmh), "metres": round(metres_apart(here[1], there[1])),
        "minutes": round((end[0] - start[0]).total_seconds() / 60, 1), "at": here[0].isoformat(),
        "two_cameras": two_cameras,
    }  # fmt: skip
    return Fact(code, weight, detail, here[3].id, there[3].id, other)


def _differ(one: Shot, other: Shot) -> bool:
    return one.model is not None and other.model is not None and (one.make, one.model) != (other.make, other.model)


def camera_of(shot: Shot) -> str | None:
    """The serial number of a camera, where it tells one camera from another."""
    serial = (shot.serial or "").strip().lower()
    if serial in TRIVIAL_SERIALS or len(serial) < 5 or set(serial) <= set("0-. "):
        return None
    return f"{(shot.make or '').strip().lower()} {serial}"


def shared_camera(shots: Sequence[Shot], case: CaseFacts) -> Iterator[Fact]:
    """One camera in the hands of several accounts: an office's phone, or pooled photos. A note."""
    by_serial: dict[str, list[Shot]] = defaultdict(list)
    for shot in shots:
        serial = camera_of(shot)
        if serial:
            by_serial[serial].append(shot)
    for group in by_serial.values():
        accounts = {shot.account_id for shot in group}
        ours = [shot for shot in group if shot.evidence_id == case.id]
        if len(accounts) > 1 and ours:
            yield Fact("shared_camera", Weight.NOTE, {"accounts": len(accounts), "photos": len(group)}, ours[0].id)


def same_moment(shots: Sequence[Shot], case: CaseFacts) -> Iterator[Fact]:
    """One camera, one second and the same part of it, and yet two different files in two cases."""
    by_moment: dict[tuple[str, datetime, str], list[Shot]] = defaultdict(list)
    for shot in shots:
        serial = camera_of(shot)
        if serial and shot.camera_time is not None and shot.sub_second and set(shot.sub_second) != {"0"}:
            by_moment[serial, shot.camera_time, shot.sub_second].append(shot)
    for (_, moment, part), group in by_moment.items():
        ours = [shot for shot in group if shot.evidence_id == case.id]
        for other in group:
            if ours and other.evidence_id != case.id and other.sha256 != ours[0].sha256:
                detail = {"camera_time": moment.isoformat(), "sub_second": part}
                yield Fact("same_moment", Weight.WEAK, detail, ours[0].id, other.id, other.evidence_id)


def many_here(neighbours: Sequence[tuple[int, str]], case: CaseFacts) -> Fact | None:
    """Five or more cases of different activities within 30 m. `neighbours`: id and kind of the unit's cases here, this
    one among them. An office holds meetings and services: then it is a note.
    """
    if len(neighbours) < MANY:
        return None
    outdoors = sum(kind in {"infrastruktur", "kegiatan"} for _, kind in neighbours)
    weight = Weight.WEAK if outdoors >= 3 and case.kind in {"infrastruktur", "kegiatan"} else Weight.NOTE
    return Fact("many_here", weight, {"cases": len(neighbours), "metres": round(HERE_M)})
