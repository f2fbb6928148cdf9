"""Which region a point lies in, and what may have happened to coordinates that lie in none."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo import sql
from geo.values import INDONESIA, Doubt, LonLat, suspicions
from webapp.territory.models import Country, PlaceAbroad, Region, RegionBoundary
from webapp.territory.queries.regions import extent, kecamatan_of
from webapp.territory.rules import ASSUMED_ACCURACY_M, TOO_VAGUE_M, Candidate, RegionResult, judge


@dataclass(frozen=True)
class Resolution:
    """Where a point lies, as it was found that day: kept with the case and never computed again at reading.

    `radius_m`: how far the search reached (accuracy plus the border's own uncertainty).
    """

    result: RegionResult
    candidates: tuple[Candidate, ...] = ()
    radius_m: float | None = None
    dataset_id: int | None = None
    found_code: str | None = None
    country_code: str | None = None
    place_label: str | None = None


NOWHERE = Resolution(RegionResult.NO_POSITION)


def resolve(session: Session, declared: str, place: LonLat | None, accuracy_m: float | None) -> Resolution:
    """How a point lies to the declared region: one of the six results, with candidates and distances.

    Nothing is refused here. The search reaches as far as the fix and the border are uncertain; a fix vaguer than
    500 m names no kecamatan, so that it can at best be near a border.
    """
    if place is None:
        return NOWHERE
    unit = session.get_one(Region, kecamatan_of(declared))
    radius = min(accuracy_m or ASSUMED_ACCURACY_M, TOO_VAGUE_M) + unit.boundary_error_m
    near = _near(session, place, radius, unit.code)
    inside = next((one.code for one in near if one.inside), None) or _covering(session, place)
    country, label = ("ID", None) if inside else _abroad(session, place)
    to_unit, dataset = _distance_to(session, unit.code, place)
    result = judge(unit.code, near, radius_m=radius, metres_to_declared=to_unit, country=country, elsewhere=inside)
    if result is RegionResult.MATCH and (accuracy_m or 0) > TOO_VAGUE_M:
        result = RegionResult.NEAR_BORDER
    return Resolution(result, near, radius, dataset, inside, country, label)


def _covering(session: Session, place: LonLat) -> str | None:
    """The smallest region above the kecamatan that covers the place: many kabupaten have no kecamatan drawn."""
    return session.scalar(
        select(RegionBoundary.region_code)
        .join(Region, Region.code == RegionBoundary.region_code)
        .where(RegionBoundary.superseded_at.is_(None), sql.covers(RegionBoundary.area, place))
        .where(Region.level.in_(("provinsi", "kabupaten", "kota")))
        .order_by(func.length(RegionBoundary.region_code).desc(), RegionBoundary.region_code)
        .limit(1)
    )


def _near(session: Session, place: LonLat, radius: float, declared: str) -> tuple[Candidate, ...]:
    """Kecamatan within `radius` metres, nearest first, the declared one before others at the same distance."""
    metres = sql.metres_between(RegionBoundary.area, place).label("metres")
    found = session.execute(
        select(Region.code, Region.name, metres)
        .join(RegionBoundary, RegionBoundary.region_code == Region.code)
        .where(RegionBoundary.superseded_at.is_(None), Region.level == "kecamatan")
        .where(sql.within_metres(RegionBoundary.area, place, radius))
        .order_by(metres, Region.code != declared, Region.code)
        .limit(8)
    )
    return tuple(Candidate(code, name, round(distance, 1)) for code, name, distance in found)


def _distance_to(session: Session, code: str, place: LonLat) -> tuple[float | None, int | None]:
    row = session.execute(
        select(sql.metres_between(RegionBoundary.area, place), RegionBoundary.dataset_id).where(
            RegionBoundary.region_code == code, RegionBoundary.superseded_at.is_(None)
        )
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def _abroad(session: Session, place: LonLat) -> tuple[str | None, str | None]:
    """Country code and local label of a point in no kecamatan; (None, None) at sea."""
    country = session.scalar(select(Country.code).where(sql.covers(Country.area, place)).limit(1))
    local = session.execute(
        select(PlaceAbroad.country_code, PlaceAbroad.label, PlaceAbroad.city)
        .where(sql.covers(PlaceAbroad.area, place))
        .order_by(PlaceAbroad.id)
        .limit(1)
    ).one_or_none()
    if local is not None:
        return local.country_code, f"{local.label}, {local.city}"
    return country, None


def doubts(session: Session, declared: str, lon: float, lat: float) -> tuple[Doubt, ...]:
    """What may have happened to raw coordinates that lie outside the declared region's kabupaten: swapped axes, a lost
    sign, 0,0. Each comes with the corrected point, to be offered to a person and never applied silently.
    """
    return suspicions((lon, lat), extent(session, declared[:5]) or INDONESIA)
