"""Counting tries in the database, so that all workers count together and a restart forgets nothing."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.accounts import queries
from webapp.accounts.errors import TooManyAttempts
from webapp.accounts.models import FailedSignIn
from webapp.accounts.rules import ACCOUNT_LIMIT, ADDRESS_LIMIT, DELAYS, WINDOW, address_group, next_try_at


def must_be_patient(session: Session, key: str, address: str, *, account_id: int | None, at: datetime) -> None:
    """Let one try after another through, per name and per address, while few have failed. Raises `TooManyAttempts`.

    The locks hold until the request ends: two workers cannot both take the last free try.
    """
    here = address_group(address)
    for lock in (f"name {key}", f"address {here}"):  # always in this order, or two requests would wait for each other
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
    at_home = queries.was_at_home(session, account_id, address, at)
    mine = queries.failures_for(session, key, at, here=here, at_home=at_home)
    waits = (
        next_try_at(mine, ACCOUNT_LIMIT, DELAYS),
        next_try_at(queries.failures_at(session, here, at), ADDRESS_LIMIT),
    )
    _refuse_until((wait for wait in waits if wait is not None), at)


def remember_failure(session: Session, key: str, address: str, *, at: datetime) -> None:
    """Count a failed try; those that no longer count are thrown away."""
    old = select(FailedSignIn.id).where(FailedSignIn.at < at - WINDOW).with_for_update(skip_locked=True)
    session.execute(delete(FailedSignIn).where(FailedSignIn.id.in_(old)))  # two who clean up never wait for each other
    session.add(FailedSignIn(at=at, name_key=key, address=address_group(address)))


def forget_failures(session: Session, key: str, address: str | None = None) -> None:
    """After success here, tries for that name from here count no more; without an address none counts."""
    rows = delete(FailedSignIn).where(FailedSignIn.name_key == key)
    session.execute(rows if address is None else rows.where(FailedSignIn.address == address_group(address)))


def _refuse_until(waits: Iterable[datetime], at: datetime) -> None:
    latest = max(waits, default=at)
    if latest > at:
        raise TooManyAttempts(latest - at)
