"""Posts: given from a day, ended on a day, or taken back at once; never erased."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import NATION, Actor, Permission, Role, demand
from webapp.accounts.errors import AgencyUnknown, AlreadyAppointed, AlreadyEnded, EndsBeforeStart, RoleNeedsOtherLevel
from webapp.accounts.models import Account, Appointment
from webapp.accounts.rules import Ended, can_serve_in
from webapp.accounts.services.people import NewPost
from webapp.accounts.services.sessions import end_all_sessions
from webapp.accounts.services.succession import must_leave_an_administrator


def appoint(session: Session, account: Account, post: NewPost, *, actor: Actor, at: datetime) -> Appointment:
    """Give a person a role in a region; every session of the person ends.

    Raises `NotAllowed` outside the actor's areas, `RoleNeedsOtherLevel`, `AgencyUnknown`, `EndsBeforeStart`,
    `AlreadyAppointed`.
    """
    demand(actor, Permission.PEOPLE_MANAGE, post.region_code)
    return give_post(session, account, post, actor_id=actor.id, at=at)


def give_post(session: Session, account: Account, post: NewPost, *, actor_id: int | None, at: datetime) -> Appointment:
    """The rules of a new post, whoever gives it (None: the operator of the machine)."""
    if not can_serve_in(post.role, post.region_code):
        raise RoleNeedsOtherLevel(field="region")
    if (post.role is Role.AGENCY_HEAD) != (post.agency_id is not None):
        raise AgencyUnknown(field="agency")
    if post.ends_on is not None and post.ends_on < post.starts_on:
        raise EndsBeforeStart(field="ends_on")
    if any(_overlaps(one, post) for one in account.appointments):
        raise AlreadyAppointed(field="role")
    made = Appointment(
        role=post.role, region_code=post.region_code or None, starts_on=post.starts_on, ends_on=post.ends_on,
        appointed_by=actor_id, agency_id=post.agency_id,
    )  # fmt: skip
    account.appointments.append(made)
    end_all_sessions(session, account, Ended.POSTS, at=at)
    _note(session, "account.appoint", made, actor_id, at, until=post.ends_on.isoformat() if post.ends_on else None)
    return made


def end_appointment(
    session: Session, appointment: Appointment, ends_on: date, *, actor: Actor, at: datetime, on: date
) -> None:  # fmt: skip
    """Set the last day of a post. Raises `NotAllowed`, `AlreadyEnded`, `EndsBeforeStart`, `LastAdministrator`."""
    demand(actor, Permission.PEOPLE_MANAGE, appointment.region_code or NATION)
    if not appointment.may_run_after(on):
        raise AlreadyEnded
    if ends_on < appointment.starts_on:
        raise EndsBeforeStart(field="ends_on")
    must_leave_an_administrator(session, appointment.account, [appointment], max(ends_on + timedelta(days=1), on))
    appointment.ends_on = ends_on
    end_all_sessions(session, appointment.account, Ended.POSTS, at=at)
    _note(session, "account.end_appointment", appointment, actor.id, at, until=ends_on.isoformat())


def revoke_appointment(session: Session, appointment: Appointment, *, actor: Actor, at: datetime, on: date) -> None:
    """Take a post back at this very moment. Raises `NotAllowed`, `AlreadyEnded`, `LastAdministrator`."""
    demand(actor, Permission.PEOPLE_MANAGE, appointment.region_code or NATION)
    if not appointment.may_run_after(on):
        raise AlreadyEnded
    must_leave_an_administrator(session, appointment.account, [appointment], on)
    appointment.revoked_at = at
    end_all_sessions(session, appointment.account, Ended.POSTS, at=at)
    _note(session, "account.revoke_appointment", appointment, actor.id, at)


def _overlaps(held: Appointment, post: NewPost) -> bool:
    same = held.role == post.role and (held.region_code or NATION) == post.region_code
    return same and held.may_run_after(post.starts_on) and (post.ends_on is None or held.starts_on <= post.ends_on)


def _note(
    session: Session, action: str, post: Appointment, actor_id: int | None, at: datetime, **detail: str | None
) -> None:  # fmt: skip
    audit.record(
        session, action, at=at, actor_id=actor_id, on=("account", post.account_id), region_code=post.region_code,
        role=post.role, since=post.starts_on.isoformat(), **detail,
    )  # fmt: skip
