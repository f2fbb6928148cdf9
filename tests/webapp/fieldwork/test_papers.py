"""Letters and minutes: what is printed, that it is frozen, that it asks nobody for anything, and its check page."""

from __future__ import annotations

import ctypes
import hashlib
import re
from datetime import datetime, timedelta
from uuid import uuid4

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
import segno
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.columns import read_point
from media.store import Store
from tests import factories
from tests.factories import KABUPATEN
from tests.webapp.fieldwork.conftest import Opener, Plan, wait
from tests.webapp.verification.conftest import Browser, utcnow
from webapp import papers
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.fieldwork import services
from webapp.fieldwork.errors import NotFinished, NothingAssigned
from webapp.fieldwork.models import Paper
from webapp.verification.models import FieldVisit
from webapp.verification.queries.partial import day_there
from webapp.verification.services import site
from webapp.wording import selisih

HOSTILE = 'Taman <img src="https://jahat.example/a.png"><script>x</script> & "Tugu" {{ 7*7 }}'
CHECK = re.compile(r"http://[^\s\"<>]+/periksa/[0-9A-Z-]{19}")


@pytest.fixture
def case(session: Session, people: factories.Team, store: Store) -> Evidence:
    people.store = store
    return factories.case(session, people, State.AWAITING_FIELD, at=utcnow() - timedelta(days=2), title=HOSTILE)


@pytest.fixture
def store(app: object) -> Store:
    """The store the pages read from."""
    held: Store = app.extensions["petabukti_store"]  # type: ignore[attr-defined]
    return held


def visited(session: Session, people: factories.Team, case: Evidence, at: datetime | None = None) -> FieldVisit:
    """The surveyor's visit, through the product's own verbs."""
    at = at or utcnow()
    here = read_point(case.place) if case.place is not None else factories.middle(case.region_code)
    site.check_in(session, case.id, site.CheckIn(here, 6.0, at), actor=people.surveyor, at=at, radius_m=100)
    mine = factories.incoming(here, fix=here, fix_at=at)
    site.add_visit_photos(session, case.id, [mine], actor=people.surveyor, at=at, intake=people.intake)
    visit = site.complete_visit(
        session, case.id, actor=people.surveyor, at=at, verdict=site.Verdict.DIFFERS, checked={"object_seen"},
        note="Pagar sudah rubuh. Hubungi 081234567890.",
    )  # fmt: skip
    session.expire_all()
    return visit


def words(sent: bytes) -> str:
    """The text of a PDF, its lines joined."""
    with pdfium.PdfDocument(sent) as file:
        return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_bounded() for page in file))


def links(sent: bytes) -> set[str]:
    """The addresses its links lead to."""
    found = set()
    with pdfium.PdfDocument(sent) as file:
        for page in file:
            at, link = ctypes.c_int(0), raw.FPDF_LINK()
            while raw.FPDFLink_Enumerate(page, at, link):
                action, address = raw.FPDFLink_GetAction(link), ctypes.create_string_buffer(500)
                raw.FPDFAction_GetURIPath(file, action, address, 500)
                found.add(address.value.decode())
    return found


def open_paper(browser: Browser, verb: str, page: str) -> bytes:
    answer = browser.post(verb, page)
    assert answer.status_code == 303, answer.text[:500]
    made = browser.get(answer.headers["Location"])
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    return made.data


