"""Where: the camera's position, the phone's fix, the pin and the claimed unit, each distance beyond its accuracies."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from geo.values import metres_apart
from webapp.evidence.rules import PlaceSource
from webapp.signals.rules.facts import CLOCK_SLACK, CaseFacts, Fact, Shot, Weight, beyond

APART_M = 1_000.0  # beyond both accuracies: phones write the last position they knew
FAR_M = 25_000.0  # beyond all that a remembered position or a wrong border explains
PIN_M = 500.0
WITHIN_UNIT_M = 2_000.0  # one claim may have several places of its unit
CACHED = timedelta(minutes=10)


def of_shot(shot: Shot, case: CaseFacts) -> Iterator[Fact]:
    """All that the places of one photo say."""
    for rule in (exif_and_fix, exif_and_unit, fix_and_unit, fix_and_pin):
        fact = rule(shot, case)
        if fact is not None:
            yield fact


def exif_and_fix(shot: Shot, _: CaseFacts) -> Fact | None:
    """The file says another place than the phone did at that moment.

    Silent where the two are of different moments: a photo chosen later, a fix the browser remembered.
    """
    if shot.exif is None or shot.fix is None or not _one_moment(shot):
        return None
    gap = beyond(shot.exif, shot.exif_m, shot.fix, shot.fix_m)
    if gap <= APART_M:
        return None
    detail = {
        "metres": round(metres_apart(shot.exif, shot.fix)), "exif_m": round(shot.exif_m), "fix_m": round(shot.fix_m),
    }  # fmt: skip
    return Fact("exif_far_from_fix", Weight.STRONG if gap > FAR_M else Weight.WEAK, detail, shot.id)


def _one_moment(shot: Shot) -> bool:
    if shot.by_camera:
        return shot.captured_at is None or shot.fix_at is None or abs(shot.captured_at - shot.fix_at) <= CACHED
    return shot.fix_at is not None and any(abs(one - shot.fix_at) <= CLOCK_SLACK for one in shot.readings())


def exif_and_unit(shot: Shot, case: CaseFacts) -> Fact | None:
    """The file says a place outside the unit; inside it, a place far from the claimed one is a note."""
    if shot.exif is None or case.abroad:
        return None
    outside = (shot.unit_exif_m or 0.0) - shot.exif_m - case.border_m
    if outside > 0:
        detail = {"metres": round(shot.unit_exif_m or 0), "accuracy_m": round(shot.exif_m)}
        return Fact("exif_outside_unit", Weight.STRONG if outside > FAR_M else Weight.WEAK, detail, shot.id)
    if case.place is None or case.place_source == PlaceSource.EXIF:
        return None
    gap = beyond(shot.exif, shot.exif_m, case.place, case.place_m)
    if gap <= WITHIN_UNIT_M:
        return None
    return Fact("exif_far_from_place", Weight.NOTE, {"metres": round(metres_apart(shot.exif, case.place))}, shot.id)


def fix_and_unit(shot: Shot, case: CaseFacts) -> Fact | None:
    """The phone was outside the unit. A photo picked from the gallery may be sent from anywhere: a note."""
    if shot.fix is None or shot.unit_fix_m is None or case.abroad:
        return None
    outside = shot.unit_fix_m - shot.fix_m - case.border_m
    if outside <= 0:
        return None
    detail = {"metres": round(shot.unit_fix_m), "accuracy_m": round(shot.fix_m)}
    return Fact("fix_outside_unit", Weight.WEAK if shot.by_camera else Weight.NOTE, detail, shot.id)


def fix_and_pin(shot: Shot, case: CaseFacts) -> Fact | None:
    """The pin was set away from where the phone was when it took the photo."""
    if not shot.by_camera or shot.fix is None or case.place is None or case.place_source != PlaceSource.PIN:
        return None
    gap = beyond(shot.fix, shot.fix_m, case.place, 0)
    if gap <= PIN_M:
        return None
    weight = Weight.WEAK if gap > WITHIN_UNIT_M else Weight.NOTE
    detail = {"metres": round(metres_apart(shot.fix, case.place)), "fix_m": round(shot.fix_m)}
    return Fact("fix_far_from_pin", weight, detail, shot.id)


def of_case(case: CaseFacts) -> Fact | None:
    """The claimed place lies outside the unit; where the unit said why, that is a note."""
    if case.abroad or case.place is None or case.unit_m is None:
        return None
    if case.unit_m <= case.place_m + case.border_m:
        return None
    detail = {"metres": round(case.unit_m), "accuracy_m": round(case.place_m), "reason": bool(case.place_reason)}
    return Fact("place_outside_unit", Weight.NOTE if case.place_reason else Weight.WEAK, detail)


def spread(shots: Sequence[Shot], most_m: float) -> tuple[Shot, Shot, float] | None:
    """Of the photos of one case the two that are farthest apart beyond their accuracies, when that is over `most_m`."""
    worst: tuple[Shot, Shot, float] | None = None
    placed = [(shot, stood) for shot in shots if (stood := shot.stood) is not None and not is_drone(shot)]
    for number, (one, (here, here_m)) in enumerate(placed):
        for other, (there, there_m) in placed[number + 1 :]:
            gap = beyond(here, here_m, there, there_m)
            if gap > most_m and (worst is None or gap > worst[2]):
                worst = one, other, gap
    return worst


DRONES = ("dji", "hasselblad", "autel", "parrot", "skydio", "yuneec")


def is_drone(shot: Shot) -> bool:
    """A camera that flies stands beside what it shows, and above it."""
    return (shot.make or "").strip().lower().startswith(DRONES) or (shot.model or "").upper().startswith("FC")
