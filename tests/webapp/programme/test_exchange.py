"""An instrument goes out as XLSX or JSON and comes back the same; a faulty file names its cells and leaves nothing."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.webapp.browsing import HOSTILE, Browser, Page
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.programme import exchange, queries, services
from webapp.programme.errors import ImportRefused
from webapp.programme.exchange import document, workbook
from webapp.programme.models import Instrument
from webapp.programme.presets import PRESETS
from webapp.programme.rules import (
    AspectPlan,
    GradePlan,
    IndicatorPlan,
    InstrumentPlan,
    LevelPlan,
    Method,
    Mode,
    Reading,
    TieRule,
)

Edit = Callable[[openpyxl.Workbook], None]
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def speaking(app: Flask) -> Iterator[None]:
    """Sentences need a language."""
    with app.test_request_context("/"):
        yield


@pytest.fixture
def secretariat(session: Session, opened: Opener) -> Browser:
    factories.territory(session)
    return opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))


def edited(edit: Edit, key: str = "belitung") -> bytes:
    """The workbook of a preset after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.write(PRESETS[key])))
    edit(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def put(sheet: str, cell: str, value: object) -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value

    return edit


def refusals(data: bytes) -> list[str]:
    with pytest.raises(ImportRefused) as why:
        exchange.read(data)
    return why.value.places


def sent(browser: Browser, data: bytes, name: str = "instrumen.xlsx") -> Page:
    page = browser.open("/program/instrumen/baru")
    return browser.send(page, "/impor", **{"impor-berkas": (io.BytesIO(data), name)})


# --- there and back ------------------------------------------------------------------------------------------------

HUNDREDTHS = st.integers(1, 10_000).map(lambda n: Decimal(n) / 100)
NAMES = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="|\r\n"), min_size=1, max_size=30
).filter(lambda text: text == text.strip() and any(letter.isalnum() for letter in text))
BOUNDS = st.none() | st.integers(-(10**11), 10**11).map(lambda n: Decimal(n) / 10_000)


@st.composite
def levels(draw: st.DrawFn) -> LevelPlan:
    lower, upper = draw(BOUNDS), draw(BOUNDS)
    if lower is not None and upper is not None and lower > upper:
        lower, upper = upper, lower
    return LevelPlan(draw(NAMES), draw(st.integers(0, 999_999)) / Decimal(100), lower, upper)


@st.composite
def indicators(draw: st.DrawFn) -> IndicatorPlan:
    method = draw(st.sampled_from(list(Method)))
    reading = Reading.QUORUM if method in (Method.COUNT, Method.PRESENTATION) else draw(st.sampled_from(list(Reading)))
    return IndicatorPlan(
        draw(NAMES), draw(HUNDREDTHS), draw(st.sampled_from(list(Mode))), method, draw(st.booleans()),
        draw(st.integers(0, 50)), draw(HUNDREDTHS), draw(HUNDREDTHS) if method is Method.COUNT else None,
        draw(st.integers(0, 10_000)) / Decimal(100), reading, draw(st.integers(0, 10_000)) / Decimal(100),
        tuple(draw(st.lists(levels(), max_size=3))),
    )  # fmt: skip


