"""The assessor in the rain: what was taken along works without a signal, and visits arrive once, with both times."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Geolocation, Playwright
from sqlalchemy import select

from media.store import Store
from tests import factories
from tests.factories import MINE, NOW
from tests.journeys.conftest import Site
from tests.journeys.line import CuttingLine
from tests.journeys.phone import Phone, phone
from tests.journeys.test_capture_offline import patiently
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Move, State
from webapp.evidence.services import move
from webapp.verification.models import FieldVisit

PLACE = factories.middle(MINE)
THERE: Geolocation = {"longitude": PLACE.lon, "latitude": PLACE.lat, "accuracy": 11}
OPEN = "() => document.documentElement.dataset.tampil === 'hari'"
READY = "(of) => document.documentElement.dataset.bekal === `${of}/${of}`"
STATES = "() => Array.from(document.querySelectorAll('[data-keadaan]'), (one) => one.dataset.keadaan).sort().join()"


def prepare(site: Site, media: Path, count: int) -> tuple[Account, Account, list[int]]:
    """An assessor, a colleague, and cases of one day that wait for a visit, their pictures in the site's store."""
    store = Store.open(media.as_uri())
    with site.session() as session:
        people = factories.team(session)
        cases = [factories.case(session, people, State.AWAITING_FIELD, title=f"Sumur {n}") for n in range(count)]
        colleague = factories.surveyor(session)
        for case in cases:
            sha256 = case.photos[0].sha256
            store.put(sha256, "medium", people.store.get(sha256, "medium"))
        session.commit()
        return people.surveyor, colleague, [case.id for case in cases]


def take_along(held: Phone, count: int) -> None:
    """Load the day's cases, and wait until the worker can open the page without a network."""
    held.page.goto("/lapangan/tanpa-sinyal")
    held.page.wait_for_function(OPEN)
    held.page.wait_for_selector("#lp-muat:not([hidden]):not([disabled])")
    assert "kB" in held.page.inner_text("#lp-bekal")
    held.page.click("#lp-muat")
    held.page.wait_for_function(READY, arg=count)
    held.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")


def check_in(held: Phone, case_id: int) -> None:
    held.page.click(f"a[href='#bukti-{case_id}']")
    held.page.wait_for_function("(id) => document.documentElement.dataset.tampil === String(id)", arg=case_id)
    held.page.wait_for_selector("#lp-posisi.t-good")
    held.page.click("#lp-hadir")
    held.page.wait_for_selector("#lp-isian:not([hidden])")


def shoot(held: Phone) -> None:
    held.page.click("#lp-foto")
    held.page.click("#rk-jepret")
    held.page.wait_for_function("() => document.getElementById('rk-terambil').textContent.startsWith('1 ')")
    held.page.click("#rk-tutup")
    held.page.wait_for_selector("#lp-foto-saya li")


def decide(held: Phone) -> None:
    for box in held.page.locator("#lp-periksa input").all():
        box.check()
    held.page.check("#lp-verdict input[value=sesuai]")
    held.page.click("#lp-putusan button[type=submit]")
    held.page.wait_for_function(OPEN)


