"""Reading evidence. `visible_to` is the one definition of who may see what, for a row and for a list."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, any_, column, exists, func, literal_column, or_, select, table
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from webapp.access import Actor, Permission, areas, seats, within
from webapp.errors import NotFound
from webapp.evidence.models import Activity, Evidence, EvidenceKind, EvidenceMove, Photo
from webapp.evidence.rules import UNSEEN
from webapp.evidence.tally_models import CaseJournal, case_changes
from webapp.programme.models import Period, StudyAssignment
from webapp.territory.models import Region
from webapp.territory.queries import kecamatan_of
from webapp.territory.rules import Level

_USED = table("used_digest", column("sha256", Text), schema="wall")


def visible_to(actor: Actor) -> Select[Evidence]:
    """Cases this person may see: all of the own unit's and, past draft, those of the areas they may read.

    A narrow team sees those of its own government's periods.
    """
    own = within(Evidence.region_code, areas(actor, Permission.EVIDENCE_WRITE))
    read = within(Evidence.region_code, areas(actor, Permission.EVIDENCE_READ))
    if seated := seats(actor, Permission.EVIDENCE_READ):
        read = or_(read, Evidence.period_id.in_(select(Period.id).where(Period.region_code.in_(seated))))
    return select(Evidence).where(or_(own, and_(read, Evidence.state.not_in(UNSEEN))))


_INDONESIAN: ColumnElement[Any] = literal_column("'indonesian'::regconfig")
# What `pii` may cover, roughly and generously: nobody finds by searching what they may not read.
PERSONAL = r"\S+@\S+|[+(]*\d(?:[ \u00a0.()\u2010-\u2015\u200b-\u200f\u2060\ufeff-]*\d){7,}"


def says(word: str) -> ColumnElement[bool]:
    """Whether title or note of a case hold the word outside personal numbers: the search of those who do not own it."""
    return or_(*(_says(column, word) for column in (Evidence.title, Evidence.note)))


def _says(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    uncovered: ColumnElement[str] = func.regexp_replace(column, PERSONAL, " ", "g", type_=Text)
    return and_(column.icontains(word, autoescape=True), uncovered.icontains(word, autoescape=True))


_LAST_WORD = re.compile(r"(?:^|(?<=\s))\w+$")


def about(text: str) -> ColumnElement[bool]:
    """Whether title or note of a case tell of what was typed, outside personal numbers: Indonesian full-text search.

    Words in any order and form ("melayani" finds "pelayanan"), "quoted phrases", -without, either or both; the last
    word may still be unfinished. Text without a word is about nothing.
    """
    asked: ColumnElement[Any] = func.websearch_to_tsquery(_INDONESIAN, text)
    last = _LAST_WORD.search(text)
    if last is not None and '"' not in text:
        begun = func.to_tsquery(literal_column("'simple'::regconfig"), f"'{last[0]}':*")
        asked = asked.op("||")(func.websearch_to_tsquery(_INDONESIAN, text[: last.start()]).op("&&")(begun))
    # As an array: a word that every case has would be looked up row by row, twice as long.
    return Evidence.id == any_(func.array(select(func.wall.cases_saying(asked)).scalar_subquery()))


def data_version() -> Select[int]:
    """A row that changes with every change of a case: for the ETag of layers.

    Not the highest id of a history: of two transactions the one that began first may end last, and then a reader in
    between would keep an old answer for good. It is a number of changes: those that were folded into sums, and those
    that this person sees and that are not folded yet, so that nothing a person may see changes without it growing.
    """
    waiting = select(func.count()).select_from(CaseJournal).scalar_subquery()
    return select(case_changes.c.folded + waiting)


def get(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """The case, with what its page shows. Raises `NotFound` when there is none or this person may not see it."""
    found = session.scalar(
        visible_to(actor)
        .where(Evidence.id == evidence_id)
        .options(
            joinedload(Evidence.region), joinedload(Evidence.kind), joinedload(Evidence.activity),
            joinedload(Evidence.owner), joinedload(Evidence.period), joinedload(Evidence.found_region),
            joinedload(Evidence.study_assignment), selectinload(Evidence.photos), selectinload(Evidence.refusals),
            selectinload(Evidence.moves).joinedload(EvidenceMove.actor), selectinload(Evidence.revisions),
        )
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def visible(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """The bare case, held by nobody. Raises `NotFound`."""
    found = session.scalar(visible_to(actor).where(Evidence.id == evidence_id))
    if found is None:
        raise NotFound
    return found


def locked_for_change(session: Session, actor: Actor, evidence_id: int) -> Evidence:
    """The case, its row held until the request ends, so that of two people deciding at once one waits and then sees."""
    found = session.scalar(
        visible_to(actor)
        .where(Evidence.id == evidence_id)
        .with_for_update(of=Evidence)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def of_unit(actor: Actor) -> Select[Evidence]:
    """The cases of the units this person writes for, newest first."""
    own = within(Evidence.region_code, areas(actor, Permission.EVIDENCE_WRITE))
    return select(Evidence).where(own).order_by(Evidence.id.desc())


OVERDUE = "overdue"  # no state: returned, and the days to mend it are over


def overdue() -> ColumnElement[bool]:
    """Returned cases whose window has passed; by the clock of the database, as it is asked."""
    return Evidence.repair_until < func.clock_timestamp()


@dataclass(frozen=True)
class Sieve:
    """What a person wants to see of a list; empty texts sift nothing. `kind`: the code of a kind or an activity."""

    state: str = ""
    kind: str = ""
    text: str = ""

    def applied(self, cases: Select[Any]) -> Select[Any]:
        """The same selection, less what falls through. An unknown state or kind is the state of no case."""
        if self.state == OVERDUE:
            cases = cases.where(overdue())
        elif self.state:
            cases = cases.where(Evidence.state == self.state)
        if self.kind:
            cases = cases.where(or_(Evidence.kind_code == self.kind, Evidence.activity_code == self.kind))
        for word in self.text.split()[:8]:
            cases = cases.where(
                or_(Evidence.title.icontains(word, autoescape=True), Evidence.note.icontains(word, autoescape=True))
            )
        return cases


@dataclass(frozen=True)
class Line:
    """A case in a list, with the number of its own photos."""

    case: Evidence
    photos: int


@dataclass(frozen=True)
class Page:
    """One page of a list: `number` counts from 1, `total` is over all pages."""

    lines: list[Line]
    number: int
    total: int
    size: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))


def page_of_unit(session: Session, actor: Actor, sieve: Sieve, number: int, size: int = 25) -> Page:
    """Own cases, newest first. A number beyond the end is the last page."""
    cases = sieve.applied(of_unit(actor))
    total = session.scalar(select(func.count()).select_from(cases.order_by(None).subquery())) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    own = select(func.count(Photo.id)).where(Photo.evidence_id == Evidence.id, Photo.visit_id.is_(None))
    rows = session.execute(
        cases.add_columns(own.scalar_subquery())
        .options(joinedload(Evidence.region), joinedload(Evidence.kind), joinedload(Evidence.activity))
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page([Line(case, photos) for case, photos in rows], number, total, size)


def states_of_unit(session: Session, actor: Actor) -> dict[str, int]:
    """How many of the own cases stand in each state; states of none are left out."""
    cases = of_unit(actor).order_by(None).with_only_columns(Evidence.state, func.count()).group_by(Evidence.state)
    return {str(state): int(number) for state, number in session.execute(cases)}


def units(session: Session, actor: Actor, most: int = 500) -> list[Region]:
    """Kecamatan and desa/kelurahan this person writes for, kecamatan first, in the order of their codes."""
    own = within(Region.code, areas(actor, Permission.EVIDENCE_WRITE))
    levels = (Level.KECAMATAN, Level.DESA, Level.KELURAHAN)
    found = select(Region).where(own, Region.level.in_(levels)).order_by(func.length(Region.code), Region.code)
    return list(session.scalars(found.limit(most)))


def study_assignments(session: Session, actor: Actor) -> list[StudyAssignment]:
    """Study assignments of the units this person writes for, the latest first."""
    codes = {kecamatan_of(code) for code in areas(actor, Permission.EVIDENCE_WRITE)}
    found = select(StudyAssignment).where(within(StudyAssignment.region_code, codes))
    return list(session.scalars(found.order_by(StudyAssignment.starts_on.desc()).limit(100)))


def of_award() -> ColumnElement[bool]:
    """Cases of studies that came with an award: no part of their period's result, and never locked with it."""
    with_award = StudyAssignment.id == Evidence.study_assignment_id, StudyAssignment.award_id.is_not(None)
    return exists().where(*with_award)


