"""A whole period of Ogan Komering Ilir in a real browser: from the preset to what the camat reads of the own result.

The steps that people decide go through pages; what they would do eighteen times goes through the same services.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from media.store import Store
from tests import factories
from tests.journeys.conftest import Enter, Person, Site
from tests.webapp.rows.oki import DAYS, KECAMATAN, OKI, PLACE
from tests.webapp.selection import stage
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.db import utcnow
from webapp.evidence.rules import State
from webapp.minutes import services as signing
from webapp.minutes.models import Minutes
from webapp.presentation.models import PresentationSlot
from webapp.presentation.rules import Attendance
from webapp.programme.models import Period
from webapp.programme.rules import Method
from webapp.scoring import queries as scoring
from webapp.scoring import services as giving
from webapp.scoring.services import Given

SOURCE = "Keputusan Bupati Ogan Komering Ilir tentang Tim Penilai Camat 2017"
NAME = "OKI 2017"
# What each criterion of the first round comes to; places 6 and 7, Jejawi and Cengal, are equal in all of them.
FIRST = {
    "16.02.05": 92, "16.02.02": 90, "16.02.13": 87, "16.02.11": 85, "16.02.14": 82, "16.02.17": 80, "16.02.18": 80,
    **{code: 70 - n for n, code in enumerate(sorted(set(KECAMATAN) - {
        "16.02.05", "16.02.02", "16.02.13", "16.02.11", "16.02.14", "16.02.17", "16.02.18"}))},
}  # fmt: skip
# The field and the interview of the six, half of the second round each.
SECOND = {
    "16.02.05": (88, 85), "16.02.02": (91, 90), "16.02.13": (84, 83), "16.02.11": (80, 85), "16.02.14": (79, 76),
    "16.02.17": (97, 94),
}  # fmt: skip
CHOSEN, EQUAL = "16.02.17", "16.02.18"  # Jejawi, Cengal
CARRIED = Decimal("0.4")
FINAL = {
    code: CARRIED * FIRST[code] + (1 - CARRIED) * (Decimal(field) + Decimal(interview)) / 2
    for code, (field, interview) in SECOND.items()
}  # fmt: skip
ORDER = sorted(FINAL, key=lambda code: -FINAL[code])


@dataclass
class People:
    secretariat: Account
    chair: Account
    assessors: list[Account]  # the first one works in the browser
    camat: Account
    desk: Account
    surveyor: Account

    @property
    def judges(self) -> list[int]:
        """Whose statement about conflicts is made beforehand; the first assessor makes it on the page."""
        return [one.id for one in (self.chair, *self.assessors[1:], self.desk, self.surveyor)]


def people_of(site: Site) -> People:
    with site.session() as session, session.begin():
        stage.places(session, OKI)

        def one(role: Role, name: str, code: str = OKI) -> Account:
            return factories.account(session, (role, code), name=name, declares=False)

        return People(
            one(Role.SECRETARIAT, "Sekretariat Bagian Pemerintahan"), one(Role.CHAIR, "Ketua Tim Penilai"),
            [one(Role.ASSESSOR, f"Penilai {n}") for n in ("Satu", "Dua", "Tiga")],
            one(Role.CAMAT, "Camat Jejawi", CHOSEN), one(Role.DESK_VERIFIER, "Verifikator"),
            one(Role.FIELD_VERIFIER, "Surveyor"),
        )  # fmt: skip


class Looks:
    """Every page that matters, as wide as a phone and as a desk; nothing may stick out of it."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def at(self, page: Page, name: str) -> None:
        usual = page.viewport_size
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 780})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                self.faults.append(f"{name}: {wide} px too wide at {width} px")
        assert usual is not None
        page.set_viewport_size(usual)


def the_period(session: Session) -> Period:
    return session.scalars(select(Period).where(Period.name == NAME)).one()


