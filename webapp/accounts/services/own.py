"""What people do with their own account."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp import audit
from webapp.accounts import queries
from webapp.accounts.errors import PasswordSame, WrongPassword
from webapp.accounts.models import Account, OpenSession
from webapp.accounts.passwords import hash_password, matches, must_be_strong
from webapp.accounts.rules import Ended
from webapp.accounts.services.attempts import forget_failures, must_be_patient, remember_failure
from webapp.accounts.services.sessions import end_all_sessions, end_session, still_opens


def change_own_password(
    session: Session, account: Account, present: str, new: str, *, address: str, at: datetime, organisation: str = ""
) -> None:
    """Take a new password; every session of the person ends, also the one this is asked in.

    `organisation`: whose installation this is; its name is no password.

    Raises `WeakPassword`, `TooManyAttempts`, and `WrongPassword`, which has then written a count the caller must keep.
    """
    must_be_strong(new, (account.username, account.name, organisation, *queries.places_of(account)))
    key = queries.name_key(account.username)
    must_be_patient(session, key, address, account_id=account.id, at=at)
    if not matches(account.password_hash, present) or not still_opens(session, account):
        remember_failure(session, key, address, at=at)
        raise WrongPassword(field="present")
    if present == new:
        raise PasswordSame(field="new")
    account.password_hash = hash_password(new)
    account.must_change_password = False
    forget_failures(session, key)
    end_all_sessions(session, account, Ended.CREDENTIALS, at=at)
    _note(session, "account.change_password", account, address, at)


def choose_language(session: Session, account: Account, locale: str | None, *, at: datetime) -> None:
    """Set the person's own language; None: as the browser asks."""
    if account.locale == locale:
        return
    account.locale = locale
    _note(session, "account.choose_language", account, None, at, locale=locale)


def sign_out(session: Session, opened: OpenSession, *, address: str, at: datetime) -> None:
    """End this session: from now on its token opens nothing, whoever has a copy of the cookie."""
    end_session(session, opened, Ended.SIGNED_OUT, at=at)
    _note(session, "account.sign_out", opened.account, address, at)


def end_own_session(session: Session, account: Account, session_id: int, *, address: str, at: datetime) -> None:
    """End one of one's own sessions from another one; once is enough. Raises `NotFound`."""
    opened = queries.own_session(session, account.id, session_id)
    if opened.ended_at is None:
        end_session(session, opened, Ended.BY_OWNER, at=at)
        _note(session, "account.end_session", account, address, at)


def end_other_sessions(session: Session, account: Account, *, but: OpenSession, address: str, at: datetime) -> None:
    """End all of one's own sessions but this."""
    end_all_sessions(session, account, Ended.BY_OWNER, at=at, besides=but)
    _note(session, "account.end_other_sessions", account, address, at)


def _note(
    session: Session, action: str, account: Account, address: str | None, at: datetime, **detail: str | None
) -> None:
    audit.record(
        session, action, at=at, actor_id=account.id, on=("account", account.id),
        region_code=queries.region_of(account, at.date()), address=address, **detail,
    )  # fmt: skip
