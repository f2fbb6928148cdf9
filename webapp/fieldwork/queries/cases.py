"""Which cases a plan is about, and who may visit them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, Role, allows, covers, within
from webapp.accounts.models import Account, Appointment
from webapp.conflict import queries as conflicts
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import Move, State
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.fieldwork.rules import VisitState, Why
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.signals import queries as signals
from webapp.verification.queries import partial


def waiting(session: Session, actor: Actor, region_code: str) -> list[Evidence]:
    """Cases of the region that wait for the field and are on no plan, held for change, by id."""
    planned = select(PlannedVisit.id).where(
        PlannedVisit.evidence_id == Evidence.id, PlannedVisit.state == VisitState.PLANNED
    )
    return _held(session, _open(actor, region_code).where(Evidence.state == State.AWAITING_FIELD, ~planned.exists()))


def desk_verified(session: Session, actor: Actor, region_code: str) -> list[Evidence]:
    """Cases of the region the desk has verified that no draw has asked about since, held for change, by id.

    Each verdict of the desk goes into one draw: neither planning twice nor planning often changes anybody's chance.
    """
    asked = select(FieldPlan.id).where(
        FieldPlan.region_code == region_code, FieldPlan.made_at >= Evidence.verified_at,
        FieldPlan.candidates.contains(array([Evidence.id])),
    )  # fmt: skip
    chosen = _open(actor, region_code).where(Evidence.state == State.VERIFIED_DESK)
    return _held(session, chosen.where(or_(~asked.exists(), signals.flagged())))


def flagged_among(session: Session, ids: Collection[int]) -> set[int]:
    """Those of the cases about which a doubt stands unexplained."""
    return set(session.scalars(select(Evidence.id).where(Evidence.id.in_(ids), signals.flagged())))


def sampled_before(session: Session, ids: Collection[int]) -> set[int]:
    """Those of the cases that chance has sent to the field on an earlier plan, and that still wait."""
    return set(
        session.scalars(
            select(PlannedVisit.evidence_id).where(
                PlannedVisit.evidence_id.in_(ids), PlannedVisit.reason == Why.SAMPLE,
                PlannedVisit.state == VisitState.DROPPED,
            )
        )
    )  # fmt: skip


def overdue(session: Session, region_code: str, today: date) -> list[PlannedVisit]:
    """Visits of the region whose day has passed without one."""
    return list(
        session.scalars(
            select(PlannedVisit)
            .join(FieldPlan, FieldPlan.id == PlannedVisit.plan_id)
            .where(
                FieldPlan.region_code == region_code, FieldPlan.day < today, PlannedVisit.state == VisitState.PLANNED
            )
            .order_by(PlannedVisit.id)
        )
    )


def surveyors(session: Session, region_code: str, day: date) -> list[Account]:
    """Field verifiers who serve that day where the region lies or inside it, with their powers of that day, by name."""
    found = session.scalars(
        select(Account)
        .join(Appointment, Appointment.account_id == Account.id)
        .where(Appointment.role == Role.FIELD_VERIFIER, Account.deactivated_at.is_(None))
        .order_by(Account.name, Account.id)
        .distinct()
    )
    return [person for person in found if _serves(person.as_of(day), region_code)]


def may_visit(session: Session, person: Account, cases: Iterable[Evidence], at: datetime) -> set[int]:
    """Those of the cases this person (with the powers of that day) may visit: the one place that says so.

    Not the own work or unit, not what the person decided at the desk, and not what the person refuted on site before:
    another pair of eyes looks then.
    """
    by_id = {case.id: case for case in cases if allows(person, Permission.FIELD_VERIFY, case.region_code)}
    if not by_id:
        return set()
    today = partial.day_there(at, next(iter(by_id.values())).region_code)
    units = partial.own_units(session, person, today)
    refuted = select(EvidenceMove.id).where(
        EvidenceMove.evidence_id == Evidence.id, EvidenceMove.actor_id == person.id,
        EvidenceMove.move == Move.REFUTE_ON_SITE,
    )  # fmt: skip
    against = or_(partial.barred(person, units), partial.decided_at_desk(person), refuted.exists())
    barred = set(session.scalars(select(Evidence.id).where(Evidence.id.in_(by_id), against)))
    left = by_id.keys() - barred
    # What this person declared is not the planner's to read, only that it stands in the way.
    periods = {by_id[key].period_id for key in left}
    tied = {period: conflicts.barred_units(session, person.id, period, today) for period in periods}
    return {key for key in left if not any(covers(unit, by_id[key].region_code) for unit in tied[by_id[key].period_id])}


def _serves(person: Account, region_code: str) -> bool:
    held = [grant.region_code for grant in person.grants if grant.role is Role.FIELD_VERIFIER]
    return any(covers(one, region_code) or covers(region_code, one) for one in held)


def _open(actor: Actor, region_code: str) -> Select[Evidence]:
    """Cases that can still be visited: not sealed, not abroad."""
    return (
        evidence_queries.visible_to(actor)
        .join(Period, Period.id == Evidence.period_id)
        .where(
            within(Evidence.region_code, [region_code]), Evidence.locked_at.is_(None),
            Evidence.study_assignment_id.is_(None), Period.state != PeriodState.FINAL,
        )
    )  # fmt: skip


def _held(session: Session, chosen: Select[Evidence]) -> list[Evidence]:
    held = chosen.order_by(Evidence.id).with_for_update(of=Evidence).execution_options(populate_existing=True)
    return list(session.scalars(held))
