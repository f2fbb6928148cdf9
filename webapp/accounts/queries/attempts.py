"""Failed tries that still count."""

import hashlib
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.models import FailedSignIn
from webapp.accounts.rules import AT_HOME_FOR, WINDOW


def name_key(username: str) -> str:
    """A digest of the name as typed, whatever the case of its letters, whether such an account exists or not."""
    return hashlib.sha256(username.strip().lower().encode()).hexdigest()


def failures_for(session: Session, key: str, at: datetime, *, here: str, at_home: bool) -> list[datetime]:
    """Failures for one name within the window, oldest first.

    At home only those from `here` count; elsewhere those from everywhere.
    """
    query = select(FailedSignIn.at).where(FailedSignIn.name_key == key, FailedSignIn.at > at - WINDOW)
    if at_home:
        query = query.where(FailedSignIn.address == here)
    return list(session.scalars(query.order_by(FailedSignIn.at)))


def failures_at(session: Session, address: str, at: datetime) -> list[datetime]:
    """Failures from one address within the window, for whatever name, oldest first."""
    query = select(FailedSignIn.at).where(FailedSignIn.address == address, FailedSignIn.at > at - WINDOW)
    return list(session.scalars(query.order_by(FailedSignIn.at)))


def was_at_home(session: Session, account_id: int | None, address: str, at: datetime) -> bool:
    """Whether that person signed in from that address of late, so that strangers elsewhere cannot keep them out."""
    # Asked before anybody is known, when row-level security shows no history: a function of 0093 tells this one thing.
    seen: datetime | None = session.scalar(select(func.wall.last_sign_in(account_id, address)))
    return seen is not None and seen > at - AT_HOME_FOR
