"""The profile of a kecamatan, on the page and on paper: what it says, and to whom."""

from __future__ import annotations

import re

import pypdfium2 as pdfium
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geo.columns import stored_area
from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW, Team
from tests.webapp.browsing import let_in
from tests.webapp.insight.conftest import HOSTILE, evidence
from tests.webapp.scoring.sealed import sealed as made_sealed
from webapp import db
from webapp.access import Role
from webapp.evidence.rules import State
from webapp.scoring import services as scoring
from webapp.territory.models import BoundaryDataset, RegionBoundary

PATH = f"/dasbor/{MINE}/profil"


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def words_of(paper: bytes) -> str:
    """The text of a PDF, as one line."""
    opened = pdfium.PdfDocument(paper)
    text = " ".join(page.get_textpage().get_text_bounded() for page in opened)
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def test_innovations_with_their_stage_and_what_was_proven(session: Session, client: FlaskClient, people: Team) -> None:
    evidence(session, people, State.VERIFIED_FIELD, MINE, title="Bank sampah", innovation_stage="penerapan")
    evidence(session, people, State.SUBMITTED, MINE, title="Loket ramah", innovation_stage="uji_coba")
    evidence(session, people, State.DRAFT, MINE, title="Belum jadi")
    evidence(session, people, State.VERIFIED_DESK, NEXT_DOOR, title="Milik tetangga")
    session.commit()
    for person in (people.leader, people.camat):
        page = let_in(client, person).get(PATH).get_data(as_text=True)
        assert "Inisiatif 0 · uji coba 1 · penerapan 1 · belum ditentukan 0" in page
        proven = page.split('id="bukti"')[1].split("</section>")[0]
        assert "Bank sampah" in proven
        assert "Loket ramah" not in proven
        assert "Belum jadi" not in page
        assert "Milik tetangga" not in page


def test_the_map_is_drawn_from_our_own_lines(session: Session, client: FlaskClient, people: Team) -> None:
    for state in (State.VERIFIED_FIELD, State.SUBMITTED, State.REJECTED):
        evidence(session, people, state, MINE)
    evidence(session, people, State.SUBMITTED, MINE, placed=False)
    session.commit()
    drawn = re.search(r'<svg class="peta-sketsa".*?</svg>', let_in(client, people.leader).get(PATH).text, re.DOTALL)
    assert drawn is not None
    kinds = [re.findall(f'class="titik-{kind}"', drawn[0]) for kind in ("verified", "waiting", "rejected")]
    assert [len(one) for one in kinds] == [1, 1, 1]
    assert len(re.findall('class="sketsa-sekitar"', drawn[0])) == 3  # the neighbours that touch its corner or side
    assert "Kisi uji" in client.get(PATH).text
    assert "style=" not in drawn[0]


def test_results_are_told_only_once_they_were_announced(session: Session, client: FlaskClient) -> None:
    sealed = made_sealed(session)
    session.commit()
    desk = f"/dasbor/{KABUPATEN}"
    let_in(client, sealed.people.leader)
    assert "Belum ada hasil yang diumumkan." in client.get(PATH).text
    assert "80,00" not in client.get(PATH).text
    assert 'id="peringkat"' not in client.get(desk).text
    scoring.announce(session, sealed.period, actor=sealed.secretariat, at=NOW)
    session.commit()
    ranked = client.get(desk).text.split('id="peringkat"')[1]
    assert [f"Kecamatan {code}" in ranked for code in (MINE, NEXT_DOOR)] == [True, True]
    assert ranked.index("80,00") < ranked.index("70,00")
    for person in (sealed.people.leader, sealed.people.camat):
        told = let_in(client, person).get(PATH).text.split('id="nilai"')[1].split("</section>")[0]
        assert "80,00" in told
        assert "1 dari 4" in told
        assert "70,00" not in told
    sealed.grant(sealed.ask())
    session.commit()
    let_in(client, sealed.people.leader)
    assert "dibuka kembali" in client.get(PATH).text
    assert "dibuka kembali setelah pengumuman" in client.get(desk).text


