"""Who may decide about whom, and that the database says the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, MINE, NOW
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.agreement import queries, services
from webapp.agreement.errors import (
    AgreedInTheFuture,
    CamatNotCovered,
    HolderUnknown,
    OwnAgreement,
    ReasonMissing,
    SetNamedTwice,
    TargetsMissing,
)
from webapp.agreement.models import Agreement, AgreementSet, AgreementStep
from webapp.agreement.rules import BASIS, StepKind
from webapp.agreement.services import AgreementFields, SetFields
from webapp.errors import NotAllowed, NotFound

AGREED = date(2017, 8, 6)
DUE = NOW + timedelta(days=1)


def said(**changes: Any) -> AgreementFields:
    usual: dict[str, Any] = {
        "unit_name": "Dinas A", "post": "Kepala Dinas A", "targets": ("Satu",), "agreed_on": AGREED,
    }  # fmt: skip
    return AgreementFields(**{**usual, **changes})


@pytest.fixture
def setda(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.SECRETARIAT, KABUPATEN))


@pytest.fixture
def rule(session: Session, setda: Account) -> AgreementSet:
    return services.configure(session, SetFields(KABUPATEN, "Tahun 2017"), actor=setda, at=NOW)


def test_the_lengths_are_the_sets_and_another_name_is_another_set(
    session: Session, setda: Account, rule: AgreementSet
) -> None:
    assert (rule.term_months, rule.window_months, rule.covers_camat, rule.basis) == (12, 6, False, BASIS)
    short = services.configure(session, SetFields(KABUPATEN, "Percepatan", 3, 1), actor=setda, at=NOW)
    made = services.agree(session, short, said(agreed_on=date(2018, 1, 31)), actor=setda, at=NOW)
    assert (made.due_on, made.window_until) == (date(2018, 4, 30), date(2018, 5, 30))
    with pytest.raises(SetNamedTwice):
        services.configure(session, SetFields(KABUPATEN, "Percepatan"), actor=setda, at=NOW)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"agreed_on": date(2018, 8, 7)}, AgreedInTheFuture),
        ({"targets": ()}, TargetsMissing),
        ({"targets": ("x" * 501,)}, TargetsMissing),
        ({"unit_code": MINE}, CamatNotCovered),
        ({"unit_code": FAR}, HolderUnknown),
        ({"unit_code": KABUPATEN}, HolderUnknown),
        ({"holder": "tidak.ada"}, HolderUnknown),
    ],
)
def test_what_is_no_agreement_is_refused(
    session: Session, setda: Account, rule: AgreementSet, changes: dict[str, Any], why: type[Exception]
) -> None:
    with pytest.raises(why):
        services.agree(session, rule, said(**changes), actor=setda, at=NOW)


def test_a_camat_is_covered_only_where_the_region_says_so(session: Session, setda: Account, rule: AgreementSet) -> None:
    camat = factories.camat(session)
    with pytest.raises(CamatNotCovered):  # by the account as by the unit
        services.agree(session, rule, said(holder=camat.username), actor=setda, at=NOW)
    covering = services.configure(session, SetFields(KABUPATEN, "Camat", covers_camat=True), actor=setda, at=NOW)
    made = services.agree(session, covering, said(unit_code=MINE, holder=camat.username), actor=setda, at=NOW)
    # the holder reads it, a neighbour does not
    assert queries.get(session, camat, made.id).id == made.id
    with pytest.raises(NotFound):
        queries.get(session, factories.camat(session, factories.NEXT_DOOR), made.id)


def test_nobody_decides_about_themselves_or_without_a_reason_or_elsewhere(
    session: Session, setda: Account, rule: AgreementSet
) -> None:
    sekda, bupati = factories.leader(session), factories.leader(session)
    made = services.agree(session, rule, said(holder=sekda.username), actor=setda, at=NOW)
    with pytest.raises(OwnAgreement):
        services.decide(session, made, StepKind.MET, "Saya berhasil", actor=sekda, at=DUE)
    assert queries.choices(sekda, made, DUE) == []
    with pytest.raises(ReasonMissing):
        services.decide(session, made, StepKind.MET, "  ", actor=bupati, at=DUE)
    with pytest.raises(NotAllowed):
        services.decide(session, made, StepKind.MET, "x", actor=factories.leader(session, factories.KOTA), at=DUE)
    assert queries.choices(bupati, made, DUE) == [StepKind.MET, StepKind.MISSED]


def insert(session: Session, made: Agreement, who: Account, kind: str, day: date, number: int = 1) -> None:
    with session.begin_nested():
        session.add(
            AgreementStep(
                agreement_id=made.id, number=number, kind=kind, reason="x", decided_on=day, actor_id=who.id,
                at=datetime.combine(day, NOW.time(), NOW.tzinfo),
            )
        )  # fmt: skip
        session.flush()


def test_the_database_refuses_steps_that_do_not_follow(session: Session, setda: Account, rule: AgreementSet) -> None:
    bupati = factories.leader(session)
    made = services.agree(session, rule, said(holder=setda.username), actor=setda, at=NOW)
    early, late = made.due_on, made.window_until + timedelta(days=1)
    for who, kind, day, number in (
        (bupati, "missed", early, 1), (bupati, "improved", late, 1), (bupati, "proposed", late, 1),
        (bupati, "decided", late, 1), (bupati, "met", late, 2), (setda, "met", late, 1),
    ):  # fmt: skip
        with pytest.raises(IntegrityError):
            insert(session, made, who, kind, day, number)
    insert(session, made, bupati, "missed", early + timedelta(days=1))
    with pytest.raises(IntegrityError):
        insert(session, made, bupati, "proposed", made.window_until, 2)
    insert(session, made, bupati, "met", late, 2)
    with pytest.raises(IntegrityError):
        insert(session, made, bupati, "met", late, 3)


@pytest.mark.parametrize("table", ["agreement_set", "agreement", "agreement_step"])
def test_nothing_of_it_is_ever_changed(session: Session, setda: Account, rule: AgreementSet, table: str) -> None:
    made = services.agree(session, rule, said(), actor=setda, at=NOW)
    services.decide(session, made, StepKind.MET, "Tercapai", actor=factories.leader(session), at=NOW)
    for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(change))
    leaves = text("SELECT count(*) FROM trail_leaf WHERE kind = :kind")
    assert session.scalar(leaves, {"kind": table}) == 1
