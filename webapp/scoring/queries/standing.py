"""One reading (`standings`) behind the sheet, the gate and the sealed result, and what follows from it.

`lean_standings` is the same reading without the objects, for a whole country: `tests/webapp/scoring/test_values.py`
holds the two together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Actor
from webapp.evidence.models import Evidence
from webapp.evidence.rules import UNSEEN, State
from webapp.presentation.rules import Attendance
from webapp.programme.models import Indicator, Participant, Period
from webapp.programme.rules import MODE_LABELS, Method, Mode, PeriodState, Reading
from webapp.scoring.models import Adjudication, Claim, ClaimEvidence, Moderation, Reader, Score
from webapp.scoring.queries.claims import claim_options
from webapp.scoring.queries.reuse import same_events
from webapp.scoring.queries.slots import held_for, held_in, presented, presented_as
from webapp.scoring.rules import (
    CLAIM_LABELS,
    PAIR,
    SETTLED,
    Blocker,
    ClaimState,
    ClaimStep,
    Level,
    ModerationState,
    ModerationStep,
    PairState,
    Reason,
    Weighted,
    after_two_rounds,
    claim_state,
    claim_step,
    counted,
    counted_events,
    counts,
    distinct_events,
    grade_of,
    grantable,
    mean,
    moderation_state,
    pair_state,
    ranks,
    total_of,
)  # fmt: skip
from webapp.verification.claims import Supported

Held = Mapping[tuple[str, int], Attendance]
NOBODY: Held = MappingProxyType({})  # has been heard


class _Worth:
    """What a claim is worth, for whoever knows these facts of it."""

    __slots__ = ()

    indicator: Indicator
    state: ClaimState
    quorum: int
    values: list[Decimal]
    drawn: int  # readers of a blind pair
    decided: Decimal | None  # by the adjudicator
    events: int  # verified ones, of a count
    steps: list[tuple[ModerationStep, datetime]]
    last_scored: datetime | None

    @property
    def blind(self) -> bool:
        return self.indicator.reading == Reading.BLIND_PAIR

    @property
    def counting(self) -> bool:
        """Whether events are counted and nobody rates."""
        return self.indicator.method == Method.COUNT

    @property
    def pair(self) -> PairState:
        """How far the blind pair has come."""
        one = self.indicator
        adjudicated = self.decided is not None
        return pair_state(self.drawn, self.values, one.spread_limit, one.max_value, adjudicated=adjudicated)

    @property
    def moderation(self) -> ModerationState:
        """How the claim stands with the spread of its quorum; a blind pair and a count have none."""
        one = self.indicator
        if self.blind or self.counting or self.state is not ClaimState.PROVEN:
            return ModerationState.NOT_NEEDED
        return moderation_state(
            self.values, self.quorum, one.spread_limit, one.max_value, self.steps, self.last_scored
        )  # fmt: skip

    @property
    def exact(self) -> Fraction:
        """What counts, exact: the mean of the assessors, what a blind pair came to, or the events so far; 0 unless
        the claim is proven. Events that are verified already count while others are still being looked at.
        """
        if self.counting:
            alive = self.state in (ClaimState.PROVEN, ClaimState.WAITING)
            return self._of_events() if alive and self.events >= self.least else Fraction(0)
        if self.state is not ClaimState.PROVEN:
            return Fraction(0)
        return Fraction(counted(self.pair, self.values, self.decided)) if self.blind else mean(self.values)

    def _of_events(self) -> Fraction:
        one = self.indicator
        return counted_events(self.events, one.points_each or Decimal(0), one.fading, one.max_value)

    @property
    def least(self) -> int:
        """How many cases the indicator asks for."""
        required = self.indicator.evidence_required
        return required if self.indicator.mode == Mode.DESK else max(required, 1)

    @property
    def value(self) -> Decimal:
        """The same to 28 digits: for showing and for writing down. Totals are reckoned from `exact`."""
        return shown(self.exact)

    @property
    def valued(self) -> bool:
        """Whether what it is worth is known: everybody who was asked has said so, and the chair where they differ."""
        if self.state is not ClaimState.PROVEN or self.counting:
            return self.state is ClaimState.PROVEN
        if self.blind:
            return self.pair in (PairState.AGREED, PairState.ADJUDICATED)
        waiting = (ModerationState.NEEDED, ModerationState.OPEN)
        return len(self.values) >= self.quorum and self.moderation not in waiting


@dataclass
class ClaimStanding(_Worth):
    """A claim with what decides about it."""

    claim: Claim
    state: ClaimState
    scores: list[Score] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)  # in the order of their places; none of a quorum
    adjudication: Adjudication | None = None
    moderations: list[Moderation] = field(default_factory=list)  # in the order they were made
    same: set[tuple[int, int]] = field(default_factory=set)  # pairs of cases that are one event

    @property
    def region_code(self) -> str:
        return self.claim.region_code

    @property
    def indicator_id(self) -> int:
        return self.claim.indicator_id

    @property
    def indicator(self) -> Indicator:  # type: ignore[override]
        return self.claim.indicator

    @property
    def quorum(self) -> int:  # type: ignore[override]
        return self.claim.period.quorum

    @property
    def values(self) -> list[Decimal]:  # type: ignore[override]
        return [score.value for score in self.scores]

    @property
    def drawn(self) -> int:  # type: ignore[override]
        return sum(one.place in PAIR for one in self.readers)

    @property
    def decided(self) -> Decimal | None:  # type: ignore[override]
        return self.adjudication.value if self.adjudication else None

    @property
    def steps(self) -> list[tuple[ModerationStep, datetime]]:  # type: ignore[override]
        return [(ModerationStep(one.step), one.made_at) for one in self.moderations]

    @property
    def last_scored(self) -> datetime | None:  # type: ignore[override]
        return max((one.scored_at for one in self.scores), default=None)

    @property
    def verified(self) -> list[Evidence]:
        """Its cases that count, each verified as the indicator asks."""
        mode = Mode(self.indicator.mode)
        return [link.evidence for link in self.claim.links if counts(link.evidence.stands, mode)]

    @property
    def events(self) -> int:  # type: ignore[override]
        return distinct_events([one.id for one in self.verified], self.same) if self.counting else 0

    @property
    def step(self) -> ClaimStep:
        """How far it has come, in the camat's words."""
        return claim_step(self.state, valued=self.valued, locked=self.claim.period.state == PeriodState.FINAL)

    @property
    def allowed(self) -> tuple[Decimal, ...]:
        """What an assessor may give where levels are granted; empty where anything on the scale is."""
        return allowed_values(self.claim)

    def place_of(self, assessor_id: int) -> int | None:
        """The place at which this person reads the claim, if any."""
        return next((one.place for one in self.readers if one.assessor_id == assessor_id), None)


