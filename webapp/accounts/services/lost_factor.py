"""Who has lost phone and recovery codes gets in again, and must set up a second factor anew."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor
from webapp.accounts import queries
from webapp.accounts.errors import NobodyOfThatName
from webapp.accounts.models import Account
from webapp.accounts.services.factor import forget_factor
from webapp.accounts.services.people import demand_over
from webapp.errors import NotAllowed


def reset_factor(session: Session, account: Account, *, actor: Actor, at: datetime, on: date) -> None:
    """Take away somebody's second factor; every session of the person ends. Raises `NotAllowed`, also for one's own."""
    demand_over(actor, account, on)
    if account.id == actor.id:
        raise NotAllowed
    _reset(session, account, actor.id, at)


def reset_factor_by_operator(session: Session, username: str, at: datetime) -> None:
    """The same from the terminal, for the last administrator. Raises `NobodyOfThatName`."""
    account = queries.by_username(session, username)
    if account is None:
        raise NobodyOfThatName
    _reset(session, account, None, at)


def _reset(session: Session, account: Account, actor_id: int | None, at: datetime) -> None:
    forget_factor(session, account, at=at)
    audit.record(
        session, "account.reset_factor", at=at, actor_id=actor_id, on=("account", account.id),
        region_code=queries.region_of(account, at.date()),
    )  # fmt: skip