def test_three_visits_without_a_signal_arrive_once_each_over_a_line_that_is_cut(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    assessor, colleague, cases = prepare(site, tmp_path / "media", 3)
    line = CuttingLine(("127.0.0.1", int(site.address.rpartition(":")[2])), seed=5, cut_after=(3_000, 150_000))
    folder = tmp_path / "phone"
    with phone(playwright, folder, line.address, at=THERE) as held:
        patiently(lambda: held.sign_in(assessor, site.code_for(assessor)))
        patiently(lambda: take_along(held, 3))
        held.context.set_offline(True)
        check_in(held, cases[0])
        assert (
            held.page.locator("#lp-foto-klaim img").evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 0
        )
        shoot(held)
    with phone(playwright, folder, line.address, at=THERE, offline=True) as held:
        held.page.goto("/lapangan/tanpa-sinyal")
        held.page.wait_for_function(OPEN)
        check_in(held, cases[0])  # once more, to the visit that was begun
        held.page.wait_for_selector("#lp-foto-saya li")
        decide(held)
        for number in cases[1:]:
            check_in(held, number)
            shoot(held)
            decide(held)
        held.page.wait_for_function(f"() => ({STATES})() === 'waiting,waiting,waiting'")
        taken = held.kept()
        assert len(taken) == 3
        decided_meanwhile(site, colleague, cases[2])
        held.context.set_offline(False)
        held.page.wait_for_function(f"() => ({STATES})() === 'left_aside,settled,settled'", timeout=120_000)
        assert colleague.name in held.page.inner_text("#lp-kunjungan [data-keadaan=left_aside]")
        assert held.page.get_attribute("#lp-hitung", "data-menunggu") == "0"
        assert held.complaints == []
    assert line.passed
    arrived(site, tmp_path / "media", cases, sorted(one["sha256"] for one in taken))


def decided_meanwhile(site: Site, colleague: Account, case_id: int) -> None:
    with site.session() as session, session.begin():
        case = session.get_one(Evidence, case_id)
        move(session, case, Move.REFUTE_ON_SITE, actor=colleague, at=NOW + timedelta(hours=1), note="Tidak ada.")


def arrived(site: Site, media: Path, cases: list[int], digests: list[str]) -> None:
    """Each visit once, with the times of both clocks; its photo as taken; the case another decided as it was."""
    store = Store.open(media.as_uri())
    with site.session() as session:
        visits = session.scalars(select(FieldVisit)).all()
        assert sorted(one.evidence_id for one in visits) == cases
        for one in visits:
            assert one.happened_at and one.decided_at and one.received_at and one.completed_at
            assert one.happened_at <= one.decided_at <= one.received_at <= one.completed_at
        shots = session.scalars(select(Photo).where(Photo.visit_id.is_not(None))).all()
        assert sorted(shot.sha256 for shot in shots) == digests
        assert all(hashlib.sha256(store.get(one.sha256, "original")).hexdigest() == one.sha256 for one in shots)
        assert {one.answers_photo_id for one in shots} == {
            photo.id for photo in session.scalars(select(Photo).where(Photo.visit_id.is_(None)))
        }
        states = [session.get_one(Evidence, number).state for number in cases]
        assert states == [State.VERIFIED_FIELD, State.VERIFIED_FIELD, State.MISMATCH]


def test_the_next_person_on_the_phone_sees_a_count_and_nothing_else(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    assessor, colleague, cases = prepare(site, tmp_path / "media", 1)
    with phone(playwright, tmp_path / "phone", site.address, at=THERE) as held:
        held.sign_in(assessor, site.code_for(assessor))
        take_along(held, 1)
        check_in(held, cases[0])
        shoot(held)
        held.page.goto("/")
        held.page.wait_for_selector(".main-nav .count")
        asked: list[str] = []
        held.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
        held.page.click("details.account summary")
        held.page.click("form[data-menunggu] button")
        held.page.wait_for_url("**/masuk*")
        assert asked and "2" in asked[0]
        held.page.goto("/lapangan/tanpa-sinyal")
        held.page.wait_for_selector("#lp-orang a")
        assert "Sumur" not in held.page.inner_text("main")
        held.sign_in(colleague, site.code_for(colleague))
        held.page.goto("/lapangan/tanpa-sinyal")
        held.page.wait_for_function(OPEN)
        held.page.wait_for_selector("#lp-orang p")
        assert held.page.locator("#lp-kunjungan li").count() == 0
        assert held.page.inner_text("#lp-orang").startswith("2 ")
        keys = held.page.evaluate("async () => (await (await idb.openDB('petabukti')).getAllKeys('bytes'))")
        assert not [key for key in keys if str(key).startswith(f"bekal:{assessor.id}:")]
        assert held.complaints == []
