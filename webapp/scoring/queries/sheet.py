"""The assessor's sheet: per unit, what can be scored, what is scored, what still waits for its evidence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor, covers
from webapp.conflict import queries as conflicts
from webapp.programme.models import Period
from webapp.scoring.models import Score
from webapp.scoring.queries.slots import attended, presented
from webapp.scoring.queries.standing import ClaimStanding, standings
from webapp.scoring.rules import PAIR, ClaimState, ModerationState


@dataclass
class UnitLine:
    """One participant as one assessor sees it; `own` are this assessor's scores by claim, nobody else's."""

    code: str
    name: str
    barred: bool  # the assessor has a tie to it, by posts or declared
    claims: list[ClaimStanding] = field(default_factory=list)
    own: dict[int, Score] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)  # claims this assessor values: of a quorum, or drawn as a blind reader
    closed: set[int] = field(default_factory=set)  # blind claims that both readers have valued

    @property
    def ready(self) -> int:
        """Proven claims this assessor is asked to value and has not yet; none where they may not."""
        return 0 if self.barred else sum(one.claim.id in self.asked - self.own.keys() for one in self._proven())

    @property
    def scored(self) -> int:
        return sum(one.claim.id in self.own for one in self._proven())

    @property
    def moderated(self) -> bool:
        """Whether the chair asks about a value this assessor gave."""
        return any(one.claim.id in self.own and one.moderation is ModerationState.OPEN for one in self.claims)

    @property
    def waiting(self) -> int:
        return sum(one.state in (ClaimState.WAITING, ClaimState.UNSUPPORTED) for one in self.claims)

    def _proven(self) -> Iterable[ClaimStanding]:
        return (one for one in self.claims if one.state is ClaimState.PROVEN)


def sheet(session: Session, actor: Actor, period: Period, at: datetime) -> list[UnitLine]:
    """Every participant of the period, in the order of codes, with its claims and the actor's own scores."""
    barred = conflicts.barred_units(session, actor.id, period.id, conflicts.day_there(at, period.region_code))
    lines = {
        one.region_code: UnitLine(
            one.region_code, one.region.name, any(covers(unit, one.region_code) for unit in barred)
        )
        for one in period.participants
    }
    known = standings(session, period)
    heard = attended(session, actor, period) if any(presented(one.claim) for one in known) else set()
    for standing in known:
        line = lines[standing.claim.region_code]
        line.claims.append(standing)
        line.own.update((one.claim_id, one) for one in standing.scores if one.assessor_id == actor.id)
        if standing.counting:
            continue
        if presented(standing.claim):
            if (standing.claim.region_code, standing.claim.indicator.aspect.round) in heard:
                line.asked.add(standing.claim.id)
        elif not standing.blind or standing.place_of(actor.id) in PAIR:
            line.asked.add(standing.claim.id)
        if standing.blind and len(standing.scores) >= len(PAIR):
            line.closed.add(standing.claim.id)
    return list(lines.values())
