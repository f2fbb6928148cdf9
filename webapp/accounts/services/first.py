"""What only the operator of the machine may do, from the terminal."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import NATION, Role
from webapp.accounts import queries
from webapp.accounts.errors import AdministratorExists, NobodyOfThatName
from webapp.accounts.models import Account
from webapp.accounts.passwords import hash_password, must_be_strong
from webapp.accounts.services.people import NewPost, give_one_time_password, new_account
from webapp.accounts.services.posts import give_post
from webapp.accounts.services.succession import administrators


def create_first_administrator(
    session: Session, username: str, name: str, password: str, at: datetime, *, on: date | None = None,
    organisation: str = "",
) -> Account:  # fmt: skip
    """The administrator of the whole country, from today (`on`, else the day of `at`).

    `organisation`: whose installation this is; its name is no password.

    Raises `AdministratorExists` while an active one exists, `WeakPassword`, `UsernameInvalid`, `UsernameTaken`.
    """
    day = on or at.date()
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("administrators", 0))))
    if any(one.region_code is None for one in administrators(session, day)):
        raise AdministratorExists
    must_be_strong(password, (username, name, organisation))
    account = new_account(session, username, name, hash_password(password))
    give_post(session, account, NewPost(Role.ADMINISTRATOR, NATION, day), actor_id=None, at=at)
    audit.record(session, "account.create_first", at=at, actor_id=None, on=("account", account.id))
    return account


def reset_by_operator(session: Session, username: str, at: datetime) -> str:
    """A new one-time password for that person, who may have lost every other way in. Raises `NobodyOfThatName`."""
    account = queries.by_username(session, username)
    if account is None:
        raise NobodyOfThatName
    password = give_one_time_password(session, account, at=at)
    audit.record(
        session, "account.reset_password", at=at, actor_id=None, on=("account", account.id),
        region_code=queries.region_of(account, at.date()),
    )  # fmt: skip
    return password
