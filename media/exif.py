"""What the camera wrote into the file: one witness. It may be missing, partial or wrong, which flags then say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from media.formats import tiff
from media.gps import POINTER as GPS_POINTER
from media.gps import TAGS as GPS_TAGS
from media.gps import Fix, read_fix
from media.names import clean_text

_MAKE, _MODEL, _ORIENTATION, _SOFTWARE, _CHANGED, _EXIF_POINTER = 0x010F, 0x0110, 0x0112, 0x0131, 0x0132, 0x8769
_ORIGINAL, _DIGITISED, _SERIAL, _SUB_SECOND = 0x9003, 0x9004, 0xA431, 0x9291
_PREVIEW_AT, _PREVIEW_LENGTH = 0x0201, 0x0202
_MOST_PREVIEW = 200_000  # bytes
_OFFSET_OF = {_CHANGED: 0x9010, _ORIGINAL: 0x9011, _DIGITISED: 0x9012}
_MAIN_TAGS = frozenset({_MAKE, _MODEL, _ORIENTATION, _SOFTWARE, _CHANGED, _EXIF_POINTER, GPS_POINTER})
_EXIF_TAGS = frozenset({_ORIGINAL, _DIGITISED, _SERIAL, _SUB_SECOND, *_OFFSET_OF.values()})

_TIME = re.compile(r"(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_EARLIEST, _LATEST = 1900, 9998  # years; further out a change of zone would fall off the calendar
_DIGITS = re.compile(r"[0-9]{1,9}")
_MINUTES = timedelta(minutes=1)
_GPS_WEEKS = timedelta(weeks=1024)
_ENDIAN: dict[str, Literal["little", "big"]] = {"<": "little", ">": "big"}


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What the file says about its taking. Everything may be None; nothing here has been believed yet."""

    taken_at: datetime | None = None
    """The camera's clock as it read, without a zone."""
    utc_offset: timedelta | None = None
    """The zone of that clock, when the camera wrote it."""
    gps_time: datetime | None = None
    """The satellites' time, aware, UTC."""
    lon: float | None = None
    """Degrees east (WGS 84). `lon` and `lat` are both given or both None."""
    lat: float | None = None
    """Degrees north."""
    accuracy_m: float | None = None
    altitude_m: float | None = None
    make: str | None = None
    model: str | None = None
    serial: str | None = None
    """Of the camera's body; None also for the zeros and words that some write instead."""
    sub_second: str | None = None
    """Digits behind the second of `taken_at`, as written."""
    software: str | None = None
    orientation: int = 1
    """EXIF orientation, 1 to 8."""
    flags: tuple[str, ...] = ()
    """Oddities by stable code: `exif_invalid`, `gps_redacted`, `gps_null_island`, `gps_invalid`, `gps_ref_missing`,
    `gps_time_invalid`, `gps_week_rollover`, `time_invalid`, `time_unset`, `time_of_change_only`,
    `time_offset_invalid`, `time_zone_mismatch`, `time_gps_mismatch`; `time_future` by `time_findings`."""


def read_camera(block: bytes | None) -> CameraFacts:
    """Read an EXIF block (TIFF, without the `Exif` prefix). Never raises: nonsense answers None and a flag."""
    if not block:
        return CameraFacts()
    order = tiff.byte_order(block)
    if order is None:
        return CameraFacts(flags=("exif_invalid",))
    seen: set[int] = set()
    main = _directory(block, order, int.from_bytes(block[4:8], _ENDIAN[order]), _MAIN_TAGS, seen)
    exif = _directory(block, order, main.number(_EXIF_POINTER), _EXIF_TAGS, seen)
    gps = _directory(block, order, main.number(GPS_POINTER), GPS_TAGS, seen)
    return _facts(main, exif, read_fix(gps), any(part.broken for part in (main, exif, gps)))


def read_preview(block: bytes | None) -> bytes | None:
    """The small picture in an EXIF block (its second directory), not looked into; None when it has none.

    Empty when the block names one that is not there, is too long, or is no JPEG. Never raises.
    """
    order = tiff.byte_order(block) if block else None
    if block is None or order is None:
        return None
    first = int.from_bytes(block[4:8], _ENDIAN[order])
    second = tiff.following(block, order, first)
    if second is None or second == first:
        return None
    directory = tiff.read(block, order, second, frozenset({_PREVIEW_AT, _PREVIEW_LENGTH}))
    at, length = directory.number(_PREVIEW_AT), directory.number(_PREVIEW_LENGTH)
    if at is None or length is None:
        return None
    data = block[at : at + length] if at >= 0 and 0 < length <= _MOST_PREVIEW else b""
    return data if len(data) == length and data.startswith(b"\xff\xd8\xff") else b""


def _directory(block: bytes, order: str, at: int | None, wanted: frozenset[int], seen: set[int]) -> tiff.Directory:
    """The directory at `at`, empty without one. Two pointers to one place are a loop."""
    if at is None:
        return tiff.Directory()
    if at in seen:
        return tiff.Directory(broken=True)
    seen.add(at)
    return tiff.read(block, order, at, wanted)


