"""One reading (`standings`) behind the sheet, the gate and the sealed result, and what follows from it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import and_, not_, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Actor
from webapp.evidence.models import Evidence
from webapp.evidence.queries import of_award
from webapp.evidence.rules import UNSEEN, State
from webapp.presentation.rules import Attendance
from webapp.programme.models import Participant, Period
from webapp.programme.rules import MODE_LABELS, Mode, Reading
from webapp.scoring.models import Adjudication, Claim, ClaimEvidence, Reader, Score
from webapp.scoring.queries.claims import claim_options
from webapp.scoring.queries.slots import held_for, presented, presented_state, slot_blockers
from webapp.scoring.rules import (
    CLAIM_LABELS,
    IN_HAND,
    PAIR,
    SETTLED,
    Blocker,
    ClaimState,
    PairState,
    Reason,
    Weighted,
    after_two_rounds,
    average,
    claim_state,
    counted,
    grade_of,
    pair_state,
    ranks,
    total,
)  # fmt: skip
from webapp.verification.claims import Supported

NOBODY: Mapping[tuple[str, int], Attendance] = MappingProxyType({})  # has been heard


@dataclass
class ClaimStanding:
    """A claim with what decides about it."""

    claim: Claim
    state: ClaimState
    scores: list[Score] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)  # in the order of their places; none of a quorum
    adjudication: Adjudication | None = None

    @property
    def blind(self) -> bool:
        return self.claim.indicator.reading == Reading.BLIND_PAIR

    @property
    def pair(self) -> PairState:
        """How far the blind pair has come."""
        indicator, drawn = self.claim.indicator, sum(one.place in PAIR for one in self.readers)
        adjudicated = self.adjudication is not None
        return pair_state(drawn, self.values, indicator.spread_limit, indicator.max_value, adjudicated=adjudicated)

    @property
    def values(self) -> list[Decimal]:
        return [score.value for score in self.scores]

    @property
    def value(self) -> Decimal:
        """What counts: the mean of the assessors' values or what a blind pair came to; 0 unless the claim is proven."""
        if self.state is not ClaimState.PROVEN:
            return Decimal(0)
        decided = self.adjudication.value if self.adjudication else None
        return counted(self.pair, self.values, decided) if self.blind else average(self.values)

    def place_of(self, assessor_id: int) -> int | None:
        """The place at which this person reads the claim, if any."""
        return next((one.place for one in self.readers if one.assessor_id == assessor_id), None)


def standings(session: Session, period: Period, units: Iterable[str] | None = None) -> list[ClaimStanding]:
    """Every claim of the period (or of some units) with its state and scores, by unit and indicator."""
    wanted = select(Claim).where(Claim.period_id == period.id).options(*claim_options())
    if units is not None:
        wanted = wanted.where(Claim.region_code.in_(list(units)))
    claims = session.scalars(wanted.order_by(Claim.region_code, Claim.indicator_id)).all()
    scores: dict[int, list[Score]] = defaultdict(list)
    for score in session.scalars(select(Score).where(Score.period_id == period.id).order_by(Score.id)):
        scores[score.claim_id].append(score)
    readers: dict[int, list[Reader]] = defaultdict(list)
    named = select(Reader).where(Reader.period_id == period.id).options(joinedload(Reader.assessor))
    for reader in session.scalars(named.order_by(Reader.claim_id, Reader.place)):
        readers[reader.claim_id].append(reader)
    decided = {
        one.claim_id: one for one in session.scalars(select(Adjudication).where(Adjudication.period_id == period.id))
    }
    held = held_for(session, period, claims)
    return [
        ClaimStanding(one, state_of(one, held), scores[one.id], readers[one.id], decided.get(one.id)) for one in claims
    ]


def standing_of(session: Session, claim: Claim) -> ClaimStanding:
    """One claim's standing, read anew: for deciding while its row is held."""
    fresh = {"populate_existing": True}
    scores = session.scalars(
        select(Score).where(Score.claim_id == claim.id).order_by(Score.id), execution_options=fresh
    )
    readers = session.scalars(
        select(Reader).where(Reader.claim_id == claim.id).order_by(Reader.place), execution_options=fresh
    )
    decided = session.get(Adjudication, claim.id, populate_existing=True)
    held = held_for(session, claim.period, [claim])
    return ClaimStanding(claim, state_of(claim, held), list(scores), list(readers), decided)


def state_of(claim: Claim, held: Mapping[tuple[str, int], Attendance] = NOBODY) -> ClaimState:
    """What the claim's cases make of it; see `rules.claim_state`. Of a presentation: whether it was `held`."""
    if presented(claim):
        return presented_state(claim, held)
    states = (link.evidence.stands for link in claim.links)
    return claim_state(states, Mode(claim.indicator.mode), set_aside=claim.set_aside_at is not None)


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
    mode, indicator = Mode(claim.indicator.mode), claim.indicator
    state = claim_state((link.evidence.stands for link in claim.links), mode, set_aside=claim.set_aside_at is not None)
    return Supported(
        indicator.aspect.name, indicator.name, MODE_LABELS[mode], CLAIM_LABELS[state], _TONES.get(state, "wait")
    )