def prepare(page: Page, looks: Looks) -> int:
    """The secretariat: the preset, the ground its numbers stand on, the period with its stages. Answers its number."""
    page.goto("/program/")
    page.get_by_role("link", name="Instrumen baru").click()
    page.get_by_label("Sistem").select_option("oki")
    page.get_by_role("button", name="Muat contoh").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Penilaian Camat Dua Tahap (OKI)")
    page.fill("[name=tetapkan-source]", SOURCE)
    page.get_by_role("button", name="Tetapkan", exact=True).click()
    expect(page.locator("#ketentuan")).to_contain_text(SOURCE)
    expect(page.locator(".page-head")).not_to_contain_text("angka contoh")
    looks.at(page, "instrumen")
    page.goto("/program/")
    page.get_by_role("link", name="Periode baru").click()
    page.get_by_label("Susunan tahap").select_option("two_stage")
    page.get_by_role("button", name="Tampilkan kecamatan dan tahapnya").click()
    for name, value in {
        "name": NAME, "programme": "Penilaian camat OKI", "starts_on": "2017-01-01", "ends_on": "2017-12-31",
        "quorum": "3", "shortlist_size": "6", "carry_share": "40", "stage_presentation_from": "2017-07-25",
        "stage_presentation_to": "2017-07-26",
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", value)
    looks.at(page, "periode-baru")
    expect(page.locator("[name=participants]:checked")).to_have_count(18)
    page.get_by_role("button", name="Simpan periode").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    return int(page.url.rpartition("/")[2])


def confirm(page: Page, label: str, within: str = "main") -> None:
    """A button that asks once more: unfold, then do it."""
    fold = page.locator(within).locator("details.confirm", has=page.locator("summary", has_text=label)).first
    fold.locator("summary").click()
    fold.locator("button[type=submit]").click()


def step(page: Page, period: int, kind: str, label: str) -> None:
    """Open or close a stage on the page of the period."""
    page.goto(f"/program/{period}")
    place = page.locator(f"#tahap-{kind}")
    if label == "Tutup tahap":
        confirm(page, label, f"#tahap-{kind}")
    else:
        place.get_by_role("button", name=label).click()
    expect(place).to_contain_text({"Buka tahap": "Berjalan", "Tutup tahap": "Selesai"}[label])


def onward(page: Page, period: int, kind: str) -> None:
    """From the stage on the page of the period to where its work is done."""
    page.goto(f"/program/{period}")
    page.locator(f"#tahap-{kind} .stage-work a").first.click()


def plan(page: Page, days: Iterable[str]) -> None:
    if not page.locator("[name=place]").is_visible():
        page.get_by_text("Susun jadwal").first.click()
    page.fill("[name=place]", PLACE)
    for n, day in enumerate(days, start=1):
        page.fill(f"[name=day_{n}]", day)
    page.get_by_role("button", name="Susun jadwal").click()
    expect(page.get_by_text("Jadwal pemaparan disusun.")).to_be_visible()


def attend(page: Page, names: Iterable[str]) -> None:
    """On the page of a slot: the unit came, and those assessors heard it."""
    page.get_by_label("Hadir", exact=True).check()
    for name in names:
        page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Simpan kehadiran").click()
    expect(page.get_by_text("Kehadiran dicatat.")).to_be_visible()


def held(session: Session, slot: PresentationSlot, people: People, value: int, *, by: Iterable[Account]) -> None:
    """Those give it values around this one: their mean is it."""
    indicators = scoring.indicators_of(slot.period, slot.round)
    known = {one.id: n for n, one in enumerate(people.assessors, start=-1)}
    for one in by:
        given = {tool.id: Given(Decimal(value + known[one.id])) for tool in indicators}
        giving.rate(session, slot, given, actor=one, at=utcnow())


def present(session: Session, slot: PresentationSlot, people: People) -> None:
    everybody = [one.id for one in people.assessors]
    giving.record_attendance(
        session, slot, Attendance.PRESENT, everybody, actor=people.secretariat, at=utcnow()
    )  # fmt: skip


def slots(session: Session, period: Period, part: int) -> list[PresentationSlot]:
    found = select(PresentationSlot).where(PresentationSlot.period_id == period.id, PresentationSlot.round == part)
    return list(session.scalars(found.order_by(PresentationSlot.starts_at)))


def hear_the_first_round(site: Site, people: People) -> None:
    """All are there and valued, but for what the first assessor says of the first slot."""
    with site.session() as session, session.begin():
        first, *others = slots(session, the_period(session), 1)
        held(session, first, people, FIRST[first.region_code], by=people.assessors[1:])
        for slot in others:
            present(session, slot, people)
            held(session, slot, people, FIRST[slot.region_code], by=people.assessors)


def judge_the_six(site: Site, people: People, folder: Path) -> None:
    """The field: a case of each, verified there. The interview: heard and valued by all three."""
    with site.session() as session, session.begin():
        period = the_period(session)
        team = factories.Team(
            people.camat, people.desk, people.surveyor, people.assessors[0], people.chair, people.chair, period,
            people.desk, Store.open(f"file://{folder}"),
        )  # fmt: skip
        seen = next(
            one for aspect in period.instrument.aspects for one in aspect.indicators
            if aspect.round == 2 and one.method == Method.RATED
        )  # fmt: skip
        for code, (field, _interview) in SECOND.items():
            case = factories.case(
                session, team, State.VERIFIED_FIELD, unit=code, at=utcnow(), place=stage.middle(code),
                title=f"Pelayanan kecamatan {KECAMATAN[code]}", occurred_from=DAYS[1], occurred_to=DAYS[1],
            )  # fmt: skip
            factories.visit(session, case, people.surveyor)
            camat = session.merge(case.owner).as_of(utcnow().date())
            claim = giving.claim(session, period, code, seen.id, "Kami layani.", actor=camat, at=utcnow())
            giving.tie(session, claim, case.id, actor=camat, at=utcnow())
            for n, one in enumerate(people.assessors, start=-1):
                giving.score(session, claim, Decimal(field + n), actor=one, at=utcnow())
        for slot in slots(session, period, 2):
            present(session, slot, people)
            held(session, slot, people, SECOND[slot.region_code][1], by=people.assessors)


def words(sent: bytes) -> str:
    """The text of a PDF, its lines joined."""
    with pdfium.PdfDocument(sent) as file:
        return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_bounded() for page in file))


