"""Which agreements a person sees, and how they stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor, Permission, allows, areas, within
from webapp.accounts.models import Account, Appointment
from webapp.agreement.models import Agreement, AgreementSet, AgreementStep
from webapp.agreement.rules import STEPS, Standing, StepKind, day_in, standing
from webapp.errors import NotFound
from webapp.territory.models import Region


@dataclass(frozen=True)
class Line:
    """An agreement and how it stands."""

    agreement: Agreement
    standing: Standing


def visible_to(actor: Actor) -> Select[Agreement]:
    """Agreements of the areas this person reads, and their own."""
    read = within(Agreement.region_code, areas(actor, Permission.AGREEMENT_READ))
    return select(Agreement).where(or_(read, Agreement.holder_id == actor.id))


def get(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    """The agreement with its steps. Raises `NotFound`."""
    found = session.scalar(
        visible_to(actor)
        .where(Agreement.id == agreement_id)
        .options(
            joinedload(Agreement.region), joinedload(Agreement.holder), joinedload(Agreement.maker),
            selectinload(Agreement.steps).joinedload(AgreementStep.actor),
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def stands(agreement: Agreement, at: datetime) -> Standing:
    """How an agreement stands at a moment, by the day in its region."""
    kinds = [StepKind(step.kind) for step in agreement.steps]
    today = day_in(at, agreement.region.time_zone)
    return standing(kinds, agreement.due_on, agreement.window_until, today)


def choices(actor: Actor, agreement: Agreement, at: datetime) -> list[StepKind]:
    """What this person may decide about it now, in the order of the steps; nothing about themselves."""
    if agreement.holder_id == actor.id or not allows(actor, Permission.AGREEMENT_DECIDE, agreement.region_code):
        return []
    now = STEPS[stands(agreement, at)]
    return [kind for kind in StepKind if kind in now]


def listing(session: Session, actor: Actor, at: datetime) -> list[Line]:
    """All agreements this person sees, those that wait for a decision first, then by their due day."""
    found = session.scalars(
        visible_to(actor).options(joinedload(Agreement.region), selectinload(Agreement.steps))
    ).all()  # fmt: skip
    return sorted((Line(one, stands(one, at)) for one in found), key=_rank)


def _rank(line: Line) -> tuple[int, str, int]:
    order = [
        Standing.DUE, Standing.WINDOW_OVER, Standing.PROPOSED, Standing.IMPROVING, Standing.RUNNING, Standing.MET,
        Standing.IMPROVED, Standing.DECIDED,
    ]  # fmt: skip
    return order.index(line.standing), line.agreement.due_on.isoformat(), line.agreement.id


def sets(session: Session, actor: Actor) -> list[AgreementSet]:
    """Sets of the regions in which this person records agreements, newest first."""
    own = within(AgreementSet.region_code, areas(actor, Permission.AGREEMENT_MANAGE))
    wanted = select(AgreementSet).where(own).options(joinedload(AgreementSet.region))
    return list(session.scalars(wanted.order_by(AgreementSet.id.desc())))


def set_of(session: Session, actor: Actor, set_id: int) -> AgreementSet:
    """A set of the regions in which this person records agreements. Raises `NotFound`."""
    for one in sets(session, actor):
        if one.id == set_id:
            return one
    raise NotFound


def holder(session: Session, region_code: str, username: str) -> Account | None:
    """The account of that name, if its person holds a post in or below the region; nobody is listed."""
    return session.scalar(
        select(Account)
        .where(Account.username == username, Account.deactivated_at.is_(None))
        .where(
            Account.id.in_(
                select(Appointment.account_id).where(
                    within(Appointment.region_code, [region_code]), Appointment.revoked_at.is_(None)
                )
            )
        )
    )


def managed_regions(session: Session, actor: Actor) -> list[Region]:
    """Provinces, kabupaten and kota in which this person records agreements."""
    upper = areas(actor, Permission.AGREEMENT_MANAGE)
    levels = ("provinsi", "kabupaten", "kota")
    wanted = select(Region).where(within(Region.code, upper), Region.level.in_(levels))
    return list(session.scalars(wanted.order_by(Region.code)))
