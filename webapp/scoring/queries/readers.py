"""Who may read blind in a period, what each has to do already, and one person's own tasks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp.access import NATION, Actor, Grant, Permission, Role, allows
from webapp.accounts.models import Account, Appointment
from webapp.programme.models import Period
from webapp.scoring.models import Reader, Score
from webapp.scoring.queries.standing import ClaimStanding, standings
from webapp.scoring.rules import ADJUDICATOR, ClaimState, PairState

_SEEING = (
    Permission.SCORE_READ, Permission.AUDIT_READ, Permission.FINALISE, Permission.PAIR_MANAGE, Permission.PERIOD_MANAGE,
)  # fmt: skip


def sees_values(actor: Actor, region_code: str) -> bool:
    """Whether another post of this person shows them values, or who reads what: then they read nothing blind there."""
    return any(allows(actor, one, region_code) for one in _SEEING)


def assessors(session: Session, period: Period, today: date) -> list[Account]:
    """The period's assessors of that day who could read blind, conflicts aside, in the order of their ids."""
    posts = select(Appointment.account_id).where(Appointment.role == Role.ASSESSOR)
    known = session.scalars(
        select(Account)
        .where(Account.id.in_(posts), Account.deactivated_at.is_(None))
        .options(selectinload(Account.appointments))
        .order_by(Account.id)
    ).all()
    return [one for one in known if _may_read(_That(one.id, _grants(one, today)), period.region_code)]


@dataclass(frozen=True)
class _That:
    """A person with the powers of one day, leaving the account itself as it is."""

    id: int
    grants: tuple[Grant, ...]


def _grants(account: Account, day: date) -> tuple[Grant, ...]:
    return tuple(Grant(Role(post.role), post.region_code or NATION) for post in account.posts(day))


def _may_read(person: Actor, region_code: str) -> bool:
    return allows(person, Permission.SCORE, region_code) and not sees_values(person, region_code)


def loads(session: Session, period: Period) -> Counter[int]:
    """How many claims of the period each person reads or decides."""
    return Counter(session.scalars(select(Reader.assessor_id).where(Reader.period_id == period.id)).all())


@dataclass(frozen=True)
class Task:
    """One claim that waits for this person, or has their value."""

    standing: ClaimStanding
    place: int
    own: Score | None

    @property
    def adjudicates(self) -> bool:
        return self.place == ADJUDICATOR

    @property
    def done(self) -> bool:
        return self.standing.adjudication is not None if self.adjudicates else self.own is not None

    @property
    def ready(self) -> bool:
        """Whether the person can do it now."""
        if self.done or self.standing.state is not ClaimState.PROVEN:
            return False
        return not self.adjudicates or self.standing.pair is PairState.DISPUTED


def tasks(session: Session, actor: Actor, period: Period) -> Sequence[Task]:
    """The claims this person reads or decides in the period, open ones first."""
    found = []
    for standing in standings(session, period):
        place = standing.place_of(actor.id)
        if place is not None:
            own = next((one for one in standing.scores if one.assessor_id == actor.id), None)
            found.append(Task(standing, place, own))
    return sorted(found, key=lambda one: one.done)