def test_a_letter_of_assignment_names_people_places_basis_and_its_check_page(
    session: Session, people: factories.Team, planner: Account, opened: Opener, plan: Plan
) -> None:
    for number in range(3):
        wait(session, people, number, title=f"Taman {number}")
    made = plan(
        at=utcnow(), day=day_there(utcnow(), KABUPATEN), legal_basis="Keputusan Bupati Nomor 1 Tahun 2018",
        signer_post="Sekretaris Daerah", signer_name="Nama Pejabat",
    )  # fmt: skip
    sent = open_paper(opened(planner), f"/lapangan/rencana/{made.id}/surat-tugas", f"/lapangan/rencana/{made.id}")
    paper, said = session.scalars(select(Paper)).one(), words(sent)
    for fact in (
        "SURAT TUGAS", "PEMERINTAH KABUPATEN UJI", paper.number, "Keputusan Bupati Nomor 1 Tahun 2018",
        people.surveyor.name, "Taman 0", "Taman 1", "Taman 2", "Sekretaris Daerah", "Nama Pejabat", paper.sha256[:20],
        paper.code, "bulan", "tahun dua ribu",
    ):  # fmt: skip
        assert fact in said, fact
    assert re.fullmatch(rf"ST/0001/{re.escape(KABUPATEN)}/[IVX]+/\d{{4}}", paper.number)
    assert links(sent) == {f"http://localhost/periksa/{paper.code}"}


def test_minutes_say_what_was_claimed_what_was_found_and_every_hash(
    session: Session, people: factories.Team, planner: Account, opened: Opener, plan: Plan, case: Evidence
) -> None:
    today = day_there(utcnow(), KABUPATEN)
    made = plan(at=utcnow() - timedelta(minutes=5), day=today)
    services.issue_assignment(session, made.id, actor=planner, at=utcnow() - timedelta(minutes=4))
    visit = visited(session, people, case)
    hashes = [photo.sha256 for photo in case.photos]
    assert len(hashes) == 2
    sent = open_paper(opened(people.surveyor), f"/lapangan/kunjungan/{visit.id}/berita-acara", "/lapangan/hari-ini")
    letter, paper = session.scalars(select(Paper).order_by(Paper.id)).all()
    said = words(sent)
    for fact in (
        "BERITA ACARA KUNJUNGAN LAPANGAN", paper.number, letter.number, people.surveyor.name, "Tidak sesuai",
        "Pagar sudah rubuh.", "Objek ada di tempat yang diklaim", "Kehadiran di lokasi", "0,0 m (garis lurus)",
        people.period.name, "Waktu menurut gawai", "Waktu menurut server", paper.code,
    ):  # fmt: skip
        assert fact.lower() in said.lower(), fact
    claimed, own = (one.device_at for one in case.photos)
    assert claimed is not None and own is not None
    assert f"Selisih waktu dengan foto klaim pertama: {selisih(own - claimed)}" in said
    squeezed = said.replace(" ", "")
    assert all(digest in squeezed for digest in (*hashes, paper.sha256))
    assert "081234567890" not in said, "personal numbers are covered"
    with pdfium.PdfDocument(sent) as file:
        drawn = [thing for page in file for thing in page.get_objects() if thing.type == 3]
    assert len(drawn) >= 2, "the pictures of both sides"


def test_the_qr_on_paper_is_the_address_of_the_check_page(
    session: Session, people: factories.Team, planner: Account, opened: Opener, plan: Plan, case: Evidence
) -> None:
    """Read off the page's own pixels: module by module what segno says of the address."""
    visit = visited(session, people, case)
    sent = open_paper(opened(people.surveyor), f"/lapangan/kunjungan/{visit.id}/berita-acara", "/lapangan/hari-ini")
    [address] = links(sent)
    assert CHECK.fullmatch(address)
    matrix = [list(map(bool, row)) for row in segno.make(address, error="m", micro=False).matrix]
    assert any(read_qr(page, len(matrix)) == matrix for page in pages(sent))


def pages(sent: bytes) -> list[object]:
    """Each page as rows of dark (True) and light pixels, ten to a millimetre."""
    with pdfium.PdfDocument(sent) as file:
        return [page.render(scale=25.4 * 10 / 72).to_numpy()[:, :, 0] < 128 for page in file]