def shown(exact: Fraction) -> Decimal:
    """A worth to 28 digits."""
    above, below = exact.as_integer_ratio()
    return Decimal(above) / Decimal(below)


def levels_of(indicator: Indicator) -> list[Level]:
    """The levels of an indicator as the rules need them."""
    return [Level(one.id, one.points, one.lower, one.upper) for one in indicator.levels]


def allowed_values(claim: Claim) -> tuple[Decimal, ...]:
    """Points of the level a claim says or of a lower one, highest first; empty where no levels are granted."""
    known = levels_of(claim.indicator)
    claimed = next((one for one in known if one.id == claim.level_id), None)
    return grantable(claimed.points, known) if claimed and claim.indicator.method == Method.LEVELS else ()


def standings(session: Session, period: Period, units: Iterable[str] | None = None) -> list[ClaimStanding]:
    """Every claim of the period (or of some units) with its state and scores, by unit and indicator."""
    wanted = select(Claim).where(Claim.period_id == period.id).options(*claim_options())
    if units is not None:
        wanted = wanted.where(Claim.region_code.in_(list(units)))
    claims = session.scalars(wanted.order_by(Claim.region_code, Claim.indicator_id)).all()
    scores: dict[int, list[Score]] = defaultdict(list)
    given = select(Score).where(Score.period_id == period.id, Score.left_out_at.is_(None)).order_by(Score.id)
    for score in session.scalars(
        given if units is None else given.where(Score.claim_id.in_([one.id for one in claims]))
    ):
        scores[score.claim_id].append(score)
    readers: dict[int, list[Reader]] = defaultdict(list)
    named = select(Reader).where(Reader.period_id == period.id).options(joinedload(Reader.assessor))
    for reader in session.scalars(named.order_by(Reader.claim_id, Reader.place)):
        readers[reader.claim_id].append(reader)
    decided = {
        one.claim_id: one for one in session.scalars(select(Adjudication).where(Adjudication.period_id == period.id))
    }
    steps: dict[int, list[Moderation]] = defaultdict(list)
    for step in session.scalars(select(Moderation).where(Moderation.period_id == period.id).order_by(Moderation.id)):
        steps[step.claim_id].append(step)
    same = same_events(session, Claim.period_id == period.id) if _counts_anything(period) else {}
    held = held_for(session, period, claims)
    return [
        ClaimStanding(
            one, state_of(one, held), scores[one.id], readers[one.id], decided.get(one.id), steps[one.id],
            same.get(one.id, set()),
        )
        for one in claims
    ]  # fmt: skip


