"""Who copied whom: copies of a region with their sources, and what was built at home after what was seen abroad."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from geo import sql
from geo.values import LonLat
from webapp.access import Actor
from webapp.evidence.models import Evidence
from webapp.evidence.queries import visible_to
from webapp.evidence.rules import VERIFIED
from webapp.insight.queries.counting import AT_HOME, counted
from webapp.insight.queries.listing import CaseRow, rows
from webapp.insight.rules import Filters
from webapp.replication.models import Replication
from webapp.replication.queries import Origin, origins
from webapp.selection.models import Inspiration
from webapp.territory.models import RegionBoundary
from webapp.territory.queries import kecamatan_of


@dataclass(frozen=True)
class Copy:
    """A case that names its source. `start`, `end`: where the line between them runs, lon/lat; None: no such place."""

    row: CaseRow
    origin: Origin
    start: LonLat | None
    end: LonLat | None

    @property
    def proven(self) -> bool:
        return self.row.state in VERIFIED


def copies(actor: Actor, upper: str | None, filters: Filters) -> Select[Evidence]:
    """Claimed cases at home, inside `upper`, that say what they were adapted from."""
    said = select(Replication.evidence_id)
    return counted(actor, filters, upper).where(AT_HOME, Evidence.id.in_(said))


def with_sources(session: Session, actor: Actor, found: Iterable[CaseRow]) -> list[Copy]:
    """The same cases with their sources, as far as this person may know those."""
    known = list(found)
    said = origins(session, actor, [row.id for row in known])
    seen = [one.case.id for one in said.values() if one.case is not None]
    spots = _places(session, actor, seen)
    codes = {kecamatan_of(row.region_code) for row in known if row.place is None}
    codes |= {one.region.code for one in said.values() if one.region is not None}
    middles = _middles(session, codes)
    found_copies = []
    for row in known:
        if row.id in said:
            end = row.place or middles.get(kecamatan_of(row.region_code))
            found_copies.append(Copy(row, said[row.id], _start(said[row.id], spots, middles), end))
    return found_copies


def _start(said: Origin, spots: dict[int, LonLat], middles: dict[str, LonLat]) -> LonLat | None:
    """Where the source stands: its own place for who may see it, else the middle of its kecamatan."""
    own = spots.get(said.case.id) if said.case is not None else None
    return own or (middles.get(said.region.code) if said.region is not None else None)


def _places(session: Session, actor: Actor, cases: list[int]) -> dict[int, LonLat]:
    wanted = visible_to(actor).where(Evidence.id.in_(cases), Evidence.place.is_not(None))
    found = session.execute(
        wanted.with_only_columns(Evidence.id, sql.lon_of(Evidence.place), sql.lat_of(Evidence.place))
    )
    return {number: LonLat(lon, lat) for number, lon, lat in found}


def _middles(session: Session, codes: Iterable[str]) -> dict[str, LonLat]:
    spot = RegionBoundary.label_point
    found = session.execute(
        select(RegionBoundary.region_code, sql.lon_of(spot), sql.lat_of(spot)).where(
            RegionBoundary.region_code.in_(list(codes)), RegionBoundary.superseded_at.is_(None)
        )
    )
    return {code: LonLat(lon, lat) for code, lon, lat in found}


@dataclass(frozen=True)
class Pair:
    """What was seen abroad and what stands at home after it. `named`: that one itself names it as its source."""

    abroad: CaseRow
    home: CaseRow
    named: bool


def after_studies(session: Session, actor: Actor, studies: Select[Evidence], most: int = 200) -> list[Pair]:
    """Cases at home beside those of the studies: named as their source, or said to be inspired by them."""
    wanted = studies.with_only_columns(Evidence.id).order_by(None)
    named = select(Replication.evidence_id, Replication.source_id).where(Replication.source_id.in_(wanted))
    inspired = select(Inspiration.evidence_id, Inspiration.study_case_id).where(Inspiration.study_case_id.in_(wanted))
    links = {tuple(row): True for row in session.execute(named)}
    links |= {tuple(row): False for row in session.execute(inspired) if tuple(row) not in links}
    pairs = sorted(links)[:most]
    seen = visible_to(actor).where(Evidence.id.in_({number for pair in pairs for number in pair}))
    known = {row.id: row for row in rows(session, seen)} if pairs else {}
    return [
        Pair(known[there], known[home], links[home, there])
        for home, there in pairs
        if home in known and there in known
    ]  # fmt: skip
