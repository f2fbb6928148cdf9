"""How far the readers of a period agree, per indicator, and how each of them tends. Of complete readings alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.programme.models import Indicator, Period
from webapp.scoring.queries.standing import ClaimStanding, standings
from webapp.scoring.rules import PAIR, Agreement, ClaimState, Leniency, ReadClaim, agreement, leniency


@dataclass(frozen=True)
class IndicatorFigures:
    """One indicator; `agreement` is None where too few claims were read by two."""

    indicator: Indicator
    n: int
    agreement: Agreement | None


@dataclass(frozen=True)
class AssessorFigures:
    """One assessor; `leniency` is None where too few claims were read with somebody else."""

    assessor: Account
    n: int
    leniency: Leniency | None


@dataclass(frozen=True)
class Figures:
    """Indicators in the order of the instrument, assessors in the order of names: nobody is ranked."""

    indicators: Sequence[IndicatorFigures]
    assessors: Sequence[AssessorFigures]


def figures(session: Session, period: Period) -> Figures:
    """Everything the page of agreement tells about a period."""
    read: dict[int, list[ReadClaim]] = defaultdict(list)
    for standing in standings(session, period):
        if _complete(standing, period.quorum):
            read[standing.claim.indicator_id].append(_reading(standing))
    every = [one for known in read.values() for one in known]
    indicators = [one for aspect in period.instrument.aspects for one in aspect.indicators]
    people = {who for one in every for who in one.values}
    named = session.scalars(select(Account).where(Account.id.in_(people)).order_by(Account.name, Account.id))
    return Figures(
        [IndicatorFigures(one, len(read[one.id]), agreement(read[one.id])) for one in indicators],
        [AssessorFigures(one, sum(one.id in read.values for read in every), leniency(every, one.id)) for one in named],
    )


def _complete(standing: ClaimStanding, quorum: int) -> bool:
    """Read by at least two, and by all who were asked: half a reading would tell of the other half."""
    asked = len(PAIR) if standing.blind else max(quorum, len(PAIR))
    return standing.state is ClaimState.PROVEN and len(standing.scores) >= asked


def _reading(standing: ClaimStanding) -> ReadClaim:
    scale = Fraction(100) / Fraction(standing.claim.indicator.max_value)
    values = {one.assessor_id: Fraction(one.value) * scale for one in standing.scores}
    return ReadClaim(values, Fraction(standing.claim.indicator.spread_limit))
