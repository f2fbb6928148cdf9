"""The place of a case: three witnesses kept, one speaks, and the region is found once."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.columns import read_point
from geo.values import LonLat
from tests import factories, photos
from webapp.audit import AuditEvent
from webapp.errors import NotAllowed
from webapp.evidence import services
from webapp.evidence.errors import NotEditable
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade, PlaceSource, State
from webapp.territory.rules import RegionResult

NOW = factories.NOW
MINE = factories.middle(factories.MINE)


def draft(session: Session, people: factories.Team) -> Evidence:
    return services.create(
        session,
        actor=people.camat,
        region_code=factories.MINE,
        client_id=uuid.uuid4(),
        fields=factories.fields(),
        at=NOW,
    )


def add(session: Session, people: factories.Team, case: Evidence, **changes: object) -> None:
    services.add_photos(
        session, case, [factories.incoming(**changes)], actor=people.camat, at=NOW, intake=people.intake
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"fix": MINE, "fix_accuracy_m": 8.0}, Grade.A),
        ({"fix": MINE, "fix_accuracy_m": 35.0}, Grade.B),
        ({"fix": MINE, "fix_accuracy_m": 8.0, "fix_at": NOW - timedelta(hours=3)}, Grade.B),
        ({"place": MINE}, Grade.C),
        ({"fix": MINE, "fix_accuracy_m": 1500.0}, Grade.D),
        ({}, None),
    ],
)
def test_a_photo_brings_its_place_and_grade(
    session: Session, changes: dict[str, object], expected: Grade | None
) -> None:
    people = factories.team(session)
    case = draft(session, people)
    add(session, people, case, **changes)
    assert case.grade == expected
    assert (case.place is None) == (expected is None)


def test_a_pin_speaks_and_the_other_witnesses_stay(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    pin = LonLat(MINE.lon + 0.01, MINE.lat)
    services.set_pin(session, case, pin, actor=people.camat, at=NOW)
    assert (case.place_source, case.grade, case.accuracy_m) == (PlaceSource.PIN, Grade.D, None)
    assert read_point(case.place) == pin
    assert {one.source for one in services.witnesses(case)} == set(PlaceSource)
    services.set_pin(session, case, None, actor=people.camat, at=NOW)
    assert (case.place_source, case.grade) == (PlaceSource.DEVICE, Grade.A)
    actions = set(session.scalars(select(AuditEvent.action)))
    assert {"evidence.set_pin", "evidence.remove_pin"} <= actions


def test_a_fix_taken_at_the_desk_does_not_say_where_an_old_photo_was_taken(session: Session) -> None:
    people = factories.team(session)
    case = draft(session, people)
    add(session, people, case)  # camera time days ago, no position
    services.set_device_fix(session, case, MINE, accuracy_m=6, taken_at=NOW, actor=people.camat, at=NOW)
    assert (case.place_source, case.grade) == (PlaceSource.DEVICE, Grade.D)


def test_a_fix_taken_while_the_camera_was_there_counts(session: Session) -> None:
    people = factories.team(session)
    case = draft(session, people)
    fresh = photos.phone_jpeg(None, None, datetime(2018, 8, 6, 9, 55), offset="+07:00", size=(640, 480))  # noqa: DTZ001
    add(session, people, case, data=fresh)
    services.set_device_fix(session, case, MINE, accuracy_m=6, taken_at=NOW, actor=people.camat, at=NOW)
    assert case.grade == Grade.A


def test_a_later_fix_does_not_replace_the_one_that_came_with_a_photo(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    elsewhere = factories.middle(factories.NEXT_DOOR)
    services.set_device_fix(session, case, elsewhere, accuracy_m=8, taken_at=NOW, actor=people.camat, at=NOW)
    assert read_point(case.place) == MINE
    assert case.grade == Grade.A


def test_a_removed_photo_takes_its_testimony_with_it(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    wrong = LonLat(MINE.lon + 0.02, MINE.lat)
    add(session, people, case, fix=wrong, fix_accuracy_m=3.0)
    assert read_point(case.place) == wrong
    services.remove_photo(session, case.photos[-1], actor=people.camat, at=NOW)
    assert read_point(case.place) == MINE
    services.remove_photo(session, case.photos[-1], actor=people.camat, at=NOW)
    assert (case.place, case.grade, case.region_result) == (None, None, RegionResult.NO_POSITION)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (MINE, RegionResult.MATCH),
        (LonLat(100.101, -1.95), RegionResult.NEAR_BORDER),
        (factories.middle(factories.FAR), RegionResult.OUTSIDE),
        (LonLat(99.98, -1.95), RegionResult.OFFSHORE),
        (LonLat(107.0, 6.9), RegionResult.OUTSIDE),
    ],
)
def test_the_region_of_a_place_is_found_when_it_is_set(session: Session, place: LonLat, expected: RegionResult) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    services.set_pin(session, case, place, actor=people.camat, at=NOW)
    assert case.region_result == expected


def test_a_place_outside_the_unit_is_accepted_with_a_reason(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, place=factories.middle(factories.NEXT_DOOR))
    with pytest.raises(services.moving.NotReady) as refused:
        services.submit(session, case, actor=people.camat, at=NOW)
    assert refused.value.missing == ["outside_reason"]
    services.set_reason(session, case, "Rapat digelar di kecamatan sebelah.", actor=people.camat, at=NOW)
    services.submit(session, case, actor=people.camat, at=NOW)
    assert case.state == State.SUBMITTED


def test_a_camera_clock_that_contradicts_the_fix_is_a_finding(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    assert "time_fix_mismatch" in case.photos[0].flags


def test_nobody_else_sets_the_place_and_nobody_after_it_was_sent(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    for stranger in (people.desk, factories.camat(session, factories.NEXT_DOOR)):
        with pytest.raises(NotAllowed):
            services.set_pin(session, case, MINE, actor=stranger, at=NOW)
        with pytest.raises(NotAllowed):
            services.add_photos(session, case, [factories.incoming()], actor=stranger, at=NOW, intake=people.intake)
    services.submit(session, case, actor=people.camat, at=NOW)
    with pytest.raises(NotEditable):
        services.set_pin(session, case, MINE, actor=people.camat, at=NOW)
