"""J4: the report has the five headings of the assessment in Jawa Barat, each filled from verified claims only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from tests.webapp.conftest import Opener
from tests.webapp.record.conftest import words
from tests.webapp.selection import stage
from webapp.access import Role
from webapp.evidence import services as evidence
from webapp.evidence.rules import Move, State
from webapp.programme.models import Aspect, Indicator, Instrument, Participant, Period
from webapp.programme.rules import Mode, PeriodState
from webapp.record.queries import assessed
from webapp.scoring import services as scoring

KABUPATEN, MARGAHAYU, NEIGHBOUR = "32.04", "32.04.09", "32.04.05"
# domain.md 7.2: what Margahayu claimed in 2018, by aspect; verified or not.
CLAIMED = (
    ("Pelayanan publik", "Loket ramah difabel", "Smart Public Service: loket ramah difabel", 90),
    ("Koordinasi penyelenggaraan pemerintahan", "Rapat Minggon", "Rapat Minggon", 80),
    ("Inovasi dan upaya", "Kelola sampah", "MAPS (Margahayu Ayo Pilah Sampah)", 95),
    ("Kompetensi SDM", "Literasi aparatur", "Literasi Media Boneka", None),  # returned: the guardians' consent lacks
)
HEADINGS = (
    "Kondisi empirik penyelenggaraan pemerintahan kecamatan", "Tingkat pencapaian", "Kesinambungan koordinasi",
    "Kreativitas dan inovasi", "Kapasitas aparatur",
)  # fmt: skip


def sinergitas(session: Session) -> Period:
    tool = Instrument(name="Sinergitas Jabar", region_code=KABUPATEN, version=1, example=True)
    tool.aspects = [
        Aspect(
            position=n, name=aspect, weight=Decimal(25),
            indicators=[Indicator(position=1, name=name, weight=Decimal(100), mode=Mode.DESK, required=False)],
        )
        for n, (aspect, name, _, _) in enumerate(CLAIMED, start=1)
    ]  # fmt: skip
    session.add(tool)
    session.flush()
    made = Period(
        name="Sinergitas 2018", region_code=KABUPATEN, instrument=tool, starts_on=date(2018, 1, 1),
        ends_on=date(2018, 12, 31), time_zone="Asia/Jakarta", quorum=1, state=PeriodState.OPEN, opened_at=NOW,
    )  # fmt: skip
    made.participants = [Participant(region_code=code) for code in (NEIGHBOUR, MARGAHAYU)]
    session.add(made)
    session.flush()
    tool.frozen_at = NOW
    session.flush()
    return made


def claim(session: Session, people: factories.Team, number: int, title: str, value: int | None) -> None:
    """Margahayu claims the indicator; what has a value was verified first, the rest was returned."""
    run, camat = people.period, people.camat
    if value is None:
        case = factories.case(session, people, State.DRAFT, title=title, place=stage.middle(MARGAHAYU))
        evidence.submit(session, case, actor=camat, at=NOW)
        for step in (Move.TAKE, Move.RETURN):
            until = NOW + factories.timedelta(minutes=30) if step is Move.TAKE else None
            evidence.move(session, case, step, actor=people.desk, at=NOW, note="Persetujuan wali.", until=until)
    else:
        case = stage.proof(session, people, MARGAHAYU, title=title)
    indicator = run.instrument.aspects[number].indicators[0]
    made = scoring.claim(session, run, MARGAHAYU, indicator.id, "Berjalan sejak 2017.", actor=camat, at=NOW)
    scoring.tie(session, made, case.id, actor=camat, at=NOW)
    if value is not None:
        scoring.score(session, made, Decimal(value), actor=people.assessor, at=NOW)


def test_j4_five_headings_are_filled_from_verified_claims_only(session: Session, opened: Opener) -> None:
    stage.places(session, KABUPATEN)
    run = sinergitas(session)
    people = stage.team(session, run, MARGAHAYU)
    for number, (_, _, title, value) in enumerate(CLAIMED):
        claim(session, people, number, title, value)
    session.expire_all()

    facts = assessed(session, run, MARGAHAYU)
    assert tuple(one["title"] for one in facts["headings"]) == HEADINGS
    assert (facts["verified"], facts["claims"]) == (3, 4)
    condition, reached, coordination, creativity, capacity = facts["headings"]
    assert {one["title"] for one in condition["rows"]} == {title for _, _, title, value in CLAIMED if value is not None}
    assert [one["value"] for one in reached["rows"]] == ["90,00", "80,00", "95,00"]
    assert [one["indicator"] for one in coordination["rows"]] == ["Rapat Minggon"]
    assert [one["indicator"] for one in creativity["rows"]] == ["Kelola sampah"]
    assert capacity["rows"] == [], "what was returned is no fact yet"

    chair = session.get_one(type(people.chair), people.chair.id)
    address = f"/berita-acara/laporan/{run.id}/{MARGAHAYU}.pdf"
    answer = opened(chair).client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    said = words(answer.data)
    for heading in HEADINGS:
        assert heading in said, heading
    for title in ("Smart Public Service: loket ramah difabel", "Rapat Minggon", "MAPS"):
        assert title in said, title
    assert "Literasi Media Boneka" not in said
    assert "Tidak ada klaim terverifikasi untuk bagian ini" in said

    # Scores are not for those who claim, nor for a leader before the result is final, nor for another region.
    assert opened(people.camat).client.get(address).status_code == 403
    assert opened(people.leader).client.get(address).status_code == 403
    assert opened(factories.account(session, (Role.CHAIR, factories.KOTA))).client.get(address).status_code == 404
    assert opened(chair).client.get(f"/berita-acara/laporan/{run.id}/32.04.06.pdf").status_code == 404
