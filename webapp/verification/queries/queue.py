"""The queue: one definition, from which the table, the map and the counts are read, so that they agree."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from geo import sql
from webapp.access import Actor, Permission, areas, within
from webapp.accounts.models import Account
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Activity, Evidence, EvidenceKind, EvidenceMove, Photo
from webapp.evidence.queries import OVERDUE, overdue, says
from webapp.evidence.rules import Move, State
from webapp.programme.models import Period
from webapp.programme.rules import Mode
from webapp.signals.queries import flagged
from webapp.territory.models import Region
from webapp.verification.filters import FLAGGED, NO_GRADE, Cursor, Filters
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
    taken_by: int | None
    version: int
    mode: str  # of its activity; "desk" without one
    abroad: bool  # belongs to a study assignment
    flagged: bool  # has an open signal


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
        return evidence_queries.visible_to(self.actor).where(own_areas, *_narrowed(self.filters, self.actor))

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

    def among(self, session: Session, ids: Collection[int]) -> list[Waiting]:
        """Those of the cases that stand in this queue, oldest first."""
        asked = self._shown().where(Evidence.id.in_(ids)).order_by(Evidence.submitted_at, Evidence.id)
        return _lines(session, asked)

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

    def next_after(self, session: Session, case: Evidence, at: datetime) -> int | None:
        """The next case that this person may work on now: behind that one, else from the beginning."""
        free = self.cases().where(Evidence.id != case.id, *self._workable(at))
        return self._beside(session, free, case)

    def stand_of(self, session: Session, case: Evidence) -> "Stand":
        """Where a case stands in this queue, and its neighbours there that this person may review."""
        key, here = tuple_(Evidence.submitted_at, Evidence.id), tuple_(case.submitted_at, case.id)
        counted = self.cases().with_only_columns(
            func.count(), func.count().filter(key < here), func.count().filter(Evidence.id == case.id)
        )
        total, before, inside = session.execute(counted).one()
        others = self.cases().where(Evidence.id != case.id, ~partial.barred(self.actor, self.units))
        return Stand(
            number=before + 1 if inside else None,
            total=total,
            before=self._beside(session, others, case, backwards=True),
            after=self._beside(session, others, case),
        )

    def _beside(
        self, session: Session, cases: Select[Evidence], case: Evidence, *, backwards: bool = False
    ) -> int | None:
        """The case right behind (or before) that one; at the end of the queue, from its other end."""
        key, here = (Evidence.submitted_at, Evidence.id), tuple_(case.submitted_at, case.id)
        past = tuple_(*key) < here if backwards else tuple_(*key) > here
        order = [past.desc(), *(column.desc() if backwards else column.asc() for column in key)]
        return session.scalar(cases.with_only_columns(Evidence.id).order_by(*order).limit(1))

    def _workable(self, at: datetime) -> tuple[ColumnElement[bool], ...]:
        """Not this person's own, not under another's running lock, and no rejection that they proposed themselves."""
        proposed = select(EvidenceMove.id).where(
            EvidenceMove.evidence_id == Evidence.id, EvidenceMove.actor_id == self.actor.id,
            EvidenceMove.move == Move.PROPOSE_REJECTION,
        )  # fmt: skip
        return (
            ~partial.barred(self.actor, self.units),
            or_(Evidence.taken_by.is_(None), Evidence.taken_by == self.actor.id, Evidence.taken_until <= at),
            or_(Evidence.state != State.REJECTION_PROPOSED, ~proposed.exists()),
        )

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
                func.coalesce(
                    and_(Evidence.submitted_at > Period.closes_at, not_(evidence_queries.of_award())), false()
                ).label("sent_late"),
                Evidence.taken_by, Evidence.version, func.coalesce(Activity.mode, Mode.DESK).label("mode"),
                Evidence.study_assignment_id.is_not(None).label("abroad"), flagged().label("flagged"),
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """`without_place`: those of `total` that no map can show."""

    total: int
    without_place: int
    by_state: dict[State, int]


@dataclass(frozen=True)
class Stand:
    """The place of a case in a queue: its number from 1, None when it is not (or no longer) there; its neighbours."""

    number: int | None
    total: int
    before: int | None
    after: int | None


def waiting_for_field(actor: Actor, units: tuple[str, ...] = (), region: str = "") -> Queue:
    """The cases of a person's area that wait for a visit."""
    return Queue(actor, Permission.FIELD_VERIFY, Filters(region=region, state=State.AWAITING_FIELD), units)


def own_units(session: Session, actor: Actor, at: datetime) -> tuple[str, ...]:
    """`partial.own_units` as of today where the areas lie; days of two zones differ by two hours at most."""
    upper = next(iter(sorted(grant.region_code for grant in actor.grants if grant.region_code)), "31")
    return partial.own_units(session, actor, partial.day_there(at, upper))


def _lines(session: Session, asked: Select[*tuple[object, ...]]) -> list[Waiting]:
    return [Waiting(**row) for row in session.execute(asked).mappings()]


def _narrowed(filters: Filters, actor: Actor) -> list[ColumnElement[bool]]:
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
    if filters.flagged:
        clauses.append(flagged() if filters.flagged == FLAGGED else ~flagged())
    if filters.mine:
        clauses.append(Evidence.taken_by == actor.id)
    clauses += [says(word) for word in filters.text.split()]
    return clauses
