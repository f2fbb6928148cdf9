"""Papers of the field: of a plan, of visits, one by its number for who may see it."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, areas, within
from webapp.errors import NotFound
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.fieldwork.models import FieldPlan, Paper
from webapp.fieldwork.queries.plans import seen_by
from webapp.fieldwork.rules import PaperKind
from webapp.verification.models import FieldVisit


def paper(session: Session, actor: Actor, paper_id: int) -> Paper:
    """A letter for who sees its plan, minutes for who may see their case in the paper's area. Raises `NotFound`."""
    cases = evidence_queries.visible_to(actor).with_only_columns(Evidence.id).order_by(None)
    found = session.scalar(
        select(Paper).where(
            Paper.id == paper_id,
            within(Paper.region_code, areas(actor, Permission.EVIDENCE_READ)),
            or_(
                Paper.plan_id.in_(select(FieldPlan.id).where(seen_by(actor))),
                Paper.visit_id.in_(select(FieldVisit.id).where(FieldVisit.evidence_id.in_(cases))),
            ),
        )
    )
    if found is None:
        raise NotFound
    return found


def of_plan(session: Session, of: FieldPlan) -> list[Paper]:
    """The letters of a plan, newest first. Whether the plan may be seen is settled before."""
    letters = select(Paper).where(Paper.plan_id == of.id).order_by(Paper.edition.desc())
    return list(session.scalars(letters))


def of_visits(session: Session, visits: Collection[int]) -> dict[int, Paper]:
    """The newest minutes of each visit that has any."""
    found = session.scalars(
        select(Paper)
        .where(Paper.kind == PaperKind.MINUTES, Paper.visit_id.in_(visits))
        .order_by(Paper.visit_id, Paper.edition)
    )
    return {one.visit_id: one for one in found if one.visit_id is not None}
