"""A plan: the draw first, then who goes where, in what order."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo.columns import read_point, stored_point
from geo.values import LonLat
from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.accounts.models import Account
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move
from webapp.fieldwork import routing
from webapp.fieldwork.errors import DayHasPassed, NobodyToSend, NotAnAssessingRegion, NothingToVisit
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.fieldwork.queries import cases as case_queries
from webapp.fieldwork.rules import VisitState, Why, drawn, seed_of
from webapp.verification.queries.partial import day_there

_LENGTH = 5  # of a kabupaten's or kota's code
NOT_VISITED = "Belum dikunjungi sampai hari rencana lewat; dipindahkan ke rencana berikutnya."
BY_CHANCE = "Terpilih dalam undian sampel lapangan."
BY_DOUBT = "Ada hal meragukan yang belum dijelaskan, jadi dicek di lapangan."


@dataclass(frozen=True)
class PlanFields:
    """What a planner says. `share`: percent; `people`: account ids of who goes; `start`: of the routes."""

    region_code: str
    day: date
    share: Decimal
    people: tuple[int, ...]
    start: LonLat | None = None
    start_label: str = ""
    legal_basis: str = ""
    signer_post: str = ""
    signer_name: str = ""
    note: str = ""


def make_plan(session: Session, said: PlanFields, *, actor: Actor, at: datetime) -> FieldPlan:
    """Plan the visits of a day: all that wait for the field, all that raise doubt, and a sample drawn by chance.

    The draw is written down before anybody sees it and is never repeated: each verdict of the desk goes into one draw,
    so a second plan, on that day or another, asks only about what came since. What was drawn waits for the field from
    then on, on every later plan, until somebody has been there.
    Raises `NotAllowed`, `NotAnAssessingRegion`, `DayHasPassed`, `NobodyToSend`, `NothingToVisit`.
    """
    demand(actor, Permission.FIELD_PLAN, said.region_code)
    if len(said.region_code) != _LENGTH:
        raise NotAnAssessingRegion(field="region_code")
    today = day_there(at, said.region_code)
    if said.day < today:
        raise DayHasPassed(field="day")
    _one_at_a_time(session, said.region_code)
    people = _people(session, said)
    _let_go(session, said.region_code, today, at)
    waiting = case_queries.waiting(session, actor, said.region_code)
    verified = case_queries.desk_verified(session, actor, said.region_code)
    if not waiting and not verified:
        raise NothingToVisit
    doubted = case_queries.flagged_among(session, [case.id for case in (*waiting, *verified)])
    plan = _draw(session, said, sorted(case.id for case in verified if case.id not in doubted), actor, at)
    chance = set(drawn(plan.seed, plan.candidates, plan.share))
    sent = [case for case in verified if case.id in chance or case.id in doubted]
    for case in sent:
        note = BY_CHANCE if case.id in chance else BY_DOUBT
        # By nobody: the planner decides nothing about the case.
        evidence_services.move(session, case, Move.SEND_TO_FIELD, actor=None, at=at, note=note)
    session.flush()
    chance |= case_queries.sampled_before(session, [case.id for case in waiting])
    why = {case.id: _why(case.id, doubted, chance) for case in (*waiting, *sent)}
    _share_out(session, plan, (*waiting, *sent), why, people, at)
    audit.record(
        session, "plan.draw", at=at, actor_id=actor.id, on=("field_plan", plan.id), region_code=plan.region_code,
        day=plan.day.isoformat(), number=plan.number, seed=plan.seed, share=str(plan.share),
        candidates=len(plan.candidates), visits=len(why),
    )  # fmt: skip
    return plan


def order_route(plan: FieldPlan, visits: Sequence[PlannedVisit], *, first: int = 1) -> None:
    """Number one person's visits along a short route from `first` on; those whose case has no place come last."""
    placed = [visit for visit in visits if visit.evidence.place is not None]
    rest = [visit for visit in visits if visit.evidence.place is None]
    order = routing.route(start_of(plan), [read_point(one.evidence.place) for one in placed if one.evidence.place])
    for position, visit in enumerate([*(placed[at] for at in order), *rest], start=first):
        visit.position = position


def start_of(plan: FieldPlan) -> LonLat | None:
    """Where the routes of a plan begin."""
    return None if plan.start is None else read_point(plan.start)


def _one_at_a_time(session: Session, region_code: str) -> None:
    """Of two planners at once, one waits and then sees what the other drew."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"plan:{region_code}"})


def _people(session: Session, said: PlanFields) -> list[Account]:
    serving = case_queries.surveyors(session, said.region_code, said.day)
    chosen = [person for person in serving if person.id in said.people]
    if not chosen:
        raise NobodyToSend(field="people")
    return chosen


def _let_go(session: Session, region_code: str, today: date, at: datetime) -> None:
    for visit in case_queries.overdue(session, region_code, today):
        visit.state, visit.dropped_at, visit.dropped_why = VisitState.DROPPED, at, NOT_VISITED
    session.flush()


def _draw(session: Session, said: PlanFields, candidates: list[int], actor: Actor, at: datetime) -> FieldPlan:
    """The draw, written down: from here on nothing of it can change."""
    before = select(func.max(FieldPlan.number)).where(
        FieldPlan.region_code == said.region_code, FieldPlan.day == said.day
    )
    secret = secrets.token_hex(32)
    plan = FieldPlan(
        region_code=said.region_code, day=said.day, number=(session.scalar(before) or 0) + 1, secret=secret,
        seed=seed_of(secret, candidates, said.day), share=said.share, candidates=candidates,
        start=stored_point(said.start) if said.start else None, start_label=said.start_label,
        legal_basis=said.legal_basis, signer_post=said.signer_post, signer_name=said.signer_name, note=said.note,
        made_by=actor.id, made_at=at,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    return plan


def _why(case_id: int, doubted: set[int], chance: set[int]) -> Why:
    if case_id in chance:
        return Why.SAMPLE
    return Why.FLAGGED if case_id in doubted else Why.REQUIRED


def _share_out(
    session: Session, plan: FieldPlan, cases: Sequence[Evidence], why: dict[int, Why], people: Sequence[Account],
    at: datetime,
) -> None:  # fmt: skip
    able = [case_queries.may_visit(session, person, cases, at) for person in people]
    allowed = [frozenset(n for n, ids in enumerate(able) if case.id in ids) for case in cases]
    places = [read_point(case.place) if case.place is not None else None for case in cases]
    given = routing.shared_out(places, allowed, len(people), start_of(plan))
    visits = [
        PlannedVisit(
            plan_id=plan.id, evidence=case, assessor_id=None if person is None else people[person].id, position=0,
            reason=why[case.id], state=VisitState.PLANNED,
        )
        for case, person in zip(cases, given, strict=True)
    ]  # fmt: skip
    for one in {visit.assessor_id for visit in visits}:
        order_route(plan, [visit for visit in visits if visit.assessor_id == one])
    session.add_all(visits)
    session.flush()
    session.expire(plan, ["visits"])
