"""The figures of regions: one query, whoever shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.selectable import Subquery

from webapp.access import NATION, Actor, Permission, areas, within
from webapp.evidence.models import Evidence
from webapp.evidence.queries import about, visible_to
from webapp.evidence.rules import CLAIMED, Support
from webapp.insight.queries import monthly, summing
from webapp.insight.queries.standing import Reach, reach
from webapp.insight.rules import STATES_OF, Figures, Filters, Group
from webapp.scoring.models import Claim, ClaimEvidence
from webapp.scoring.queries import claims_visible_to
from webapp.territory.models import Region
from webapp.territory.rules import RegionResult

# A study abroad is told by its task or by where its point lies; it counts for no region.
# As text, not as a parameter: there is an index of just these.
ABROAD = or_(
    Evidence.study_assignment_id.is_not(None),
    Evidence.region_result == bindparam("abroad", str(RegionResult.ABROAD), literal_execute=True),
)
AT_HOME = not_(ABROAD)
NARROW = "narrow"  # of a selection: an index finds few cases by what is asked; for `placing`

_CHILD_CODE_LENGTH = {0: 2, 2: 5, 5: 8, 8: 13, 13: 13}


@dataclass(frozen=True)
class RegionFigures:
    """One line of the table and one area of the map.

    `figures` None: a region above the person's own areas, of which only the outline is shown. `itself`: the cases that
    belong to the region asked for directly, not to one below it.
    """

    code: str
    name: str
    level: str
    figures: Figures | None
    itself: bool = False


def counted(actor: Actor, filters: Filters, upper: str | None = None) -> Select[Evidence]:
    """The cases behind every number: seen by this person, of an area whose map they read, past draft, as filtered."""
    found = visible_to(actor).execution_options(**{NARROW: bool(filters.text or filters.activity)})
    return found.where(
        Evidence.state.in_(sorted(CLAIMED)),
        within(Evidence.region_code, areas(actor, Permission.MAP_READ)),
        within(Evidence.region_code, [upper or NATION]),
        *_matches(filters),
        *_supports_a_claim(actor, filters),
    )


def belongs(group: Group) -> ColumnElement[bool]:
    """Whether a claimed case at home is one of those a figure counts."""
    if group is Group.UNPLACED:
        return Evidence.quad.is_(None)  # there is one where there is a place, and an index holds it
    return Evidence.state.in_(sorted(STATES_OF[group]))


def figures(session: Session, actor: Actor, upper: str | None, filters: Filters) -> list[RegionFigures]:
    """Every region directly below `upper` (None: the provinces) with its figures, also those with nothing.

    Cases of a desa count for all above it, by the prefix of the code. In the order of codes; cases that belong to
    `upper` itself come as a line of their own, so that the lines always add up to the figures of `upper`.
    """
    tally = _kept(actor, upper, filters)
    if tally is None:
        tally = _tally(actor, upper, filters)
    columns = [func.coalesce(tally.c[group], 0) for group in Group]
    seen = _on_the_way(actor)
    rows = session.execute(
        select(Region.code, Region.name, Region.level, *columns)
        .outerjoin(tally, tally.c.unit == Region.code)
        .where(Region.parent_code == upper if upper is None else or_(Region.parent_code == upper, Region.code == upper))
        .where(or_(within(Region.code, areas(actor, Permission.MAP_READ)), Region.code.in_(seen)))
        .where(or_(Region.valid_to.is_(None), tally.c.claimed > 0))
        .order_by(Region.code)
    )
    lines = [_line(actor, upper, tuple(row)) for row in rows]
    return [line for line in lines if not line.itself or (line.figures and not line.figures.silent)]


def whole(session: Session, actor: Actor, filters: Filters) -> Figures:
    """All areas of a person together."""
    if known := summing.kept(actor, None, filters):
        return summing.whole(session, known)
    found: Any = counted(actor, filters).with_only_columns(*sums(), maintain_column_froms=True)
    return Figures(*session.execute(found).one())


def grouped(session: Session, wanted: Select[Evidence]) -> Figures:
    """The figures of any selection of claimed cases, also of those abroad."""
    found: Any = wanted.with_only_columns(
        *(func.count().filter(belongs(group)) for group in Group), maintain_column_froms=True
    )
    return Figures(*session.execute(found.order_by(None)).one())


def silent(session: Session, actor: Actor, upper: str | None, wanted: Select[Evidence]) -> tuple[int, int]:
    """How many of the regions directly below `upper` have none of these cases, and how many regions there are."""
    below = select(Region.code).where(
        Region.parent_code == upper, Region.valid_to.is_(None), within(Region.code, areas(actor, Permission.MAP_READ))
    )
    heard: Any = wanted.with_only_columns(unit_below(upper), maintain_column_froms=True).order_by(None)
    count = func.count(literal_column("*"))
    found = session.execute(
        select(count.filter(Region.code.not_in(heard)), count).where(Region.code.in_(below))
    ).one()  # fmt: skip
    return int(found[0]), int(found[1])


def supports(session: Session, actor: Actor, upper: str | None, filters: Filters) -> dict[Support, int]:
    """Claimed cases at home by how the kabupaten strengthened the unit; each of the four, also those with none."""
    known = summing.kept(actor, upper, filters)
    if known and filters.state is None:
        return summing.supports(session, known)
    wanted: Any = (
        counted(actor, filters, upper)
        .where(AT_HOME, Evidence.support.is_not(None))
        .with_only_columns(Evidence.support, func.count(), maintain_column_froms=True)
        .group_by(Evidence.support)
    )
    found = {row[0]: int(row[1]) for row in session.execute(wanted)}
    return {one: found.get(one, 0) for one in Support}


def sums() -> list[ColumnElement[int]]:
    """One column for each figure, of cases at home."""
    return [func.count().filter(and_(AT_HOME, belongs(group))).label(group) for group in Group]


def unit_below(upper: str | None, code: InstrumentedAttribute[str] = Evidence.region_code) -> ColumnElement[str]:
    """The region directly below `upper` that a case (or what has that code) counts for: `upper` itself for its own."""
    # No parameter: GROUP BY must see the same text as the column.
    length: ColumnElement[int] = literal_column(str(_CHILD_CODE_LENGTH[len(upper or "")]))
    return func.left(code, length)


def _kept(actor: Actor, upper: str | None, filters: Filters) -> Subquery | None:
    """The same from sums, where they are kept."""
    known = monthly.known(actor, upper, filters)
    if known is None:
        return None
    if filters.since or filters.until:
        return monthly.children(known, filters.since, filters.until)
    return summing.children(known)


def _tally(actor: Actor, upper: str | None, filters: Filters) -> Subquery:
    unit = unit_below(upper)
    return (
        counted(actor, filters, upper).with_only_columns(unit.label("unit"), *sums()).group_by(unit).subquery("tally")
    )


def _line(actor: Actor, upper: str | None, row: tuple[str | int, ...]) -> RegionFigures:
    code, name, level, *numbers = row
    known = reach(actor, str(code)) is Reach.INSIDE
    counts = Figures(*(int(number) for number in numbers)) if known else None
    return RegionFigures(str(code), str(name), str(level), counts, code == upper)


def ranked(lines: Iterable[RegionFigures]) -> list[RegionFigures]:
    """For reading: most verified first."""

    def place(line: RegionFigures) -> tuple[int, int, str]:
        known = line.figures or Figures()
        return -known.verified, -known.claimed, line.code

    return sorted(lines, key=place)


def _on_the_way(actor: Actor) -> list[str]:
    """Codes of the regions above the person's areas."""
    mine = areas(actor, Permission.MAP_READ)
    return sorted({area[:length] for area in mine for length in (2, 5, 8) if length < len(area)})


def _matches(filters: Filters) -> list[ColumnElement[bool]]:
    """What a filter asks of the case itself, whoever looks."""
    exact = {
        Evidence.kind_code: filters.kind, Evidence.activity_code: filters.activity,
        Evidence.period_id: filters.period, Evidence.state: filters.state, Evidence.support: filters.support,
    }  # fmt: skip
    clauses: list[ColumnElement[bool]] = [column == value for column, value in exact.items() if value is not None]
    if filters.tag is not None:
        clauses.append(Evidence.tags.contains([filters.tag]))
    if filters.since is not None:
        clauses.append(Evidence.occurred_to >= filters.since.first)
    if filters.until is not None:
        clauses.append(Evidence.occurred_from <= filters.until.last)
    if filters.text:
        clauses.append(about(filters.text))
    return clauses


def _supports_a_claim(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """Tied to a claim on the indicator that this person may read: a filter tells nothing about the others."""
    if filters.indicator is None:
        return []
    claims = claims_visible_to(actor).where(Claim.indicator_id == filters.indicator).with_only_columns(Claim.id)
    return [Evidence.id.in_(select(ClaimEvidence.evidence_id).where(ClaimEvidence.claim_id.in_(claims)))]