def blockers(session: Session, period: Period, known: list[ClaimStanding]) -> list[Blocker]:
    """Everything a final result waits for, in the order of units; empty when the gate may open."""
    found = [blocker for standing in known for blocker in _of_claim(standing, period.quorum)]
    found += slot_blockers(session, period)
    tied = {link.evidence_id for standing in known for link in standing.claim.links}
    return sorted([*found, *_loose(session, period, tied)], key=lambda one: (one.region_code, one.indicator, one.title))


def _of_claim(standing: ClaimStanding, quorum: int) -> Iterable[Blocker]:
    claim, state = standing.claim, standing.state
    name = claim.indicator.name
    if presented(claim):
        return  # its slot says what it waits for
    if state is ClaimState.UNSUPPORTED and claim.indicator.required:
        yield Blocker(Reason.CLAIM_UNSUPPORTED, claim.region_code, claim.id, indicator=name)
    if state is ClaimState.WAITING:
        waiting = [link.evidence for link in claim.links if link.evidence.stands not in UNSEEN]
        for case in waiting:
            if claim_state([case.stands], Mode(claim.indicator.mode)) not in SETTLED:
                yield Blocker(
                    Reason.CLAIM_WAITING, claim.region_code, claim.id, case.id, case.title, name, case.stands
                )  # fmt: skip
    if state is ClaimState.PROVEN and standing.blind:
        yield from _of_pair(standing)
    elif state is ClaimState.PROVEN and len(standing.scores) < quorum:
        have = len(standing.scores)
        yield Blocker(Reason.QUORUM_MISSING, claim.region_code, claim.id, indicator=name, have=have, need=quorum)


def _of_pair(standing: ClaimStanding) -> Iterable[Blocker]:
    claim, name = standing.claim, standing.claim.indicator.name
    if standing.pair is PairState.READING:
        have, need = len(standing.scores), len(PAIR)
        yield Blocker(Reason.PAIR_INCOMPLETE, claim.region_code, claim.id, indicator=name, have=have, need=need)
    elif standing.pair is PairState.UNDRAWN:
        yield Blocker(Reason.PAIR_UNDRAWN, claim.region_code, claim.id, indicator=name)
    elif standing.pair is PairState.DISPUTED:
        yield Blocker(Reason.ADJUDICATION_OPEN, claim.region_code, claim.id, indicator=name)


def _loose(session: Session, period: Period, tied: set[int]) -> Iterable[Blocker]:
    """Cases in the assessors' hands that no claim rests on: they too are decided before the result is sealed."""
    rows = session.execute(
        select(Evidence.id, Evidence.region_code, Evidence.title, Evidence.state)
        .where(Evidence.period_id == period.id, Evidence.state.in_(IN_HAND), not_(of_award()))
        .order_by(Evidence.id)
    )
    return [
        Blocker(Reason.EVIDENCE_OPEN, row.region_code, None, row.id, row.title, state=State(row.state))
        for row in rows
        if row.id not in tied
    ]


@dataclass(frozen=True)
class Placing:
    """One participant's line in the ranking of its pool. Who came into the second round stands before who did not."""

    region_code: str
    name: str
    total: Decimal
    rank: int
    means: dict[int, Decimal]  # by indicator, points of its maximum
    pool: str = ""
    round: int = 1
    first_total: Decimal = Decimal(0)  # of the first round; `total` where there was no second
    grade: str = ""


def ranking(period: Period, known: list[ClaimStanding]) -> list[Placing]:
    """Participants by pool and rank; who claims nothing has 0, which is a value and not a gap."""
    means: dict[str, dict[int, Decimal]] = {one.region_code: {} for one in period.participants}
    for standing in known:
        means[standing.claim.region_code][standing.claim.indicator_id] = standing.value
    firsts = {code: total(found, _weights(period, 1)) for code, found in means.items()}
    totals = firsts | {
        one.region_code: after_two_rounds(
            firsts[one.region_code], total(means[one.region_code], _weights(period, 2)), period.carry_share
        )
        for one in period.participants
        if one.round == 2
    }
    bands = [(one.label, one.from_total, one.includes) for one in period.instrument.grades]
    lines = [
        Placing(
            one.region_code, one.region.name, totals[one.region_code], rank, means[one.region_code], one.pool,
            one.round, firsts[one.region_code], grade_of(totals[one.region_code], bands),
        )
        for one, rank in _places(period.participants, totals)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.pool, line.rank, line.region_code))


def _weights(period: Period, part: int) -> dict[int, Weighted]:
    return {
        indicator.id: Weighted(aspect.weight, indicator.weight, indicator.max_value)
        for aspect in period.instrument.aspects
        if aspect.round == part
        for indicator in aspect.indicators
    }


def _places(takers: list[Participant], totals: dict[str, Decimal]) -> Iterable[tuple[Participant, int]]:
    """Each participant with its rank: pools apart; in a pool the second round first, then the first."""
    for pool in {one.pool for one in takers}:
        before = 0
        for part in (2, 1):
            there = [one for one in takers if (one.pool, one.round) == (pool, part)]
            places = ranks({one.region_code: totals[one.region_code] for one in there})
            yield from ((one, before + places[one.region_code]) for one in there)
            before += len(there)
