"""The score waits for the desk and for the field; once final, nothing moves any more, not even by raw SQL."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from webapp.access import Role
from webapp.errors import NotAllowed
from webapp.evidence import services as evidence
from webapp.evidence.errors import Locked, NoteMissing
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme.models import Period
from webapp.programme.rules import Mode, PeriodState
from webapp.scoring import queries, services
from webapp.scoring.errors import (
    ClaimNotProven,
    EvidenceSettled,
    ForeignEvidence,
    GateClosed,
    NotAParticipant,
    Partial,
    PeriodSealed,
    ScoreChanged,
    ValueOutOfRange,
)
from webapp.scoring.models import Claim
from webapp.scoring.rules import Blocker, Reason


def proven(session: Session, people: factories.Team) -> tuple[Evidence, Claim]:
    """A claim whose one case was found on site."""
    case = factories.case(session, people, State.AWAITING_FIELD)
    made = factories.claim(session, people, case)
    factories.visit(session, case, people.surveyor)
    evidence.move(session, case, Move.CONFIRM_ON_SITE, actor=people.surveyor, at=NOW)
    return case, made


def reasons(session: Session, period: Period) -> list[Reason]:
    return [one.reason for one in queries.blockers(session, period, queries.standings(session, period))]


def test_a_claim_that_waits_for_the_field_holds_the_gate_and_is_named(session: Session) -> None:
    people = factories.team(session, Mode.FIELD)
    case = factories.case(session, people, State.AWAITING_FIELD)
    factories.claim(session, people, case)
    with pytest.raises(GateClosed) as closed:
        services.finalise(session, people.period, actor=people.chair, at=NOW)
    assert [(one.reason, one.evidence_id) for one in closed.value.blockers if isinstance(one, Blocker)] == [
        (Reason.CLAIM_WAITING, case.id)
    ]
    assert people.period.state == PeriodState.OPEN


def test_the_gate_opens_when_the_field_has_confirmed_and_a_score_is_given(session: Session) -> None:
    people = factories.team(session, Mode.FIELD)
    case, made = proven(session, people)
    assert reasons(session, people.period) == [Reason.QUORUM_MISSING]
    services.score(session, made, Decimal("81.50"), actor=people.assessor, at=NOW)
    sealed = services.finalise(session, people.period, actor=people.chair, at=NOW)
    first = sealed.content["ranking"][0]
    assert (first["region"], first["name"], first["total"], first["rank"]) == (
        "99.01.01", "Kecamatan 99.01.01", "81.50", 1,
    )  # fmt: skip
    assert services.digest(sealed.content) == sealed.sha256
    assert case.locked_at == NOW
    assert people.period.state == PeriodState.FINAL


def test_a_unit_that_claims_nothing_has_zero_points_and_does_not_hold_the_others(session: Session) -> None:
    people = factories.team(session, Mode.FIELD)
    _, made = proven(session, people)
    services.score(session, made, Decimal(50), actor=people.assessor, at=NOW)
    sealed = services.finalise(session, people.period, actor=people.chair, at=NOW)
    assert [(one["total"], one["rank"]) for one in sealed.content["ranking"]] == [
        ("50.00", 1), ("0.00", 2), ("0.00", 2), ("0.00", 2),
    ]  # fmt: skip


def test_a_case_in_the_assessors_hands_holds_the_gate_even_without_a_claim(session: Session) -> None:
    people = factories.team(session)
    factories.case(session, people, State.SUBMITTED)
    assert reasons(session, people.period) == [Reason.EVIDENCE_OPEN]


def test_a_claim_without_evidence_is_set_aside_only_with_a_reason_and_only_by_the_chair(session: Session) -> None:
    people = factories.team(session)
    made = factories.claim(session, people)
    assert reasons(session, people.period) == [Reason.CLAIM_UNSUPPORTED]
    with pytest.raises(NoteMissing):
        services.set_aside(session, made, "  ", actor=people.chair, at=NOW)
    with pytest.raises(NotAllowed):
        services.set_aside(session, made, "tanpa bukti", actor=people.assessor, at=NOW)
    services.set_aside(session, made, "Pleno: tidak ada bukti sampai batas waktu", actor=people.chair, at=NOW)
    assert reasons(session, people.period) == []


def test_nobody_scores_what_is_not_proven(session: Session) -> None:
    people = factories.team(session, Mode.FIELD)
    made = factories.claim(session, people, factories.case(session, people, State.VERIFIED_DESK))
    with pytest.raises(ClaimNotProven):
        services.score(session, made, Decimal(80), actor=people.assessor, at=NOW)


def test_an_assessor_who_served_in_the_unit_is_partial(session: Session) -> None:
    people = factories.team(session, Mode.FIELD)
    _, made = proven(session, people)
    insider = factories.account(session, (Role.ASSESSOR, factories.KABUPATEN), (Role.CONTRIBUTOR, factories.MINE))
    with pytest.raises(Partial):
        services.score(session, made, Decimal(80), actor=insider, at=NOW)


@pytest.mark.parametrize("value", ["-0.01", "100.01", "80.005", "NaN", "Infinity"])
def test_a_score_off_the_scale_is_refused(session: Session, value: str) -> None:
    people = factories.team(session, Mode.FIELD)
    _, made = proven(session, people)
    with pytest.raises(ValueOutOfRange):
        services.score(session, made, Decimal(value), actor=people.assessor, at=NOW)


def test_a_score_changed_in_another_window_is_not_overwritten(session: Session) -> None:
    people = factories.team(session, Mode.FIELD)
    _, made = proven(session, people)
    first = services.score(session, made, Decimal(80), actor=people.assessor, at=NOW)
    shown = first.version
    services.score(session, made, Decimal(70), actor=people.assessor, at=NOW, version=shown)
    with pytest.raises(ScoreChanged):
        services.score(session, made, Decimal(90), actor=people.assessor, at=NOW, version=shown)


def test_a_camat_ties_only_own_cases_and_claims_only_for_the_own_unit(session: Session) -> None:
    people = factories.team(session)
    made = factories.claim(session, people)
    theirs = factories.case(session, people, unit=factories.NEXT_DOOR)
    with pytest.raises(ForeignEvidence):
        services.tie(session, made, theirs.id, actor=people.camat, at=NOW)
    indicator = people.period.instrument.aspects[0].indicators[0]
    with pytest.raises(NotAllowed):
        services.claim(session, people.period, factories.NEXT_DOOR, indicator.id, "x", actor=people.camat, at=NOW)
    with pytest.raises(NotAParticipant):
        services.claim(session, people.period, factories.FAR, indicator.id, "x", actor=people.camat, at=NOW)


def test_what_was_judged_cannot_be_untied(session: Session) -> None:
    people = factories.team(session)
    draft, verified = factories.case(session, people), factories.case(session, people, State.VERIFIED_DESK)
    made = factories.claim(session, people, draft, verified)
    services.untie(session, made, draft.id, actor=people.camat, at=NOW)
    with pytest.raises(EvidenceSettled):
        services.untie(session, made, verified.id, actor=people.camat, at=NOW)
    assert [link.evidence_id for link in made.links] == [verified.id]


def test_only_the_chair_of_the_region_finalises(session: Session) -> None:
    people = factories.team(session)
    for other in (people.assessor, people.camat, people.leader, factories.chair(session, factories.KOTA)):
        with pytest.raises(NotAllowed):
            services.finalise(session, people.period, actor=other, at=NOW)


@pytest.fixture
def final(session: Session) -> tuple[factories.Team, Evidence, Claim]:
    people = factories.team(session, Mode.FIELD)
    case, made = proven(session, people)
    services.score(session, made, Decimal(81), actor=people.assessor, at=NOW)
    services.finalise(session, people.period, actor=people.chair, at=NOW)
    return people, case, made


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE evidence SET title = 'lain'", "evidence_is_locked"),
        ("UPDATE evidence SET locked_at = NULL", "evidence_is_locked"),
        ("DELETE FROM evidence", "evidence_is_locked"),
        ("UPDATE photo SET caption = 'x'", "evidence_is_locked"),
        ("DELETE FROM photo", "evidence_is_locked"),
        ("UPDATE field_visit SET note = 'x'", "evidence_is_locked"),
        ("UPDATE score SET value = 100", "period_is_final"),
        ("UPDATE score SET finalised_at = NULL", "period_is_final"),
        ("DELETE FROM score", "period_is_final"),
        ("UPDATE claim SET statement = 'x'", "period_is_final"),
        ("DELETE FROM claim_evidence", "period_is_final"),
        ("UPDATE period SET state = 'open', finalised_at = NULL", "period_is_final"),
        ("UPDATE result_snapshot SET sha256 = 'x'", "history_is_append_only"),
        ("DELETE FROM evidence_move", "history_is_append_only"),
        ("UPDATE audit_event SET action = 'x'", "history_is_append_only"),
        ("TRUNCATE audit_event", "history_is_append_only"),
        ("UPDATE aspect SET weight = 1", "instrument_is_frozen"),
    ],
)
def test_after_finalisation_the_database_itself_refuses(
    session: Session, final: tuple[object, ...], statement: str, rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(text(statement))


def test_after_finalisation_the_services_say_so(
    session: Session, final: tuple[factories.Team, Evidence, Claim]
) -> None:
    people, case, made = final
    with pytest.raises(Locked):
        evidence.move(session, case, Move.SEND_TO_FIELD, actor=people.desk, at=NOW)
    with pytest.raises(PeriodSealed):
        services.score(session, made, Decimal(99), actor=people.assessor, at=NOW)
    with pytest.raises(PeriodSealed):
        services.finalise(session, people.period, actor=people.chair, at=NOW)


def test_a_final_field_score_without_its_visit_is_impossible(session: Session) -> None:
    people = factories.team(session, Mode.FIELD)
    _, made = proven(session, people)
    services.score(session, made, Decimal(81), actor=people.assessor, at=NOW)
    with pytest.raises(IntegrityError, match="final_needs_visit"), session.begin_nested():
        session.execute(text("UPDATE score SET visit_id = NULL, finalised_at = now()"))
