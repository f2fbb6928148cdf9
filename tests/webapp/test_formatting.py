"""Dates, numbers and places come out as people in Indonesia write them, and in English for readers of English."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from webapp.formatting import (
    FILTERS,
    akurasi,
    angka,
    derajat,
    jarak,
    persen,
    rentang,
    tanggal,
    tanggal_pendek,
    ukuran,
    waktu,
    waktu_iso,
)

MARGAHAYU_DAY = date(2018, 8, 6)
BEFORE_DAWN = datetime(2018, 8, 5, 22, 12, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_day_is_written_with_its_weekday() -> None:
    assert tanggal(MARGAHAYU_DAY, "id") == "Senin, 6 Agustus 2018"
    assert tanggal(MARGAHAYU_DAY, "en") == "Monday, 6 August 2018"


def test_a_day_in_a_table_is_short() -> None:
    assert tanggal_pendek(MARGAHAYU_DAY, "id") == "6 Agu 2018"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Jakarta", "6 Agustus 2018 05.12 WIB"),
        ("Asia/Makassar", "6 Agustus 2018 06.12 WITA"),
        ("Asia/Jayapura", "6 Agustus 2018 07.12 WIT"),
        ("Asia/Seoul", "6 Agustus 2018 07.12 KST"),
        ("Asia/Dubai", "6 Agustus 2018 02.12 UTC+04"),
    ],
)
def test_an_instant_is_told_in_the_time_of_its_region(zone: str, said: str) -> None:
    assert waktu(BEFORE_DAWN, zone, "id") == said


def test_english_readers_get_a_colon_and_the_same_zone() -> None:
    assert waktu(BEFORE_DAWN, "Asia/Jakarta", "en") == "6 August 2018 05:12 WIB"


def test_a_camera_reading_without_zone_is_neither_moved_nor_given_one() -> None:
    assert waktu(datetime(2018, 8, 6, 5, 12), "Asia/Jayapura", "id") == "6 Agustus 2018 05.12"  # noqa: DTZ001


def test_an_instant_for_machines_is_in_utc() -> None:
    assert waktu_iso(BEFORE_DAWN) == "2018-08-05T22:12:00+00:00"
    assert waktu_iso(None) == ""


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (date(2018, 8, 6), "6 Agustus 2018"),
        (date(2018, 8, 8), "6–8 Agustus 2018"),
        (date(2018, 9, 2), "6 Agustus – 2 September 2018"),
        (date(2019, 1, 2), "6 Agustus 2018 – 2 Januari 2019"),
        (None, "6 Agustus 2018"),
    ],
)
def test_a_stretch_of_days_says_the_common_part_once(end: date | None, said: str) -> None:
    assert rentang(MARGAHAYU_DAY, end, "id") == said


def test_decimals_have_a_comma_in_indonesian_and_a_dot_in_english() -> None:
    assert angka(1234.5, locale="id") == "1.234,5"
    assert angka(1234.5, locale="en") == "1,234.5"
    assert angka(Decimal(75), 2, "id") == "75,00"
    assert angka(Decimal("-6.9"), 1, "id") == "−6,9"
    assert angka(1200, 0, "id") == "1.200"


def test_a_share_is_given_in_hundredths() -> None:
    assert plain(persen(74.99, 2, "id")) == "74,99 %"
    assert persen(75, locale="en") == "75%"


@pytest.mark.parametrize(
    ("metres", "said"),
    [(14.4, "14 m"), (999.4, "999 m"), (999.6, "1,0 km"), (1240, "1,2 km"), (34_600, "35 km"), (0, "0 m")],
)
def test_a_length_is_in_metres_near_by_and_in_kilometres_far_away(metres: float, said: str) -> None:
    assert plain(jarak(metres, "id")) == said


def test_an_accuracy_is_a_radius() -> None:
    assert plain(akurasi(14, "id")) == "± 14 m"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"),
        (900, "900 B"),
        (228_000, "228 kB"),
        (999_950, "1,0 MB"),
        (2_340_000, "2,3 MB"),
        (25_000_000, "25,0 MB"),
    ],
)
def test_a_file_size_moves_to_the_unit_that_reads_well(size: int, said: str) -> None:
    assert plain(ukuran(size, "id")) == said


def test_a_place_says_its_hemispheres_in_words() -> None:
    assert derajat(107.5708, -6.9662, "id") == "6,96620° LS, 107,57080° BT"
    assert derajat(-122.4, 37.57, "en") == "37.57000° N, 122.40000° W"


@pytest.mark.parametrize("name", sorted(set(FILTERS) - {"waktu_iso", "rentang", "derajat"}))
def test_what_is_not_known_is_a_dash(name: str) -> None:
    assert FILTERS[name](None) == "–"


def test_a_place_or_stretch_that_is_not_known_is_a_dash() -> None:
    assert derajat(107.5, None) == "–"
    assert rentang(None, None) == "–"
