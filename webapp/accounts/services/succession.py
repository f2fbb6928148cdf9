"""No area is left without somebody who can appoint."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.access import NATION, Role, covers
from webapp.accounts.errors import LastAdministrator
from webapp.accounts.models import Account, Appointment


def administrators(session: Session, day: date, *, besides: int | None = None) -> list[Appointment]:
    """Posts of active administrators in force that day, as the database has them now."""
    query = (
        select(Appointment)
        .join(Account, Account.id == Appointment.account_id)
        .where(Appointment.role == Role.ADMINISTRATOR, Account.deactivated_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return [one for one in session.scalars(query) if one.runs_on(day) and one.account_id != besides]


def must_leave_an_administrator(session: Session, account: Account, losing: Iterable[Appointment], day: date) -> None:
    """Raise `LastAdministrator` when from `day` on nobody else could appoint where these posts of `account` reach."""
    posts = [one for one in losing if one.role == Role.ADMINISTRATOR and one.may_run_after(day)]
    if not posts or not account.is_active:
        return
    # Two administrators who demote each other at the same moment take turns here.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("administrators", 0))))
    session.flush()
    others = [one.region_code or NATION for one in administrators(session, day, besides=account.id)]
    if any(not any(covers(area, post.region_code or NATION) for area in others) for post in posts):
        raise LastAdministrator
