"""The profile of a kecamatan: what it did, what was proven, how it was judged, and where its border comes from.

Whoever sees the portfolio of a kecamatan (`insight.portfolio`) sees its profile: the unit itself, and who reads its
cases or its map. Cases are those `evidence.visible_to` shows; drafts are no part of a profile, not even for the unit.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from geo import sketch, sql
from webapp.access import Actor, within
from webapp.accounts.models import Account
from webapp.dashboard.queries.results import Place, Told, history
from webapp.evidence.models import Evidence
from webapp.evidence.queries import visible_to as cases_visible_to
from webapp.evidence.rules import CLAIMED, DISMISSED, VERIFIED, State
from webapp.insight import queries as insight
from webapp.insight.queries import CaseRow, Innovation
from webapp.insight.queries.counting import AT_HOME, belongs
from webapp.insight.rules import Figures, Group
from webapp.programme.models import Period, StudyAssignment
from webapp.selection.models import Award, AwardPlace, Nomination
from webapp.selection.queries import may_read_places, nominations_visible_to, own_places
from webapp.territory.models import Region, RegionBoundary
from webapp.territory.queries import boundaries_of

MOST_CASES = 200  # in a profile's table; the list of the map has them all
_NEIGHBOURS = 40


@dataclass(frozen=True)
class Honour:
    """An award by decree, a study it brought, or a nomination upwards. `on`: its day, `number`: of the decree."""

    kind: str  # award, study, nomination
    period: str
    on: date
    number: str = ""
    place: str = ""


@dataclass(frozen=True)
class Reporter:
    """Who sent the last case, and when."""

    case: int
    title: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Profile:
    """A kecamatan as of now, for one reader. `figures`: of its cases at home that this person sees."""

    region: Region
    above: tuple[Region, ...]
    figures: Figures
    innovations: list[Innovation]
    verified: list[CaseRow]
    results: list[tuple[Told, Place]]
    honours: list[Honour]
    boundaries: list[RegionBoundary]
    drawing: sketch.Sketch | None
    reporter: Reporter | None

    @property
    def by_stage(self) -> Counter[str | None]:
        return Counter(one.stage for one in self.innovations)


def profile(session: Session, actor: Actor, code: str) -> Profile:
    """Raises `NotFound` for what is no kecamatan, or one whose portfolio this person does not see."""
    known = insight.portfolio(session, actor, code)
    wanted = _cases(actor, code)
    return Profile(
        region=known.region,
        above=_above(session, code),
        figures=_figures(session, wanted),
        innovations=[one for one in known.innovations if one.state is not State.DRAFT],
        verified=insight.cases(session, wanted.where(Evidence.state.in_(sorted(VERIFIED))), size=MOST_CASES),
        results=history(session, actor, code),
        honours=sorted(_honours(session, actor, code), key=lambda one: one.on, reverse=True),
        boundaries=boundaries_of(session, code),
        drawing=_drawing(session, code, wanted),
        reporter=_reporter(session, wanted),
    )


def _cases(actor: Actor, code: str) -> Select[Evidence]:
    return cases_visible_to(actor).where(
        Evidence.state.in_(sorted(CLAIMED)), within(Evidence.region_code, [code]), AT_HOME
    )


def _above(session: Session, code: str) -> tuple[Region, ...]:
    codes = [code[:length] for length in (2, 5)]
    return tuple(session.scalars(select(Region).where(Region.code.in_(codes)).order_by(Region.code)))


def _figures(session: Session, wanted: Select[Evidence]) -> Figures:
    sums: Any = wanted.with_only_columns(
        *(func.count().filter(belongs(group)) for group in Group), maintain_column_froms=True
    )
    return Figures(*session.execute(sums).one())


def _honours(session: Session, actor: Actor, code: str) -> list[Honour]:
    """Awards for the unit itself and for who reads the scores; studies; nominations this person may see."""
    placed = session.execute(
        select(AwardPlace, Award, Period)
        .join(Award, Award.id == AwardPlace.award_id)
        .join(Period, Period.id == Award.period_id)
        .where(AwardPlace.region_code == code, AwardPlace.inside)
    )
    awards = [
        Honour("award", period.name, award.decided_on, number=award.number)
        for place, award, period in placed
        if may_read_places(actor, period) or own_places(actor, [place])
    ]
    sent_off = session.execute(
        select(StudyAssignment, Period.name)
        .join(Period, Period.id == StudyAssignment.period_id)
        .where(StudyAssignment.region_code == code)
    )
    studies = [Honour("study", name, one.starts_on, place=one.city) for one, name in sent_off]
    named = session.execute(
        nominations_visible_to(actor)
        .join(Period, Period.id == Nomination.target_id)
        .where(Nomination.region_code == code)
        .with_only_columns(Period.name, Nomination.nominated_at)
    )
    return [*awards, *studies, *(Honour("nomination", name, at.date()) for name, at in named)]


def _reporter(session: Session, wanted: Select[Evidence]) -> Reporter | None:
    row = session.execute(
        wanted.join(Account, Account.id == Evidence.submitted_by)
        .with_only_columns(Evidence.id, Evidence.title, Account.name, Evidence.submitted_at)
        .order_by(Evidence.submitted_at.desc(), Evidence.id.desc())
        .limit(1)
    ).one_or_none()
    return Reporter(row[0], row[1], row[2], row[3]) if row and row[3] else None


def _kind(state: State) -> str:
    return "verified" if state in VERIFIED else "rejected" if state in DISMISSED else "waiting"


def _drawing(session: Session, code: str, wanted: Select[Evidence]) -> sketch.Sketch | None:
    """The border with its neighbours', and the cases as points by what became of them."""
    own, other = aliased(RegionBoundary), aliased(RegionBoundary)
    outlines = session.execute(
        select(other.region_code, sql.as_geojson(other.outline, 5))
        .join(own, and_(own.region_code == code, own.superseded_at.is_(None)))
        .where(other.superseded_at.is_(None), sql.boxes_meet(other.outline, own.outline))
        .where(func.length(other.region_code) == len(code))
        .order_by(other.region_code)
        .limit(_NEIGHBOURS)
    )
    rings = {unit: sketch.rings_of(shape) for unit, shape in outlines}
    found = insight.points(session, wanted)
    points = [(row.place, _kind(row.state)) for row in found.rows if row.place is not None]
    return sketch.region(
        rings.pop(code, []), list(rings.values()), [*points, *((cell.place, "cell") for cell in found.cells)]
    )