def _facts(main: tiff.Directory, exif: tiff.Directory, fix: Fix, is_broken: bool) -> CameraFacts:
    flags: list[str] = []
    texts = {name: _text(directory, tag, flags) for name, directory, tag in (
        ("make", main, _MAKE), ("model", main, _MODEL), ("software", main, _SOFTWARE), ("serial", exif, _SERIAL),
    )}  # fmt: skip
    taken_at, offset = _taken(main, exif, flags)
    orientation = main.number(_ORIENTATION)
    if is_broken or (orientation is not None and not 1 <= orientation <= 8):
        flags.append("exif_invalid")
    flags += [*fix.flags, *_clock_against_satellites(taken_at, offset, fix.time)]
    return CameraFacts(
        taken_at=taken_at,
        utc_offset=offset,
        gps_time=fix.time,
        lon=fix.lon,
        lat=fix.lat,
        accuracy_m=fix.accuracy_m,
        altitude_m=fix.altitude_m,
        **{**texts, "serial": _serial(texts["serial"])},
        sub_second=_sub_second(exif),
        orientation=orientation if orientation is not None and 1 <= orientation <= 8 else 1,
        flags=tuple(dict.fromkeys(flags)),
    )


def _serial(text: str | None) -> str | None:
    """Some cameras write zeros, or that they know none."""
    said = (text or "").strip()
    return said if sum(letter.isdigit() for letter in said) and said.strip("0 -_.xX") else None


def _sub_second(exif: tiff.Directory) -> str | None:
    text = (exif.text(_SUB_SECOND) or b"").strip(b"\x00 ").decode("latin-1")
    return text if _DIGITS.fullmatch(text) else None


def _text(directory: tiff.Directory, tag: int, flags: list[str]) -> str | None:
    """A short text, cleaned. Zeros inside it, or bytes that are no UTF-8, are a flag."""
    raw = (directory.text(tag) or b"").rstrip(b"\x00 ")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
        flags.append("exif_invalid")
    if b"\x00" in raw:
        flags.append("exif_invalid")
    return clean_text(text) or None


def _taken(main: tiff.Directory, exif: tiff.Directory, flags: list[str]) -> tuple[datetime | None, timedelta | None]:
    """The clock at the taking, else at the digitising, else at the last change of the file; and its zone."""
    for directory, tag in ((exif, _ORIGINAL), (exif, _DIGITISED), (main, _CHANGED)):
        raw = directory.text(tag)
        if raw is None or not raw.strip(b"\x00 "):
            continue
        moment = _moment(raw, flags)
        if tag == _CHANGED and moment is not None:
            flags.append("time_of_change_only")
        return moment, _offset(exif, _OFFSET_OF[tag], flags)
    return None, None


def _moment(raw: bytes, flags: list[str]) -> datetime | None:
    text = raw.strip(b"\x00 ").decode("latin-1")
    digits = set(text) - set(": -/")
    if digits <= {"0"} or text.startswith("1970:01:01"):
        flags.append("time_unset")
        return None
    found = _TIME.fullmatch(text[:19])
    try:
        if found and _EARLIEST <= int(found[1]) <= _LATEST:
            year, month, day, hour, minute, second = (int(part) for part in found.groups())
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  (a camera's clock has no zone)
    except ValueError:
        found = None
    flags.append("time_invalid")
    return None


def _offset(exif: tiff.Directory, tag: int, flags: list[str]) -> timedelta | None:
    text = (exif.text(tag) or b"").strip(b"\x00 ").decode("latin-1")
    if not text.strip(": "):
        return None
    found = _OFFSET.fullmatch("+00:00" if text == "Z" else text)
    hours, minutes = (int(found[2]), int(found[3])) if found else (99, 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if found and found[1] == "-" else 1)
    if minutes > 59 or not timedelta(hours=-12) <= offset <= timedelta(hours=14):
        flags.append("time_offset_invalid")
        return None
    return offset


def _clock_against_satellites(
    taken_at: datetime | None, offset: timedelta | None, gps_time: datetime | None
) -> list[str]:
    """Do the camera's clock and the satellites tell one story? A cached fix may be some minutes older."""
    if taken_at is None or gps_time is None:
        return []
    ahead = taken_at - gps_time.replace(tzinfo=None)
    if abs(ahead - _GPS_WEEKS) < timedelta(days=2):
        return ["gps_week_rollover"]
    if not timedelta(hours=-13) <= ahead <= timedelta(hours=15):
        return ["time_gps_mismatch"]
    if offset is not None and abs(ahead - offset) > 30 * _MINUTES:
        return ["time_zone_mismatch"]
    return []


def time_findings(camera: CameraFacts, received_at: datetime) -> tuple[str, ...]:
    """Flags that need the receiver's clock (aware): `time_future` when no zone on earth can explain the reading."""
    if camera.taken_at is None:
        return ()
    utc = received_at.astimezone(UTC).replace(tzinfo=None)
    latest = utc + (camera.utc_offset if camera.utc_offset is not None else timedelta(hours=14))
    return ("time_future",) if camera.taken_at > latest + 10 * _MINUTES else ()
