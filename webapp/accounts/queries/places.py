"""Regions as an administrator names them when appointing somebody."""

import re
from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp.access import NATION, Actor, Permission, areas, within
from webapp.accounts.errors import AgencyUnknown, RegionAmbiguous, RegionUnknown
from webapp.accounts.models import Account
from webapp.territory.models import Agency, Region

_LEADING_CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?(?![\d.])", re.ASCII)
_OFFERED = 1_000  # suggestions in a page; whoever looks for others types the code or the name
_NAMED = 6


def places(session: Session, actor: Actor) -> Sequence[Region]:
    """Regions to suggest, larger ones first, inside the administrator's areas."""
    query = _in_reach(actor).order_by(func.length(Region.code), Region.code).limit(_OFFERED)
    return session.scalars(query).all()


def region_meant(session: Session, actor: Actor, typed: str) -> str:
    """The code meant by "32.73.02", "32.73.02 Coblong" or "Coblong"; "" (the whole country) when nothing is typed.

    Raises `RegionUnknown`, also for what lies outside the administrator's areas, and `RegionAmbiguous`.
    """
    text = typed.strip()
    if not text:
        return NATION
    code = _LEADING_CODE.match(text)
    query = _in_reach(actor).where(Region.code == code[0] if code else func.lower(Region.name) == text.lower())
    found = session.scalars(query.order_by(Region.code).limit(_NAMED)).all()
    if not found:
        raise RegionUnknown(field="region")
    if len(found) > 1:
        several = ", ".join(f"{one.code} {one.name}" for one in found)
        raise RegionAmbiguous(
            _l("Ada beberapa wilayah bernama itu; tulis kodenya: %(which)s", which=several), field="region"
        )
    return found[0].code


def agencies(session: Session, actor: Actor) -> Sequence[Agency]:
    """Agencies to suggest, inside the administrator's areas."""
    query = select(Agency).where(within(Agency.region_code, areas(actor, Permission.PEOPLE_MANAGE)))
    return session.scalars(query.order_by(Agency.name, Agency.id).limit(_OFFERED)).all()


def agency_meant(session: Session, region_code: str, typed: str) -> int:
    """The agency of that name in a region. Raises `AgencyUnknown`, for no name too."""
    same = func.lower(Agency.name) == typed.strip().lower()
    found = session.scalar(select(Agency.id).where(Agency.region_code == region_code, same))
    if found is None:
        raise AgencyUnknown(field="agency")
    return found


def region_of(account: Account, day: date) -> str | None:
    """Under which region the history keeps what is done to a person: that of the latest post begun by that day."""
    begun = [one for one in account.appointments if one.starts_on <= day] or account.appointments[:1]
    return begun[-1].region_code if begun else None


def places_of(account: Account) -> list[str]:
    """Names of the regions a person serves, served or will serve in."""
    return [post.region.name for post in account.appointments if post.region is not None]


def _in_reach(actor: Actor) -> Select[Region]:
    return select(Region).where(within(Region.code, areas(actor, Permission.PEOPLE_MANAGE)))