def _counts_anything(period: Period) -> bool:
    return any(one.method == Method.COUNT for aspect in period.instrument.aspects for one in aspect.indicators)


def standing_of(session: Session, claim: Claim) -> ClaimStanding:
    """One claim's standing, read anew: for deciding while its row is held."""
    fresh = {"populate_existing": True}
    given = select(Score).where(Score.claim_id == claim.id, Score.left_out_at.is_(None)).order_by(Score.id)
    scores = session.scalars(given, execution_options=fresh)
    readers = session.scalars(
        select(Reader).where(Reader.claim_id == claim.id).order_by(Reader.place), execution_options=fresh
    )
    decided = session.get(Adjudication, claim.id, populate_existing=True)
    steps = session.scalars(select(Moderation).where(Moderation.claim_id == claim.id).order_by(Moderation.id))
    counting = claim.indicator.method == Method.COUNT
    same = same_events(session, Claim.id == claim.id).get(claim.id, set()) if counting else set()
    held = held_for(session, claim.period, [claim])
    return ClaimStanding(claim, state_of(claim, held), list(scores), list(readers), decided, list(steps), same)


def state_of(claim: Claim, held: Held = NOBODY) -> ClaimState:
    """What the claim's cases make of it; see `rules.claim_state`. Of a presentation: whether it was `held`."""
    states = (link.evidence.stands for link in claim.links)
    return _state(claim.indicator, claim.region_code, states, claim.set_aside_at is not None, held)


def _state(indicator: Indicator, unit: str, states: Iterable[State], set_aside: bool, held: Held) -> ClaimState:
    if indicator.method == Method.PRESENTATION:
        return presented_as(held.get((unit, indicator.aspect.round)), set_aside=set_aside)
    return claim_state(
        states, Mode(indicator.mode), set_aside=set_aside, method=Method(indicator.method),
        required=indicator.evidence_required,
    )  # fmt: skip


@dataclass(slots=True)
class LeanStanding(_Worth):
    """What a claim is worth and waits for, without its words, cases and people: a few hundred bytes each."""

    claim_id: int
    region_code: str
    indicator: Indicator
    state: ClaimState
    quorum: int
    values: list[Decimal]
    drawn: int = 0
    decided: Decimal | None = None
    events: int = 0
    steps: list[tuple[ModerationStep, datetime]] = field(default_factory=list)
    last_scored: datetime | None = None

    @property
    def indicator_id(self) -> int:
        return self.indicator.id


_CHUNK = 20_000


def lean_standings(session: Session, period: Period) -> Iterator[LeanStanding]:
    """The same as `standings`, one claim after the other and by few statements: for a period of a whole country."""
    tools = {one.id: one for aspect in period.instrument.aspects for one in aspect.indicators}
    known, held = _Details.of(session, period), held_in(session, period)
    cases = (
        select(
            ClaimEvidence.claim_id,
            func.array_agg(Evidence.state).label("states"),
            func.array_agg(Evidence.id).label("ids"),
        )
        .join(Evidence, Evidence.id == ClaimEvidence.evidence_id)
        .where(ClaimEvidence.period_id == period.id)
        .group_by(ClaimEvidence.claim_id)
        .subquery()
    )
    given = (
        select(
            Score.claim_id,
            func.array_agg(Score.value).label("values"),
            func.max(Score.scored_at).label("last"),
        )
        .where(Score.period_id == period.id, Score.left_out_at.is_(None))
        .group_by(Score.claim_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Claim.id, Claim.region_code, Claim.indicator_id, Claim.set_aside_at.is_not(None), cases.c.states,
            cases.c.ids, given.c["values"], given.c.last,
        )
        .outerjoin(cases, cases.c.claim_id == Claim.id)
        .outerjoin(given, given.c.claim_id == Claim.id)
        .where(Claim.period_id == period.id)
        .order_by(Claim.region_code, Claim.indicator_id),
        execution_options={"yield_per": _CHUNK},
    )  # fmt: skip
    for claim_id, region_code, indicator_id, set_aside, states, ids, values, last in rows:
        tool, stands = tools[indicator_id], [State(one) for one in states or ()]
        state = _state(tool, region_code, stands, set_aside, held)
        yield LeanStanding(
            claim_id, region_code, tool, state, period.quorum, values or [],
            known.drawn.get(claim_id, 0), known.decided.get(claim_id),
            known.events(claim_id, tool, stands, ids or ()), known.steps.get(claim_id, []), last,
        )  # fmt: skip


