"""What cameras write beside the pixels, right, odd or hostile: a finding at most, never a refusal."""

from __future__ import annotations

from functools import partial
from struct import pack

from tests import photos
from tests.corpus import Case
from tests.corpus import photo_cases as told
from tests.corpus.photo_cases import Build, nowhere, somewhere, with_block, with_entries
from tests.photos import MARGAHAYU, exif, hostile
from tests.photos.exif import Entry, ascii_, byte, gps_entries, rationals, sexagesimal, short

_LON, _LAT = MARGAHAYU
taken = partial(told.taken, "metadata")
placeless = partial(taken, proofs=(nowhere,))
_INVALID = "gps_invalid"


def _place(
    lat: Entry | None = None, lon: Entry | None = None, lat_ref: Entry | None = None, lon_ref: Entry | None = None
) -> Build:
    """A complete position with one thing changed."""
    changed = [lat or rationals(2, *sexagesimal(-_LAT)), lon or rationals(4, *sexagesimal(_LON))]
    return with_entries(gps=[lat_ref or ascii_(1, "S"), lon_ref or ascii_(3, "E"), *changed])


def _doubles(tag: int, *values: float) -> Entry:
    return tag, 12, len(values), pack(f">{len(values)}d", *values)


def _lat(*pairs: tuple[int, int], kind: int = 5) -> Build:
    return _place(lat=rationals(2, *pairs, kind=kind))


def _raw(*entries: bytes, count: int | None = None) -> bytes:
    """A TIFF block of one directory, written by hand."""
    number = len(entries) if count is None else count
    return b"MM\x00*\x00\x00\x00\x08" + pack(">H", number) + b"".join(entries) + b"\x00" * 4


def _xmp(body: bytes) -> Build:
    packet = b"http://ns.adobe.com/xap/1.0/\x00" + body
    return lambda: photos.with_segment(photos.without_exif(size=(400, 300)), 0xE1, packet)


_MAKE = pack(">HHI", 0x010F, 2, 50)
_DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % d SYSTEM "http://127.0.0.1:9/x.dtd"> %d;]><x/>'

