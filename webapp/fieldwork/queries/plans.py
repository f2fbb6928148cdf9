"""Plans, and what each person has to do that day."""

from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor, Permission, allows, areas, within
from webapp.errors import NotFound
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.fieldwork.rules import VisitState

MOST = 100  # plans on one page of the list


def todays_plan(session: Session, actor: Actor, day: date) -> list[PlannedVisit]:
    """The person's own visits of that day in the order of the route, those already made among them; dropped ones not.

    Each comes with its case, plan and region. `day`: as the region counts it.
    """
    seen = evidence_queries.visible_to(actor).with_only_columns(Evidence.id).order_by(None)
    return list(
        session.scalars(
            _with_case(select(PlannedVisit))
            .join(FieldPlan, FieldPlan.id == PlannedVisit.plan_id)
            .where(
                PlannedVisit.assessor_id == actor.id, FieldPlan.day == day,
                PlannedVisit.state != VisitState.DROPPED, PlannedVisit.evidence_id.in_(seen),
            )
            .order_by(FieldPlan.number, FieldPlan.id, PlannedVisit.position, PlannedVisit.id)
        )
    )  # fmt: skip


def plans_of(session: Session, actor: Actor) -> list[FieldPlan]:
    """Plans this person may see, newest day first."""
    return list(
        session.scalars(
            select(FieldPlan)
            .where(seen_by(actor))
            .options(joinedload(FieldPlan.region), joinedload(FieldPlan.maker), selectinload(FieldPlan.visits))
            .order_by(FieldPlan.day.desc(), FieldPlan.number.desc(), FieldPlan.id.desc())
            .limit(MOST)
        )
    )


def plan(session: Session, actor: Actor, plan_id: int) -> FieldPlan:
    """The plan, where this person may see it. Raises `NotFound`."""
    found = session.scalar(select(FieldPlan).where(FieldPlan.id == plan_id, seen_by(actor)))
    if found is None:
        raise NotFound
    return found


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Whether a plan is for this person's eyes: who plans there, who audits there, and who is on it."""
    own = select(PlannedVisit.plan_id).where(PlannedVisit.assessor_id == actor.id)
    upper = {*areas(actor, Permission.FIELD_PLAN), *areas(actor, Permission.AUDIT_READ)}
    return or_(within(FieldPlan.region_code, upper), FieldPlan.id.in_(own))


def _whole(actor: Actor, found: FieldPlan) -> bool:
    """Whether this person sees all of a plan, not the own visits alone."""
    return any(allows(actor, held, found.region_code) for held in (Permission.FIELD_PLAN, Permission.AUDIT_READ))


def visits_of(session: Session, actor: Actor, found: FieldPlan) -> list[PlannedVisit]:
    """The visits of a plan: all of them for who plans or audits there, one's own for others; by person and route."""
    asked = _with_case(select(PlannedVisit)).where(PlannedVisit.plan_id == found.id)
    if not _whole(actor, found):
        asked = asked.where(PlannedVisit.assessor_id == actor.id)
    return list(session.scalars(asked.order_by(PlannedVisit.assessor_id, PlannedVisit.position, PlannedVisit.id)))


def _with_case(asked: Select[PlannedVisit]) -> Select[PlannedVisit]:
    case = joinedload(PlannedVisit.evidence)
    return asked.options(
        case.joinedload(Evidence.region), case.joinedload(Evidence.activity), case.joinedload(Evidence.kind),
        joinedload(PlannedVisit.plan).joinedload(FieldPlan.region), joinedload(PlannedVisit.assessor),
    )  # fmt: skip