@dataclass(frozen=True)
class _Details:
    """What few claims have: read whole."""

    drawn: dict[int, int]
    decided: dict[int, Decimal]
    steps: dict[int, list[tuple[ModerationStep, datetime]]]
    same: Mapping[int, set[tuple[int, int]]]

    @classmethod
    def of(cls, session: Session, period: Period) -> "_Details":
        drawn = session.execute(
            select(Reader.claim_id, func.count())
            .where(Reader.period_id == period.id, Reader.place.in_(PAIR))
            .group_by(Reader.claim_id)
        )
        decided = session.execute(
            select(Adjudication.claim_id, Adjudication.value).where(Adjudication.period_id == period.id)
        )
        steps: dict[int, list[tuple[ModerationStep, datetime]]] = defaultdict(list)
        made = select(Moderation.claim_id, Moderation.step, Moderation.made_at).order_by(Moderation.id)
        for claim_id, step, at in session.execute(made.where(Moderation.period_id == period.id)):
            steps[claim_id].append((ModerationStep(step), at))
        same = same_events(session, Claim.period_id == period.id) if _counts_anything(period) else {}
        return cls({row[0]: row[1] for row in drawn}, {row[0]: row[1] for row in decided}, steps, same)

    def events(self, claim_id: int, tool: Indicator, states: Iterable[State], ids: Iterable[int]) -> int:
        if tool.method != Method.COUNT:
            return 0
        mode = Mode(tool.mode)
        verified = [one for one, state in zip(ids, states, strict=True) if counts(state, mode)]
        return distinct_events(verified, self.same.get(claim_id, ()))


def supported_by(session: Session, actor: Actor, case: Evidence) -> list[Supported]:  # noqa: ARG001 - the case is seen
    """The claims a case is tied to, for whoever may see the case: names and standing, none of the unit's words."""
    found = session.scalars(
        select(Claim)
        .join(ClaimEvidence, and_(ClaimEvidence.claim_id == Claim.id, ClaimEvidence.evidence_id == case.id))
        .options(*claim_options())
        .order_by(Claim.indicator_id)
    )
    return [_supported(one) for one in found]


_TONES = {ClaimState.PROVEN: "good", ClaimState.UNPROVEN: "bad", ClaimState.SET_ASIDE: "neutral"}


def _supported(claim: Claim) -> Supported:
    mode, indicator, state = Mode(claim.indicator.mode), claim.indicator, state_of(claim)
    return Supported(
        indicator.aspect.name, indicator.name, MODE_LABELS[mode], CLAIM_LABELS[state], _TONES.get(state, "wait")
    )


def claim_blockers(period: Period, known: Iterable[ClaimStanding]) -> list[Blocker]:
    """What those claims themselves still wait for; for all that a final result waits for see `blockers`."""
    return [blocker for standing in known for blocker in _of_claim(standing, period.quorum)]


def _of_claim(standing: ClaimStanding, quorum: int) -> Iterable[Blocker]:
    claim, state = standing.claim, standing.state
    name = claim.indicator.name
    if presented(claim):
        return  # its slot says what it waits for
    if state is ClaimState.UNSUPPORTED and claim.indicator.required:
        have = sum(link.evidence.stands not in UNSEEN for link in claim.links)
        need = standing.least if standing.least > 1 else 0
        yield Blocker(Reason.CLAIM_UNSUPPORTED, claim.region_code, claim.id, indicator=name, have=have, need=need)
    if state is ClaimState.WAITING:
        waiting = [link.evidence for link in claim.links if link.evidence.stands not in UNSEEN]
        for case in waiting:
            if claim_state([case.stands], Mode(claim.indicator.mode)) not in SETTLED:
                yield Blocker(
                    Reason.CLAIM_WAITING, claim.region_code, claim.id, case.id, case.title, name, case.stands
                )  # fmt: skip
    if state is not ClaimState.PROVEN or standing.counting:
        return
    if standing.blind:
        yield from _of_pair(standing)
    elif len(standing.scores) < quorum:
        have = len(standing.scores)
        yield Blocker(Reason.QUORUM_MISSING, claim.region_code, claim.id, indicator=name, have=have, need=quorum)
    elif standing.moderation in (ModerationState.NEEDED, ModerationState.OPEN):
        yield Blocker(Reason.SPREAD_OPEN, claim.region_code, claim.id, indicator=name)


