"""Papers: their content is put together from the rows and frozen; what changes is a new edition."""

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, allows, demand
from webapp.codes import new_code
from webapp.errors import NotAllowed, NotFound
from webapp.evidence import queries as evidence_queries
from webapp.fieldwork.errors import NotFinished, NothingAssigned
from webapp.fieldwork.models import FieldPlan, Paper
from webapp.fieldwork.queries import facts
from webapp.fieldwork.queries import plans as plan_queries
from webapp.fieldwork.rules import PaperKind
from webapp.minutes.rules import like_number, number_of
from webapp.papers import digest
from webapp.verification.models import FieldVisit
from webapp.verification.queries.partial import day_there

_PREFIX = {PaperKind.ASSIGNMENT: "ST", PaperKind.MINUTES: "BA"}
_LANGUAGE = "id"  # of every paper: letters of a government are Indonesian, whoever asks for them


def issue_assignment(session: Session, plan_id: int, *, actor: Actor, at: datetime) -> Paper:
    """The letter of assignment of a plan as it stands; the one made before, while nothing has changed since.

    Raises `NotFound`, `NotAllowed`, `NothingAssigned`.
    """
    plan = plan_queries.plan(session, actor, plan_id)
    demand(actor, Permission.FIELD_PLAN, plan.region_code)
    with force_locale(_LANGUAGE):
        said = facts.assignment(session, plan)
    if not said["people"]:
        raise NothingAssigned
    return _issued(session, PaperKind.ASSIGNMENT, plan, said, actor, at)


def issue_minutes(session: Session, visit_id: int, *, actor: Actor, at: datetime) -> Paper:
    """The minutes of a finished visit, for who made it and for who plans there; the same again while nothing changed.

    Raises `NotFound`, `NotAllowed`, `NotFinished`.
    """
    visit = session.get(FieldVisit, visit_id)
    if visit is None:
        raise NotFound
    case = evidence_queries.get(session, actor, visit.evidence_id)
    if visit.assessor_id != actor.id and not allows(actor, Permission.FIELD_PLAN, case.region_code):
        raise NotAllowed
    if visit.completed_at is None:
        raise NotFinished
    with force_locale(_LANGUAGE):
        said = facts.minutes(session, visit, case)
    return _issued(session, PaperKind.MINUTES, visit, said, actor, at)


def _issued(
    session: Session, kind: PaperKind, about: FieldPlan | FieldVisit, said: dict[str, Any], actor: Actor, at: datetime
) -> Paper:
    region = said["region"]["code"]
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"paper:{kind}:{region}"})
    whose = Paper.plan_id if kind is PaperKind.ASSIGNMENT else Paper.visit_id
    newest = session.scalar(
        select(Paper).where(Paper.kind == kind, whose == about.id).order_by(Paper.edition.desc()).limit(1)
    )
    if newest is not None and newest.content["facts"] == said:
        return newest
    code, number = new_code(), _number(session, kind, region, at)
    content = {"facts": said, "kind": str(kind), "code": code, "number": number, "made_at": at.isoformat()}
    paper = Paper(
        kind=kind, code=code, number=number, region_code=region, edition=newest.edition + 1 if newest else 1,
        content=content, sha256=digest(content), made_by=actor.id, made_at=at,
    )  # fmt: skip
    if kind is PaperKind.ASSIGNMENT:
        paper.plan_id = about.id
    else:
        paper.visit_id = about.id
    session.add(paper)
    session.flush()
    audit.record(
        session, "paper.issue", at=at, actor_id=actor.id, on=("field_paper", paper.id), region_code=region,
        kind=str(kind), number=number, edition=paper.edition, sha256=paper.sha256,
    )  # fmt: skip
    return paper


def _number(session: Session, kind: PaperKind, region: str, at: datetime) -> str:
    """The next number of its kind in that region and year: "BA/0007/32.04/XI/2026"."""
    day = day_there(at, region)
    like = like_number(_PREFIX[kind], region, day.year)
    held = select(func.count(Paper.id)).where(Paper.kind == kind, Paper.number.like(like))
    return number_of(_PREFIX[kind], (session.scalar(held) or 0) + 1, region, day)
