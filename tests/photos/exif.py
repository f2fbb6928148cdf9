"""EXIF blocks written byte by byte, so that they can be right, odd or broken on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from struct import pack

Entry = tuple[int, int, int, bytes]
"""(tag, type, count, value bytes), big-endian."""

EXIF, GPS = 0x8769, 0x8825


def ascii_(tag: int, text: str | bytes) -> Entry:
    raw = (text.encode() if isinstance(text, str) else text) + b"\x00"
    return tag, 2, len(raw), raw


def short(tag: int, number: int) -> Entry:
    return tag, 3, 1, pack(">H", number)


def byte(tag: int, number: int) -> Entry:
    return tag, 1, 1, bytes([number])


def rationals(tag: int, *pairs: tuple[int, int], kind: int = 5) -> Entry:
    return tag, kind, len(pairs), b"".join(pack(">ii" if kind == 10 else ">II", *pair) for pair in pairs)


def ratio(value: float) -> tuple[int, int]:
    fraction = Fraction(value).limit_denominator(100_000)
    return fraction.numerator, fraction.denominator


def sexagesimal(degrees: float) -> tuple[tuple[int, int], ...]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    seconds = round(((degrees - whole) * 60 - minutes) * 60 * 10_000)
    return (whole, 1), (minutes, 1), (seconds, 10_000)


def gps_entries(
    lon: float,
    lat: float,
    accuracy_m: float | None = None,
    altitude_m: float | None = None,
    time: datetime | None = None,
) -> list[Entry]:
    """A complete GPS directory. `time` is aware."""
    entries = [
        ascii_(1, "S" if lat < 0 else "N"),
        rationals(2, *sexagesimal(abs(lat))),
        ascii_(3, "W" if lon < 0 else "E"),
        rationals(4, *sexagesimal(abs(lon))),
    ]
    if altitude_m is not None:
        entries += [byte(5, int(altitude_m < 0)), rationals(6, ratio(abs(altitude_m)))]
    if time is not None:
        utc = time.astimezone(UTC)
        entries += [rationals(7, (utc.hour, 1), (utc.minute, 1), (utc.second, 1)), ascii_(29, f"{utc:%Y:%m:%d}")]
    if accuracy_m is not None:
        entries.append(rationals(31, ratio(accuracy_m)))
    return entries


@dataclass(frozen=True)
class Camera:
    """What a phone of this make would write."""

    make: str = "Petaphone"
    model: str = "P7"
    serial: str = "SN-0042"
    software: str = "P7-OS 4.2"
    orientation: int = 1


def block(main: Sequence[Entry] = (), exif: Sequence[Entry] = (), gps: Sequence[Entry] = ()) -> bytes:
    """A big-endian TIFF block with up to three directories."""
    pointers = [(EXIF, exif), (GPS, gps)]
    first = list(main) + [(tag, 4, 1, b"\x00" * 4) for tag, entries in pointers if entries]
    at = 8 + len(_directory(first, 8))
    places: dict[int, bytes] = {}
    rest = b""
    for tag, entries in pointers:
        if entries:
            places[tag] = pack(">I", at)
            written = _directory(list(entries), at)
            rest, at = rest + written, at + len(written)
    pointed = [(tag, kind, count, places.get(tag, value)) for tag, kind, count, value in first]
    return b"MM\x00*\x00\x00\x00\x08" + _directory(pointed, 8) + rest


def with_preview(tiff: bytes, preview: bytes, *, at: int | None = None, length: int | None = None) -> bytes:
    """A block of `block` with a second directory and that preview behind it; `at` and `length` may lie about it."""
    after_first = 8 + 2 + 12 * int.from_bytes(tiff[8:10], "big")
    place = len(tiff) + 2 + 24 + 4
    said = (place if at is None else at, len(preview) if length is None else length)
    second = pack(">H", 2) + pack(">HHII", 0x0201, 4, 1, said[0]) + pack(">HHII", 0x0202, 4, 1, said[1]) + bytes(4)
    return tiff[:after_first] + pack(">I", len(tiff)) + tiff[after_first + 4 :] + second + preview


def _directory(entries: list[Entry], start: int) -> bytes:
    head, tail = pack(">H", len(entries)), b""
    behind = start + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in sorted(entries):
        if len(value) <= 4:
            head += pack(">HHI", tag, kind, count) + value.ljust(4, b"\x00")
        else:
            head += pack(">HHII", tag, kind, count, behind + len(tail))
            tail += value + b"\x00" * (len(value) % 2)
    return head + b"\x00" * 4 + tail


def phone_block(
    lon: float | None = None,
    lat: float | None = None,
    taken_at: datetime | None = None,
    *,
    offset: str | None = None,
    accuracy_m: float | None = None,
    altitude_m: float | None = None,
    gps_time: datetime | None = None,
    camera: Camera = Camera(),
) -> bytes:
    """What a phone writes: camera, time (naive), and the place when both `lon` and `lat` are given."""
    main = [ascii_(0x010F, camera.make), ascii_(0x0110, camera.model), short(0x0112, camera.orientation)]
    main.append(ascii_(0x0131, camera.software))
    exif = [ascii_(0xA431, camera.serial)]
    if taken_at is not None:
        main.append(ascii_(0x0132, f"{taken_at:%Y:%m:%d %H:%M:%S}"))
        exif.append(ascii_(0x9003, f"{taken_at:%Y:%m:%d %H:%M:%S}"))
    if offset is not None:
        exif.append(ascii_(0x9011, offset))
    placed = lon is not None and lat is not None
    return block(main, exif, gps_entries(lon, lat, accuracy_m, altitude_m, gps_time) if placed else ())


def looping_block() -> bytes:
    """Its directories point at each other and at themselves."""
    loop = [(EXIF, 4, 1, pack(">I", 8)), (GPS, 4, 1, pack(">I", 8)), (0x9003, 2, 20, pack(">I", 8))]
    head = b"".join(pack(">HHI", tag, kind, count) + value for tag, kind, count, value in sorted(loop))
    return b"MM\x00*\x00\x00\x00\x08" + pack(">H", len(loop)) + head + pack(">I", 8)