def written(value: Decimal) -> str:
    return f"{value:.2f}".replace(".", ",")


def test_a_whole_period_of_oki(site: Site, enter: Enter, tmp_path: Path) -> None:
    people, looks = people_of(site), Looks()
    secretariat = enter(people.secretariat)
    page = secretariat.page
    page.set_viewport_size({"width": 1280, "height": 780})
    period = prepare(page, looks)
    confirm(page, "Buka periode")
    expect(page.get_by_text("Instrumennya sekarang beku")).to_be_visible()
    step(page, period, "presentation", "Buka tahap")
    looks.at(page, "periode")
    onward(page, period, "presentation")
    plan(page, ("2017-07-25", "2017-07-26"))
    for day in ("Selasa, 25 Juli 2017", "Rabu, 26 Juli 2017"):
        expect(page.locator("section", has=page.get_by_role("heading", name=day)).locator("tbody tr")).to_have_count(9)
    looks.at(page, "jadwal")
    first = page.locator("tbody th a").first
    unit = first.inner_text()
    first.click()
    attend(page, [one.name for one in people.assessors])
    expect(page.get_by_role("link", name="Pemaparan berikutnya yang belum dicatat: Pedamaran")).to_be_visible()
    looks.at(page, "kehadiran")
    assessor = enter(people.assessors[0])
    state_no_ties(assessor.page, unit)
    with site.session() as session, session.begin():
        factories.declared(session, people.judges, [period])
    hear_the_first_round(site, people)

    # One value is missing: the stage says which, and leads there.
    page.goto(f"/program/{period}")
    missing = page.locator("#tahap-presentation a", has_text=unit)
    expect(missing).to_contain_text("2 dari 3")
    looks.at(page, "periode-menunggu")
    value_the_slot(assessor.page, unit, looks)
    step(page, period, "presentation", "Tutup tahap")

    chair = enter(people.chair)
    settle_the_tie(chair, period, looks)
    onward(page, period, "advanced")
    plan(page, ("2017-08-08",))
    expect(page.locator("tbody tr", has_text="babak kedua")).to_have_count(6)
    judge_the_six(site, people, tmp_path / "berkas")
    step(page, period, "advanced", "Tutup tahap")
    step(page, period, "plenary", "Buka tahap")
    paper = minutes_of_the_plenary(site, page, chair, assessor, people, period, looks)
    finish(page, chair, period, looks)

    camat = enter(people.camat)
    read_the_own_result(camat, period, looks)
    on_the_record(camat.page, paper, looks)

    meant = {chair: ["409"]}  # what the browser logs of the tie that stopped
    for person in (secretariat, chair, assessor, camat):
        assert [said for said in person.complaints if not any(code in said for code in meant.get(person, []))] == []
        assert person.hosts == {site.address.removeprefix("http://")}
    assert looks.faults == []


