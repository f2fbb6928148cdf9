"""Changes of a plan: another person, or not on this day. Each with a reason that stays."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.fieldwork.errors import AlreadySettled, MayNotVisit, ReasonNeeded
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.fieldwork.queries import cases as case_queries
from webapp.fieldwork.queries import plans as plan_queries
from webapp.fieldwork.rules import VisitState
from webapp.fieldwork.services.planning import order_route


def assign(
    session: Session, plan_id: int, planned_id: int, account_id: int, why: str, *, actor: Actor, at: datetime
) -> PlannedVisit:
    """Let another field verifier make a planned visit. Letters of assignment made before are out of date from then on.

    Raises `NotFound`, `NotAllowed`, `ReasonNeeded`, `AlreadySettled`, `MayNotVisit`.
    """
    plan, visit = _held(session, plan_id, planned_id, why, actor)
    serving = case_queries.surveyors(session, plan.region_code, plan.day)
    person = next((one for one in serving if one.id == account_id), None)
    if person is None or visit.evidence_id not in case_queries.may_visit(session, person, [visit.evidence], at):
        raise MayNotVisit(field="account_id")
    before, visit.assessor_id, visit.changed_at = visit.assessor_id, person.id, at
    session.flush()
    for one in {before, person.id}:
        _reorder(session, plan, one)
    audit.record(
        session, "plan.assign", at=at, actor_id=actor.id, on=("field_plan", plan.id), region_code=plan.region_code,
        evidence_id=visit.evidence_id, was=before, became=person.id, why=why.strip(),
    )  # fmt: skip
    return visit


def drop(
    session: Session, plan_id: int, planned_id: int, why: str, *, actor: Actor, at: datetime
) -> PlannedVisit:  # fmt: skip
    """Take a visit off the plan. The case waits for the field as before and comes back with the next plan: a visit can
    be put off, never skipped.

    Raises `NotFound`, `NotAllowed`, `ReasonNeeded`, `AlreadySettled`.
    """
    plan, visit = _held(session, plan_id, planned_id, why, actor)
    visit.state, visit.dropped_at, visit.dropped_by, visit.dropped_why = VisitState.DROPPED, at, actor.id, why.strip()
    visit.changed_at = at
    session.flush()
    _reorder(session, plan, visit.assessor_id)
    audit.record(
        session, "plan.drop", at=at, actor_id=actor.id, on=("field_plan", plan.id), region_code=plan.region_code,
        evidence_id=visit.evidence_id, reason=visit.reason, why=why.strip(),
    )  # fmt: skip
    return visit


def _held(
    session: Session, plan_id: int, planned_id: int, why: str, actor: Actor
) -> tuple[FieldPlan, PlannedVisit]:  # fmt: skip
    """The visit, its row held, for who plans there."""
    plan = plan_queries.plan(session, actor, plan_id)
    demand(actor, Permission.FIELD_PLAN, plan.region_code)
    if not why.strip():
        raise ReasonNeeded(field="why")
    visit = session.scalar(
        select(PlannedVisit)
        .where(PlannedVisit.id == planned_id, PlannedVisit.plan_id == plan.id)
        .with_for_update(of=PlannedVisit)
        .execution_options(populate_existing=True)
    )
    if visit is None:
        raise NotFound
    if visit.state != VisitState.PLANNED:
        raise AlreadySettled
    return plan, visit


def _reorder(session: Session, plan: FieldPlan, account_id: int | None) -> None:
    """Number the open visits of one person anew, behind those made already."""
    of_person = list(
        session.scalars(
            select(PlannedVisit)
            .where(
                PlannedVisit.plan_id == plan.id, PlannedVisit.assessor_id.is_not_distinct_from(account_id),
                PlannedVisit.state != VisitState.DROPPED,
            )
            .order_by(PlannedVisit.position)
        )
    )  # fmt: skip
    done = [visit.position for visit in of_person if visit.state == VisitState.DONE]
    still = [visit for visit in of_person if visit.state == VisitState.PLANNED]
    order_route(plan, still, first=max(done, default=0) + 1)
    session.flush()
