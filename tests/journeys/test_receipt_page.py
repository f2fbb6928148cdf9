"""A receipt in a real browser: on a phone, on paper, and held against a file, which never leaves the device."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from tests import factories, photos
from tests.journeys.conftest import Enter, Site
from tests.journeys.test_demo_pages import AXE
from webapp.capture.models import Upload
from webapp.capture.rules import Purpose, Verdict
from webapp.capture.services.receipts import new_code
from webapp.db import utcnow
from webapp.evidence.models import Evidence

PHOTO = photos.phone_jpeg(seed=515, size=(640, 480))


def arrived(site: Site, case: Evidence, code: str) -> None:
    """The row of a photo that came before the deadline had passed by the phone's clock, and after it by ours."""
    now, sha256 = utcnow(), hashlib.sha256(PHOTO).hexdigest()
    with site.session() as session, session.begin():
        told = session.get_one(Evidence, case.id)
        told.period.closes_at = now - timedelta(hours=1)
        session.add(
            Upload(
                id=told.photos[0].upload_id, account_id=told.owner_id, purpose=Purpose.PHOTO, evidence_id=told.id,
                sent_digest="-", file_name="subuh.jpg", claimed_type="image/jpeg", byte_size=len(PHOTO),
                captured_at=now - timedelta(hours=2), created_at=now, expires_at=now, arrived_at=now, sha256=sha256,
                verdict=Verdict.RECEIVED, photo_id=told.photos[0].id, receipt_code=code,
            )
        )  # fmt: skip


def sound(page: Page) -> None:
    """Nothing axe objects to, and no sideways scrolling."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert found == [], json.dumps([(one["id"], one["nodes"][0]["target"]) for one in found])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_receipt_is_read_checked_against_a_file_and_printed(site: Site, enter: Enter, tmp_path: Path) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
        case = factories.case(session, people)
    code = new_code()
    arrived(site, case, code)
    person = enter(people.camat)
    page = person.page
    page.goto("/rekam/tanda-terima-saya")
    sound(page)
    page.click(f"text={code}")
    page.wait_for_selector("#cocokkan:not([hidden])")
    sound(page)
    assert "Difoto sebelum batas waktu, tiba sesudahnya" in page.inner_text("main")
    (tmp_path / "sama.jpg").write_bytes(PHOTO)
    (tmp_path / "lain.jpg").write_bytes(PHOTO + b"x")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_input_files("#berkas-periksa", tmp_path / "sama.jpg")
    page.wait_for_selector("#hasil-cocok:has-text('Sama: berkas ini persis')")
    page.set_input_files("#berkas-periksa", tmp_path / "lain.jpg")
    page.wait_for_selector("#hasil-cocok:has-text('Berbeda:')")
    assert asked == []
    assert page.locator(".receipt-qr").evaluate("image => image.complete && image.naturalWidth > 0")
    page.screenshot(path=tmp_path / "layar.png", full_page=True)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 469, "height": 780})  # A5 without its margins
    height = page.locator("main").evaluate("main => main.getBoundingClientRect().height")
    assert height < 125 * 96 / 25.4  # half an A4 sheet without its margins, in CSS pixels
    shown = [page.locator(one).is_visible() for one in (".receipt", ".no-print", ".top-tools")]
    assert shown == [True, False, False]
    paper = page.pdf(format="A5")
    (tmp_path / "tanda-terima.pdf").write_bytes(paper)
    assert paper.count(b"/Type /Page\n") == 1
    assert person.complaints == []


def test_a_mistyped_code_is_told_kindly_on_a_phone_without_an_account(site: Site, enter: Enter) -> None:
    with site.session() as session, session.begin():
        camat = factories.team(session).camat
    page = enter(camat).page
    page.context.clear_cookies()
    page.goto("/rekam/tanda-terima")
    sound(page)
    page.fill("[name=kode]", "abcd efgh jkmn pqrs")
    page.press("[name=kode]", "Enter")
    page.wait_for_selector("text=Tidak ada tanda terima dengan kode ini")
    sound(page)
