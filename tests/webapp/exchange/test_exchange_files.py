"""The files themselves: whatever people wrote comes back as they wrote it, and nothing in it is computed."""

from __future__ import annotations

import io
import re
import string
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webapp.exchange import reading
from webapp.exchange.columns import COLUMNS, Line, disarmed, looks_active, plain
from webapp.exchange.rules import Format, Phrases, Stand, file_name, folder_of, slug
from webapp.exchange.tables import WRITERS

STAND = Stand(datetime(2018, 8, 6, 22, 12, tzinfo=UTC), "7-9")
SAID = Phrases(
    locale="id", link="https://peta.test/bukti/", place="Kabupaten Uji", zone="Asia/Jakarta", personal=False,
    filters=("Rapat",), attribution=("Uji",), states={"submitted": "Dikirim"}, tags={"faces": "Wajah"},
    labels={**{one.key: str(one.key) for one in COLUMNS}, "sheet": "Bukti", "about": "Keterangan"},
    about={name: name for name in ("place", "filters", "count", "as_of", "zone", "version", "source")},
)  # fmt: skip
LINE = Line(
    id=7, title="Kampung Tematik", kind="Inovasi", activity="Kampung tematik", state="submitted",
    region_code="32.04.01", region="Margahayu", period="2018", begins=date(2018, 8, 1), ends=date(2018, 8, 2),
    grade="A", accuracy_m=8.5, lon=107.5708, lat=-6.9662, tags=("faces",), photos=3,
)  # fmt: skip
HOSTILE = (
    "=HYPERLINK(\"http://jahat\";\"klik\")",
    "+62811", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1", "'=1+1", "\"=1+1", "  =1+1",
    "\uff1d1+1", "\u200b=1+1", "a\x00b\x01\x1f\x7f", "\ud800x", "\ufffe", "]]>", "<b>&amp;</b>", "ia;ib,\"ic\"\r\nid",
    "\u202ekilabret\u202c", "\u200fRTL", "😀👩🏽‍🌾", "ꦗꦮ", "x" * 5000, "_x003D_1",
)  # fmt: skip


def made(kind: Format, *lines: Line, said: Phrases = SAID) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"berkas.{kind}"
        WRITERS[kind](path, iter(lines), said, STAND)
        return path.read_bytes()


@pytest.mark.parametrize("kind", WRITERS)
def test_a_case_comes_back_with_its_numbers_and_days(kind: Format) -> None:
    (row,) = reading.READERS[kind](made(kind, LINE))
    assert (row["nomor"], row["foto"]) == (7, 3)
    assert (row["lon"], row["lat"], row["akurasi_m"]) == (107.5708, -6.9662, 8.5)
    assert (row["judul"], row["keadaan"], row["kode_wilayah"]) == ("Kampung Tematik", "Dikirim", "32.04.01")
    assert row["tautan"] == "https://peta.test/bukti/7"
    assert reading.day(row["mulai"]) == LINE.begins


@pytest.mark.parametrize("kind", WRITERS)
def test_no_case_at_all_is_a_file_with_its_heading(kind: Format) -> None:
    assert reading.READERS[kind](made(kind)) == []


@pytest.mark.parametrize("kind", WRITERS)
def test_a_case_without_a_place_is_there_and_lies_nowhere(kind: Format) -> None:
    (row,) = reading.READERS[kind](made(kind, replace(LINE, lon=None, lat=None, accuracy_m=None, grade=None)))
    assert row["lon"] in (None, "") or row["lon"] != row["lon"]
    assert row.get("place") is None


@pytest.mark.parametrize("kind", WRITERS)
def test_hostile_titles_come_back_as_they_were_but_for_what_no_file_can_hold(kind: Format) -> None:
    rows = reading.READERS[kind](made(kind, *(replace(LINE, title=title) for title in HOSTILE)))
    for title, row in zip(HOSTILE, rows, strict=True):
        wanted = disarmed(plain(title)) if kind is Format.CSV else plain(title)
        told = row["judul"]
        if kind in (Format.XLSX, Format.KML):  # XML says for every end of a line the same
            wanted, told = _one_line_end(wanted), _one_line_end(told)
        assert told.strip() == wanted.strip() or (kind is Format.XLSX and "_x003D_" in title)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


