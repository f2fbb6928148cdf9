"""A study abroad belongs to one unit and one period; nobody borrows it to explain a point elsewhere."""

import uuid
from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import factories
from webapp.evidence import services
from webapp.evidence.errors import ForeignStudy
from webapp.programme import services as programmes


def assigned(session: Session, period: factories.Period, unit: str) -> int:
    first, last = date(2018, 7, 10), date(2018, 7, 14)
    made = programmes.assign_study(
        session, period, unit, country_code="KR", city="Seoul", starts_on=first, ends_on=last
    )
    return made.id


def create(session: Session, people: factories.Team, study: int) -> None:
    fields = factories.fields(kind_code="studi", activity_code="trotoar", study_assignment_id=study)
    services.create(
        session, actor=people.camat, region_code=factories.MINE, client_id=uuid.uuid4(), fields=fields, at=factories.NOW
    )


def test_a_camat_uses_the_own_study(session: Session) -> None:
    people = factories.team(session)
    create(session, people, assigned(session, people.period, factories.MINE))


def test_another_units_study_is_refused(session: Session) -> None:
    people = factories.team(session)
    with pytest.raises(ForeignStudy):
        create(session, people, assigned(session, people.period, factories.NEXT_DOOR))


def test_a_study_of_another_period_is_refused(session: Session) -> None:
    people = factories.team(session)
    study = assigned(session, people.period, factories.MINE)
    case = factories.case(session, people)
    later = factories.period(session)
    other = assigned(session, later, factories.MINE)
    services.edit(session, case, factories.fields(study_assignment_id=study), actor=people.camat, at=factories.NOW)
    with pytest.raises(ForeignStudy):
        services.edit(session, case, factories.fields(study_assignment_id=other), actor=people.camat, at=factories.NOW)