def _of_pair(standing: ClaimStanding) -> Iterable[Blocker]:
    claim, name = standing.claim, standing.claim.indicator.name
    if standing.pair is PairState.READING:
        have, need = len(standing.scores), len(PAIR)
        yield Blocker(Reason.PAIR_INCOMPLETE, claim.region_code, claim.id, indicator=name, have=have, need=need)
    elif standing.pair is PairState.UNDRAWN:
        yield Blocker(Reason.PAIR_UNDRAWN, claim.region_code, claim.id, indicator=name)
    elif standing.pair is PairState.DISPUTED:
        yield Blocker(Reason.ADJUDICATION_OPEN, claim.region_code, claim.id, indicator=name)


@dataclass(frozen=True)
class Placing:
    """One participant's line in the ranking of its pool. Who came into the second round stands before who did not."""

    region_code: str
    name: str
    total: Decimal
    rank: int
    means: dict[int, Decimal | Fraction]  # by indicator, points of its maximum
    pool: str = ""
    round: int = 1
    first_total: Decimal = Decimal(0)  # of the first round; `total` where there was no second
    grade: str = ""
    aspects: dict[int, Decimal] = field(default_factory=dict)  # by aspect, points of 100 of that aspect alone


def ranking(period: Period, known: Iterable[ClaimStanding | LeanStanding]) -> list[Placing]:
    """Participants by pool and rank; who claims nothing has 0, which is a value and not a gap."""
    means: dict[str, dict[int, Decimal | Fraction]] = {one.region_code: {} for one in period.participants}
    for standing in known:
        means[standing.region_code][standing.indicator_id] = standing.exact
    first, second = _factors(period, 1), _factors(period, 2)
    firsts = {code: total_of(found, first) for code, found in means.items()}
    totals = firsts | {
        one.region_code: after_two_rounds(
            firsts[one.region_code], total_of(means[one.region_code], second), period.carry_share
        )
        for one in period.participants
        if one.round == 2
    }
    bands = [(one.label, one.from_total, one.includes) for one in period.instrument.grades]
    apart = _aspect_factors(period)
    lines = [
        Placing(
            one.region_code, one.region.name, totals[one.region_code], rank, means[one.region_code], one.pool,
            one.round, firsts[one.region_code], grade_of(totals[one.region_code], bands),
            {aspect: total_of(means[one.region_code], factors) for aspect, factors in apart.items()},
        )
        for one, rank in _places(period.participants, totals)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.pool, line.rank, line.region_code))


def _factors(period: Period, part: int) -> dict[int, Fraction]:
    """By indicator of that round, what one of its points adds to the total."""
    return {
        indicator.id: Weighted(aspect.weight, indicator.weight, indicator.max_value).factor
        for aspect in period.instrument.aspects
        if aspect.round == part
        for indicator in aspect.indicators
    }


def _aspect_factors(period: Period) -> dict[int, dict[int, Fraction]]:
    """By aspect and indicator, what one point adds to the aspect alone."""
    return {
        aspect.id: {one.id: Weighted(Decimal(100), one.weight, one.max_value).factor for one in aspect.indicators}
        for aspect in period.instrument.aspects
    }


def _places(takers: list[Participant], totals: dict[str, Decimal]) -> Iterable[tuple[Participant, int]]:
    """Each participant with its rank: pools apart; in a pool the second round first, then the first."""
    groups: dict[str, dict[int, list[Participant]]] = defaultdict(lambda: {2: [], 1: []})
    for one in takers:
        groups[one.pool][one.round].append(one)
    for rounds in groups.values():
        before = 0
        for there in rounds.values():
            places = ranks({one.region_code: totals[one.region_code] for one in there})
            yield from ((one, before + places[one.region_code]) for one in there)
            before += len(there)
