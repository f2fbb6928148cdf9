"""People: by name, and those an administrator sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from webapp.access import NATION, Actor, Permission, Role, areas, covers, within
from webapp.accounts.models import Account, Appointment
from webapp.errors import NotFound

PEOPLE_PER_PAGE = 30


def by_username(session: Session, username: str) -> Account | None:
    """The person of that name, whatever the case of its letters."""
    return session.scalar(select(Account).where(func.lower(Account.username) == username.strip().lower()))


def visible_to(actor: Actor) -> Select[Account]:
    """People an administrator sees: those who hold or ever held a post inside the administrator's areas."""
    upper = areas(actor, Permission.PEOPLE_MANAGE)
    if NATION in upper:
        return select(Account)
    return select(Account).where(Account.appointments.any(within(Appointment.region_code, upper)))


def get(session: Session, actor: Actor, account_id: int) -> Account:
    """One person an administrator sees. Raises `NotFound`."""
    account: Account | None = session.scalar(visible_to(actor).where(Account.id == account_id))
    if account is None:
        raise NotFound
    return account


def posts_seen_by(actor: Actor, account: Account) -> list[Appointment]:
    """Posts of a person inside the administrator's areas, the latest first."""
    upper = areas(actor, Permission.PEOPLE_MANAGE)
    seen = [one for one in account.appointments if any(covers(area, one.region_code or NATION) for area in upper)]
    return sorted(seen, key=lambda one: (one.starts_on, one.id), reverse=True)


def has_posts_elsewhere(actor: Actor, account: Account) -> bool:
    """Whether a person also holds or held posts that this administrator is not shown."""
    return len(posts_seen_by(actor, account)) < len(account.appointments)


def post(account: Account, actor: Actor, appointment_id: int) -> Appointment:
    """One post of a person, inside the administrator's areas. Raises `NotFound`."""
    found = next((one for one in posts_seen_by(actor, account) if one.id == appointment_id), None)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class PeopleFilter:
    """What a list of people is asked for; empty means all. `active`: "ya", "tidak" or ""."""

    text: str = ""
    role: str = ""
    region: str = ""
    active: str = ""


@dataclass(frozen=True)
class People:
    """One page of people; `number` from 1."""

    rows: Sequence[Account]
    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PEOPLE_PER_PAGE))


def people(session: Session, actor: Actor, wanted: PeopleFilter, page: int, today: date) -> People:
    """The people an administrator sees, by name; a page beyond the last answers the last."""
    query = visible_to(actor).where(*_conditions(actor, wanted, today))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = min(max(page, 1), max(1, -(-total // PEOPLE_PER_PAGE)))
    rows = session.scalars(
        query.order_by(func.lower(Account.name), Account.id)
        .limit(PEOPLE_PER_PAGE)
        .offset((number - 1) * PEOPLE_PER_PAGE)
    )
    return People(rows.all(), number, total)


def _conditions(actor: Actor, wanted: PeopleFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text:
        found.append(
            or_(
                Account.name.icontains(wanted.text, autoescape=True),
                Account.username.icontains(wanted.text, autoescape=True),
            )
        )
    if wanted.role or wanted.region:
        found.append(Account.appointments.any(and_(*_held(actor, wanted, today))))
    if wanted.active in ("ya", "tidak"):
        found.append((Account.deactivated_at.is_(None)) == (wanted.active == "ya"))
    return found


def _held(actor: Actor, wanted: PeopleFilter, today: date) -> list[ColumnElement[bool]]:
    """Posts in force today, inside the administrator's areas, with the role and region asked for."""
    held = [
        within(Appointment.region_code, areas(actor, Permission.PEOPLE_MANAGE)),
        Appointment.starts_on <= today,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
        Appointment.revoked_at.is_(None),
    ]
    if wanted.role in set(Role):
        held.append(Appointment.role == wanted.role)
    if wanted.region:
        held.append(within(Appointment.region_code, [wanted.region]))
    return held