def by_client_id(session: Session, client_id: uuid.UUID) -> Evidence | None:
    return session.scalar(select(Evidence).where(Evidence.client_id == client_id))


def is_number_taken(session: Session, client_id: uuid.UUID) -> bool:
    """Whether any case has that number, also one that row-level security hides from this person."""
    return bool(session.scalar(select(func.wall.case_exists(client_id))))


def is_upload_taken(session: Session, upload_id: uuid.UUID) -> bool:
    """Whether any photo came with that number, also one that row-level security hides from this person."""
    return bool(session.scalar(select(func.wall.upload_exists(upload_id))))


def sent(session: Session, actor: Actor, client_id: uuid.UUID) -> Evidence:
    """The case this person made under that number. Raises `NotFound`, also for one that is somebody else's."""
    found = session.scalar(_own(actor).where(Evidence.client_id == client_id))
    if found is None:
        raise NotFound
    return found


def page_of_own(session: Session, actor: Actor, before: int | None, limit: int) -> tuple[list[Evidence], int | None]:
    """This person's cases with an id below `before`, newest first; and where the next page begins, None at the end."""
    cases = _own(actor) if before is None else _own(actor).where(Evidence.id < before)
    found = list(session.scalars(cases.order_by(Evidence.id.desc()).limit(limit + 1)))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def _own(actor: Actor) -> Select[Evidence]:
    return visible_to(actor).where(Evidence.owner_id == actor.id).options(selectinload(Evidence.photos))


