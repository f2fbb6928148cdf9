"""Through the door."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp import audit
from webapp.accounts import queries
from webapp.accounts.errors import SignInFailed
from webapp.accounts.models import Account
from webapp.accounts.passwords import hash_password, is_outdated, matches
from webapp.accounts.services.attempts import forget_failures, must_be_patient, remember_failure
from webapp.accounts.services.sessions import still_opens


def sign_in(session: Session, username: str, password: str, *, address: str, at: datetime) -> Account:
    """The person of that name and password. Costs the same work whether the name exists or not.

    Raises `TooManyAttempts`; raises `SignInFailed` for every other reason and has then written a line and a count
    that the caller must keep.
    """
    key = queries.name_key(username)
    account = queries.by_username(session, username)
    must_be_patient(session, key, address, account_id=account and account.id, at=at)
    fits = matches(account.password_hash if account else None, password)
    if account is None or not fits or not still_opens(session, account):
        remember_failure(session, key, address, at=at)
        _note(session, "account.sign_in_failed", account, address, at)
        raise SignInFailed
    forget_failures(session, key, address)
    if is_outdated(account.password_hash):
        account.password_hash = hash_password(password)
    _note(session, "account.sign_in", account, address, at)
    return account


def _note(session: Session, action: str, account: Account | None, address: str, at: datetime) -> None:
    """The typed name is not written down: it may be a password typed in the wrong field."""
    done = action == "account.sign_in"
    audit.record(
        session,
        action,
        at=at,
        actor_id=account.id if account and done else None,
        on=("account", account.id if account else "?"),
        region_code=queries.region_of(account, at.date()) if account else None,
        address=address,
    )
