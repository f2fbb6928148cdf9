"""How far a person's map goes: numbers inside the own areas, bare outlines on the way down to them, else nothing."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from webapp.access import NATION, Actor, Permission, areas, covers
from webapp.errors import NotFound
from webapp.territory.models import Region
from webapp.territory.queries import line_of
from webapp.territory.rules import CODE


class Reach(StrEnum):
    INSIDE = "inside"
    ABOVE = "above"
    NONE = "none"


def reach(actor: Actor, code: str | None) -> Reach:
    """How a region (None: the country) lies to the areas whose map this person reads."""
    mine, here = areas(actor, Permission.MAP_READ), code or NATION
    if any(covers(area, here) for area in mine):
        return Reach.INSIDE
    return Reach.ABOVE if any(covers(here, area) for area in mine) else Reach.NONE


def starting_point(actor: Actor) -> str | None:
    """The smallest region that holds all of the person's areas; None: the country."""
    mine = areas(actor, Permission.MAP_READ)
    common: list[str] = []
    for parts in zip(*(area.split(".") for area in mine), strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return ".".join(common) or None


@dataclass(frozen=True)
class Standpoint:
    """The region a map shows (None: the country) and those above it, topmost first."""

    region: Region | None
    above: tuple[Region, ...]
    reach: Reach

    @property
    def code(self) -> str | None:
        return self.region.code if self.region else None

    @property
    def depth(self) -> int:
        """0 for the country, 1 for a province … 4 for a desa: which level its children have in `rules.SHADES`."""
        return len(self.above) + (self.region is not None)

    @property
    def time_zone(self) -> str | None:
        return self.region.time_zone if self.region else None


def standpoint(session: Session, actor: Actor, code: str | None, *, inside: bool = False) -> Standpoint:
    """Where the map stands. Raises `NotFound` for a region that is not there or out of reach.

    `inside`: numbers or cases are asked for, so an outline on the way is not enough.
    """
    how = reach(actor, code)
    if how is Reach.NONE or (inside and how is Reach.ABOVE):
        raise NotFound
    if code is None:
        return Standpoint(None, (), how)
    line = line_of(session, code) if CODE.fullmatch(code) else []
    if not line or line[-1].code != code:
        raise NotFound
    return Standpoint(line[-1], tuple(line[:-1]), how)
