"""What cameras write, and what they should not have written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.exif import CameraFacts, read_camera, time_findings
from tests.photos import MARGAHAYU, TAKEN
from tests.photos.exif import (
    Camera,
    Entry,
    ascii_,
    block,
    byte,
    gps_entries,
    looping_block,
    phone_block,
    rationals,
    sexagesimal,
    short,
)

LON, LAT = MARGAHAYU
NAN = pack(">ddd", float("nan"), 1.0, 1.0)
INFINITE = pack(">ddd", float("inf"), 0.0, 0.0)


def place(lat: Entry | None = None, lon: Entry | None = None, lat_ref: str = "S", lon_ref: str = "E") -> CameraFacts:
    """The camera facts of a GPS directory with one thing changed."""
    gps = [ascii_(1, lat_ref), ascii_(3, lon_ref)]
    gps += [lat or rationals(2, *sexagesimal(abs(LAT))), lon or rationals(4, *sexagesimal(LON))]
    return read_camera(block(gps=gps))


def at_time(text: str | bytes, *more: Entry) -> CameraFacts:
    return read_camera(block(exif=[ascii_(0x9003, text), *more]))


def test_a_phone_in_the_south_and_east_is_read_to_the_metre() -> None:
    gps_time = datetime(2018, 8, 6, 2, 30, 10, tzinfo=UTC)
    facts = read_camera(
        phone_block(LON, LAT, TAKEN, offset="+07:00", accuracy_m=4.5, altitude_m=-3.0, gps_time=gps_time)
    )
    assert (facts.lon, facts.lat) == pytest.approx((LON, LAT), abs=1e-7)
    assert (facts.accuracy_m, facts.altitude_m) == (4.5, -3.0)
    assert (facts.taken_at, facts.utc_offset, facts.gps_time) == (TAKEN, timedelta(hours=7), gps_time)
    assert (facts.make, facts.model, facts.serial, facts.software) == ("Petaphone", "P7", "SN-0042", "P7-OS 4.2")
    assert facts.flags == ()


def test_little_endian_blocks_are_read_too() -> None:
    raw = b"II*\x00\x08\x00\x00\x00" + pack("<H", 1) + pack("<HHIHH", 0x0112, 3, 1, 6, 0) + b"\x00" * 4
    assert read_camera(raw).orientation == 6


def test_no_exif_and_no_gps_are_neutral() -> None:
    assert read_camera(None) == read_camera(b"") == CameraFacts()
    assert read_camera(phone_block(None, None, TAKEN)).flags == ()


@pytest.mark.parametrize(
    ("facts", "flag"),
    [
        (place(rationals(2, (0, 1), (0, 1), (0, 1)), rationals(4, (0, 1), (0, 1), (0, 1))), "gps_null_island"),
        (place((2, 12, 3, NAN)), "gps_invalid"),
        (place((2, 12, 3, INFINITE)), "gps_invalid"),
        (place(rationals(2, (6, 0), (0, 0), (0, 0))), "gps_invalid"),
        (place(rationals(2, (91, 1), (0, 1), (0, 1))), "gps_invalid"),
        (place(rationals(2, (90, 1), (1, 1), (0, 1))), "gps_invalid"),
        (place(lon=rationals(4, (181, 1), (0, 1), (0, 1))), "gps_invalid"),
        (place(rationals(2, (6, 1), (75, 1), (0, 1))), "gps_invalid"),
        (place(rationals(2, (-6, 1), (58, 1), (0, 1), kind=10)), "gps_invalid"),
        (place(rationals(2, (6, 1), (58, 1))), "gps_invalid"),
        (place(ascii_(2, "6.97 S")), "gps_invalid"),
        (read_camera(block(gps=gps_entries(LAT, LON))), "gps_invalid"),
        (place(lat_ref=""), "gps_ref_missing"),
        (place(lon_ref="X"), "gps_ref_missing"),
        (
            read_camera(block(gps=[rationals(2, *sexagesimal(6.97)), rationals(4, *sexagesimal(LON))])),
            "gps_ref_missing",
        ),
        (read_camera(block(gps=[ascii_(1, "S"), rationals(2, *sexagesimal(6.97))])), "gps_invalid"),
    ],
)
def test_a_place_that_is_none_is_none_and_says_so(facts: CameraFacts, flag: str) -> None:
    assert (facts.lon, facts.lat) == (None, None)
    assert facts.flags == (flag,)


def test_a_position_hidden_by_android_is_not_called_wrong() -> None:
    zeros = ((0, 0),) * 3
    gps = [(1, 2, 2, b"\x00\x00"), rationals(2, *zeros), (3, 2, 2, b"\x00\x00"), rationals(4, *zeros)]
    assert read_camera(block(gps=gps)).flags == ("gps_redacted",)


def test_half_a_gps_directory_answers_what_it_has() -> None:
    facts = read_camera(block(gps=[byte(5, 0), rationals(6, (768, 1))]))
    assert (facts.altitude_m, facts.lon, facts.flags) == (768.0, None, ())


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("0000:00:00 00:00:00", "time_unset"),
        ("    :  :     :  :  ", "time_unset"),
        ("1970:01:01 07:00:00", "time_unset"),
        ("2018:13:40 25:61:61", "time_invalid"),
        ("kemarin pagi", "time_invalid"),
        (b"\xff\xfe\x00\x01", "time_invalid"),
    ],
)
def test_a_clock_that_was_never_set_or_speaks_words_gives_no_time(text: str | bytes, flag: str) -> None:
    facts = at_time(text)
    assert facts.taken_at is None
    assert facts.flags == (flag,)


@pytest.mark.parametrize("text", ["+25:00", "+7", "WIB", "+14:30", "-12:30", "+07:75"])
def test_an_impossible_zone_is_a_flag_and_the_clock_still_counts(text: str) -> None:
    facts = at_time("2018:08:06 09:30:15", ascii_(0x9011, text))
    assert (facts.taken_at, facts.utc_offset, facts.flags) == (TAKEN, None, ("time_offset_invalid",))


@pytest.mark.parametrize(("text", "hours"), [("+07:00", 7), ("+08:00", 8), ("+09:00", 9), ("-03:00", -3), ("Z", 0)])
def test_the_zones_of_indonesia_and_others_are_read(text: str, hours: int) -> None:
    assert at_time("2018:08:06 09:30:15", ascii_(0x9011, text)).utc_offset == timedelta(hours=hours)


def test_only_the_last_change_of_the_file_is_known() -> None:
    facts = read_camera(block([ascii_(0x0132, "2018:08:06 09:30:15")]))
    assert (facts.taken_at, facts.flags) == (TAKEN, ("time_of_change_only",))


@pytest.mark.parametrize(
    ("satellites", "offset", "flags"),
    [
        (datetime(2018, 8, 6, 2, 25, tzinfo=UTC), "+07:00", ()),
        (datetime(2018, 8, 6, 0, 30, tzinfo=UTC), None, ()),
        (datetime(2018, 8, 6, 0, 30, tzinfo=UTC), "+07:00", ("time_zone_mismatch",)),
        (datetime(2018, 8, 4, 2, 30, tzinfo=UTC), "+07:00", ("time_gps_mismatch",)),
        (datetime(1998, 12, 21, 2, 30, tzinfo=UTC), "+07:00", ("gps_week_rollover",)),
    ],
)
def test_the_cameras_clock_is_held_against_the_satellites(
    satellites: datetime, offset: str | None, flags: tuple[str, ...]
) -> None:
    assert read_camera(phone_block(LON, LAT, TAKEN, offset=offset, gps_time=satellites)).flags == flags


def test_a_broken_satellite_time_is_none() -> None:
    gps = [*gps_entries(LON, LAT), ascii_(29, "2018:02:31"), rationals(7, (1, 1), (2, 1), (3, 1))]
    facts = read_camera(block(gps=gps))
    assert (facts.gps_time, facts.flags) == (None, ("gps_time_invalid",))
    assert facts.lat == pytest.approx(LAT, abs=1e-6)


def test_the_future_needs_a_receiver() -> None:
    facts = at_time("2018:08:06 09:30:15", ascii_(0x9011, "+07:00"))
    assert time_findings(facts, datetime(2018, 8, 6, 2, 31, tzinfo=UTC)) == ()
    assert time_findings(facts, datetime(2018, 8, 6, 1, 0, tzinfo=UTC)) == ("time_future",)
    assert time_findings(CameraFacts(), datetime(2018, 8, 6, 1, 0, tzinfo=UTC)) == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"not a TIFF block",
        looping_block(),
        b"MM\x00*\xff\xff\xff\xff",
        b"MM\x00*\x00\x00\x00\x08\xff\xff",
        b"MM\x00*\x00\x00\x00\x08" + pack(">HHHII", 1, 0x010F, 2, 2**32 - 1, 26) + b"\x00" * 4,
        b"MM\x00*\x00\x00\x00\x08" + pack(">HHHII", 1, 0x010F, 2, 50, 60_000) + b"\x00" * 4,
        block([ascii_(0x010F, b"Peta\x00phone")]),
        block([ascii_(0x010F, b"Pet\xe1phone")]),
        block([short(0x0112, 9)]),
        block([short(0x0112, 0)]),
    ],
)
def test_a_broken_block_is_a_flag(raw: bytes) -> None:
    facts = read_camera(raw)
    assert facts.flags[:1] == ("exif_invalid",)
    assert facts.orientation == 1


def test_sixty_kilobytes_of_a_makers_note_are_no_fault() -> None:
    facts = read_camera(block(exif=[ascii_(0x9003, "2018:08:06 09:30:15"), (0x927C, 7, 60_000, b"\x17" * 60_000)]))
    assert (facts.taken_at, facts.flags) == (TAKEN, ())


def test_texts_come_without_control_and_bidi_characters() -> None:
    assert read_camera(phone_block(camera=Camera(make="Peta\u202e\u200bphone\n"))).make == "Petaphone"


GOOD = phone_block(LON, LAT, TAKEN, offset="+07:00", accuracy_m=4.5, gps_time=datetime(2018, 8, 6, 2, tzinfo=UTC))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=12), st.integers(0, len(GOOD)))
def test_no_mutation_of_a_block_makes_the_reader_raise(changes: list[tuple[int, int]], length: int) -> None:
    raw = bytearray(GOOD)
    for position, value in changes:
        raw[position] = value
    for each in (bytes(raw), bytes(raw[:length])):
        facts = read_camera(each)
        assert (facts.lon is None) == (facts.lat is None)
        assert facts.lat is None or -90 <= facts.lat <= 90
        assert facts.lon is None or -180 <= facts.lon <= 180


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_reader_raise(raw: bytes) -> None:
    read_camera(raw)
    read_camera(b"MM\x00*\x00\x00\x00\x08" + raw)
    read_camera(b"II*\x00\x08\x00\x00\x00" + raw)
