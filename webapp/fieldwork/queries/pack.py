"""What an assessor takes along for a day without a signal: cases they may see and may judge, nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from geo import sql
from webapp.access import Actor
from webapp.evidence.models import Evidence
from webapp.fieldwork.queries.plans import todays_plan
from webapp.fieldwork.rules import VisitState
from webapp.territory.models import Region, RegionBoundary
from webapp.territory.queries import kecamatan_of
from webapp.verification.queries import partial
from webapp.verification.queries.queue import own_units, waiting_for_field

MOST = 30  # cases without a plan: more than anybody visits in a day


@dataclass(frozen=True)
class Pack:
    """`cases` in the order of the route, or, without a plan for the day (`planned` False), longest waiting first."""

    planned: bool
    cases: list[Evidence]


def pack_of(session: Session, actor: Actor, day: date, at: datetime) -> Pack:
    """What this person has to visit that day. What another must judge, or nobody any more, is left out."""
    units = own_units(session, actor, at)
    may = (
        waiting_for_field(actor, units)
        .cases()
        .where(~partial.barred(actor, units), ~partial.decided_at_desk(actor), Evidence.locked_at.is_(None))
        .options(
            selectinload(Evidence.photos), joinedload(Evidence.region), joinedload(Evidence.kind),
            joinedload(Evidence.activity), joinedload(Evidence.owner), joinedload(Evidence.found_region),
        )
    )  # fmt: skip
    stops = [one.evidence_id for one in todays_plan(session, actor, day) if one.state == VisitState.PLANNED]
    if stops:
        found = {case.id: case for case in session.scalars(may.where(Evidence.id.in_(stops)))}
        return Pack(True, [found[number] for number in dict.fromkeys(stops) if number in found])
    longest = may.order_by(Evidence.submitted_at, Evidence.id).limit(MOST)
    return Pack(False, list(session.scalars(longest)))


@dataclass(frozen=True)
class Outline:
    """A kecamatan's border, thinned, as the text of a GeoJSON geometry in EPSG:4326."""

    code: str
    name: str
    shape: str


def outlines(session: Session, cases: Collection[Evidence]) -> list[Outline]:
    """The borders of the kecamatan those cases are of, as they are now; regions without one are left out."""
    codes = {kecamatan_of(case.region_code) for case in cases}
    shapes = (
        select(Region.code, Region.name, sql.as_geojson(RegionBoundary.outline, 4))
        .join(RegionBoundary, RegionBoundary.region_code == Region.code)
        .where(RegionBoundary.superseded_at.is_(None), Region.code.in_(codes))
        .order_by(Region.code)
    )
    return [Outline(code, name, shape) for code, name, shape in session.execute(shapes) if shape]