def state_no_ties(page: Page, unit: str) -> None:
    """The assessor: from the schedule to the slot, and the statement about conflicts that it asks for."""
    page.goto("/pemaparan/")
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("link", name=unit).click()
    page.get_by_role("link", name="Buat pernyataan").click()
    page.get_by_label("Saya menyatakan seperti di atas.").check()
    page.get_by_role("button", name="Buat pernyataan").click()
    page.wait_for_url("**/pemaparan/*")


def value_the_slot(page: Page, unit: str, looks: Looks) -> None:
    """All five criteria at once."""
    boxes = page.locator("input[name$=-value]")
    expect(boxes).to_have_count(5)
    (value,) = {FIRST[code] - 1 for code, name in KECAMATAN.items() if name == unit}
    for box in boxes.all():
        box.fill(f"{value},00")
    looks.at(page, "nilai-pemaparan")
    expect(page.get_by_role("link", name="Pemaparan berikutnya")).to_have_count(0)  # all others are valued
    page.get_by_role("button", name="Simpan nilai").click()
    expect(page.get_by_text("Nilai disimpan.")).to_be_visible()
    page.get_by_role("link", name="Pemaparan", exact=True).last.click()
    expect(page.get_by_text("Menunggu nilai Anda")).to_have_count(0)
    expect(page.locator("td", has_text="Tersimpan")).to_have_count(18)


def settle_the_tie(chair: Person, period: int, looks: Looks) -> None:
    """The chair: the end of the first round stops at places 6 and 7, asks, and takes a name with a reason."""
    page = chair.page
    onward(page, period, "shortlist")
    expect(page.get_by_text("Nilai sama tepat di batas: 2 kecamatan untuk 1 tempat.")).to_be_visible()
    looks.at(page, "seleksi-seri")
    page.get_by_text("Tutup tahap 1").first.click()
    page.get_by_role("button", name="Tutup tahap 1").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks.at(page, "seleksi-berhenti")
    page.get_by_label(re.compile(f"^{KECAMATAN[CHOSEN]} ")).check()
    page.get_by_label("Alasan").fill("Pelayanan keliling ke desa lebih luas.")
    page.get_by_role("button", name="Tutup tahap 1").click()
    expect(page.get_by_text("Tahap 1 ditutup")).to_be_visible()
    rows = page.locator("#daftar-pendek tbody tr")
    expect(rows.filter(has_text="Maju ke tahap 2")).to_have_count(6)
    for code, word in ((CHOSEN, "Maju ke tahap 2"), (EQUAL, "Selesai di tahap 1")):
        row = rows.filter(has=page.get_by_role("rowheader", name=KECAMATAN[code], exact=True))
        expect(row).to_contain_text(word)
        expect(row).to_contain_text("80,00")
    looks.at(page, "daftar-pendek")


def minutes_of_the_plenary(
    site: Site, page: Page, chair: Person, assessor: Person, people: People, period: int, looks: Looks
) -> bytes:  # fmt: skip
    """The secretariat draws them up, three of four sign, and the paper tells the result. Answers the PDF."""
    onward(page, period, "plenary")
    looks.at(page, "berita-acara")
    page.locator("tbody tr", has_text="pleno").get_by_role("link", name="Susun").click()
    page.fill("[name=place]", PLACE)
    page.fill("[name=decree]", "SK Bupati OKI Nomor 210/KEP/2017")
    page.get_by_role("button", name="Susun berita acara").click()
    expect(page.get_by_text("menunggu tanda tangan").first).to_be_visible()
    looks.at(page, "pleno")
    for who in (chair, assessor):
        who.page.goto("/")
        who.page.get_by_role("link", name=re.compile("Menunggu tanda tangan Anda")).first.click()
        who.page.get_by_role("link", name="Berita acara rapat pleno").click()
        who.page.get_by_label("Setuju", exact=True).check()
        who.page.get_by_role("button", name="Tanda tangani").click()
        expect(who.page.get_by_text("Tanda tangan Anda tersimpan.")).to_be_visible()
    with site.session() as session, session.begin():
        made = session.scalars(select(Minutes).where(Minutes.period_id == period)).one()
        signing.sign(session, made, actor=people.assessors[1], at=utcnow())
    page.reload()
    expect(page.locator(".page-title")).to_contain_text("Ditandatangani")
    step(page, period, "plenary", "Tutup tahap")
    page.goto(f"/berita-acara/{made.id}")
    address = page.get_by_role("link", name="Buka PDF").get_attribute("href")
    answer = page.request.get(str(address))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.body()


