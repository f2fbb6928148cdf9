"""The one definition of what concerns whom, for the page and for the count beside the bell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from webapp.access import Actor, Permission, areas, within
from webapp.conflict.queries import barred
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.queries import visible_to
from webapp.evidence.rules import DECISIONS, Move, State
from webapp.fieldwork.models import FieldPlan, PlannedVisit
from webapp.fieldwork.rules import VisitState
from webapp.notice.models import NoticeMark
from webapp.notice.rules import FOR_THE_UNIT, FOR_WHO_DECIDED, KEPT_DAYS, LOOKED_BACK, MOST_COUNTED
from webapp.programme.models import Period
from webapp.territory.models import Region
from webapp.verification.models import FieldVisit

PAGE = 50


@dataclass(frozen=True)
class Notice:
    """One move as it is told: what happened to which case, and what it asks of the reader.

    `repair_until`, `objection_until`: where they still run for the case, so that old notices promise nothing.
    """

    id: int
    at: datetime
    move: str
    was: str | None
    reason_code: str | None
    evidence_id: int
    title: str
    region_code: str
    region_name: str
    zone: str
    state: str
    repair_until: datetime | None
    objection_until: datetime | None
    latest: bool  # nothing has happened to the case since, so that its windows are of this move


def listing(session: Session, actor: Actor, at: datetime, before: int | None = None) -> list[Notice]:
    """What concerns the person, newest first, one more than fits on a page."""
    later = aliased(EvidenceMove)
    newer = exists().where(later.evidence_id == Evidence.id, later.id > EvidenceMove.id)
    asked = _concerning(actor, at).with_only_columns(
        EvidenceMove.id, EvidenceMove.at, EvidenceMove.move, EvidenceMove.was, EvidenceMove.reason_code,
        Evidence.id.label("evidence_id"), Evidence.title, Evidence.region_code, Region.name.label("region_name"),
        Period.time_zone.label("zone"), Evidence.state, Evidence.repair_until, Evidence.objection_until,
        (~newer).label("latest"),
    )  # fmt: skip
    asked = asked.join(Region, Region.code == Evidence.region_code).join(Period, Period.id == Evidence.period_id)
    if before is not None:
        asked = asked.where(EvidenceMove.id < before)
    rows = session.execute(asked.order_by(EvidenceMove.id.desc()).limit(PAGE + 1)).mappings()
    return [Notice(**row) for row in rows]


def unread(session: Session, actor: Actor, at: datetime) -> int:
    """How many notices are newer than the person's mark, up to 99, of the newest 2,000 moves: one query."""
    newest = select(func.max(EvidenceMove.id) - LOOKED_BACK).scalar_subquery()
    known = select(NoticeMark.read_up_to).where(NoticeMark.account_id == actor.id).scalar_subquery()
    new = EvidenceMove.id > func.greatest(newest, func.coalesce(known, 0))
    asked = _concerning(actor, at).with_only_columns(EvidenceMove.id).where(new).limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(asked)) or 0


def mark(session: Session, actor: Actor) -> int:
    """The newest move the person has called read; 0 for none."""
    return session.scalar(select(NoticeMark.read_up_to).where(NoticeMark.account_id == actor.id)) or 0


def _concerning(actor: Actor, at: datetime) -> Select[*tuple[object, ...]]:
    """Moves of cases this person may see, made by others, that concern them."""
    return (
        visible_to(actor)
        .join(EvidenceMove, EvidenceMove.evidence_id == Evidence.id)
        .where(
            EvidenceMove.at > at - timedelta(days=KEPT_DAYS),
            EvidenceMove.actor_id.is_distinct_from(actor.id),
            or_(_of_own_unit(actor), _of_who_judges(actor, at)),
        )
    )  # fmt: skip


def _of_own_unit(actor: Actor) -> ColumnElement[bool]:
    """The unit's side: owner, sender, and the camat of the unit."""
    own = or_(
        Evidence.owner_id == actor.id, Evidence.submitted_by == actor.id,
        within(Evidence.region_code, areas(actor, Permission.EVIDENCE_SUBMIT)),
    )  # fmt: skip
    return and_(EvidenceMove.move.in_(FOR_THE_UNIT), own)


def _of_who_judges(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """The judges' side; nobody with a tie to the unit hears anything of it there."""
    powers = (Permission.DESK_REVIEW, Permission.FIELD_VERIFY, Permission.OBJECTION_DECIDE)
    if not any(areas(actor, power) for power in powers):
        return false()
    mine = aliased(EvidenceMove)
    decided = exists().where(
        mine.evidence_id == Evidence.id, mine.actor_id == actor.id, mine.id < EvidenceMove.id,
        mine.move.in_(DECISIONS | _ANSWERS),
    )  # fmt: skip
    on_the_way = exists().where(
        FieldVisit.evidence_id == Evidence.id,
        FieldVisit.assessor_id == actor.id,
        FieldVisit.completed_at.is_(None),
        EvidenceMove.at > FieldVisit.checked_in_at,
    )
    # From the day's plan on, also when somebody else was there first.
    planned = exists().where(
        PlannedVisit.evidence_id == Evidence.id, PlannedVisit.assessor_id == actor.id,
        PlannedVisit.state != VisitState.DROPPED, PlannedVisit.plan_id == FieldPlan.id,
        EvidenceMove.at >= FieldPlan.made_at,
    )  # fmt: skip
    to_answer = and_(
        EvidenceMove.move == Move.OBJECT, within(Evidence.region_code, areas(actor, Permission.OBJECTION_DECIDE))
    )
    concerned = or_(
        and_(EvidenceMove.move.in_(FOR_WHO_DECIDED), or_(decided, on_the_way, planned)),
        to_answer,
        _own_lock_ran_out(actor),
    )
    return and_(concerned, ~_tied(actor, at))


_ANSWERS = frozenset({Move.UPHOLD_REJECTION, Move.UPHOLD_MISMATCH, Move.GRANT_TO_DESK, Move.GRANT_TO_FIELD})


def _own_lock_ran_out(actor: Actor) -> ColumnElement[bool]:
    """A release by the system of what this person had taken."""
    taken = aliased(EvidenceMove)
    last = (
        select(taken.actor_id)
        .where(taken.evidence_id == Evidence.id, taken.move == Move.TAKE, taken.id < EvidenceMove.id)
        .order_by(taken.id.desc())
        .limit(1)
        .correlate(Evidence, EvidenceMove)
        .scalar_subquery()
    )
    return and_(EvidenceMove.move == Move.RELEASE, EvidenceMove.actor_id.is_(None), last == actor.id)


def _tied(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """`conflict.queries.barred`, with the ties of posts worked out inside the one query."""
    posts = func.wall.conflict_units(actor.id, at.date(), 0).table_valued("unit", "why")
    by_posts = exists(
        select(posts.c.unit).where(func.left(Evidence.region_code, func.length(posts.c.unit)) == posts.c.unit)
    )
    return or_(by_posts, barred(actor, ()))


def is_answerable(notice: Notice) -> bool:
    """Whether the notice is of an objection that still waits."""
    return notice.move == Move.OBJECT and notice.state == State.OBJECTED


def newest(found: Sequence[Notice]) -> int:
    return max((one.id for one in found), default=0)