def read_qr(dark: object, modules: int) -> list[list[bool]] | None:
    """The QR code of 25 mm (with its border of four modules) at the left margin, wherever it stands on the page."""
    import numpy as np

    seen = np.asarray(dark)
    per_mm = seen.shape[1] / 210
    left, module = 22 * per_mm, 25 * per_mm / (modules + 8)
    across = [round(left + (4 + n + 0.5) * module) for n in range(modules)]
    finder = round(left + 4.5 * module)
    for top in np.flatnonzero(seen[:, finder]):
        down = [round(top + (n + 0.5) * module) for n in range(modules)]
        if down[-1] < seen.shape[0]:
            found = [[bool(seen[y, x]) for x in across] for y in down]
            if all(found[0][:7]) and all(row[0] for row in found[:7]):
                return found
    return None


def test_a_hostile_title_is_text_and_nothing_is_fetched(
    session: Session, people: factories.Team, opened: Opener, case: Evidence, caplog: pytest.LogCaptureFixture
) -> None:
    visit = visited(session, people, case)
    sent = open_paper(opened(people.surveyor), f"/lapangan/kunjungan/{visit.id}/berita-acara", "/lapangan/hari-ini")
    assert HOSTILE.replace(" ", "") in words(sent).replace(" ", ""), "as it was typed"
    assert "not its own" not in caplog.text, "it did not even ask"
    assert all("jahat" not in address for address in links(sent))


