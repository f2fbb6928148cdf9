"""What an administrator does with people: make, change, close and open accounts."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import NATION, Actor, Permission, Role, demand
from webapp.accounts import queries
from webapp.accounts.errors import UsernameInvalid, UsernameTaken
from webapp.accounts.models import USERNAME, Account
from webapp.accounts.passwords import hash_password, one_time_password
from webapp.accounts.rules import Ended
from webapp.accounts.services.attempts import forget_failures
from webapp.accounts.services.sessions import end_all_sessions
from webapp.accounts.services.succession import must_leave_an_administrator


@dataclass(frozen=True)
class NewPost:
    """A role in a region ("": the whole country) from a day to a day, both included; `ends_on` None: open.

    `agency_id`: of the agency somebody heads.
    """

    role: Role
    region_code: str
    starts_on: date
    ends_on: date | None = None
    agency_id: int | None = None


def demand_over(actor: Actor, account: Account, on: date) -> None:
    """Raise `NotAllowed` unless the actor administers every region in which the person has or will have power.

    Whoever resets a password could use the account: an administrator of one region must not get at another's posts.
    """
    powers = [one for one in account.appointments if one.may_run_after(on)] or account.appointments[-1:]
    for region_code in [one.region_code or NATION for one in powers] or [NATION]:
        demand(actor, Permission.PEOPLE_MANAGE, region_code)


def new_account(session: Session, username: str, name: str, password_hash: str, email: str | None = None) -> Account:
    """A person without posts. Raises `UsernameInvalid`, `UsernameTaken`."""
    if not re.fullmatch(USERNAME, username):
        raise UsernameInvalid(field="username")
    if queries.by_username(session, username) is not None:
        raise UsernameTaken(field="username")
    account = Account(username=username, name=name, email=email, password_hash=password_hash)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as why:  # somebody was faster
        raise UsernameTaken(field="username") from why
    return account


def create_person(
    session: Session, *, actor: Actor, username: str, name: str, email: str | None, region_code: str, at: datetime
) -> tuple[Account, str]:  # fmt: skip
    """A person without posts yet and a password for the first sign-in; `appoint` follows in the same transaction.

    `region_code`: where that first post will be, for the history.

    Raises `UsernameInvalid`, `UsernameTaken`.
    """
    password = one_time_password()
    account = new_account(session, username, name, hash_password(password), email)
    account.must_change_password = True
    audit.record(
        session, "account.create", at=at, actor_id=actor.id, on=("account", account.id), region_code=region_code or None
    )
    return account, password


def edit_person(
    session: Session, account: Account, *, actor: Actor, name: str, email: str | None, at: datetime, on: date
) -> None:  # fmt: skip
    """Change name and address. Raises `NotAllowed`."""
    demand_over(actor, account, on)
    account.name, account.email = name, email
    _note(session, "account.edit", account, actor, at)


def deactivate(session: Session, account: Account, *, actor: Actor, at: datetime, on: date) -> None:
    """Close an account at once; its history stays. Raises `NotAllowed`, `LastAdministrator`."""
    demand_over(actor, account, on)
    if account.deactivated_at is not None:
        return
    must_leave_an_administrator(session, account, account.appointments, on)
    account.deactivated_at = at
    end_all_sessions(session, account, Ended.STATUS, at=at)
    _note(session, "account.deactivate", account, actor, at)


def reactivate(session: Session, account: Account, *, actor: Actor, at: datetime, on: date) -> None:
    """Open a closed account again, with whatever posts are in force. Raises `NotAllowed`."""
    demand_over(actor, account, on)
    if account.deactivated_at is None:
        return
    account.deactivated_at = None
    end_all_sessions(session, account, Ended.STATUS, at=at)
    _note(session, "account.reactivate", account, actor, at)


def reset_password(session: Session, account: Account, *, actor: Actor, at: datetime, on: date) -> str:
    """A new one-time password, answered once and kept nowhere; ends every session. Raises `NotAllowed`."""
    demand_over(actor, account, on)
    password = give_one_time_password(session, account, at=at)
    _note(session, "account.reset_password", account, actor, at)
    return password


def end_sessions(session: Session, account: Account, *, actor: Actor, at: datetime, on: date) -> None:
    """End every session of a person, wherever they are signed in. Raises `NotAllowed`."""
    demand_over(actor, account, on)
    end_all_sessions(session, account, Ended.BY_ADMINISTRATOR, at=at)
    _note(session, "account.end_sessions", account, actor, at)


def give_one_time_password(session: Session, account: Account, *, at: datetime) -> str:
    """Set a password that must be changed at the next sign-in; every session ends, failed tries count no more."""
    password = one_time_password()
    account.password_hash = hash_password(password)
    account.must_change_password = True
    end_all_sessions(session, account, Ended.CREDENTIALS, at=at)
    forget_failures(session, queries.name_key(account.username))
    return password


def _note(session: Session, action: str, account: Account, actor: Actor, at: datetime, **detail: Any) -> None:
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("account", account.id),
        region_code=queries.region_of(account, at.date()), **detail,
    )  # fmt: skip
