"""D3: the Sekda's account of PP 11/2017 Art. 142: a year, six months to improve, then a proposal; people decide."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.rows.places import DHARMASRAYA, regions
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.agreement import queries, services
from webapp.agreement.errors import StepNotDue
from webapp.agreement.models import Agreement
from webapp.agreement.rules import Standing, StepKind
from webapp.agreement.services import AgreementFields, SetFields
from webapp.errors import NotAllowed

AGREED = date(2017, 7, 4)


def noon(year: int, month: int, day: int) -> datetime:
    """Noon in Dharmasraya (UTC+7)."""
    return datetime(year, month, day, 5, 0, tzinfo=UTC)


@pytest.fixture
def leader(session: Session) -> Account:
    regions(session, DHARMASRAYA)
    return factories.account(session, (Role.LEADER, "13.10"), name="Bupati", on=AGREED)


@pytest.fixture
def agreement(session: Session, leader: Account) -> Agreement:
    setda = factories.account(session, (Role.SECRETARIAT, "13.10"), on=AGREED)
    rule = services.configure(session, SetFields("13.10", "Perjanjian kinerja 2017"), actor=setda, at=noon(2017, 7, 4))
    said = AgreementFields("OPD B", "Kepala OPD B", ("Realisasi fisik 90 persen", "WTP"), AGREED)
    made = services.agree(session, rule, said, actor=setda, at=noon(2017, 7, 4))
    with pytest.raises(NotAllowed):  # the secretariat records, it does not decide
        services.decide(session, made, StepKind.MET, "Tercapai", actor=setda, at=noon(2018, 7, 5))
    return made


def test_d3_missed_twice_becomes_a_proposal_and_each_step_is_a_named_persons(
    session: Session, agreement: Agreement, leader: Account
) -> None:
    assert (agreement.due_on, agreement.window_until) == (date(2018, 7, 4), date(2019, 1, 4))
    assert queries.stands(agreement, noon(2018, 7, 4)) is Standing.RUNNING
    with pytest.raises(StepNotDue):  # the last day is still the official's
        services.decide(session, agreement, StepKind.MISSED, "Target meleset", actor=leader, at=noon(2018, 7, 4))
    # the clock ran out; nothing moves until somebody decides, however long it takes
    assert queries.stands(agreement, noon(2018, 7, 5)) is Standing.DUE
    assert queries.stands(agreement, noon(2030, 1, 1)) is Standing.DUE
    assert agreement.steps == []
    services.decide(session, agreement, StepKind.MISSED, "Target meleset", actor=leader, at=noon(2018, 7, 5))
    assert queries.stands(agreement, noon(2019, 1, 4)) is Standing.IMPROVING
    with pytest.raises(StepNotDue):
        services.decide(session, agreement, StepKind.PROPOSED, "Terlalu dini", actor=leader, at=noon(2019, 1, 4))
    assert queries.stands(agreement, noon(2019, 1, 5)) is Standing.WINDOW_OVER
    services.decide(session, agreement, StepKind.PROPOSED, "Tetap tidak tercapai", actor=leader, at=noon(2019, 1, 7))
    assert queries.stands(agreement, noon(2019, 2, 1)) is Standing.PROPOSED  # a proposal, no more
    services.decide(session, agreement, StepKind.DECIDED, "Uji kompetensi", actor=leader, at=noon(2019, 2, 4))
    assert queries.stands(agreement, noon(2019, 2, 4)) is Standing.DECIDED
    told = [(one.number, one.kind, one.actor.name, one.decided_on, one.reason) for one in agreement.steps]
    assert told == [
        (1, "missed", "Bupati", date(2018, 7, 5), "Target meleset"),
        (2, "proposed", "Bupati", date(2019, 1, 7), "Tetap tidak tercapai"),
        (3, "decided", "Bupati", date(2019, 2, 4), "Uji kompetensi"),
    ]


@pytest.mark.parametrize("steps", [(), (StepKind.MISSED,), (StepKind.MISSED, StepKind.PROPOSED)])
def test_d3_met_closes_the_clock_at_any_point(
    session: Session, agreement: Agreement, leader: Account, steps: tuple[StepKind, ...]
) -> None:
    at = noon(2019, 1, 5)
    for kind in steps:
        services.decide(session, agreement, kind, "Belum", actor=leader, at=at)
    services.decide(session, agreement, StepKind.MET, "Tercapai", actor=leader, at=at)
    assert queries.stands(agreement, noon(2040, 1, 1)) is Standing.MET
    assert queries.choices(leader, agreement, noon(2040, 1, 1)) == []
    with pytest.raises(StepNotDue):
        services.decide(session, agreement, StepKind.MISSED, "Berubah pikiran", actor=leader, at=at)
