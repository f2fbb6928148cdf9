"""The queue belongs to its person: another on the same phone, a session that ran out, a new version of the app."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, Route
from sqlalchemy import Engine, delete, select

from tests import factories
from tests.journeys.conftest import Site
from tests.journeys.phone import READY, phone
from tests.journeys.process import killable
from tests.webapp.working import worker_process
from webapp.accounts.models import Account, OpenSession
from webapp.evidence.models import Evidence, Photo

ROUND = "kegiatan/subuh_keliling"
TITLE = "Subuh keliling RW 03"


def two_camat(site: Site) -> tuple[Account, Account]:
    with site.session() as session:
        people = factories.team(session)
        other = factories.camat(session)
        session.commit()
        return people.camat, other


def without_wire(context: BrowserContext) -> None:
    """A network on which pages come, and nothing can be sent."""
    for path in ("**/rekam/kirim*", "**/rekam/kirim/*", "**/api/**"):
        context.route(path, lambda route: route.abort("connectionreset"))


def sign_out(context: BrowserContext, waiting: int) -> None:
    """Leave, though photos wait: that is asked about first."""
    page, questions = context.new_page(), []
    page.on("dialog", lambda asked: (questions.append(asked.message), asked.accept()))
    page.goto("/akun")
    page.wait_for_selector(f".main-nav .count:text-is('{waiting}')")
    page.click("details.account summary")
    page.click(".account-menu button")
    page.wait_for_url("**/masuk*")
    page.close()
    assert [question.split()[0] for question in questions] == [str(waiting)]


def test_the_next_person_on_the_same_phone_sees_nothing_of_it(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    first, second = two_camat(site)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(first)
        held.open_capture()
        without_wire(held.context)
        held.shoot(2)
        held.note(ROUND, TITLE)
        sign_out(held.context, 2)

        held.sign_in(second)
        held.open_capture()
        held.page.wait_for_selector("#rk-orang:has-text('2 foto milik orang lain')")
        held.wait_for_waiting(0)
        assert TITLE not in held.page.content()
        assert held.page.locator("#rk-daftar li").count() == 0
        held.shoot(1)
        held.note(ROUND, "Milik orang kedua")
        sign_out(held.context, 3)

        held.sign_in(first)
        held.open_capture()
        held.page.wait_for_selector(f"#rk-daftar h3:has-text('{TITLE}')")
        assert "Milik orang kedua" not in held.page.content()
        held.context.unroute_all()
        held.wait_until_safe()
        assert held.complaints == []
    with site.session() as session:
        rows = session.execute(select(Evidence.title, Evidence.owner_id, Photo.uploaded_by).join(Photo))
        assert {tuple(row) for row in rows} == {(TITLE, first.id, first.id)}


def test_a_session_that_ran_out_takes_nothing_away(site: Site, playwright: Playwright, tmp_path: Path) -> None:
    camat, _ = two_camat(site)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(camat)
        held.open_capture()
        held.context.set_offline(True)
        held.shoot(2)
        held.note(ROUND, TITLE)
        with site.session() as session, session.begin():
            session.execute(delete(OpenSession))
        held.context.set_offline(False)
        held.page.wait_for_selector("#rk-jaringan:has-text('Sesi berakhir')")
        held.page.wait_for_selector("#rk-hitung:has-text('2 foto menunggu')")
        assert TITLE not in held.page.content()
        held.shoot(1)
        held.note(ROUND, "Sesudah sesi berakhir")
        held.wait_for_waiting(3)

        held.page.click("#rk-orang a")
        held.page.fill("[name=username]", camat.username)
        held.page.fill("[name=password]", factories.PASSWORD)
        held.page.click("main button[type=submit]")
        held.page.wait_for_url("**/rekam/")
        held.page.wait_for_function(READY)
        held.wait_until_safe()
        assert held.page.locator("#rk-daftar h3").count() == 2
    with site.session() as session:
        found = session.scalars(select(Evidence.title).join(Photo, Photo.evidence_id == Evidence.id)).all()
        assert sorted(found) == sorted([TITLE, TITLE, "Sesudah sesi berakhir"])


def test_a_new_version_of_the_app_keeps_what_waits(
    fresh_database: Engine, playwright: Playwright, tmp_path: Path
) -> None:
    with (
        killable(fresh_database, tmp_path) as server,
        phone(playwright, tmp_path / "phone", f"http://127.0.0.1:{server.port}") as held,
    ):
        site = Site(f"http://127.0.0.1:{server.port}", fresh_database)
        camat, _ = two_camat(site)
        held.sign_in(camat)
        held.open_capture()
        held.context.set_offline(True)
        held.shoot(3)
        held.note(ROUND, TITLE)
        taken, before = held.kept(), held.page.evaluate(VERSION)
        server.kill()
        server.start(PETABUKTI_ORGANISATION="Kabupaten Baru")
        held.context.set_offline(False)
        held.page.goto("/akun")  # where nothing is sent
        held.page.evaluate(UPDATE)
        held.until(ANOTHER, before)
        held.context.set_offline(True)
        held.page.goto("/rekam/")
        held.page.wait_for_function(READY)
        held.page.wait_for_selector(f"#rk-daftar h3:has-text('{TITLE}')")
        assert "Kabupaten Baru" in held.page.inner_text("header")
        assert {one["id"] for one in held.kept()} == {one["id"] for one in taken}
        held.context.set_offline(False)
        with worker_process(fresh_database, tmp_path):
            held.wait_until_safe()
        with site.session() as session:
            digests = session.scalars(select(Photo.sha256)).all()
        assert sorted(digests) == sorted(one["sha256"] for one in taken)
        assert held.complaints == []


VERSION = "async () => (await caches.keys()).find((name) => name.startsWith('petabukti-rekam-'))"
UPDATE = "async () => { await (await navigator.serviceWorker.ready).update(); }"
ANOTHER = "async (before) => { const names = await caches.keys(); return names.length === 1 && names[0] !== before; }"


def test_wifi_only_holds_photos_back_and_lets_words_through(site: Site, playwright: Playwright, tmp_path: Path) -> None:
    camat, _ = two_camat(site)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.context.add_init_script(
            "Object.defineProperty(navigator, 'connection', {value: {type: 'cellular'}, configurable: true})"
        )
        held.sign_in(camat)
        held.open_capture()
        held.page.click("details.fold summary:has-text('Setelan')")
        held.page.check("#rk-wifi")
        held.shoot(2)
        held.note(ROUND, TITLE)
        held.page.wait_for_selector("#rk-jaringan:has-text('Menunggu Wi-Fi')")
        held.page.wait_for_selector("#rk-daftar h3 a")
        held.wait_for_waiting(2)
        with site.session() as session:
            assert session.scalars(select(Evidence.title)).all() == [TITLE]
            assert session.scalars(select(Photo.id)).all() == []
        held.page.click("#rk-kirim")
        held.wait_until_safe()
        assert "MB" in held.page.inner_text("#rk-terpakai-data")
        assert held.complaints == []


def test_a_whole_case_goes_to_the_desk_by_itself(site: Site, playwright: Playwright, tmp_path: Path) -> None:
    camat, _ = two_camat(site)
    here = factories.middle(factories.MINE)
    place = {"longitude": here.lon, "latitude": here.lat, "accuracy": 9}
    with phone(playwright, tmp_path / "phone", site.address, at=place) as held:  # type: ignore[arg-type]
        held.sign_in(camat)
        held.open_capture()
        held.context.set_offline(True)
        held.shoot(2)
        held.page.click("#rk-catatan details summary")
        held.page.fill("#rk-occurred_from", "2018-08-06")
        held.page.select_option("#rk-consent", "not_needed")
        held.page.check("[name=submit_whole]")
        held.note(ROUND, TITLE)
        held.context.set_offline(False)
        held.page.wait_for_selector("#rk-daftar :text('sudah di meja pemeriksa')")
        assert held.complaints == []
    with site.session() as session:
        case = session.scalars(select(Evidence)).one()
        assert (case.state, case.grade, len(case.photos)) == ("submitted", "A", 2)


def test_what_the_desk_would_not_take_is_said_and_can_be_mended(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    camat, _ = two_camat(site)
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(camat)
        held.open_capture()
        held.shoot(1)
        held.page.check("[name=submit_whole]")
        held.note(ROUND, TITLE)
        held.page.wait_for_selector("#rk-daftar .error")
        assert held.page.locator("#rk-daftar a:has-text('Perbaiki di halamannya')").get_attribute("href") == "/bukti/1"
        held.wait_for_waiting(0)


def test_other_bytes_on_the_server_than_on_the_phone_are_never_called_delivered(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    camat, _ = two_camat(site)
    lies: list[str] = []

    def lie_once(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        for upload in told["uploads"]:
            if not lies and upload["sha256"]:
                lies.append(upload["id"])
            if upload["id"] in lies and upload["sha256"]:
                upload["sha256"] = "0" * 64
        route.fulfill(response=answer, json=told)

    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.context.route("**/rekam/kirim?id=*", lie_once)
        held.sign_in(camat)
        held.open_capture()
        held.shoot(1)
        held.note(ROUND, TITLE)
        held.page.wait_for_selector("#rk-daftar :text('Sama dengan foto yang sudah ada')")
        after = held.kept()
        held.wait_for_waiting(0)
        assert [one["id"] for one in after] != lies
        assert after[0]["state"] == "same"
    with site.session() as session:
        assert session.scalars(select(Photo.sha256)).all() == [after[0]["sha256"]]


def test_a_note_that_was_changed_after_its_answer_was_lost_holds_no_photo_back(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    camat, _ = two_camat(site)

    gone: list[bool] = []

    def lose(route: Route) -> None:
        if route.request.method == "PUT" and not gone:
            gone.append(True)
            route.fetch()  # the server has taken it
            route.abort("connectionreset")
        else:
            route.continue_()

    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(camat)
        held.open_capture()
        held.context.route("**/api/v1/bukti/*", lose)
        held.context.route("**/rekam/kunci", lambda route: route.abort() if gone else route.continue_())
        held.shoot(1)
        held.note(ROUND, "Judul pertama")
        held.page.wait_for_selector("#rk-jaringan:has-text('Tanpa jaringan')")
        held.page.click("#rk-daftar button:has-text('Ubah catatan')")
        held.note(ROUND, "Judul kedua")
        held.context.unroute("**/rekam/kunci")
        held.wait_until_safe()
        held.page.wait_for_selector("#rk-daftar .error:has-text('sudah tiba sebelum Anda mengubahnya')")
    with site.session() as session:
        assert session.scalars(select(Evidence.title)).all() == ["Judul pertama"]
        assert len(session.scalars(select(Photo.id)).all()) == 1


def test_whoever_has_nothing_to_capture_for_is_told_so(site: Site, playwright: Playwright, tmp_path: Path) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
        desk = people.second
    with phone(playwright, tmp_path / "phone", site.address) as held:
        held.sign_in(desk, site.code_for(desk))
        held.page.goto("/rekam/")
        held.page.wait_for_selector("#rk-orang:has-text('tidak bertugas merekam bukti')")
        assert not held.page.is_enabled("#rk-foto")
