"""Clocks of cameras, satellites and phones that disagree with each other, with ours, or with reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from tests import photos
from tests.corpus import Answer, Case
from tests.corpus import photo_cases as told
from tests.corpus.house import House
from tests.corpus.photo_cases import with_block, with_entries
from tests.photos import MARGAHAYU, TAKEN
from tests.photos.exif import Entry, ascii_, gps_entries, phone_block, rationals

taken = partial(told.taken, "time")
_CLOCK = "2018:08:06 09:30:15"
_FIX = {"fix_lon": "100.05", "fix_lat": "-1.95", "fix_accuracy": "8"}


def _at(text: str | bytes, *more: Entry) -> told.Build:
    return with_entries(exif=[ascii_(0x9003, text), *more])


def _against(satellites: datetime, offset: str | None = "+07:00") -> told.Build:
    return with_block(phone_block(*MARGAHAYU, TAKEN, offset=offset, gps_time=satellites))


def _satellites(day: str, *clock: tuple[int, int]) -> told.Build:
    return with_entries(gps=[*gps_entries(*MARGAHAYU), ascii_(29, day), rationals(7, *clock)])


def timeless(house: House, answer: Answer) -> None:
    """The camera gave no time."""
    assert house.stored(answer).camera_time is None


def timely(house: House, answer: Answer) -> None:
    assert house.stored(answer).camera_time is not None


unknown = partial(taken, proofs=(timeless,))
known = partial(taken, proofs=(timely,))

CASES: list[Case] = [
    known("the zone of Jakarta", _at(_CLOCK, ascii_(0x9011, "+07:00"))),
    known("the zone of Jayapura", _at(_CLOCK, ascii_(0x9011, "+09:00"))),
    known("the zone of Brazil", _at(_CLOCK, ascii_(0x9011, "-03:00"))),
    known("Zulu", _at(_CLOCK, ascii_(0x9011, "Z"))),
    known("no zone", _at(_CLOCK)),
    known("an offset of +25:00", _at(_CLOCK, ascii_(0x9011, "+25:00")), "time_offset_invalid"),
    known("an offset of +14:30", _at(_CLOCK, ascii_(0x9011, "+14:30")), "time_offset_invalid"),
    known("an offset of 75 minutes", _at(_CLOCK, ascii_(0x9011, "+07:75")), "time_offset_invalid"),
    known("an offset in words", _at(_CLOCK, ascii_(0x9011, "WIB")), "time_offset_invalid"),
    known("only the last change", with_entries([ascii_(0x0132, _CLOCK)]), "time_of_change_only"),
    known("dashes for colons", _at("2018-08-06 09:30:15")),
    known("tomorrow in every zone", _at(f"{datetime.now(UTC) + timedelta(days=2):%Y:%m:%d %H:%M:%S}"), "time_future"),
    known("the year 9998, far in the west", _at("9998:12:31 23:59:59", ascii_(0x9011, "-12:00")), "time_future"),
    known("the year 1900, far in the east", _at("1900:01:01 00:00:00", ascii_(0x9011, "+14:00"))),
    unknown("the last second of the calendar", _at("9999:12:31 23:59:59", ascii_(0x9011, "-12:00")), "time_invalid"),
    unknown("the year 1", _at("0001:01:01 00:00:00"), "time_invalid"),
    unknown("1970", _at("1970:01:01 07:00:00"), "time_unset"),
    unknown("the year 0000", _at("0000:00:00 00:00:00"), "time_unset"),
    unknown("blanks", _at("    :  :     :  :  "), "time_unset"),
    unknown("words", _at("kemarin pagi"), "time_invalid"),
    unknown("month 13", _at("2018:13:40 25:61:61"), "time_invalid"),
    unknown("29 February 2018", _at("2018:02:29 09:30:15"), "time_invalid"),
    unknown("second 60", _at("2018:08:06 09:30:60"), "time_invalid"),
    unknown("bytes that are no letters", _at(b"\xff\xfe\x00\x01"), "time_invalid"),
    unknown("a script", _at("<script>alert(1)</script>"), "time_invalid"),
    unknown("digits of another script", _at("٢٠١٨:٠٨:٠٦ ٠٩:٣٠:١٥"), "time_invalid"),
    unknown("no time at all", lambda: photos.without_gps(taken_at=None, size=(400, 300))),
    known("satellites five minutes behind", _against(datetime(2018, 8, 6, 2, 25, tzinfo=UTC))),
    known("satellites of another zone", _against(datetime(2018, 8, 6, 0, 30, tzinfo=UTC)), "time_zone_mismatch"),
    known("satellites a day off", _against(datetime(2018, 8, 4, 2, 30, tzinfo=UTC)), "time_gps_mismatch"),
    known("satellites before the rollover", _against(datetime(1998, 12, 21, 2, 30, tzinfo=UTC)), "gps_week_rollover"),
    unknown("31 February by satellite", _satellites("2018:02:31", (1, 1), (2, 1), (3, 1)), "gps_time_invalid"),
    unknown("hour 25 by satellite", _satellites("2018:02:01", (25, 1), (2, 1), (3, 1)), "gps_time_invalid"),
    unknown("hour 1/0 by satellite", _satellites("2018:02:01", (1, 0), (2, 1), (3, 1)), "gps_time_invalid"),
    unknown("a satellite's day in words", _satellites("kemarin", (1, 1), (2, 1), (3, 1)), "gps_time_invalid"),
    known("a fix of the same minute", _at(_CLOCK, ascii_(0x9011, "+07:00")),
          fix_time="2018-08-06T02:31:00+00:00", **_FIX),
    known("a fix of the next day", _at(_CLOCK, ascii_(0x9011, "+07:00")), "time_fix_mismatch",
          fix_time="2018-08-07T02:31:00+00:00", **_FIX),
    known("a fix two zones off, camera without a zone", _at(_CLOCK), fix_time="2018-08-06T00:31:00+00:00", **_FIX),
    known("a fix whose time is words", _at(_CLOCK), fix_time="tadi pagi", **_FIX),
    unknown("the first second of the calendar by satellite", _satellites("0001:01:01", (0, 1), (0, 1), (0, 1)),
            "gps_time_invalid"),
    unknown("the last second by satellite", _satellites("9999:12:31", (23, 1), (59, 1), (60, 1)), "gps_time_invalid"),
    known("a fix of the last second", _at(_CLOCK), fix_time="9999-12-31T23:59:59-12:00", **_FIX),
    known("a fix of the year 1", _at(_CLOCK), fix_time="0001-01-01T00:00:00+00:00", **_FIX),
    known("a fix whose time has no zone", _at(_CLOCK), fix_time="2018-08-07T02:31:00", **_FIX),
]  # fmt: skip