def finish(page: Page, chair: Person, period: int, looks: Looks) -> None:
    """The chair seals it, the secretariat makes it known."""
    step(page, period, "final", "Buka tahap")
    onward(chair.page, period, "final")
    looks.at(chair.page, "gerbang")
    confirm(chair.page, "Finalkan nilai")
    expect(chair.page.get_by_role("heading", level=1)).to_have_text("Hasil")
    expect(chair.page.get_by_text("Isi cocok dengan sidik jari")).to_be_visible()
    places = chair.page.locator("table").first.locator("tbody tr")
    expect(places).to_have_count(18)
    for n, code in enumerate(ORDER):
        expect(places.nth(n)).to_contain_text(f"{KECAMATAN[code]}")
        expect(places.nth(n)).to_contain_text(written(FINAL[code]))
    looks.at(chair.page, "hasil")
    step(page, period, "final", "Tutup tahap")
    step(page, period, "announcement", "Buka tahap")
    onward(page, period, "announcement")
    confirm(page, "Umumkan")
    expect(page.get_by_text("Hasil sudah diumumkan kepada peserta.")).to_be_visible()
    step(page, period, "announcement", "Tutup tahap")
    looks.at(page, "periode-selesai")


def read_the_own_result(camat: Person, period: int, looks: Looks) -> None:
    """On a phone: from the home page to the own rank, total and points by aspect."""
    page = camat.page
    page.locator("section", has=page.get_by_role("heading", name="Klaim & Nilai")).get_by_role("link").click()
    page.get_by_role("link", name="Pengumuman hasil").click()
    own = page.locator("section", has=page.get_by_role("heading", name=re.compile("Jejawi")))
    expect(own.locator("dl")).to_contain_text(f"{ORDER.index(CHOSEN) + 1} dari 18")
    expect(own.locator("dl")).to_contain_text(written(FINAL[CHOSEN]))
    for name, points in (("Pelayanan umum", 80), ("Verifikasi lapangan", 97), ("Wawancara", 94)):
        expect(own.locator("tbody tr", has_text=name).first).to_contain_text(f"{points},00")
    row = page.locator("tbody tr", has=page.get_by_role("rowheader", name=re.compile("^Jejawi")))
    expect(row).to_contain_text(written(FINAL[CHOSEN]))
    expect(row).to_contain_text(str(ORDER.index(CHOSEN) + 1))
    looks.at(page, "pengumuman")
    assert page.request.get(f"/penilaian/{period}/hasil").status == 403  # everybody's points are not for competitors


def on_the_record(page: Page, paper: bytes, looks: Looks) -> None:
    """The paper tells all eighteen in their order, and anybody finds that it stands."""
    told = words(paper)
    for said in ("BERITA ACARA RAPAT PLENO", NAME, SOURCE, "Ketua Tim Penilai", PLACE, "di atas peserta lain"):
        assert said in told, said
    for n, code in enumerate(ORDER, start=1):
        first = written(Decimal(FIRST[code]))
        assert f"{n} {KECAMATAN[code]} {code} {first} {written(FINAL[code])}" in told, code
    others = sorted(set(KECAMATAN) - set(SECOND), key=lambda code: -FIRST[code])
    for n, code in enumerate(others, start=len(SECOND) + 1):
        first = written(Decimal(FIRST[code]))
        assert f"{n} {KECAMATAN[code]} {code} {first} {first}" in told, code
    found = re.search(r"/periksa/([0-9A-Z-]+)", told)
    assert found is not None
    page.context.clear_cookies()
    page.goto(f"/periksa/{found[1]}")
    expect(page.get_by_text("Dokumen ini berlaku")).to_be_visible()
    looks.at(page, "periksa")
