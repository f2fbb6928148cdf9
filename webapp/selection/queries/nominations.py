"""Nominations: from a final period of a kabupaten or kota, to the province's."""

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Actor, Permission, areas, seats, within
from webapp.errors import NotFound
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.selection.models import Nomination

_READERS = (
    Permission.NOMINATE, Permission.SCORE_READ, Permission.AUDIT_READ, Permission.PERIOD_MANAGE,
)  # fmt: skip


def nominations_visible_to(actor: Actor) -> Select[Nomination]:
    """Nominations of the areas this person oversees or nominates in, of the own unit, and those sent to one's team."""
    reach = {code for permission in _READERS for code in areas(actor, permission)}
    own = within(Nomination.region_code, areas(actor, Permission.CLAIM_WRITE))
    above = select(Period.id).where(Period.region_code.in_(seats(actor, Permission.SCORE)))
    return select(Nomination).where(or_(within(Nomination.region_code, reach), own, Nomination.target_id.in_(above)))


def nomination(session: Session, actor: Actor, nomination_id: int) -> Nomination:
    """The nomination with its dossier. Raises `NotFound`."""
    found = session.scalar(_shown(nominations_visible_to(actor)).where(Nomination.id == nomination_id))
    if found is None:
        raise NotFound
    return found


def listing(session: Session, actor: Actor, period: Period) -> list[Nomination]:
    """The nominations sent from the period, in order."""
    sent = _shown(nominations_visible_to(actor)).where(Nomination.period_id == period.id)
    return list(session.scalars(sent.order_by(Nomination.id)))


def nominees(session: Session, actor: Actor, period: Period) -> list[Nomination]:
    """The nominations the period received, by pool and code."""
    received = _shown(nominations_visible_to(actor)).where(Nomination.target_id == period.id)
    return list(session.scalars(received.order_by(Nomination.pool, Nomination.region_code)))


def _shown(wanted: Select[Nomination]) -> Select[Nomination]:
    return wanted.options(
        joinedload(Nomination.region), joinedload(Nomination.period), joinedload(Nomination.target),
        joinedload(Nomination.nominator),
    )  # fmt: skip


def targets(session: Session, period: Period) -> list[Period]:
    """The province's periods a nominee of this one may be sent to: those being prepared or open, the newest first."""
    above = and_(Period.region_code == period.region_code[:2], Period.state != PeriodState.FINAL)
    if len(period.region_code) != 5:
        return []
    return list(session.scalars(select(Period).where(above).order_by(Period.starts_on.desc(), Period.id.desc())))


def used(session: Session, target: Period, source_code: str, pool: str) -> int:
    """How many of that pool this kabupaten or kota has nominated for the period."""
    counted = (
        select(func.count(Nomination.id))
        .join(Period, Period.id == Nomination.period_id)
        .where(Nomination.target_id == target.id, Nomination.pool == pool, Period.region_code == source_code)
    )
    return session.scalar(counted) or 0