CASES: list[Case] = [
    taken("a whole position", photos.phone_jpeg, proofs=(somewhere,)),
    placeless("0, 0", photos.null_island, "gps_null_island"),
    placeless("hidden by Android", photos.redacted_gps, "gps_redacted"),
    placeless("axes swapped", photos.swapped_axes, _INVALID),
    placeless("NaN", _place(lat=_doubles(2, float("nan"), 1.0, 1.0)), _INVALID),
    placeless("infinite", _place(lat=_doubles(2, float("inf"), 0.0, 0.0)), _INVALID),
    placeless("infinite as 1/0", _lat((6, 0), (58, 0), (0, 0)), _INVALID),
    placeless("0/0", _lat((0, 0), (0, 0), (1, 0)), _INVALID),
    placeless("91° north", _lat((91, 1), (0, 1), (0, 1)), _INVALID),
    placeless("90° and one minute", _lat((90, 1), (1, 1), (0, 1)), _INVALID),
    placeless("181° east", _place(lon=rationals(4, (181, 1), (0, 1), (0, 1))), _INVALID),
    placeless("2³²−1 degrees", _place(lon=rationals(4, (2**32 - 1, 1), (0, 1), (0, 1))), _INVALID),
    placeless("75 minutes", _lat((6, 1), (75, 1), (0, 1)), _INVALID),
    placeless("75 seconds", _lat((6, 1), (5, 1), (75, 1)), _INVALID),
    placeless("negative degrees", _lat((-6, 1), (58, 1), (0, 1), kind=10), _INVALID),
    placeless("two values", _lat((6, 1), (58, 1)), _INVALID),
    placeless("four values", _lat((6, 1), (58, 1), (1, 1), (1, 1)), _INVALID),
    placeless("degrees in words", _place(lat=ascii_(2, "6.97 S")), _INVALID),
    placeless("latitude alone", with_entries(gps=[ascii_(1, "S"), rationals(2, *sexagesimal(6.97))]), _INVALID),
    placeless("longitude alone", with_entries(gps=[ascii_(3, "E"), rationals(4, *sexagesimal(_LON))]), _INVALID),
    placeless("an empty reference", _place(lat_ref=ascii_(1, "")), "gps_ref_missing"),
    placeless("a reference of another axis", _place(lat_ref=ascii_(1, "E")), "gps_ref_missing"),
    placeless("an unknown reference", _place(lon_ref=ascii_(3, "X")), "gps_ref_missing"),
    placeless("a reference that is a number", _place(lon_ref=short(3, 69)), "gps_ref_missing"),
    placeless(
        "no references",
        with_entries(gps=[rationals(2, *sexagesimal(6.97)), rationals(4, *sexagesimal(_LON))]),
        "gps_ref_missing",
    ),
    placeless("altitude alone", with_entries(gps=[byte(5, 0), rationals(6, (768, 1))])),
    taken(
        "an accuracy of 1/0", with_entries(gps=[*gps_entries(_LON, _LAT), rationals(31, (1, 0))]), proofs=(somewhere,)
    ),
    taken("an altitude of 4,000 km", with_entries(gps=gps_entries(_LON, _LAT, altitude_m=4e6)), proofs=(somewhere,)),
    taken("position in a HEIC", photos.heic, proofs=(somewhere,)),
    taken("directories that point at each other", with_block(exif.looping_block()), "exif_invalid"),
    taken("an offset outside the file", with_block(b"MM\x00*\xff\xff\xff\xff"), "exif_invalid"),
    taken("an offset before the block", with_block(b"MM\x00*\x00\x00\x00\x01"), "exif_invalid"),
    taken("65535 entries that are not there", with_block(_raw(count=0xFFFF)), "exif_invalid"),
    taken("a value outside the block", with_block(_raw(_MAKE + pack(">I", 60_000))), "exif_invalid"),
    taken("a count of 2³²−1", with_block(_raw(pack(">HHII", 0x010F, 2, 2**32 - 1, 26))), "exif_invalid"),
    taken("an unknown type of value", with_block(_raw(pack(">HHII", 0x010F, 99, 1, 0))), "exif_invalid"),
    taken("no TIFF block at all", with_block(b"bukan TIFF sama sekali"), "exif_invalid"),
    taken("an empty block", with_block(b"")),
    taken("half a block", with_block(exif.phone_block(*MARGAHAYU, photos.TAKEN)[:90]), "exif_invalid"),
    taken(
        "a directory that names itself as the next",
        with_block(b"MM\x00*\x00\x00\x00\x08" + pack(">HI", 0, 8)),
        "exif_invalid",
    ),
    taken("60 kB of a maker's note", with_entries(exif=[(0x927C, 7, 60_000, b"\x17" * 60_000)])),
    taken("zeros inside the make", with_entries([ascii_(0x010F, b"Peta\x00phone")]), "exif_invalid"),
    taken("Latin-1 in the make", with_entries([ascii_(0x010F, b"Pet\xe1phone")]), "exif_invalid"),
    taken("a script for a make", with_entries([ascii_(0x010F, hostile.SCRIPT)])),
    taken("a formula for a model", with_entries([ascii_(0x0110, "=HYPERLINK(1)")])),
    taken("hidden letters in the make", with_entries([ascii_(0x010F, "Peta\u202e\u200bphone\r\n")])),
    taken("900 letters of software", with_entries([ascii_(0x0131, "a" * 900)])),
    taken("orientation 9", with_entries([short(0x0112, 9)]), "exif_invalid"),
    taken("orientation 0", with_entries([short(0x0112, 0)]), "exif_invalid"),
    taken("orientation in words", with_entries([ascii_(0x0112, "atas")]), "exif_invalid"),
    taken("two EXIF segments", lambda: photos.with_exif(photos.phone_jpeg(), exif.looping_block()), "exif_invalid"),
    taken("XMP with entities", hostile.jpeg_with_xmp_entities, proofs=(somewhere,)),
    taken("XMP that fetches a definition", _xmp(_DOCTYPE)),
    taken("XMP that is no XML", _xmp(b"<x" * 5_000)),
    taken(
        "a C2PA manifest that is none",
        lambda: photos.with_segment(photos.without_exif(), 0xEB, b"JP\x00\x01" + b"jumb" * 900),
    ),
    taken(
        "an IPTC block of noise",
        lambda: photos.with_segment(photos.without_exif(), 0xED, b"Photoshop 3.0\x008BIM" + b"\xff" * 900),
    ),
]
