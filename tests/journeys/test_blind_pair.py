"""Two assessors who know nothing of each other lie too far apart; a third decides, the gate opens, the figures show."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Browser, expect

from tests.factories import KABUPATEN, MINE
from tests.journeys.conftest import Enter, Person, Site
from tests.journeys.test_demo_pages import LOOKS, faults_of
from tests.webapp.scoring.pairing import Blind, fifth_kecamatan
from webapp.accounts.models import Account
from webapp.db import utcnow
from webapp.scoring import queries, services


def stage(site: Site) -> Blind:
    """Five proven claims of one blind indicator, not drawn yet."""
    with site.session() as session, session.begin():
        fifth_kecamatan(session)
        blind = Blind(session, units=5)
        for number in range(2, 6):
            blind.prove(f"{KABUPATEN}.{number:02d}")
    return blind


def pair_of(site: Site, blind: Blind) -> list[Account]:
    with site.session() as session:
        blind.session = session
        return blind.pair()


def others_are_read(site: Site, blind: Blind) -> None:
    """The pairs of the other four claims give values that lie within the limit."""
    with site.session() as session, session.begin():
        blind.session = session
        for standing in queries.standings(session, session.merge(blind.people.period)):
            if standing.claim.id != blind.claim.id:
                for reader, value in zip(blind.pair(standing.claim), (70, 75), strict=True):
                    services.score(session, standing.claim, Decimal(value), actor=reader, at=utcnow())


def give(reader: Person, blind: Blind, value: str, note: str) -> None:
    page = reader.page
    page.goto(f"/penilaian/{blind.people.period.id}/tugas")
    page.locator("table a", has_text="Indikator 1").first.wait_for()
    page.goto(f"/penilaian/{blind.people.period.id}/nilai/{MINE}")
    page.fill("[name=value]", value)
    page.fill("[name=note]", note)
    page.get_by_role("button", name="Simpan nilai").click()
    expect(page.get_by_text("Nilai disimpan.")).to_be_visible()


def sound(person: Person, browser: Browser, address: str, *paths: str) -> list[str]:
    """What is wrong with these pages for that person, on a phone and on a desktop, in both languages."""
    faults: list[str] = []
    for width, language, scheme in LOOKS:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 800}, locale=language, color_scheme=scheme,
            storage_state=person.context.storage_state(),
        )  # fmt: skip
        page = context.new_page()
        for path in paths:
            faults += [f"{width} px {language}: {one}" for one in faults_of(page, path, language)]
        context.close()
    return faults


def test_two_blind_assessors_a_third_who_decides_and_a_gate_that_opens(
    site: Site, enter: Enter, browser: Browser
) -> None:
    blind = stage(site)
    at = f"/penilaian/{blind.people.period.id}"
    chair = enter(blind.people.chair)
    chair.page.goto(f"{at}/pasangan")
    chair.page.get_by_text("Undi pasangan untuk semua klaim").click()
    chair.page.get_by_role("button", name="Undi sekarang").click()
    expect(chair.page.get_by_text("5 klaim mendapat pasangan penilai.")).to_be_visible()
    first, second = pair_of(site, blind)
    others_are_read(site, blind)

    one = enter(first)
    give(one, blind, "35", "Gang belum selesai.")
    other = enter(second)
    other.page.goto(f"{at}/nilai/{MINE}")
    expect(other.page.locator("main")).not_to_contain_text("35,00")
    expect(other.page.locator("main")).not_to_contain_text("Gang belum selesai.")
    give(other, blind, "90", "Semua gang sudah dicat.")

    chair.page.goto(f"{at}/gerbang")
    chair.page.locator("#menunggu a").first.click()
    expect(chair.page.locator("main")).to_contain_text("Menunggu penengah")
    chair.page.get_by_role("button", name="Tetapkan penengah").click()
    expect(chair.page.get_by_text("Penengah ditetapkan.")).to_be_visible()

    judge = enter(next(one for one in blind.readers if one.id not in (first.id, second.id)))
    judge.page.goto(f"{at}/tugas")
    judge.page.locator("tr", has_text="Menunggu putusan Anda").get_by_role("link").click()
    main = judge.page.locator("main")
    for told in ("35,00", "90,00", "Gang belum selesai.", "Semua gang sudah dicat."):
        expect(main).to_contain_text(told)
    for name in (first.name, second.name):
        expect(main).not_to_contain_text(name)
    decision = judge.page.url.removeprefix(site.address)
    assert sound(judge, browser, site.address, decision, f"{at}/tugas") == []
    judge.page.fill("[name=value]", "85")
    judge.page.fill("[name=reasoning]", "Foto menunjukkan semua gang sudah dicat.")
    judge.page.get_by_role("button", name="Simpan putusan").click()
    expect(judge.page.get_by_text("Putusan Anda disimpan.")).to_be_visible()

    chair.page.goto(f"{at}/gerbang")
    expect(chair.page.get_by_text("Nilai dapat difinalkan.")).to_be_visible()
    chair.page.goto(f"{at}/kesepakatan")
    row = chair.page.locator("tr", has_text="Indikator 1")
    expect(row).to_contain_text("5")
    expect(row).to_contain_text("80,0")
    assert sound(chair, browser, site.address, f"{at}/kesepakatan", f"{at}/pasangan") == []
    for person in (chair, one, other, judge):
        assert person.complaints == []
        assert person.hosts == {site.address.removeprefix("http://")}
