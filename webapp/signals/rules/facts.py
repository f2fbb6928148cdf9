"""What the rules are given and what they answer: plain values, metres, aware instants, EPSG:4326."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from geo.values import LonLat, metres_apart
from webapp.evidence.rules import CaptureSource


class Weight(StrEnum):
    """How much a fact says. STRONG: what honest people almost never produce; NOTE: worth knowing, no reproach."""

    STRONG = "strong"
    WEAK = "weak"
    NOTE = "note"


@dataclass(frozen=True)
class Fact:
    """A named fact with its numbers. `detail` holds JSON values only: metres, minutes, instants in ISO 8601."""

    code: str
    weight: Weight
    detail: Mapping[str, Any] = field(default_factory=dict)
    photo_id: int | None = None
    other_photo_id: int | None = None
    other_evidence_id: int | None = None

    @property
    def key(self) -> tuple[str, int, int, int]:
        """What makes it the same fact when it is found again."""
        return self.code, self.photo_id or 0, self.other_photo_id or 0, self.other_evidence_id or 0


INDONESIAN_HOURS = (7, 8, 9)  # WIB, WITA, WIT
CLOCK_SLACK = timedelta(minutes=15)
UNSET_BEFORE = 2010  # a camera of today that tells an earlier year was never set
ASSUMED_EXIF_M = 50.0  # of a position in a file that names no accuracy
ASSUMED_FIX_M = 50.0


@dataclass(frozen=True)
class Shot:
    """One photo. `taken_at`: the camera's clock as an instant, by its own zone, the satellites, or the place's zone.

    unit_exif_m, unit_fix_m: how far its EXIF position and its fix lie from the unit's border; 0 inside, None unknown.
    """

    id: int = 0
    evidence_id: int = 0
    account_id: int = 0
    received_at: datetime = datetime(2018, 8, 1, tzinfo=UTC)
    visit_id: int | None = None
    sha256: str = ""
    original_sha256: str | None = None
    source: str | None = None
    captured_at: datetime | None = None
    fix: LonLat | None = None
    fix_accuracy_m: float | None = None
    fix_at: datetime | None = None
    exif: LonLat | None = None
    exif_accuracy_m: float | None = None
    camera_time: datetime | None = None
    offset_minutes: int | None = None
    taken_at: datetime | None = None
    make: str | None = None
    model: str | None = None
    serial: str | None = None
    sub_second: str | None = None
    software: str | None = None
    digital_source: str | None = None
    credentials: Mapping[str, Any] | None = None
    preview: str | None = None
    preview_distance: int | None = None
    flags: tuple[str, ...] = ()
    progress: int | None = None
    unit_exif_m: float | None = None
    unit_fix_m: float | None = None

    @property
    def by_camera(self) -> bool:
        """Taken with the capture page's camera: then its fix and its clock are of the moment of taking."""
        return self.source == CaptureSource.CAMERA

    @property
    def clock_is_set(self) -> bool:
        """Whether the camera's clock tells anything at all."""
        taken = self.taken_at
        return taken is not None and taken.year >= UNSET_BEFORE and not _fresh_from_the_box(self.camera_time)

    @property
    def shot_at(self) -> datetime | None:
        """When it was taken, as well as anybody says. A picked file tells by its camera alone; a fix that came with a
        file from the gallery says when it was picked.
        """
        if self.by_camera and (self.captured_at or self.fix_at):
            return self.captured_at or self.fix_at
        return self.taken_at if self.clock_is_set else None

    @property
    def exif_m(self) -> float:
        return ASSUMED_EXIF_M if self.exif_accuracy_m is None else self.exif_accuracy_m

    @property
    def fix_m(self) -> float:
        return ASSUMED_FIX_M if self.fix_accuracy_m is None else self.fix_accuracy_m

    @property
    def stood(self) -> tuple[LonLat, float] | None:
        """Where it was taken and how exactly that is known: the capture page's fix, else the file's own position."""
        if self.by_camera and self.fix is not None:
            return self.fix, self.fix_m
        return (self.exif, self.exif_m) if self.exif is not None else None

    def readings(self) -> tuple[datetime, ...]:
        """When it may have been taken if the camera's zone is unknown: the instant, and the others of Indonesia."""
        if self.taken_at is None or self.camera_time is None or self.offset_minutes is not None:
            return () if self.taken_at is None else (self.taken_at,)
        naive = self.camera_time.replace(tzinfo=UTC)
        return tuple(dict.fromkeys((self.taken_at, *(naive - timedelta(hours=hours) for hours in INDONESIAN_HOURS))))


def _fresh_from_the_box(reading: datetime | None) -> bool:
    """The first day of a year, as cameras tell after their battery was out: nobody set that clock."""
    return reading is not None and (reading.month, reading.day) == (1, 1) and reading.hour < 4


@dataclass(frozen=True)
class CaseFacts:
    """A case as the rules see it. `zone`: IANA name of the unit's zone.

    unit_m: how far its place lies from the unit, 0 inside, None unknown. border_m: how far its border may be off.
    """

    id: int = 0
    unit: str = ""
    zone: str = "Asia/Jakarta"
    occurred_from: date = date(2018, 8, 1)
    occurred_to: date = date(2018, 8, 1)
    kind: str = ""
    activity: str | None = None
    check_kind: str | None = None
    place: LonLat | None = None
    place_source: str | None = None
    accuracy_m: float | None = None
    unit_m: float | None = None
    border_m: float = 150.0
    place_reason: str = ""
    country: str | None = None
    study_country: str | None = None

    @property
    def abroad(self) -> bool:
        """Whether it belongs to a study abroad: then the unit's borders and its zone say nothing."""
        return self.study_country is not None

    @property
    def place_m(self) -> float:
        return ASSUMED_FIX_M if self.accuracy_m is None else self.accuracy_m


def beyond(a: LonLat, a_m: float, b: LonLat, b_m: float) -> float:
    """How far two places are apart beyond what both accuracies explain, in metres; 0 where they may be one."""
    return max(0.0, metres_apart(a, b) - a_m - b_m)


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def minutes_between(one: datetime, other: datetime) -> int:
    """Whole minutes from `other` to `one`; negative when `one` was earlier."""
    return round((one - other).total_seconds() / 60)


def known(facts: Iterable[Fact | None]) -> list[Fact]:
    return [fact for fact in facts if fact is not None]
