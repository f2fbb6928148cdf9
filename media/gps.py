"""The GPS directory of a photo: a place, or the reason why it is none. One witness among several, never a judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from media.formats.tiff import Directory, Rational

POINTER = 0x8825
_LAT_REF, _LAT, _LON_REF, _LON = 1, 2, 3, 4
_ALTITUDE_REF, _ALTITUDE, _TIME, _DATE, _ERROR = 5, 6, 7, 29, 31
TAGS = frozenset({_LAT_REF, _LAT, _LON_REF, _LON, _ALTITUDE_REF, _ALTITUDE, _TIME, _DATE, _ERROR})

_EPOCH, _LATEST = 1980, 9998
"""Years: before it no satellite told the time; behind it a change of zone would fall off the calendar."""
_NULL_ISLAND = 0.001
"""Degrees around 0, 0 within which a position means "no fix", not a boat in the Gulf of Guinea."""


@dataclass(slots=True)
class Fix:
    """What the GPS directory says; None for everything it does not say properly."""

    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    altitude_m: float | None = None
    time: datetime | None = None
    flags: list[str] = field(default_factory=list)


def read_fix(directory: Directory) -> Fix:
    """A position in degrees (WGS 84), metres, and the satellites' time (UTC). Never raises."""
    fix = Fix()
    _place(directory, fix)
    fix.accuracy_m = _metres(directory, _ERROR, 0.01, 100_000)
    fix.altitude_m = _altitude(directory)
    fix.time = _time(directory, fix)
    return fix


def _place(directory: Directory, fix: Fix) -> None:
    if _LAT not in directory.values and _LON not in directory.values:
        if directory.blank:
            fix.flags.append("gps_redacted")
        return
    if _is_redacted(directory):
        fix.flags.append("gps_redacted")
        return
    lat, lon = _degrees(directory, _LAT, 90), _degrees(directory, _LON, 180)
    south_or_north, west_or_east = _sign(directory, _LAT_REF, b"N", b"S"), _sign(directory, _LON_REF, b"E", b"W")
    if lat is None or lon is None:
        fix.flags.append("gps_invalid")
    elif lat < _NULL_ISLAND and lon < _NULL_ISLAND:
        fix.flags.append("gps_null_island")
    elif south_or_north is None or west_or_east is None:
        fix.flags.append("gps_ref_missing")
    else:
        fix.lat, fix.lon = lat * south_or_north, lon * west_or_east


def _is_redacted(directory: Directory) -> bool:
    """Android hides a position by writing zeros over its values and references alike."""
    zeros = all(set(directory.rationals(tag) or ()) <= {(0, 0)} for tag in (_LAT, _LON))
    return zeros and not any((directory.text(tag) or b"").strip(b"\x00 ") for tag in (_LAT_REF, _LON_REF))


def _degrees(directory: Directory, tag: int, most: float) -> float | None:
    """Degrees, minutes and seconds as one number from 0 to `most`; None when they are no such thing."""
    parts = [_ratio(pair) for pair in directory.rationals(tag) or ()]
    if len(parts) != 3:
        return None
    degrees, minutes, seconds = parts
    if degrees is None or minutes is None or seconds is None:
        return None
    if not (0 <= degrees <= most and 0 <= minutes < 60 and 0 <= seconds <= 60):
        return None
    whole = degrees + minutes / 60 + seconds / 3600
    return whole if whole <= most else None


def _ratio(pair: Rational) -> float | None:
    return pair[0] / pair[1] if pair[1] else None


def _sign(directory: Directory, tag: int, plus: bytes, minus: bytes) -> int | None:
    letter = (directory.text(tag) or b"").strip(b"\x00 ").upper()
    return {plus: 1, minus: -1}.get(letter)


def _metres(directory: Directory, tag: int, least: float, most: float) -> float | None:
    pairs = directory.rationals(tag)
    value = _ratio(pairs[0]) if pairs else None
    return value if value is not None and least <= value <= most else None


def _altitude(directory: Directory) -> float | None:
    metres = _metres(directory, _ALTITUDE, 0, 10_000)
    return -metres if metres and directory.number(_ALTITUDE_REF) == 1 else metres


def _time(directory: Directory, fix: Fix) -> datetime | None:
    day, clock = directory.text(_DATE), directory.rationals(_TIME)
    if not (day or b"").strip(b"\x00 ") or not clock or set(clock) == {(0, 0)}:
        return None
    parts = [_ratio(pair) for pair in clock]
    try:
        year, month, number = (int(piece) for piece in (day or b"").strip(b"\x00 ").replace(b"-", b":").split(b":"))
        hours, minutes, seconds = (part for part in parts if part is not None)
        if not (_EPOCH <= year <= _LATEST and 0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds <= 60):
            raise ValueError
        midnight = datetime.combine(date(year, month, number), datetime.min.time(), UTC)
        return midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        fix.flags.append("gps_time_invalid")
        return None
