"""The claim's photo beside the counter-photo: how far apart, in which direction, how much later."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from geo.values import LonLat, bearing
from tests import factories
from tests.factories import MINE, NOW
from tests.webapp.browsing import browser_of
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import State
from webapp.evidence.services.photos import add_photo
from webapp.formatting import arah
from webapp.verification.views.comparing import comparison


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


@pytest.fixture
def case(session: Session, people: factories.Team) -> Evidence:
    return factories.case(session, people, State.AWAITING_FIELD)


def answered(session: Session, people: factories.Team, case: Evidence, north: float, answers: int | None) -> Photo:
    """A photo of a visit, so many degrees north of the claim, ten days after its photo."""
    visit, here = factories.visit(session, case, people.surveyor, None), factories.middle(MINE)
    fix = LonLat(here.lon, here.lat + north)
    sent = factories.incoming(fix, fix=fix, captured_at=NOW + timedelta(days=10), answers_photo_id=answers)
    made = add_photo(session, case, sent, actor=people.surveyor, at=NOW, intake=people.intake, visit_id=visit.id)
    assert isinstance(made, Photo)
    return made


def test_without_a_counter_photo_there_is_nothing_to_compare(app: Flask, case: Evidence) -> None:
    with app.test_request_context("/"):
        assert comparison(case) is None


def test_a_pair_tells_distance_direction_and_age(
    app: Flask, session: Session, people: factories.Team, case: Evidence
) -> None:
    [claim] = case.photos
    claim.captured_at = NOW
    counter = answered(session, people, case, 0.001, claim.id)
    session.refresh(case)
    with app.test_request_context("/"):
        told = comparison(case)
    assert told is not None
    assert told["pairs"] == [(claim.id, counter.id)]
    values = [value for _, value in told["facts"][f"{claim.id}-{counter.id}"]]
    assert values[0].startswith("111\N{NO-BREAK SPACE}m (±")
    assert values[1:] == ["utara (0°)", "foto petugas 10 hari kemudian", "ya"]


def test_the_visit_page_and_the_desk_show_the_pair_without_a_script(
    app: Flask, session: Session, people: factories.Team, case: Evidence
) -> None:
    counter = answered(session, people, case, 0.00001, None)
    session.commit()
    for who, address in (
        (people.surveyor, f"/verifikasi/{case.id}/kunjungan"),
        (people.desk, f"/verifikasi/{case.id}"),
    ):
        seen = browser_of(app, who).open(address)
        assert "Banding foto" in seen.text
        assert f"/bukti/foto/{counter.id}/large" in seen.html
        assert "masih dalam ketelitian keduanya" in seen.text


@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(0.001, 5))
def test_a_bearing_is_the_way_a_person_would_walk(lon: float, lat: float, step: float) -> None:
    here = LonLat(lon, lat)
    assert bearing(here, LonLat(lon, lat + step)) == pytest.approx(0, abs=1e-6)
    assert bearing(here, LonLat(lon, lat - step)) == pytest.approx(180, abs=1e-6)
    assert bearing(here, LonLat(lon + step, lat)) == pytest.approx(90, abs=step)
    assert 0 <= bearing(LonLat(lon + step, lat + step), here) < 360


def test_every_direction_has_its_word(app: Flask) -> None:
    with app.test_request_context("/"):
        said = [arah(degrees).split(" (")[0] for degrees in range(0, 360, 45)]
        assert said == ["utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut"]
        assert arah(359.9) == "utara (0°)"
