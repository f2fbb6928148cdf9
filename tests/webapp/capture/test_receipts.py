"""Receipts: a code that can be read out, a page that anybody with the code may check, no more for strangers."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from tests import factories, photos
from tests.webapp.browsing import HOSTILE, Page, browser_of
from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import Sender
from webapp import db
from webapp.accounts.services import begin_session
from webapp.capture import queries
from webapp.capture.models import Upload
from webapp.capture.services.receipts import new_code, read_code
from webapp.db import utcnow

PHOTO = photos.phone_jpeg(seed=4242, size=(640, 480))
NAME = "musyawarah warga.jpg"


@pytest.fixture
def code(session: Session, sender: Sender, draft: Draft) -> str:
    path, _ = sender.whole(PHOTO, draft.case.client_id, filename=NAME)
    found = session.get_one(Upload, uuid.UUID(path.rpartition("/")[2])).receipt_code
    assert found is not None
    return found


def test_codes_are_long_random_and_without_look_alikes() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    signs = {sign for code in codes for sign in code.replace("-", "")}
    assert signs == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert {len(code) for code in codes} == {19}


@pytest.mark.parametrize(
    "typed",
    ["0123-4567-89AB-CDEF", "0123456789abcdef", " o123 4567-89ab–cdef ", "OI23.4567.89AB.CDEF", "0l23_456789ABCDEF"],
)
def test_a_code_is_read_as_it_was_meant(typed: str) -> None:
    assert read_code(typed) == "0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    "typed", ["", "0123", "0123-4567-89AB-CDEU", "0123-4567-89AB-CDEF-0", "٠١٢٣-4567-89AB-CDEF", *HOSTILE]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_a_stranger_with_the_code_learns_when_what_and_how_large_and_no_more(
    app: Flask, draft: Draft, code: str
) -> None:
    page = browser_of(app, None).open(f"/rekam/tanda-terima/{code}")
    assert page.status == 200
    assert hashlib.sha256(PHOTO).hexdigest() in page.text and code in page.text
    assert "Tiba, gambar sedang dibuat" in page.text
    for hidden in (NAME, draft.case.title, f"/bukti/{draft.case.id}", draft.people.camat.name):
        assert hidden not in page.html


def test_who_may_see_the_case_is_led_to_it(app: Flask, draft: Draft, code: str) -> None:
    page = browser_of(app, draft.people.camat).open(f"/rekam/tanda-terima/{code}")
    assert NAME in page.text and f"/bukti/{draft.case.id}" in page.links
    stranger = browser_of(app, draft.people.desk).open(f"/rekam/tanda-terima/{code}")  # a draft is its unit's
    assert stranger.status == 200 and NAME not in stranger.html and draft.case.title not in stranger.html


def test_a_code_is_typed_carelessly_and_leads_to_its_receipt(app: Flask, code: str) -> None:
    typed = code.lower().replace("-", " ").replace("0", "o")
    answer = app.test_client().get("/rekam/tanda-terima", query_string={"kode": typed})
    assert (answer.status_code, answer.location) == (303, f"/rekam/tanda-terima/{code}")


def test_an_unknown_code_is_404_with_a_kind_sentence_and_the_form(app: Flask, draft: Draft) -> None:
    for address in (f"/rekam/tanda-terima/{new_code()}", "/rekam/tanda-terima/99"):
        page = Page(app.test_client().get(address))
        assert page.status == 404 and "Tidak ada tanda terima dengan kode ini" in page.text
        assert app.test_client().get(f"{address}/qr.svg").status_code == 404
    assert "16 huruf dan angka" in Page(app.test_client().get("/rekam/tanda-terima?kode=salah")).text


def test_the_form_gives_hostile_text_back_as_text(app: Flask, draft: Draft) -> None:
    for words in HOSTILE:
        page = app.test_client().get("/rekam/tanda-terima", query_string={"kode": words})
        assert "<script>window" not in page.text and "<img src=x" not in page.text


def test_the_qr_code_is_an_image_that_holds_the_address(app: Flask, code: str) -> None:
    answer = app.test_client().get(f"/rekam/tanda-terima/{code}/qr.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.text.startswith("<svg ") and "script" not in answer.text


def test_own_receipts_are_listed_newest_first_with_how_many_of_the_case_have_come(
    app: Flask, session: Session, sender: Sender, draft: Draft, code: str
) -> None:
    sender.begin(99, case=draft.case.client_id, filename="masih jalan.jpg")
    page = browser_of(app, draft.people.camat).open("/rekam/tanda-terima-saya")
    assert page.text.index("masih jalan.jpg") < page.text.index(NAME)
    assert "tiba 1 dari 2" in page.text and f"/rekam/tanda-terima/{code}" in page.links
    colleague = factories.camat(session)
    session.commit()
    theirs = browser_of(app, colleague).open("/rekam/tanda-terima-saya")
    assert NAME not in theirs.text and "Belum ada foto yang dikirim" in theirs.text
    assert "Halaman ini kosong" in browser_of(app, draft.people.camat).open("/rekam/tanda-terima-saya?hal=999").text


def test_names_and_titles_are_shown_as_text(app: Flask, session: Session, sender: Sender, draft: Draft) -> None:
    draft.case.title = HOSTILE[0]
    session.commit()
    for number, words in enumerate(HOSTILE):
        sender.whole(photos.phone_jpeg(seed=900 + number, size=(320, 240)), draft.case.client_id, filename=words)
    browser = browser_of(app, draft.people.camat)
    codes = session.scalars(select(Upload.receipt_code)).all()
    for page in [
        browser.open("/rekam/tanda-terima-saya"),
        *(browser.open(f"/rekam/tanda-terima/{one}") for one in codes),
    ]:
        assert "<script>window" not in page.html and "<img src=x" not in page.html


def test_the_database_itself_shows_uploads_to_their_sender_alone_and_counts_only_inside_the_area(
    session: Session, session_factory: sessionmaker[Session], sender: Sender, draft: Draft, code: str
) -> None:
    colleague, elsewhere = factories.camat(session), factories.camat(session, factories.FAR)
    counted, case_id = [], draft.case.id
    for person in (draft.people.camat, colleague, elsewhere, None):
        token = ""
        if person is not None:
            _, token = begin_session(session, person, address="-", browser="", at=utcnow())
        session.commit()
        with session_factory() as theirs:
            db.narrow(theirs, token)
            rows = theirs.scalar(select(func.count(Upload.id)))
            way = queries.on_the_way(theirs, [case_id], utcnow()).get(case_id)
            counted.append((rows, way is not None, queries.receipt(theirs, code) is not None))
    assert counted == [(1, True, True), (0, True, True), (0, False, True), (0, False, True)]


def test_the_page_of_the_case_says_how_many_are_still_coming_also_to_a_colleague(
    app: Flask, session: Session, sender: Sender, draft: Draft, code: str
) -> None:
    sender.begin(99, case=draft.case.client_id)
    colleague = factories.camat(session)
    session.commit()
    for person in (draft.people.camat, colleague):
        page = browser_of(app, person).open(f"/bukti/{draft.case.id}")
        assert "Tiba 1 dari 2 foto; 1 masih dikirim dari ponsel." in page.text
