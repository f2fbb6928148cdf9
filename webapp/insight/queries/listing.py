"""The cases behind a figure: as lines of a table and as points of a layer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import Session

from geo import sql
from geo.values import BBox, LonLat
from webapp.access import Actor
from webapp.evidence.models import Activity, Evidence, EvidenceKind, Photo
from webapp.evidence.rules import State
from webapp.insight.queries.counting import ABROAD, AT_HOME, belongs, counted
from webapp.insight.rules import Filters, Group
from webapp.territory.models import Region

PAGE = 25
MOST_POINTS = 2_000  # more in one layer stop a phone; beyond it the server counts them by cells of a grid
_CELL_DEGREES = 90.0  # at zoom 0, halved with each step: 64 px of a 256 px world tile
DEFAULT_ZOOM = 10


@dataclass(frozen=True)
class Name:
    """A name in both languages; `evidence.words.nama` chooses."""

    name_id: str
    name_en: str


@dataclass(frozen=True)
class CaseRow:
    """A case as lists and popups show it. `photo_id`: its first photo."""

    id: int
    title: str
    state: State
    kind: Name
    activity: Name | None
    region_code: str
    region_name: str
    occurred_from: date
    occurred_to: date
    grade: str | None
    accuracy_m: float | None
    place: LonLat | None
    place_label: str | None
    photo_id: int | None


@dataclass(frozen=True)
class Cell:
    """Cases too many to draw one by one: how many, and the middle of where they lie."""

    place: LonLat
    count: int


@dataclass(frozen=True)
class PointSet:
    """What a layer draws: cases, or cells when there are too many in view."""

    rows: tuple[CaseRow, ...]
    cells: tuple[Cell, ...]
    in_view: int
    unplaced: int


def behind(
    actor: Actor, upper: str | None, filters: Filters, group: Group, *, itself: bool = False
) -> Select[Evidence]:
    """The very cases a figure of the map counts; `itself`: only those that belong to `upper` directly."""
    found = counted(actor, filters, upper).where(AT_HOME, belongs(group))
    return found.where(Evidence.region_code == upper) if itself else found


def abroad(actor: Actor, filters: Filters) -> Select[Evidence]:
    """Study tasks abroad of the units whose map this person reads."""
    return counted(actor, filters).where(ABROAD)


def count(session: Session, wanted: Select[Evidence]) -> int:
    counting: Any = wanted.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return int(session.scalar(counting) or 0)


def cases(session: Session, wanted: Select[Evidence], page: int = 1, size: int = PAGE) -> list[CaseRow]:
    """One page of the cases, latest event first."""
    ordered = wanted.order_by(Evidence.occurred_to.desc(), Evidence.id.desc())
    return rows(session, ordered.limit(size).offset((page - 1) * size))


def points(
    session: Session, wanted: Select[Evidence], view: BBox | None = None, zoom: int | None = None,
    most: int = MOST_POINTS,
) -> PointSet:  # fmt: skip
    """The cases as points (lon, lat) within `view`, or as cells of a grid that fits `zoom` where they are too many."""
    within_view = sql.touches_view(Evidence.place, view) if view else Evidence.place.is_not(None)
    tally: Any = wanted.with_only_columns(
        func.count().filter(within_view), func.count().filter(Evidence.place.is_(None)), maintain_column_froms=True
    )
    in_view, unplaced = session.execute(tally).one()
    placed = wanted.where(within_view)
    if in_view <= most:
        return PointSet(tuple(rows(session, placed.order_by(Evidence.id))), (), in_view, unplaced)
    return PointSet((), _cells(session, placed, DEFAULT_ZOOM if zoom is None else zoom), in_view, unplaced)


def _cells(session: Session, placed: Select[Evidence], zoom: int) -> tuple[Cell, ...]:
    side: ColumnElement[float] = literal_column(repr(_CELL_DEGREES / 2**zoom))
    lon, lat = sql.lon_of(Evidence.place), sql.lat_of(Evidence.place)
    column, line = func.floor(lon / side).label("column"), func.floor(lat / side).label("line")
    grid: Any = (
        placed.with_only_columns(column, line, func.avg(lon), func.avg(lat), func.count(), maintain_column_froms=True)
        .group_by(literal_column("1"), literal_column("2"))
        .order_by(func.count().desc(), literal_column("1"), literal_column("2"))
        .limit(MOST_POINTS)
    )
    return tuple(Cell(LonLat(row[2], row[3]), row[4]) for row in session.execute(grid))


def rows(session: Session, wanted: Select[Evidence]) -> list[CaseRow]:
    """The cases as lists show them."""
    first_photo = select(func.min(Photo.id)).where(Photo.evidence_id == Evidence.id, Photo.visit_id.is_(None))
    columns: Any = (
        wanted.with_only_columns(
            Evidence.id, Evidence.title, Evidence.state, EvidenceKind.name_id, EvidenceKind.name_en, Activity.name_id,
            Activity.name_en, Region.code, Region.name, Evidence.occurred_from, Evidence.occurred_to, Evidence.grade,
            Evidence.accuracy_m, sql.lon_of(Evidence.place), sql.lat_of(Evidence.place), Evidence.place_label,
            first_photo.correlate(Evidence).scalar_subquery(),
        )
        .join(Region, Region.code == Evidence.region_code)
        .join(EvidenceKind, EvidenceKind.code == Evidence.kind_code)
        .outerjoin(Activity, Activity.code == Evidence.activity_code)
    )  # fmt: skip
    return [_row(*row) for row in session.execute(columns)]


def _row(
    number: int, title: str, state: str, kind_id: str, kind_en: str, activity_id: str | None, activity_en: str | None,
    *rest: Any,
) -> CaseRow:  # fmt: skip
    code, region, start, end, grade, accuracy, lon, lat, label, photo = rest
    activity = Name(activity_id, activity_en) if activity_id and activity_en else None
    place = LonLat.maybe(lon, lat)
    return CaseRow(
        number, title, State(state), Name(kind_id, kind_en), activity, code, region, start, end, grade, accuracy,
        place, label, photo,
    )  # fmt: skip
