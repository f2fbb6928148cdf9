"""Numbers, days, directions and spans as official papers write them."""

from datetime import date, timedelta

import pytest

from geo.values import LonLat, metres_apart
from webapp.fieldwork.sketch import SIDE, Mark, drawing
from webapp.wording import arah, hari_terbilang, romawi, selisih, terbilang


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "nol"), (1, "satu"), (10, "sepuluh"), (11, "sebelas"), (12, "dua belas"), (19, "sembilan belas"),
        (20, "dua puluh"), (28, "dua puluh delapan"), (100, "seratus"), (111, "seratus sebelas"), (1000, "seribu"),
        (1999, "seribu sembilan ratus sembilan puluh sembilan"), (2018, "dua ribu delapan belas"),
        (2026, "dua ribu dua puluh enam"), (11_000, "sebelas ribu"), (1_000_000, "satu juta"),
    ],
)  # fmt: skip
def test_numbers_in_words(number: int, said: str) -> None:
    assert terbilang(number) == said


def test_no_two_numbers_are_said_alike() -> None:
    assert len({terbilang(number) for number in range(10_000)}) == 10_000


def test_a_day_in_words() -> None:
    said = "Senin tanggal enam bulan Agustus tahun dua ribu delapan belas"
    assert hari_terbilang(date(2018, 8, 6)) == said


def test_months_directions_and_spans() -> None:
    assert [romawi(month) for month in (1, 4, 9, 11, 12)] == ["I", "IV", "IX", "XI", "XII"]
    winds = [arah(degrees) for degrees in (0, 44, 91, 181, 225, 271, 359)]
    assert winds == ["utara", "timur laut", "timur", "selatan", "barat daya", "barat", "utara"]
    spans = (timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=26, minutes=3), -timedelta(hours=2))
    assert [selisih(span) for span in spans] == ["kurang dari satu menit", "5 menit", "1 hari 2 jam", "2 jam"]


def test_a_sketch_is_to_scale_with_north_up() -> None:
    claim, stood = LonLat(107.6, -6.9), LonLat(107.6, -6.8995)
    made = drawing([], [Mark("claim", "Klaim", claim, 8.0), Mark("visit", "Verifikator", stood)], whole=False)
    (x, y), (other_x, other_y) = (mark["at"] for mark in made["marks"])
    assert x == other_x and other_y < y, "north is up"
    per_metre = made["bar"]["length"] / made["bar"]["metres"]
    assert (y - other_y) / per_metre == pytest.approx(metres_apart(claim, stood), rel=0.03)
    assert all(0 <= at <= SIDE for mark in made["marks"] for at in mark["at"])
    assert made["marks"][0]["radius"] == pytest.approx(8 * per_metre, abs=0.2)
