"""Sessions that are open: behind a cookie, of a person."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.accounts.models import Account, OpenSession
from webapp.accounts.rules import SessionLimits
from webapp.errors import NotFound


def token_hash(token: str) -> str:
    """What the table keeps of a token. It has 256 random bits: no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str, at: datetime, limits: SessionLimits) -> OpenSession | None:
    """The open session of an active person behind a cookie, with the person and all posts, in one statement."""
    query = (
        select(OpenSession)
        .join(OpenSession.account)
        .where(OpenSession.token_hash == token_hash(token), _is_open(at, limits), Account.deactivated_at.is_(None))
        .options(
            contains_eager(OpenSession.account).options(
                joinedload(Account.appointments), joinedload(Account.second_factor)
            )
        )
    )
    return session.scalars(query).unique().one_or_none()


def open_sessions(session: Session, account_id: int, at: datetime, limits: SessionLimits) -> Sequence[OpenSession]:
    """Where a person is signed in, the latest used first."""
    query = select(OpenSession).where(OpenSession.account_id == account_id, _is_open(at, limits))
    return session.scalars(query.order_by(OpenSession.seen_at.desc(), OpenSession.id.desc())).all()


def sessions_open(session: Session, account_id: int, at: datetime, limits: SessionLimits) -> int:
    """In how many browsers a person is signed in."""
    query = select(func.count()).where(OpenSession.account_id == account_id, _is_open(at, limits))
    return session.scalar(query) or 0


def own_session(session: Session, account_id: int, session_id: int) -> OpenSession:
    """A session of that very person, ended or not. Raises `NotFound`."""
    query = select(OpenSession).where(OpenSession.id == session_id, OpenSession.account_id == account_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _is_open(at: datetime, limits: SessionLimits) -> ColumnElement[bool]:
    return and_(
        OpenSession.ended_at.is_(None),
        OpenSession.seen_at > at - limits.idle,
        OpenSession.begun_at > at - limits.longest,
    )
