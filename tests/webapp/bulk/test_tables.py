"""Notes as offices write them: any separator, encoding, order of columns; what is wrong is said by row and column."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.webapp.bulk.making import xlsx
from webapp.bulk import tables
from webapp.bulk.tables import NotesRefused, Row, read_day, read_notes

PLAIN = "Berkas,Judul,Uraian,Tanggal\nIMG_1.jpg,Kerja bakti,Bersih-bersih désa,2018-08-06\n"
READ = Row(2, "IMG_1.jpg", "Kerja bakti", "Bersih-bersih désa", date(2018, 8, 6))


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("cp1252"),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace("Berkas,Judul,Uraian,Tanggal", "FILE,TITLE,NOTE,DATE").encode(),
        PLAIN.replace("Berkas", "  nama  BERKAS ").encode(),
        xlsx([line.split(",") for line in PLAIN.splitlines()]),
    ],
    ids=["utf-8", "bom", "cp1252", "utf-16", "semicolon", "tab", "crlf", "cr", "english", "spaces", "xlsx"],
)
def test_a_table_is_read_however_it_was_saved(data: bytes) -> None:
    notes = read_notes(data)
    assert (notes.rows, notes.problems) == ([READ], [])


def test_columns_in_any_order_with_strange_ones_between(tmp_path: object) -> None:
    notes = read_notes(b"no;kelompok;jenis;lain;kegiatan;folder\n1;A;kegiatan;x;subuh keliling;senin\n")
    assert notes.rows == [Row(2, "senin", activity="subuh keliling", kind="kegiatan", label="A")]


def test_an_empty_line_above_the_header_and_rows_that_say_nothing_are_passed_over() -> None:
    notes = read_notes(b"\n;;\nberkas;judul\n;\n1.jpg;A\n\n2.jpg;B\n")
    assert [(row.row, row.title) for row in notes.rows] == [(5, "A"), (7, "B")]


def test_a_formula_is_text_and_nothing_more() -> None:
    said = '=HYPERLINK("http://jahat.example","klik")'
    notes = read_notes(b'berkas;judul\n1.jpg;"=HYPERLINK(""http://jahat.example"",""klik"")"\n')
    assert notes.rows[0].title == said
    assert read_notes(xlsx([["berkas", "judul"], ["1.jpg", "=1+1"]])).rows[0].title == "=1+1"


def test_what_is_wrong_is_named_by_row_and_column_and_the_rest_of_the_row_is_kept() -> None:
    notes = read_notes(f"Berkas;Judul;Tgl\n1.jpg;{'x' * 201};kemarin\n;Tanpa berkas;\n".encode())
    assert [one.as_json() for one in notes.problems] == [
        {"row": 2, "column": "Judul", "code": "text_too_long", "value": "x" * 80},
        {"row": 2, "column": "Tgl", "code": "date_unreadable", "value": "kemarin"},
        {"row": 3, "column": "Berkas", "code": "cell_empty", "value": ""},
    ]
    assert notes.rows == [Row(2, "1.jpg")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-08-06", date(2018, 8, 6)), ("6/8/2018", date(2018, 8, 6)), ("06-08-2018", date(2018, 8, 6)),
        ("6.8.2018", date(2018, 8, 6)), ("6 Agustus 2018", date(2018, 8, 6)), ("6 agu 2018", date(2018, 8, 6)),
        ("Senin, 6 Agustus 2018", date(2018, 8, 6)), ("6 August 2018", date(2018, 8, 6)),
        ("2018-08-06 05:00:00", date(2018, 8, 6)), ("6-Agu-2018", date(2018, 8, 6)), ("31/2/2018", None),
        ("8/2018", None), ("kemarin", None), ("", None), ("6/8/18", None), ("1/1/0018", None), ("43318", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_here_write_it(text: str, day: date | None) -> None:
    assert read_day(text) == day


@given(some.text(max_size=30))
def test_whatever_is_written_as_a_day_is_a_day_or_none(text: str) -> None:
    day = read_day(text)
    assert day is None or day.year >= 1990


@given(some.binary(max_size=300))
def test_whatever_bytes_come_they_are_read_or_refused_with_a_code(data: bytes) -> None:
    try:
        read_notes(b"berkas,judul\n" + data)
    except NotesRefused as why:
        assert why.code.startswith("notes_")


def test_tables_that_are_too_much_are_refused_whole() -> None:
    rows = "".join(f"{number}.jpg\n" for number in range(tables.MOST_ROWS + 1))
    for data, code in (
        (b"berkas\n" + rows.encode(), "notes_too_many"),
        (b"x" * (tables.MOST_BYTES + 1), "notes_too_large"),
        (b"judul;uraian\nA;B\n", "notes_without_columns"),
        (b"", "notes_without_columns"),
        (b"PK\x03\x04 bukan buku kerja", "notes_damaged"),
        (xlsx([["berkas"], ["1.jpg"]], far_cell=True), "notes_too_heavy"),
    ):
        with pytest.raises(NotesRefused) as why:
            read_notes(data)
        assert why.value.code == code
    assert len(read_notes(b"berkas\n" + rows.encode()[: rows.index("10000.jpg")]).rows) == tables.MOST_ROWS
