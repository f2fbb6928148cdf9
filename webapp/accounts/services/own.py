"""What people do with their own account."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp import audit
from webapp.accounts import queries
from webapp.accounts.errors import PasswordSame, WrongPassword
from webapp.accounts.models import Account
from webapp.accounts.passwords import hash_password, matches, must_be_strong
from webapp.accounts.services.attempts import forget_failures, must_be_patient, remember_failure
from webapp.accounts.services.people import new_session_key


def change_own_password(
    session: Session, account: Account, present: str, new: str, *, address: str, at: datetime
) -> None:
    """Take a new password; every session of the person ends, also the one this is asked in.

    Raises `WeakPassword`, `TooManyAttempts`, and `WrongPassword`, which has then written a count the caller must keep.
    """
    must_be_strong(new, (account.username, account.name))
    key = queries.name_key(account.username)
    must_be_patient(session, key, address, account_id=account.id, at=at)
    if not matches(account.password_hash, present):
        remember_failure(session, key, address, at=at)
        raise WrongPassword(field="present")
    if present == new:
        raise PasswordSame(field="new")
    account.password_hash = hash_password(new)
    account.session_key = new_session_key()
    account.must_change_password = False
    forget_failures(session, key)
    _note(session, "account.change_password", account, address, at)


def choose_language(session: Session, account: Account, locale: str | None, *, at: datetime) -> None:
    """Set the person's own language; None: as the browser asks."""
    if account.locale == locale:
        return
    account.locale = locale
    _note(session, "account.choose_language", account, None, at, locale=locale)


def sign_out(session: Session, account: Account, *, address: str, at: datetime) -> None:
    """Write the line; ending the session is the door's."""
    _note(session, "account.sign_out", account, address, at)


def _note(
    session: Session, action: str, account: Account, address: str | None, at: datetime, **detail: str | None
) -> None:
    audit.record(
        session, action, at=at, actor_id=account.id, on=("account", account.id),
        region_code=queries.region_of(account, at.date()), address=address, **detail,
    )  # fmt: skip
