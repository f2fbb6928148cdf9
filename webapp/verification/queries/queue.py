"""The queue: one definition, from which the table, the map and the counts are read, so that they agree."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, false, func, select, tuple_
from sqlalchemy.orm import Session

from geo import sql
from webapp.access import Actor, Permission, areas, within
from webapp.accounts.models import Account
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Activity, Evidence, EvidenceKind, Photo
from webapp.evidence.queries import OVERDUE, overdue, says
from webapp.evidence.rules import State
from webapp.programme.models import Period
from webapp.territory.models import Region
from webapp.verification.filters import NO_GRADE, Cursor, Filters
from webapp.verification.queries import partial

PAGE = 50
MAP_LIMIT = 2_000  # more markers than this help nobody and stall a phone


@dataclass(frozen=True)
class Waiting:
    """One line of the queue. `name_id`, `name_en`: of the activity, else of the kind; lon, lat in degrees.

    barred: this person may not review it; decided_at_desk: this person did, and so may not visit it.
    """

    id: int
    title: str
    state: str
    region_code: str
    region_name: str
    zone: str
    name_id: str
    name_en: str
    submitted_at: datetime
    occurred_from: date
    occurred_to: date
    grade: str | None
    accuracy_m: float | None
    region_result: str
    taken_until: datetime | None
    taken_by_name: str | None
    lon: float | None
    lat: float | None
    thumb_id: int | None
    barred: bool
    decided_at_desk: bool
    repair_until: datetime | None  # of a returned case
    sent_late: bool  # after the deadline; see `Evidence.sent_late`


@dataclass(frozen=True)
class Queue:
    """The cases a person may work on with `permission`, narrowed by filters. `units`: see `partial.own_units`."""

    actor: Actor
    permission: Permission
    filters: Filters
    units: tuple[str, ...] = ()

    def cases(self) -> Select[Evidence]:
        """The one definition of what is in this queue."""
        own_areas = within(Evidence.region_code, areas(self.actor, self.permission))
        return evidence_queries.visible_to(self.actor).where(own_areas, *_narrowed(self.filters))

    def rows(self, session: Session, cursor: Cursor | None = None, limit: int = PAGE) -> list[Waiting]:
        """A page of the table, oldest first."""
        backwards = cursor is not None and cursor.backwards
        asked = self._shown()
        if cursor is not None:
            key, here = tuple_(Evidence.submitted_at, Evidence.id), tuple_(cursor.at, cursor.id)
            asked = asked.where(key < here if backwards else key > here)
        order = [column.desc() if backwards else column.asc() for column in (Evidence.submitted_at, Evidence.id)]
        found = _lines(session, asked.order_by(*order).limit(limit))
        return found[::-1] if backwards else found

    def points(self, session: Session) -> list[Waiting]:
        """What the map shows: the same cases that have a place, oldest first, at most `MAP_LIMIT`."""
        asked = self._shown().where(Evidence.place.is_not(None)).order_by(Evidence.submitted_at, Evidence.id)
        return _lines(session, asked.limit(MAP_LIMIT))

    def counts(self, session: Session) -> "Counts":
        """How many cases by state, and how many have no place."""
        asked = (
            self.cases()
            .with_only_columns(Evidence.state, func.count(), func.count().filter(Evidence.place.is_(None)))
            .group_by(Evidence.state)
        )
        found = session.execute(asked).all()
        by_state = {State(state): number for state, number, _ in found}
        return Counts(sum(by_state.values()), sum(row[2] for row in found), by_state)

    def next_after(self, session: Session, evidence_id: int) -> int | None:
        """The oldest other case that waits for somebody and that this person may take."""
        asked = (
            self.cases()
            .with_only_columns(Evidence.id)
            .where(Evidence.id != evidence_id, ~partial.barred(self.actor, self.units))
            .order_by(Evidence.submitted_at, Evidence.id)
        )
        return session.scalar(asked.limit(1))

    def _shown(self) -> Select[*tuple[object, ...]]:
        thumb = select(func.min(Photo.id)).where(Photo.evidence_id == Evidence.id, Photo.visit_id.is_(None))
        return (
            self.cases()
            .join(Region, Region.code == Evidence.region_code)
            .join(Period, Period.id == Evidence.period_id)
            .join(EvidenceKind, EvidenceKind.code == Evidence.kind_code)
            .outerjoin(Activity, Activity.code == Evidence.activity_code)
            .outerjoin(Account, Account.id == Evidence.taken_by)
            .with_only_columns(
                Evidence.id, Evidence.title, Evidence.state, Evidence.region_code, Evidence.submitted_at,
                Evidence.occurred_from, Evidence.occurred_to, Evidence.grade, Evidence.accuracy_m,
                Evidence.region_result, Evidence.taken_until, Evidence.repair_until,
                Region.name.label("region_name"), Region.time_zone.label("zone"),
                func.coalesce(Activity.name_id, EvidenceKind.name_id).label("name_id"),
                func.coalesce(Activity.name_en, EvidenceKind.name_en).label("name_en"),
                Account.name.label("taken_by_name"),
                sql.lon_of(Evidence.place).label("lon"), sql.lat_of(Evidence.place).label("lat"),
                thumb.correlate(Evidence).scalar_subquery().label("thumb_id"),
                partial.barred(self.actor, self.units).label("barred"),
                partial.decided_at_desk(self.actor).label("decided_at_desk"),
                func.coalesce(Evidence.submitted_at > Period.closes_at, false()).label("sent_late"),
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """`without_place`: those of `total` that no map can show."""

    total: int
    without_place: int
    by_state: dict[State, int]


def waiting_for_field(actor: Actor, units: tuple[str, ...] = (), region: str = "") -> Queue:
    """The cases of a person's area that wait for a visit."""
    return Queue(actor, Permission.FIELD_VERIFY, Filters(region=region, state=State.AWAITING_FIELD), units)


def own_units(session: Session, actor: Actor, at: datetime) -> tuple[str, ...]:
    """`partial.own_units` as of today where the areas lie; days of two zones differ by two hours at most."""
    upper = next(iter(sorted(grant.region_code for grant in actor.grants if grant.region_code)), "31")
    return partial.own_units(session, actor, partial.day_there(at, upper))


def _lines(session: Session, asked: Select[*tuple[object, ...]]) -> list[Waiting]:
    return [Waiting(**row) for row in session.execute(asked).mappings()]


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as clauses, each a column the indexes know."""
    clauses: list[ColumnElement[bool]] = [Evidence.state.in_(filters.states)]
    if filters.state == OVERDUE:
        clauses.append(overdue())
    if filters.region:
        clauses.append(within(Evidence.region_code, [filters.region]))
    if filters.kind:
        clauses.append(Evidence.kind_code == filters.kind)
    if filters.grade:
        known = filters.grade != NO_GRADE
        clauses.append(Evidence.grade == filters.grade if known else Evidence.grade.is_(None))
    if filters.result:
        clauses.append(Evidence.region_result == filters.result)
    clauses += [says(word) for word in filters.text.split()]
    return clauses