@pytest.mark.parametrize(
    "address",
    ["https://jahat.example/a.png", "file:///etc/passwd", "data:image/png;base64,AAAA", "foto:lain", "/etc/x"],
)
def test_a_paper_is_handed_its_own_pictures_and_refused_everything_else(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    asks = f'<img src="{address}"><link rel="stylesheet" href="{address}"><link rel="attachment" href="{address}">'
    html = f"<p>Isi</p>{asks}"
    made = papers.pdf(html, {"milik": b""})
    assert "Isi" in words(made)
    with pdfium.PdfDocument(made) as file:
        assert file.count_attachments() == 0
    assert "not its own" in caplog.text


def test_a_paper_is_frozen_and_made_again_says_the_same(
    session: Session, people: factories.Team, opened: Opener, case: Evidence
) -> None:
    visit = visited(session, people, case)
    browser, verb = opened(people.surveyor), f"/lapangan/kunjungan/{visit.id}/berita-acara"
    first = open_paper(browser, verb, "/lapangan/hari-ini")
    again = open_paper(browser, verb, "/lapangan/hari-ini")
    assert words(first) == words(again)
    paper = session.scalars(select(Paper)).one()
    assert hashlib.sha256(papers.frozen(paper.content).encode()).hexdigest() == paper.sha256
    for statement in ("UPDATE field_paper SET number = 'x'", "DELETE FROM field_paper"):
        with pytest.raises(DBAPIError, match="history_is_append_only"), session.begin_nested():
            session.execute(text(statement))


def test_the_check_page_says_that_a_paper_stands_and_nothing_of_what_is_in_it(
    session: Session, people: factories.Team, planner: Account, opened: Opener, plan: Plan
) -> None:
    wait(session, people, 1, title="Posyandu Melati")
    made = plan(at=utcnow(), day=day_there(utcnow(), KABUPATEN))
    paper = services.issue_assignment(session, made.id, actor=planner, at=utcnow())
    stranger = opened(None)
    page = stranger.get(f"/periksa/{paper.code.lower().replace('-', ' ')}")
    assert page.status_code == 200
    for fact in (paper.number, paper.sha256, "Surat tugas", "Berlaku"):
        assert fact in page.text
    for secret in ("Posyandu", people.surveyor.name, planner.name, made.seed, "Kabupaten Uji"):
        assert secret not in page.text
    assert stranger.get("/periksa/0000-0000-0000-0000").status_code == 404
    led = stranger.get("/periksa", query_string={"kode": paper.code})
    assert (led.status_code, led.headers["Location"].endswith(paper.code)) == (303, True)
    assert stranger.get(f"/lapangan/dokumen/{paper.id}").status_code == 303, "the paper itself wants a session"
    assert opened(people.camat).get(f"/lapangan/dokumen/{paper.id}").status_code == 403


def test_a_letter_falls_when_somebody_else_is_sent(
    session: Session, people: factories.Team, planner: Account, other: Account, opened: Opener, plan: Plan
) -> None:
    wait(session, people, 1)
    made = plan(at=utcnow(), day=day_there(utcnow(), KABUPATEN))
    old = services.issue_assignment(session, made.id, actor=planner, at=utcnow())
    services.assign(session, made.id, made.visits[0].id, other.id, "Sakit.", actor=planner, at=utcnow())
    stranger = opened(None)
    assert "Diganti" in stranger.get(f"/periksa/{old.code}").text
    session.expire_all()
    new = services.issue_assignment(session, made.id, actor=planner, at=utcnow())
    assert (new.edition, new.number != old.number) == (2, True)
    assert "Berlaku" in opened(None).get(f"/periksa/{new.code}").text


def test_minutes_fall_when_the_case_is_opened_for_the_field_again(
    session: Session, people: factories.Team, opened: Opener, case: Evidence
) -> None:
    at = utcnow() - timedelta(hours=3)
    visit = visited(session, people, case, at)
    old = services.issue_minutes(session, visit.id, actor=people.surveyor, at=at)
    assert "Berlaku" in opened(None).get(f"/periksa/{old.code}").text
    session.execute(text("ALTER TABLE evidence DISABLE TRIGGER USER"))  # as a reopening will do one day
    session.execute(text("UPDATE evidence SET state = 'awaiting_field', objection_until = NULL"))
    session.execute(text("ALTER TABLE evidence ENABLE TRIGGER USER"))
    session.execute(
        text("INSERT INTO evidence_move (evidence_id, move, became, at) VALUES (:case, 'send_to_field', "
             "'awaiting_field', :at)"), {"case": case.id, "at": at + timedelta(hours=1)},
    )  # fmt: skip
    session.expire_all()
    assert "Diganti" in opened(None).get(f"/periksa/{old.code}").text
    visited(session, people, case)
    assert "Diganti" in opened(None).get(f"/periksa/{old.code}").text


def test_minutes_outlive_a_visit_that_came_too_late_to_decide(
    session: Session, people: factories.Team, opened: Opener, case: Evidence
) -> None:
    at = utcnow() - timedelta(hours=3)
    visit = visited(session, people, case, at)
    paper = services.issue_minutes(session, visit.id, actor=people.surveyor, at=at)
    late = at + timedelta(hours=1)
    session.add(
        FieldVisit(
            evidence_id=case.id, assessor_id=people.desk.id, checked_in_at=late, completed_at=late, accuracy_m=5.0,
            place=visit.place, verdict="sesuai", note="", checklist={}, client_id=uuid4(), sent={}, happened_at=late,
            decided_at=late, received_at=late, left_aside="decided",
        )
    )  # fmt: skip
    session.flush()
    assert "Berlaku" in opened(None).get(f"/periksa/{paper.code}").text


def test_minutes_are_made_by_who_was_there_or_who_plans_and_only_of_a_finished_visit(
    session: Session, people: factories.Team, planner: Account, other: Account, opened: Opener, case: Evidence
) -> None:
    going_on = factories.visit(session, case, people.surveyor, None)
    with pytest.raises(NotFinished):
        services.issue_minutes(session, going_on.id, actor=people.surveyor, at=utcnow())
    visit = visited(session, people, case)
    verb = f"/lapangan/kunjungan/{visit.id}/berita-acara"
    for nobody in (other, people.desk, people.chair):
        assert opened(nobody).post(verb, "/akun").status_code == 403
    assert opened(people.camat).post(verb, "/akun").status_code == 403
    assert opened(planner).post(verb, "/akun").status_code == 303


def test_a_plan_without_people_has_no_letter(
    session: Session, people: factories.Team, planner: Account, plan: Plan
) -> None:
    wait(session, people, 1)
    made = plan()
    services.drop(session, made.id, made.visits[0].id, "Banjir.", actor=planner, at=utcnow())
    session.expire_all()
    with pytest.raises(NothingAssigned):
        services.issue_assignment(session, made.id, actor=planner, at=utcnow())
