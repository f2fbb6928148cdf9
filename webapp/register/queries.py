"""Which regulations a person reads, and which are in force where on a day."""

from datetime import date

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Actor, Permission, areas, reached, seats, within
from webapp.errors import NotFound
from webapp.register.models import Regulation
from webapp.territory.models import Region

_LENGTHS = (2, 5, 8)


def visible_to(actor: Actor) -> Select[Regulation]:
    """Regulations of the areas a person serves in, and of the regions above them: what binds there may be read."""
    own = {*areas(actor, Permission.REGION_READ), *seats(actor, Permission.REGION_READ)}
    above = sorted({code[:length] for code in own for length in _LENGTHS if len(code) > length})
    mine = reached(Regulation.region_code, actor, Permission.REGION_READ)
    return select(Regulation).where(or_(mine, Regulation.region_code.in_(above)))


def listing(session: Session, actor: Actor) -> list[Regulation]:
    """All of them, by region, newest year first."""
    wanted = visible_to(actor).options(joinedload(Regulation.region))
    order = (Regulation.region_code, Regulation.year.desc(), Regulation.kind, Regulation.number, Regulation.id)
    return list(session.scalars(wanted.order_by(*order)))


def get(session: Session, actor: Actor, regulation_id: int) -> Regulation:
    """One with its region, its case and what revoked it. Raises `NotFound`."""
    found = session.scalar(
        visible_to(actor)
        .where(Regulation.id == regulation_id)
        .options(
            joinedload(Regulation.region), joinedload(Regulation.evidence), joinedload(Regulation.revoked_by)
        )
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def line_of(region_code: str) -> list[str]:
    """The codes of a region and of all above it."""
    return [region_code[:length] for length in (*_LENGTHS, 13) if length <= len(region_code)]


def in_force(session: Session, region_code: str, day: date) -> list[Regulation]:
    """Regulations of the region and of those above it that are in force on a day: choices for a legal basis."""
    return list(
        session.scalars(
            select(Regulation)
            .where(
                Regulation.region_code.in_(line_of(region_code)), Regulation.in_force_from <= day,
                or_(Regulation.ends_on.is_(None), Regulation.ends_on >= day),
                or_(Regulation.revoked_on.is_(None), Regulation.revoked_on > day),
            )
            .order_by(Regulation.region_code, Regulation.year.desc(), Regulation.kind, Regulation.number)
        )
    )  # fmt: skip


def known_in(session: Session, region_code: str) -> list[Regulation]:
    """Every regulation of the region and of those above it, in force or not, newest year first."""
    wanted = select(Regulation).where(Regulation.region_code.in_(line_of(region_code)))
    return list(session.scalars(wanted.order_by(Regulation.year.desc(), Regulation.kind, Regulation.number)))


def revokers_of(session: Session, one: Regulation) -> list[Regulation]:
    """What may have revoked it: other regulations of its region and of those above."""
    return [other for other in known_in(session, one.region_code) if other.id != one.id]


def registered(session: Session, region_code: str, kind: str, number: str, year: int) -> int | None:
    """The id of the entry of that name, if there is one."""
    return session.scalar(
        select(Regulation.id).where(
            and_(
                Regulation.region_code == region_code, Regulation.kind == kind, Regulation.number == number,
                Regulation.year == year,
            )
        )
    )  # fmt: skip


def managed_regions(session: Session, actor: Actor) -> list[Region]:
    """Provinces, kabupaten and kota whose register this person keeps."""
    upper = areas(actor, Permission.REGULATION_MANAGE)
    levels = ("provinsi", "kabupaten", "kota")
    wanted = select(Region).where(within(Region.code, upper), Region.level.in_(levels))
    return list(session.scalars(wanted.order_by(Region.code)))
