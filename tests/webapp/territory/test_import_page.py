"""An administrator brings boundaries through the web: checked, rehearsed, confirmed, and never beyond the own area."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geo.boundaries import ColumnMapping
from geo.reading import read_geojson
from tests import factories
from tests.corpus.geojson import FACTS, SQUARE, collection, feature, polygon
from tests.webapp.browsing import Browser
from tests.webapp.conftest import Opener, token_of
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.db import utcnow
from webapp.territory.models import BoundaryDataset, BoundaryDraft, Region, RegionBoundary
from webapp.territory.services import forget_drafts

ADDRESS, REHEARSAL = "/wilayah/impor", "/wilayah/impor/periksa"
NEW: list[list[float]] = [[100.4, -2.0], [100.5, -2.0], [100.5, -1.9], [100.4, -1.9], [100.4, -2.0]]
TWO = collection(
    feature(polygon(SQUARE), "99.01.01", "Kecamatan Satu"), feature(polygon(NEW), "99.01.09", "Kecamatan Sembilan")
)


def administrator(session: Session, code: str | None = None) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.ADMINISTRATOR, code))


def sent(browser: Browser, data: bytes, **changes: Any) -> TestResponse:
    token = token_of(browser.client.get(ADDRESS))
    fields = {**FACTS, **changes, "csrf_token": token, "berkas": (io.BytesIO(data), "batas 2018.geojson")}
    return browser.client.post(ADDRESS, data=fields, content_type="multipart/form-data")


def name_of(session: Session, code: str) -> str | None:
    session.expire_all()
    region = session.get(Region, code)
    return region.name if region else None


def test_a_file_is_rehearsed_before_anything_changes_and_imported_when_confirmed(
    session: Session, opened: Opener
) -> None:
    browser = opened(administrator(session))
    answer = sent(browser, TWO)
    assert (answer.status_code, answer.location) == (303, REHEARSAL)
    page = browser.open(REHEARSAL)
    assert "batas 2018.geojson" in page.text and "Wilayah baru 1" in page.text
    assert name_of(session, "99.01.09") is None
    after = browser.send(page, "")
    assert after.status == 200 and "Batas diimpor: 1 baru, 1 berubah." in after.text
    assert (name_of(session, "99.01.09"), name_of(session, "99.01.01")) == ("Kecamatan Sembilan", "Kecamatan Satu")
    dataset = session.scalars(select(BoundaryDataset).where(BoundaryDataset.name == FACTS["name"])).one()
    assert dataset.imported_by is not None
    assert browser.client.get(REHEARSAL).status_code == 404


def test_a_rehearsal_leaves_the_tables_as_they_were(session: Session, opened: Opener) -> None:
    browser = opened(administrator(session))
    before = session.scalar(select(func.count(RegionBoundary.id)))
    sent(browser, TWO)
    assert browser.open(REHEARSAL).status == 200
    session.expire_all()
    assert session.scalar(select(func.count(RegionBoundary.id))) == before
    assert session.scalar(select(func.count(BoundaryDataset.id)).where(BoundaryDataset.name == FACTS["name"])) == 0


def test_refused_rows_are_left_out_only_when_asked(session: Session, opened: Opener) -> None:
    browser = opened(administrator(session))
    sent(browser, collection(feature(polygon(NEW), "99.01.09"), feature(polygon(SQUARE), "98.01.01", "Tanpa Induk")))
    page = browser.open(REHEARSAL)
    assert "wilayah induknya belum ada" in page.text and "Tanpa Induk" in page.text
    stopped = browser.send(page, "")
    assert (stopped.status, stopped.code) == (422, "import_refused")
    assert name_of(session, "99.01.09") is None
    assert browser.force(REHEARSAL, page, skip_refused="y").status == 303
    assert name_of(session, "99.01.09") is not None
    assert name_of(session, "98.01.01") is None


def test_the_administrator_of_a_kabupaten_draws_nothing_beyond_it(session: Session, opened: Opener) -> None:
    browser = opened(administrator(session, factories.KOTA))
    sent(browser, TWO)
    page = browser.open(REHEARSAL)
    assert page.text.count("di luar wilayah tugas Anda") == 2 and not page.offers("periksa")
    assert browser.force(REHEARSAL, page, skip_refused="y").status in (303, 422)
    assert (name_of(session, "99.01.09"), name_of(session, "99.01.01")) == (None, "Kecamatan 99.01.01")


@pytest.mark.parametrize("who", ["camat", "desk", "surveyor", "assessor", "chair", "leader"])
def test_nobody_else_finds_the_way_in(session: Session, opened: Opener, who: str) -> None:
    browser = opened(getattr(factories.team(session), who))
    assert [browser.client.get(path).status_code for path in (ADDRESS, REHEARSAL)] == [403, 403]
    assert "Impor batas" not in browser.open("/wilayah/").text


def test_a_draft_belongs_to_who_sent_it(session: Session, opened: Opener) -> None:
    sent(opened(administrator(session)), TWO)
    other = opened(administrator(session))
    assert other.client.get(REHEARSAL).status_code == 404
    assert other.force(REHEARSAL, other.open(ADDRESS)).status == 404


def test_a_second_file_takes_the_place_of_the_first_and_a_refused_one_does_not(
    session: Session, opened: Opener
) -> None:
    browser = opened(administrator(session))
    sent(browser, TWO)
    sent(browser, collection(feature(polygon(NEW), "99.01.09")))
    assert "Batas atau nama berubah 0" in browser.open(REHEARSAL).text
    assert sent(browser, b"{").status_code == 400
    assert browser.open(REHEARSAL).status == 200
    assert session.scalar(select(func.count()).select_from(BoundaryDraft)) == 1


def test_a_discarded_file_is_gone(session: Session, opened: Opener) -> None:
    browser = opened(administrator(session))
    sent(browser, TWO)
    browser.send(browser.open(REHEARSAL), "/batal")
    assert browser.client.get(REHEARSAL).status_code == 404


def test_a_file_nobody_confirms_is_forgotten_after_a_day(session: Session, opened: Opener) -> None:
    browser = opened(administrator(session))
    sent(browser, TWO)
    assert forget_drafts(session, utcnow() + timedelta(hours=23)) == 0
    assert forget_drafts(session, utcnow() + timedelta(hours=25)) == 1


def test_what_was_typed_stays_when_the_file_is_refused(session: Session, opened: Opener) -> None:
    browser = opened(administrator(session))
    bow_tie = [[100, -2], [100.1, -1.9], [100.1, -2], [100, -1.9], [100, -2]]
    answer = sent(browser, collection(feature(polygon(bow_tie))), source="Kantor <b>Uji</b>")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "geometry_invalid")
    assert "Kantor &lt;b&gt;Uji&lt;/b&gt;" in answer.text and "1,95000° LS, 100,05000° BT" in answer.text


def test_facts_of_the_dataset_are_asked_for(session: Session, opened: Opener) -> None:
    answer = sent(opened(administrator(session)), TWO, licence=" ")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "text_empty")


def test_a_known_dataset_with_other_facts_is_a_conflict(session: Session, opened: Opener) -> None:
    browser = opened(administrator(session))
    sent(browser, TWO, name="kisi uji")
    answer = browser.client.get(REHEARSAL)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "dataset_differs")


def test_a_script_in_a_name_is_shown_and_never_run(session: Session, opened: Opener) -> None:
    browser = opened(administrator(session))
    hostile = "<script>alert(1)</script>${7*7}{{7*7}}"
    sent(browser, collection(feature(polygon(SQUARE), "98.01.01", hostile)))
    page = browser.open(REHEARSAL)
    assert "<script>alert(1)" not in page.html and hostile in page.text


def test_the_command_still_mends_what_the_web_refuses() -> None:
    """Real files of offices touch themselves here and there: the operator's command mends that and says so."""
    spike = [[100, -2], [100.1, -2], [100.1, -1.9], [100.1, -1.5], [100.1, -1.9], [100, -1.9], [100, -2]]
    read = json.loads(collection(feature(polygon(spike))))
    (row,) = read_geojson(read, ColumnMapping())
    assert getattr(row, "repaired", None)
