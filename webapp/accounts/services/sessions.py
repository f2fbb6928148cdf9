"""Sessions: begun, renewed, noted as used, ended. A change of password, posts or status ends all of a person's."""

import secrets
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from webapp.accounts import queries
from webapp.accounts.models import Account, OpenSession
from webapp.accounts.rules import SESSIONS_KEPT_FOR, Ended, SessionLimits
from webapp.errors import Conflict

_TOKEN_BYTES = 32  # 256 bits: nobody guesses one


def begin_session(
    session: Session, account: Account, *, address: str, browser: str, at: datetime, second_factor: bool = False
) -> tuple[OpenSession, str]:  # fmt: skip
    """A session of a person who has just proved to be it, and the token for the cookie, which is kept nowhere."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    begun = OpenSession(
        token_hash=queries.token_hash(token), account=account, begun_at=at, seen_at=at, proved_at=at,
        second_factor_at=at if second_factor else None, address=address, browser=browser[:120],
    )  # fmt: skip
    session.add(begun)
    session.flush()
    return begun, token


def renew_session(session: Session, opened: OpenSession, *, at: datetime, second_factor: bool = False) -> str:
    """A new token, because the person has proved again to be it; the old one opens nothing any more."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    opened.token_hash = queries.token_hash(token)
    opened.proved_at = opened.seen_at = at
    if second_factor:
        opened.second_factor_at = at
    session.flush()
    return token


def follow_session(
    session: Session, ended: OpenSession, *, at: datetime, proved: bool = False
) -> tuple[OpenSession, str]:  # fmt: skip
    """A session in the place of one that the person's own doing ended at `at`. It lasts no longer than that one had.

    `proved`: whether that doing asked for the password. Raises `Conflict` when somebody else was faster to end it.
    """
    session.refresh(ended, ["ended_at"])
    if ended.ended_at != at:
        raise Conflict
    begun, token = begin_session(session, ended.account, address=ended.address, browser=ended.browser, at=at)
    begun.begun_at, begun.second_factor_at = ended.begun_at, ended.second_factor_at
    begun.proved_at = at if proved else ended.proved_at
    session.flush()
    return begun, token


def note_use(session: Session, opened: OpenSession, *, at: datetime, limits: SessionLimits) -> None:
    """Write down that a session is in use, at most once a minute; never waits for another request of the session."""
    if at - opened.seen_at < limits.noted_every:
        return
    free = select(OpenSession.id).where(OpenSession.id == opened.id, OpenSession.ended_at.is_(None))
    row = free.with_for_update(skip_locked=True).scalar_subquery()
    quietly = {"synchronize_session": False}
    session.execute(update(OpenSession).where(OpenSession.id == row).values(seen_at=at), execution_options=quietly)


def end_session(session: Session, opened: OpenSession, because: Ended, *, at: datetime) -> None:
    """End one session; one that has ended already stays as it is."""
    if opened.ended_at is None:
        opened.ended_at, opened.ended_because = at, because
        session.flush()


def end_all_sessions(
    session: Session, account: Account, because: Ended, *, at: datetime, besides: OpenSession | None = None
) -> None:  # fmt: skip
    """End every session of a person, but `besides`. Who signs in at this very moment comes before or after it."""
    hold(session, account)
    ending = update(OpenSession).where(OpenSession.account_id == account.id, OpenSession.ended_at.is_(None))
    if besides is not None:
        ending = ending.where(OpenSession.id != besides.id)
    session.execute(ending.values(ended_at=at, ended_because=because))


def still_opens(session: Session, account: Account) -> bool:
    """Whether the password just compared still opens the account, now that its row is held: it may have been changed
    meanwhile, or the account closed.
    """
    return hold(session, account) == (account.password_hash, None)


def hold(session: Session, account: Account) -> tuple[str, datetime | None]:
    """Hold the person's row until the end of the transaction; its password hash and `deactivated_at` as they are now.

    Signing in holds it too, so that no session begins with a password that has just been changed.
    """
    query = select(Account.password_hash, Account.deactivated_at).where(Account.id == account.id)
    row = session.execute(query.with_for_update(key_share=True)).one()
    return row.password_hash, row.deactivated_at


def forget_ended_sessions(session: Session, at: datetime, limits: SessionLimits) -> int:
    """Remove rows of sessions that have been over for days, ended or run out; their number."""
    past = at - SESSIONS_KEPT_FOR
    over = or_(OpenSession.ended_at < past, OpenSession.begun_at < past - limits.longest)
    return len(session.scalars(delete(OpenSession).where(over).returning(OpenSession.id)).all())