@st.composite
def instruments(draw: st.DrawFn) -> InstrumentPlan:
    parts = st.builds(
        AspectPlan, NAMES, HUNDREDTHS, st.lists(indicators(), max_size=3).map(tuple), st.sampled_from([1, 2])
    )
    begins = draw(st.lists(st.integers(0, 100), unique=True, max_size=4))
    grades = tuple(GradePlan(draw(NAMES), Decimal(n), draw(st.booleans())) for n in sorted(begins, reverse=True))
    first = draw(st.booleans())
    basis = draw(st.sampled_from(["", "Keputusan Bupati\nNomor 1", "=SUM(A1)", "+1", "@x", "-2"]))
    return InstrumentPlan(
        draw(NAMES), tuple(draw(st.lists(parts, max_size=3))), grades, basis, draw(st.sampled_from(list(TieRule))),
        first or draw(st.booleans()), first,
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(instruments())
def test_what_goes_out_comes_back_the_same(plan: InstrumentPlan) -> None:
    for write in exchange.WRITERS.values():
        assert exchange.read(write(plan)) == plan


@pytest.mark.parametrize("key", PRESETS)
@pytest.mark.parametrize("kind", exchange.WRITERS)
def test_a_downloaded_instrument_is_read_in_as_the_next_version(
    session: Session, secretariat: Browser, key: str, kind: str
) -> None:
    actor = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    made = services.write_plan(session, PRESETS[key], actor=actor, at=NOW)
    session.commit()
    answer = secretariat.client.get(f"/program/instrumen/{made.id}/unduh.{kind}")
    assert answer.mimetype == exchange.TYPES[kind]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="instrumen-{made.id}-versi-1.{kind}"'
    page = sent(secretariat, answer.data, f"apa saja.{kind}")
    assert "Versi 2" in page.text
    twin = session.scalars(select(Instrument).where(Instrument.version == 2)).one()
    assert queries.plan_of(twin) == PRESETS[key]


def test_another_library_reads_the_workbook_as_it_was_meant() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.write(PRESETS["bandung"])))
    assert book.sheet_names == ["Instrumen", "Aspek", "Indikator", "Tingkat", "Predikat"]
    aspects = book.get_sheet_by_name("Aspek").to_python()
    assert aspects[0] == ["Nama", "Bobot", "Babak"]
    assert [row[1:] for row in aspects[1:]] == [[40.0, 1.0], [30.0, 1.0], [30.0, 1.0]]
    rounds = next(row for row in book.get_sheet_by_name("Indikator").to_python() if row[1] == "Subuh keliling")
    assert rounds[3:7] == ["meja dan lapangan", "dihitung", 10.0, 2.0]


@pytest.mark.parametrize("text", [*HOSTILE, "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)"])
def test_a_text_that_looks_like_a_formula_is_a_text_in_the_sheet(speaking: None, text: str) -> None:
    plan = InstrumentPlan(text, (AspectPlan(text, Decimal(100)),), legal_basis=text)
    packed = workbook.write(plan)
    with zipfile.ZipFile(io.BytesIO(packed)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")]
    assert not [one for one in sheets if re.search(rb"<f[ >/]", one)]
    assert openpyxl.load_workbook(io.BytesIO(packed))["Aspek"]["A2"].data_type == "s"
    assert exchange.read(packed) == plan


# --- errors by cell ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "why"),
    [
        ("Aspek", "B2", "dua puluh", "harus angka, misalnya 75,5"),
        ("Aspek", "B2", 100.01, "harus antara 0,01 dan 100"),
        ("Aspek", "B2", 33.333, "paling banyak 2 angka di belakang koma"),
        ("Aspek", "B2", None, "isian ini tidak boleh kosong"),
        ("Aspek", "B2", "=10+10", "rumus tidak dibaca; tulis nilainya"),
        ("Aspek", "C3", 3, "harus antara 1 dan 2"),
        ("Aspek", "A2", " ", "isian ini tidak boleh kosong"),
        ("Aspek", "A2", "x" * 201, "Teks terlalu panjang, paling banyak 200 huruf"),
        ("Indikator", "A2", 4, "tidak ada aspek nomor 4"),
        ("Indikator", "D3", "kantor", "“kantor” tidak dikenal; pilih salah satu: meja, lapangan, meja dan lapangan"),
        ("Indikator", "E2", "dihitung", None),
        ("Indikator", "G2", 2, "hanya untuk indikator yang dihitung; kosongkan"),
        ("Indikator", "J2", "mungkin", "tulis ya atau tidak"),
        ("Tingkat", "A2", 99, "tidak ada indikator nomor 99"),
        ("Tingkat", "B2", "a|b", "tanda | tidak dapat dipakai di sini"),
        ("Tingkat", "E4", -1, "batas atas di bawah batas bawah"),
        ("Predikat", "B3", 90, "dua predikat mulai dari nilai yang sama"),
        ("Aspek", "D1", "Catatan", "kolom “Catatan” tidak dikenal atau berulang"),
    ],
)
def test_a_faulty_cell_is_named(speaking: None, sheet: str, cell: str, value: object, why: str | None) -> None:
    if why is None:
        places = [f"Sheet {sheet}, sel G2: isi poin untuk satu kegiatan."]
    else:
        places = [f"Sheet {sheet}, sel {cell}: {why}."]
    assert refusals(edited(put(sheet, cell, value))) == places


