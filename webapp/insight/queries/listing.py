"""The cases behind a figure: as lines of a table and as points of a layer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from geo import sql
from geo.tiles import cover
from geo.values import BBox, LonLat
from webapp.access import Actor
from webapp.evidence.models import Activity, Evidence, EvidenceKind, Photo
from webapp.evidence.rules import State
from webapp.insight.queries import placing, summing
from webapp.insight.queries.counting import ABROAD, AT_HOME, belongs, counted
from webapp.insight.queries.summing import Cell, Kept
from webapp.insight.rules import Filters, Group
from webapp.territory.models import Region

PAGE = IN_LIST = 25  # cases of one page of a list, and of the list beside a map
MOST_POINTS = 2_000  # more in one layer stop a phone; beyond it the server counts them by cells of a grid
MOST_IN_VIEW, CLOSE = 300, 17  # in a part of a map, below that zoom: a view weighs no more than some 15 kB packed
DEFAULT_ZOOM = 10
_BADGE = 2  # a mark of a number needs 64 px, four cells: at zoom z those of the level two above it are drawn
WORLD = BBox(-180, -90, 180, 90)


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
class PointSet:
    """What a layer draws: cases, or cells when there are too many in view."""

    rows: tuple[CaseRow, ...]
    cells: tuple[Cell, ...]
    in_view: int
    unplaced: int


@dataclass(frozen=True)
class Seen:
    """What stands in a part of the map: the latest of the cases, and how many there are (`MOST_POINTS` and no more)."""

    rows: tuple[CaseRow, ...]
    number: int


def behind(
    actor: Actor, upper: str | None, filters: Filters, group: Group, *, itself: bool = False
) -> Select[Evidence]:
    """The very cases a figure of the map counts; `itself`: only those that belong to `upper` directly."""
    found = counted(actor, filters, upper).where(AT_HOME, belongs(group))
    return found.where(Evidence.region_code == upper) if itself else found


def abroad(actor: Actor, filters: Filters) -> Select[Evidence]:
    """Study tasks abroad of the units whose map this person reads."""
    return counted(actor, filters).where(ABROAD)


def count(session: Session, wanted: Select[Evidence], known: Kept | None = None) -> int:
    """How many; `known`: the same cases where their sums are kept."""
    if known:
        return summing.whole(session, known).of(known.group)
    counting: Any = wanted.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return int(session.scalar(counting) or 0)


def cases(session: Session, wanted: Select[Evidence], page: int = 1, size: int = PAGE) -> list[CaseRow]:
    """One page of the cases, latest event first. Which they are is settled before anything else of them is read."""
    latest = (Evidence.occurred_to.desc(), Evidence.id.desc())
    found = wanted.with_only_columns(Evidence.id).order_by(None).order_by(*latest)
    shown = found.limit(size).offset((page - 1) * size).cte("shown").prefix_with("MATERIALIZED")
    return rows(session, wanted.where(Evidence.id.in_(select(shown.c.id))).order_by(None).order_by(*latest))


def points(
    session: Session, wanted: Select[Evidence], view: BBox | None = None, zoom: int | None = None,
    most: int = MOST_POINTS, known: Kept | None = None,
) -> PointSet:  # fmt: skip
    """The cases as points (lon, lat) within `view`, or as cells of a grid that fits `zoom` where they are too many.

    `known`: the same cases where their sums are kept; then nothing is counted that is not drawn. Cells at the edge of
    the view come whole.
    """
    shown, view = (DEFAULT_ZOOM if zoom is None else zoom) - _BADGE, view or WORLD
    spans = cover(view)
    drawn = summing.cells(session, known, spans, shown) if known else None
    unplaced = summing.without_place(session, known) if known else count(session, wanted.where(belongs(Group.UNPLACED)))
    if drawn is not None and (number := sum(cell.count for cell in drawn)) > most:
        return PointSet((), drawn[:MOST_POINTS], number, unplaced)
    near = placing.near(wanted, spans)
    if drawn is None and placing.number_of(session, select(near.c.id), most + 1) > most:
        drawn = _cells(session, near, shown)
        return PointSet((), drawn[:MOST_POINTS], sum(cell.count for cell in drawn), unplaced)
    found = tuple(rows(session, placing.within(wanted, view).order_by(Evidence.id)))
    return PointSet(found, (), len(found), unplaced)


def seen(session: Session, wanted: Select[Evidence], view: BBox | None) -> Seen:
    """For the list beside a map, or beside a part of one."""
    placed = wanted.where(Evidence.quad.is_not(None))
    if view is not None:
        placed = placed.where(sql.in_spans(Evidence.quad, cover(view)), sql.touches_view(Evidence.place, view))
    number = placing.number_of(session, placed.with_only_columns(Evidence.id), MOST_POINTS)
    # Of many the latest are soon met in the order of days; few are better found first, and then put in order.
    listed = placing.within(wanted, view) if view is not None and number < MOST_POINTS else placed
    return Seen(tuple(cases(session, listed, size=IN_LIST)), number)


def _cells(session: Session, near: Subquery, shown: int) -> tuple[Cell, ...]:
    """By the same grid as the sums that are kept."""
    grid = placing.cells(near, summing.steps_to(shown))
    ordered = select(grid.c.lon, grid.c.lat, grid.c.n).order_by(grid.c.n.desc(), grid.c.cell)
    return tuple(Cell(LonLat(lon, lat), number) for lon, lat, number in session.execute(ordered))


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
