"""Who may not judge what: own work, ties of posts, declared ties. The one definition for desk, field and scores.

`barred_units` and `barred` speak of one person and say no reason; reasons are for `standing_in_the_way`, which speaks
to that person alone.
"""

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from webapp.access import Actor, Permission, allows, covers, reached, within
from webapp.conflict.models import CoiDeclaration, CoiTie
from webapp.conflict.rules import Derived
from webapp.errors import NotFound
from webapp.evidence.models import Evidence, Photo
from webapp.programme import queries as programmes
from webapp.programme.models import HouseRule, Participant, Period
from webapp.territory.rules import time_zone_of


def day_there(at: datetime, region_code: str) -> date:
    """The day it is in a region."""
    return at.astimezone(ZoneInfo(time_zone_of(region_code))).date()


def months(session: Session) -> int:
    """For how many months a post that ended still makes partial."""
    return session.scalar(select(HouseRule.conflict_months)) or 0


def derived_units(session: Session, who: int, today: date) -> dict[str, Derived]:
    """Areas a person may not judge in that day because of posts, each with why; the nearest reason where several."""
    found = func.wall.conflict_units(who, today, 0).table_valued("unit", "why")
    rank = list(Derived)
    rows = sorted(session.execute(select(found.c.unit, found.c.why)), key=lambda row: -rank.index(Derived(row.why)))
    return {unit: Derived(why) for unit, why in rows}


def own_units(session: Session, actor: Actor, today: date) -> tuple[str, ...]:
    """Areas in whose cases the person may not judge that day because of posts; what lies below them is included."""
    return tuple(sorted(derived_units(session, actor.id, today)))


def barred_units(session: Session, who: int, period_id: int, today: date) -> tuple[str, ...]:
    """Areas a person may not judge in within a period, by posts or by what they declared; whoever asks, without why."""
    found = func.wall.barred_units(who, period_id, today, 0).column_valued()
    return tuple(sorted(session.scalars(select(found))))


def is_barred_from(session: Session, who: int, period_id: int, unit: str, today: date) -> bool:
    """Whether a person may not judge that unit in the period."""
    return any(covers(upper, unit) for upper in barred_units(session, who, period_id, today))


def took_part(session: Session, actor: Actor, evidence: Evidence) -> bool:
    """Whether the person owns the case, sent it, or took one of the unit's photos."""
    return actor.id in makers(session, evidence)


def makers(session: Session, evidence: Evidence) -> set[int]:
    """Everybody who owns the case, sent it, or took one of the unit's photos."""
    shot = select(Photo.uploaded_by).where(Photo.evidence_id == evidence.id, Photo.visit_id.is_(None)).distinct()
    named = {evidence.owner_id, *session.scalars(shot)}
    return named | ({evidence.submitted_by} if evidence.submitted_by is not None else set())


def barred(actor: Actor, units: tuple[str, ...]) -> ColumnElement[bool]:
    """For a list of cases: true where this person may not judge the case. `units`: see `own_units`."""
    own_photo = exists().where(
        Photo.evidence_id == Evidence.id, Photo.visit_id.is_(None), Photo.uploaded_by == actor.id
    )
    declared = exists().where(
        CoiTie.declaration_id == CoiDeclaration.id, CoiDeclaration.account_id == actor.id,
        CoiDeclaration.period_id == Evidence.period_id, CoiTie.withdrawn_at.is_(None),
        func.left(Evidence.region_code, 8) == CoiTie.region_code,
    )  # fmt: skip
    return or_(
        within(Evidence.region_code, units), Evidence.owner_id == actor.id,
        Evidence.submitted_by.is_not_distinct_from(actor.id), own_photo, declared,
    )  # fmt: skip


def impartial_among(session: Session, evidence: Evidence, people: Collection[int], at: datetime) -> set[int]:
    """Those of the people (ids of accounts) who may judge the case, whoever asks: for assigning visits."""
    today = day_there(at, evidence.region_code)
    free = set(people) - makers(session, evidence)
    return {
        who for who in free if not is_barred_from(session, who, evidence.period_id, evidence.region_code, today)
    }  # fmt: skip


def declaration(session: Session, account_id: int, period_id: int) -> CoiDeclaration | None:
    """What the person declared for the period, with all ties, withdrawn ones too."""
    return session.scalar(
        select(CoiDeclaration)
        .where(CoiDeclaration.account_id == account_id, CoiDeclaration.period_id == period_id)
        .options(selectinload(CoiDeclaration.ties).joinedload(CoiTie.region), joinedload(CoiDeclaration.account))
    )


def has_declared(session: Session, account_id: int, period_id: int) -> bool:
    """Whether the person made the statement for the period."""
    made = select(CoiDeclaration.id).where(
        CoiDeclaration.account_id == account_id, CoiDeclaration.period_id == period_id
    )
    return session.scalar(made) is not None


def has_declared_tie(session: Session, actor: Actor, period_id: int, region_code: str) -> bool:
    """Whether the person declared a tie to the unit for the period and has not withdrawn it."""
    found = (
        select(CoiTie.id)
        .join(CoiDeclaration, CoiDeclaration.id == CoiTie.declaration_id)
        .where(
            CoiDeclaration.account_id == actor.id, CoiDeclaration.period_id == period_id,
            CoiTie.withdrawn_at.is_(None), CoiTie.region_code == region_code[:8],
        )
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None


OVERSEES = (Permission.FINALISE, Permission.PERIOD_MANAGE, Permission.AUDIT_READ)
JUDGES = (Permission.DESK_REVIEW, Permission.FIELD_VERIFY, Permission.SCORE, Permission.FINALISE)


def period(session: Session, actor: Actor, period_id: int) -> Period:
    """The period with its participants, for who judges in it or oversees it. Raises `NotFound` for everybody else."""
    found = session.scalar(
        programmes.visible_to(actor)
        .where(Period.id == period_id, reached(Period.region_code, actor, *OVERSEES, *JUDGES))
        .options(joinedload(Period.region), selectinload(Period.participants).joinedload(Participant.region))
    )
    if found is None:
        raise NotFound
    return found


def own_tie(session: Session, actor: Actor, period_id: int, tie_id: int) -> CoiTie:
    """A tie the person declared for the period. Raises `NotFound`, also for one that is somebody else's."""
    found = session.scalar(
        select(CoiTie)
        .join(CoiTie.declaration)
        .where(CoiTie.id == tie_id, CoiDeclaration.account_id == actor.id, CoiDeclaration.period_id == period_id)
        .options(contains_eager(CoiTie.declaration).joinedload(CoiDeclaration.period))
    )
    if found is None:
        raise NotFound
    return found


def may_oversee(actor: Actor, period: Period) -> bool:
    """Whether the person reads what others declared: chair and secretariat of the period, and the auditor."""
    return any(allows(actor, power, period.region_code) for power in OVERSEES)


def may_declare(actor: Actor, period: Period) -> bool:
    """Whether the person judges anything in the period, and so has something to declare."""
    return any(allows(actor, power, period.region_code) for power in JUDGES)


def declarations(session: Session, period: Period) -> list[CoiDeclaration]:
    """Everybody's declarations of a period, latest first. Whether the reader `may_oversee` is settled before."""
    return list(
        session.scalars(
            select(CoiDeclaration)
            .where(CoiDeclaration.period_id == period.id)
            .options(selectinload(CoiDeclaration.ties).joinedload(CoiTie.region), joinedload(CoiDeclaration.account))
            .order_by(CoiDeclaration.made_at.desc())
        )
    )