def test_boundaries_tell_their_history(session: Session, client: FlaskClient, people: Team) -> None:
    newer = BoundaryDataset(
        name="resmi", source="BIG", licence="-", attribution="Badan Informasi Geospasial", vintage="2024",
        approximate=False, imported_at=db.utcnow(),
    )  # fmt: skip
    old = session.query(RegionBoundary).filter_by(region_code=MINE).one()
    old.superseded_at = db.utcnow()
    session.flush()
    area = stored_area(factories.square(MINE))
    session.add(
        RegionBoundary(
            region_code=MINE, dataset=newer, area=area, outline=area, label_point=old.label_point, area_km2=2
        )
    )
    session.commit()
    told = let_in(client, people.leader).get(PATH).text.split('id="batas"')[1]
    assert told.index("Badan Informasi Geospasial") < told.index("Kisi uji")
    assert "sekarang" in told
    assert "sampai " in told


def test_who_reads_a_profile(session: Session, client: FlaskClient, people: Team) -> None:
    neighbour = factories.camat(session, NEXT_DOOR)
    elsewhere = factories.leader(session, KOTA)
    team = factories.account(session, (Role.PROVINCIAL_TEAM, "99"))
    whole = factories.account(session, (Role.AUDITOR, "99"))
    session.commit()
    assert client.get(PATH).location.split("?")[0] == "/masuk"
    people_and_answers = {
        people.camat: 200, people.leader: 200, people.desk: 200, whole: 200, neighbour: 404, elsewhere: 404, team: 404,
    }  # fmt: skip
    for person, answer in people_and_answers.items():
        let_in(client, person)
        assert [client.get(f"{PATH}{end}").status_code for end in ("", ".pdf")] == [answer, answer]
    let_in(client, people.leader)
    assert [client.get(f"/dasbor/{code}/profil").status_code for code in (KABUPATEN, FAR, "99.01.09", "99")] == [
        404
    ] * 4


def test_the_paper_says_what_the_page_says(session: Session, client: FlaskClient, people: Team) -> None:
    for number in range(6):
        evidence(session, people, State.VERIFIED_FIELD, MINE, title=f"Inovasi nomor {number}")
    evidence(session, people, State.SUBMITTED, MINE, placed=False)
    session.commit()
    let_in(client, people.leader)
    page, answer = client.get(PATH).text, client.get(f"{PATH}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    paper = words_of(answer.data)
    version = re.search(r"Versi data ([0-9a-f]{8})", page)
    assert version is not None
    for said in (
        f"PROFIL KECAMATAN {MINE}", f"versi data {version[1]}", "terverifikasi 6, menunggu 1, ditolak 0",
        "tanpa lokasi 1", "86 %", "Inovasi nomor 5", "Belum ada hasil yang diumumkan.", "Kisi uji", "batas perkiraan",
        "Halaman 1 dari", people.camat.name, "Terverifikasi di lapangan",
    ):  # fmt: skip
        assert said in paper, said


def test_a_kecamatan_with_nothing_still_has_a_profile(session: Session, client: FlaskClient, people: Team) -> None:
    session.query(RegionBoundary).filter_by(region_code=MINE).delete()
    session.commit()
    let_in(client, people.leader)
    page, paper = client.get(PATH).text, words_of(client.get(f"{PATH}.pdf").data)
    for said in ("Belum ada inovasi.", "Belum ada batas untuk wilayah ini.", "Belum ada hasil yang diumumkan."):
        assert said in page
        assert said in paper
    assert "belum pernah mengirim" in page


def test_hostile_text_stays_text_on_page_and_paper(session: Session, client: FlaskClient, people: Team) -> None:
    for bad in HOSTILE:
        evidence(session, people, State.VERIFIED_DESK, MINE, title=bad)
    session.commit()
    let_in(client, people.leader)
    page, paper = client.get(PATH).text, words_of(client.get(f"{PATH}.pdf").data)
    assert "<script>window" not in page
    assert "<img src=x" not in page
    assert str(7771 * 7771) not in page + paper
    assert "{{ 7771*7771 }}" in paper
