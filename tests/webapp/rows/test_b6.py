"""B6: each of the awarded collects six topics in Seoul, after the result was sealed and without touching it."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.factories import NOW
from tests.webapp.browsing import let_in
from tests.webapp.conftest import Opener
from tests.webapp.selection import stage
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence import services as evidence
from webapp.evidence.errors import NotReady
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme.models import Period
from webapp.scoring import queries as scoring_queries
from webapp.scoring import services as scoring
from webapp.selection import queries, services
from webapp.selection.services.awarding import Decree, StudyPlan
from webapp.territory.rules import RegionResult

BANDUNG, UNITS = "32.73", ("32.73.02", "32.73.13", "32.73.30")
TOPICS = ("trotoar", "pohon", "sungai", "reklame", "taman_inovatif", "aksesoris_kota")
SEEN = (  # domain.md 7.2, SEL-01 … SEL-05; SEL-06 is still a draft without a place
    ("trotoar", "Trotoar", LonLat(126.9769, 37.5720)),
    ("pohon", "Jenis treatment pohon", LonLat(126.9752, 37.5655)),
    ("sungai", "Sungai", LonLat(126.9784, 37.5692)),
    ("reklame", "Penataan informasi (reklame)", LonLat(126.9850, 37.5636)),
    ("taman_inovatif", "Taman inovatif", LonLat(126.9706, 37.5567)),
)


def test_b6_six_topics_in_seoul_after_the_result_was_sealed(app: Flask, session: Session, opened: Opener) -> None:
    stage.places(session, BANDUNG)
    stage.korea(session)
    run = stage.period(session, BANDUNG, list(UNITS), name="SIP 2018", closes_at=NOW)
    people = stage.team(session, run, UNITS[0])
    people.store = app.extensions["petabukti_store"]
    secretariat = factories.account(session, (Role.SECRETARIAT, BANDUNG))
    for place, code in enumerate(UNITS):
        stage.scored(session, people, code, 90 - place, 90 - place)
    home = stage.proof(session, people, UNITS[0], title="=Trotoar Dago")
    sealed = scoring.finalise(session, run, actor=people.chair, at=NOW)
    before = (sealed.sha256, scoring.digest(sealed.content))
    services.make_award(session, run, Decree("SK 1", date(2018, 6, 29)), actor=people.chair, at=NOW, size=2)
    plan = StudyPlan("KR", "Seoul", date(2018, 9, 7), date(2018, 9, 11), TOPICS)
    mine, neighbours = services.open_studies(session, run, plan, actor=secretariat, at=NOW)
    assert (mine.region_code, neighbours.region_code) == UNITS[:2]

    # In Seoul in September: the period is final since August, and its deadline is over.
    later, camat = datetime(2018, 9, 8, 3, 0, tzinfo=UTC), people.camat
    sent = [seen(session, people, mine.id, *one, at=later) for one in SEEN]
    assert {one.region_result for one in sent} == {RegionResult.ABROAD}
    assert {one.state for one in sent} == {State.SUBMITTED}
    assert {one.period_id for one in sent} == {run.id}
    assert not any(one.sent_late for one in sent)
    for step, until in ((Move.TAKE, NOW), (Move.ACCEPT_AT_DESK, None)):
        evidence.move(session, sent[0], step, actor=people.desk, at=later, until=until)
    for step, until in ((Move.TAKE, NOW), (Move.RETURN, None)):
        evidence.move(session, sent[4], step, actor=people.desk, at=later, until=until, note="Foto kabur.")
    too_early = made(session, people, mine.id, "aksesoris_kota", "Aksesoris perkotaan", date(2018, 8, 1), at=later)
    with pytest.raises(NotReady):  # outside the days of the study
        evidence.submit(session, too_early, actor=camat, at=later)

    lines = queries.studies(session, secretariat, run)
    assert [(line.name, line.filled, line.verified, len(line.topics)) for line in lines] == [
        ("Coblong", 5, 1, 6), ("Lengkong", 0, 0, 6),
    ]  # fmt: skip
    assert [line.name for line in queries.studies(session, camat, run)] == ["Coblong"]

    # The sealed result is what it was, and no claim can rest on what was seen abroad.
    assert (sealed.sha256, scoring.digest(sealed.content)) == before
    assert sent[0].locked_at is None
    assert home.locked_at is not None
    assert all(one.id not in {case.id for case in sent} for one in scoring_queries.candidates(
        session, camat, run, UNITS[0]
    ))  # fmt: skip

    # What was built at home beside what was seen abroad; the whole study as a file.
    services.inspire(session, home.id, sent[0].id, actor=camat, at=later)
    assert [(one.home.id, one.abroad.id) for one in queries.pairs(session, secretariat, run)] == [(home.id, sent[0].id)]
    page = opened(secretariat).open(f"/seleksi/{run.id}/studi")
    assert "5/6" in page.text
    assert "=Trotoar Dago" in page.text
    with zipfile.ZipFile(io.BytesIO(fetched(app, secretariat, run))) as parcel:
        rows = list(csv.DictReader(io.StringIO(parcel.read("studi.csv").decode("utf-8-sig")), delimiter=";"))
        points = json.loads(parcel.read("studi.geojson"))
        photos = [name for name in parcel.namelist() if name.startswith("foto/")]
    assert [row["topik"] for row in rows] == [
        "Trotoar", "Jenis treatment pohon", "Sungai", "Penataan informasi (reklame)", "Taman inovatif",
    ]  # fmt: skip
    assert points["features"][0]["geometry"]["coordinates"] == pytest.approx([126.9769, 37.5720])
    assert len(photos) == 5
    assert opened(factories.camat(session, UNITS[2])).open(f"/seleksi/{run.id}/studi.zip").status == 404
    shown = opened(secretariat).open("/peta/studi?kegiatan=sungai")
    assert "Sungai" in shown.text
    assert f"/bukti/{sent[2].id}" in shown.links
    assert f"/bukti/{sent[0].id}" not in shown.links  # of another topic


def fetched(app: Flask, person: Account, run: Period) -> bytes:
    return let_in(app.test_client(), person).get(f"/seleksi/{run.id}/studi.zip").data


def made(
    session: Session, people: factories.Team, study: int, topic: str, title: str, day: date, *, at: datetime
) -> Evidence:
    return evidence.create(
        session, actor=people.camat, region_code=UNITS[0], client_id=uuid.uuid4(), at=at,
        fields=factories.fields(
            kind_code="studi", activity_code=topic, title=title, study_assignment_id=study, occurred_from=day,
            occurred_to=day,
        ),
    )  # fmt: skip


def seen(
    session: Session, people: factories.Team, study: int, topic: str, title: str, place: LonLat, *, at: datetime
) -> Evidence:
    """A case of the study with one photo, sent."""
    case = made(session, people, study, topic, title, date(2018, 9, 8), at=at)
    photo = factories.incoming(place, fix=place)
    evidence.add_photos(session, case, [photo], actor=people.camat, at=at, intake=people.intake)
    evidence.submit(session, case, actor=people.camat, at=at)
    return case