def test_all_faulty_cells_are_named_at_once_and_nothing_is_left_behind(session: Session, secretariat: Browser) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["Aspek"]["B2"] = "banyak"
        book["Indikator"]["D4"] = "=HYPERLINK(1)"
        del book["Predikat"]

    page = sent(secretariat, edited(edit))
    assert (page.status, page.code) == (422, "instrument_file_refused")
    for sentence in (
        "Sheet Aspek, sel B2: harus angka, misalnya 75,5.",
        "Sheet Indikator, sel D4: rumus tidak dibaca; tulis nilainya.",
        "Sheet Predikat tidak ada.",
    ):
        assert sentence in page.text
    assert session.scalar(select(func.count()).select_from(Instrument)) == 0


def told(change: Change) -> bytes:
    whole = json.loads(document.write(PRESETS["belitung"]))
    change(whole)
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda one: one["aspek"][1].update(bobot="x"), "aspek[2].bobot: harus angka, misalnya 75,5."),
        (lambda one: one["aspek"][1].update(bobot=True), "aspek[2].bobot: harus angka, misalnya 75,5."),
        (lambda one: one["aspek"][1].update(bobot=10**40), "aspek[2].bobot: harus angka, misalnya 75,5."),
        (lambda one: one["aspek"][1].update(nama=["x"]), "aspek[2].nama: harus teks."),
        (lambda one: one["aspek"][0].update(warna="x"), "aspek[1].warna: isian ini tidak dikenal."),
        (lambda one: one.update(lain=1), "“lain” tidak dikenal."),
        (lambda one: one.update(aspek={}), "“aspek” harus daftar objek."),
        (lambda one: one.update(instrumen=[]), "Tabel Instrumen: belum ada barisnya."),
        (lambda one: one.update(aspek=one["aspek"] * 21), "Tabel Aspek: paling banyak 60 baris."),
        (
            lambda one: one.update(versi_format=2),
            "Berkas JSON ini bukan instrumen Petabukti (format petabukti-instrumen).",
        ),
    ],
)
def test_a_faulty_place_in_json_is_named(
    speaking: None, change: Callable[[dict[str, Any]], object], place: str
) -> None:
    assert refusals(told(change))[0].startswith(place)


# --- what is no instrument -----------------------------------------------------------------------------------------


def zipped(*parts: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return packed.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    """The workbook of a preset with one part replaced."""
    with zipfile.ZipFile(io.BytesIO(workbook.write(PRESETS["belitung"]))) as whole:
        parts = [(one, data if one == name else whole.read(one)) for one in whole.namelist()]
    return zipped(*parts)


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK", b"PK\x03\x04" + b"\0" * 200, b"\xff\xd8\xff\xe0", b"[" * 100_000, b"NaN", b'{"format": 1}',
        b"\xff\xfe{",
        zipped(("x.txt", b"x")),
        zipped(*((f"{n}.xml", b"") for n in range(201))),
        zipped(("xl/worksheets/sheet1.xml", b" " * (7 * 1024 * 1024))),
        with_part("xl/worksheets/sheet1.xml", ENTITIES),
        with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='x'>"),
        with_part("xl/workbook.xml", b"<workbook/>"),
        workbook.write(PRESETS["belitung"])[:-200],
        b"{" + b" " * exchange.MOST_BYTES + b"}",
    ],
)  # fmt: skip
def test_what_is_no_instrument_is_refused_in_one_sentence(speaking: None, data: bytes) -> None:
    assert len(refusals(data)) >= 1


def test_a_sheet_that_claims_millions_of_rows_is_not_believed(speaking: None) -> None:
    far = put("Aspek", "XFD1048576", "jauh")
    assert exchange.read(edited(far)) == PRESETS["belitung"]


def test_more_rows_than_any_instrument_has_are_refused(speaking: None) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        for _ in range(60):
            book["Aspek"].append(["Aspek", 1, 1])

    assert refusals(edited(edit)) == ["Tabel Aspek: paling banyak 60 baris."]


def test_a_page_without_a_file_says_so(secretariat: Browser) -> None:
    page = secretariat.open("/program/instrumen/baru")
    refused = secretariat.send(page, "/impor")
    assert (refused.status, refused.code) == (422, "no_file")