def photo(session: Session, actor: Actor, photo_id: int) -> Photo:
    """The photo, if its case may be seen. Raises `NotFound`."""
    seen = visible_to(actor).with_only_columns(Evidence.id).order_by(None)
    found = session.scalar(
        select(Photo)
        .where(Photo.id == photo_id, Photo.evidence_id.in_(seen))
        .options(joinedload(Photo.evidence).joinedload(Evidence.region), joinedload(Photo.uploader))
    )
    if found is None:
        raise NotFound
    return found


def used(session: Session, digests: Collection[str]) -> set[str]:
    """Those of the digests whose stored files a row of any journey names. The one place that says who needs them.

    For the background only: the view behind it (migration 0102) is not the web server's.
    """
    return set(session.scalars(select(_USED.c.sha256).where(_USED.c.sha256.in_(digests)).distinct()))


@dataclass(frozen=True)
class Stored:
    """What the rows say of a stored photo: its digest, the first of its rows, and whether its pictures were made."""

    sha256: str
    photo_id: int
    has_pictures: bool


def stored(session: Session, after: str, most: int) -> list[Stored]:
    """The next stored photos in the order of their digests, those behind `after` ("" for the first)."""
    made = func.bool_or(Photo.pictures_at.is_not(None))
    rows = session.execute(
        select(Photo.sha256, func.min(Photo.id), made)
        .where(Photo.sha256 > after)
        .group_by(Photo.sha256)
        .order_by(Photo.sha256)
        .limit(most)
    )
    return [Stored(*row) for row in rows]


def stored_count(session: Session) -> int:
    """How many different photos the rows name."""
    return session.scalar(select(func.count(Photo.sha256.distinct()))) or 0


def kinds(session: Session) -> list[EvidenceKind]:
    """All kinds with their activities, in the order they are offered."""
    options = selectinload(EvidenceKind.activities)
    return list(session.scalars(select(EvidenceKind).options(options).order_by(EvidenceKind.position)))


def activity(session: Session, code: str | None) -> Activity | None:
    return session.get(Activity, code) if code else None