AROUND = st.text(st.sampled_from(" \"'\u200b\u00a0`\u2018\u201d\u202e"), max_size=4)
BEGINS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%"])


@settings(deadline=None)
@given(AROUND, BEGINS, st.text(max_size=30))
def test_nothing_that_begins_like_a_formula_is_left_in_a_table(around: str, begins: str, rest: str) -> None:
    title = around + begins + rest
    assert looks_active(title)
    cell = reading.of_csv(made(Format.CSV, replace(LINE, title=title)))[0]["judul"]
    assert cell.startswith("'")


@settings(deadline=None)
@given(st.text(max_size=60), st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 1e6))
def test_any_title_and_any_place_come_back_from_a_table_of_text(
    title: str, lon: float, lat: float, near: float
) -> None:
    line = replace(LINE, title=title, lon=lon, lat=lat, accuracy_m=near)
    (row,) = reading.of_csv(made(Format.CSV, line))
    said = plain(title)
    assert row["judul"] in (said, f"'{said}")
    assert (row["lon"], row["lat"], row["akurasi_m"]) == (lon, lat, near)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_cell_of_a_workbook_is_a_formula_whatever_was_written(title: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(Format.XLSX, replace(LINE, title=title))))
    kinds = {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
    assert "f" not in kinds
    cell = book.worksheets[0].cell(2, 3)
    assert bool(cell.quotePrefix) is looks_active(plain(title))


def test_numbers_and_days_of_a_workbook_are_true_and_its_heading_stands_still() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made(Format.XLSX, LINE))).worksheets[0]
    found = {column.key: sheet.cell(2, at) for at, column in enumerate(COLUMNS, start=1)}
    assert found["nomor"].data_type == found["lon"].data_type == "n"
    assert found["mulai"].is_date
    assert found["data_per"].value == datetime(2018, 8, 7, 5, 12)  # noqa: DTZ001  the clock of the place
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:R2"


def test_a_workbook_says_what_it_shows() -> None:
    told = reading.about(made(Format.XLSX, LINE, LINE))
    assert (told["place"], told["filters"], told["count"], told["version"]) == ("Kabupaten Uji", "Rapat", 2.0, "7-9")


def test_a_table_of_text_opens_by_itself_where_indonesian_is_read_and_where_english_is() -> None:
    indonesian, english = (made(Format.CSV, LINE, said=replace(SAID, locale=one)).decode() for one in ("id", "en"))
    assert ";107,5708;-6,9662;" in indonesian
    assert ",107.5708,-6.9662," in english
    assert indonesian.endswith("\r\n")


def test_personal_numbers_are_covered_for_all_but_those_who_wrote_them() -> None:
    named = replace(LINE, title="Bu Siti 0812 3456 7890")
    for kind in WRITERS:
        assert "3456" not in str(reading.READERS[kind](made(kind, named)))
    assert "3456" in str(reading.of_csv(made(Format.CSV, named, said=replace(SAID, personal=True))))


RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in string.digits)}


@settings(deadline=None)
@given(st.text(max_size=200), st.integers(1, 2**31 - 1), st.text(max_size=20))
def test_a_folder_has_a_name_that_every_disk_takes(title: str, number: int, code: str) -> None:
    name = folder_of(code, number, title)
    assert re.fullmatch(r"[A-Za-z0-9._-]{3,160}", name)
    assert ".." not in name
    assert name.split(".")[0].lower() not in RESERVED
    assert name[-1] not in ". "
    assert f"_{number}" in name


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", "CON", "nul.txt", "a/b\\c", "C:\\x", "\u202egpj.exe", "😀", "...", "-rf"]
)
def test_no_title_leads_out_of_the_archive(title: str) -> None:
    name = folder_of("32.04.01", 7, title)
    assert name.startswith("32.04.01_7")
    assert not set(name) & set('/\\:*?"<>| ')
    assert all(unicodedata.category(sign) in ("Lu", "Ll", "Nd", "Po", "Pd", "Pc") for sign in name)


def test_a_file_is_named_after_place_and_moment() -> None:
    assert file_name("32.04", STAND.as_of, "Asia/Jakarta", Format.XLSX) == "petabukti_32.04_20180807-0512.xlsx"
    assert slug("Kampung Tèmatik  RW 05!") == "Kampung-Tematik-RW-05"
