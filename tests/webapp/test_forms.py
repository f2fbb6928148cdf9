"""What people type into any form: text that says something, numbers with a comma, a whole place or none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from geo.values import LonLat
from webapp.forms import (
    BaseForm,
    DateText,
    DecimalComma,
    FieldRefused,
    IntegerText,
    LonLatFields,
    TextArea,
    TextLine,
    choices,
    clean_text,
    to_decimal,
)


class Report(LonLatFields, BaseForm):
    """One field of each sort."""

    title = TextLine("Judul", longest=40)
    note = TextArea("Uraian", required=False)
    score = DecimalComma("Nilai", lowest=0, highest=100, required=False)
    people = IntegerText("Peserta", lowest=0, required=False)
    day = DateText("Tanggal", required=False)
    kind = SelectField("Jenis", choices=choices([("", "–"), ("rapat", "Rapat")]))


@pytest.fixture
def asked() -> Iterator[None]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="only for this test", WTF_CSRF_ENABLED=False)
    Babel(app, default_locale="id")
    with app.test_request_context("/", method="POST"):
        yield


def filled(**answers: str) -> Report:
    form = Report(MultiDict({"title": "Kampung Tematik", "kind": "rapat"} | answers))
    form.validate()
    return form


def codes(form: Report) -> dict[str | None, str]:
    return {problem.field: problem.code for problem in form.problems()}


@pytest.mark.usefixtures("asked")
class TestAForm:
    def test_takes_what_is_in_order_and_reads_it(self) -> None:
        form = filled(score="75,5", people="1.0", day="2018-08-06", note="  baris satu\nbaris dua  ")
        assert form.problems() == []
        assert (form.score.data, form.people.data) == (Decimal("75.5"), 1)
        assert form.note.data == "baris satu\nbaris dua"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "text_empty"),
            ("   ", "text_empty"),
            ("\u200b\u200d\ufeff", "text_empty"),
            ("\u3164\u2800", "text_empty"),
            ("rapat\x00", "text_invalid"),
            ("baris\nbaru", "text_invalid"),
            ("\ud800", "text_invalid"),
            ("x" * 41, "text_too_long"),
        ],
    )
    def test_refuses_a_title_that_says_nothing_or_cannot_be_kept(self, text: str, code: str) -> None:
        assert codes(filled(title=text)) == {"title": code}

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "${7*7} {{ 7*7 }}", "ꦱꦸꦧꦸꦃ", "ᬩᬮᬶ", "kopi ☕", "=1+1"])
    def test_keeps_odd_but_honest_text_as_it_was_sent(self, text: str) -> None:
        assert filled(title=text).title.data == text

    def test_says_what_is_missing_in_the_readers_language(self) -> None:
        assert [p.message for p in filled(people="dua").problems()] == ["Harus angka, misalnya 75,5."]
        assert [p.message for p in filled(kind="pesta").problems()] == ["Pilihan ini tidak ada."]

    @pytest.mark.parametrize(
        ("score", "code"),
        [
            ("101", "number_range"),
            ("-1", "number_range"),
            ("75,125", "number_too_precise"),
            ("NaN", "number_invalid"),
        ],
    )
    def test_refuses_a_score_off_the_scale_once(self, score: str, code: str) -> None:
        assert [p.code for p in filled(score=score).problems()] == [code]

    def test_shows_a_number_again_with_the_readers_mark(self) -> None:
        assert Report(score=Decimal("75.5")).score._value() == "75,5"
        with force_locale("en"):
            assert Report(score=Decimal("75.5")).score._value() == "75.5"

    def test_takes_a_place_with_the_fix_that_found_it(self) -> None:
        form = filled(lon="107,5708", lat="−6.9662", accuracy_m="13.7", fix_at="2018-08-05T22:12:00.000Z")
        assert form.problems() == []
        assert form.place() == LonLat(107.5708, -6.9662)
        assert form.accuracy_m.data == pytest.approx(13.7)
        assert form.fix_at.data == datetime(2018, 8, 5, 22, 12, tzinfo=UTC)

    def test_takes_no_place_at_all(self) -> None:
        form = filled(lon="", lat="")
        assert form.problems() == []
        assert form.place() is None

    def test_refuses_half_a_place(self) -> None:
        assert codes(filled(lon="107,5708")) == {"lon": "place_incomplete"}
        assert codes(filled(lat="-6,9662")) == {"lat": "place_incomplete"}

    @pytest.mark.parametrize("lat", ["90,1", "1e1", "inf", "nan", "6,9 LS"])
    def test_refuses_a_latitude_that_is_none(self, lat: str) -> None:
        form = filled(lon="107,5", lat=lat)
        assert set(codes(form)) == {"lat"}

    @pytest.mark.parametrize("when", ["kemarin", "2018-08-05T22:12:00", "2018-13-01T00:00:00Z"])
    def test_refuses_a_fix_whose_instant_nobody_could_name(self, when: str) -> None:
        assert codes(filled(fix_at=when)) == {"fix_at": "date_invalid"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("75,5", "75.5"), ("75.5", "75.5"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), (" 7 ", "7"), ("−3", "-3")],
)
def test_a_number_is_read_with_comma_or_dot(typed: str, meant: str) -> None:
    assert to_decimal(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["", "Infinity", "NaN", "1e999", "1_000", "1.2.3", "9" * 31, "٣", "--1"])
def test_what_is_no_plain_number_is_refused(typed: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        to_decimal(typed)
    assert refused.value.code == "number_invalid"


@given(st.text(max_size=60))
def test_any_text_is_either_refused_with_a_code_or_can_be_stored(text: str) -> None:
    try:
        kept = clean_text(text, longest=50, lines=True)
    except FieldRefused as refused:
        assert refused.code in {"text_empty", "text_too_long", "text_invalid"}
    else:
        assert kept == text.strip()
        assert "\x00" not in kept
        kept.encode()
