"""The lists that were decided, and the lines they are drawn through."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor, Permission, areas, covers
from webapp.programme.models import Aspect, Period
from webapp.scoring import queries as scoring
from webapp.scoring.queries import ClaimStanding, Placing
from webapp.scoring.rules import Blocker, Reason
from webapp.selection.models import Award, AwardPlace, Shortlist, ShortlistPlace
from webapp.selection.rules import Entry

_EXACT = Decimal("0.000001")
# What a unit and no claim of it waits for; of the period's own reasons most come after the first round.
_OF_UNITS = frozenset({
    Reason.CLAIM_MISSING, Reason.SLOT_MISSING, Reason.SLOT_NOT_HELD, Reason.SLOT_QUORUM, Reason.SLOT_UNSCORED,
})  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """Units among which a line is drawn, the best first. `ranks` and `totals` by code."""

    name: str
    entries: list[Entry]
    ranks: dict[str, int]
    names: dict[str, str]

    def of(self, code: str) -> Entry:
        return next(one for one in self.entries if one.code == code)


def shortlist(session: Session, period: Period) -> Shortlist | None:
    """The newest shortlist of the period: size, tie rule, seed, reason, who and when, and its places as they were.

    `places` carry pool, rank, total (text, two decimals), points by aspect, whether inside, and why; in the order of
    pools and ranks. For minutes: `closer` is the person.
    """
    return session.scalar(
        select(Shortlist)
        .where(Shortlist.period_id == period.id)
        .options(
            joinedload(Shortlist.closer), selectinload(Shortlist.places).joinedload(ShortlistPlace.region)
        )
        .order_by(Shortlist.version.desc())
        .limit(1)
    )  # fmt: skip


def first_round_closed(session: Session, period: Period) -> bool:
    """Whether the first round of the version at work is closed."""
    made = select(Shortlist.id).where(Shortlist.period_id == period.id, Shortlist.version == period.version)
    return session.scalar(made) is not None


def award(session: Session, period: Period) -> Award | None:
    """The newest list of awards of the period, with its places as they were."""
    return session.scalar(
        select(Award)
        .where(Award.period_id == period.id)
        .options(joinedload(Award.maker), selectinload(Award.places).joinedload(AwardPlace.region))
        .order_by(Award.id.desc())
        .limit(1)
    )


def waiting(session: Session, period: Period, known: list[ClaimStanding]) -> list[Blocker]:
    """What the end of the first round waits for: its claims settled, scored and, where presented, heard.

    A case that no claim rests on does not hold it up, nor does an open stage; they do the final result.
    """
    first = {one.claim.id for one in known if one.claim.indicator.aspect.round == 1}
    return [
        one
        for one in scoring.blockers(session, period, known)
        if (one.claim_id in first if one.claim_id is not None else one.reason in _OF_UNITS)
    ]


def first_round_pools(period: Period, known: list[ClaimStanding]) -> list[Pool]:
    """Everybody by the total of the first round, pools apart."""
    aspects = _deciding(period, (1,))
    pools = defaultdict(list)
    for line in scoring.ranking(period, known):
        pools[line.pool].append((line, Entry(line.region_code, line.first_total, _points(line, aspects))))
    return [_pool(name, lines) for name, lines in sorted(pools.items())]


def award_pools(period: Period, known: list[ClaimStanding]) -> list[Pool]:
    """Everybody by the whole result, pools apart; who came into the second round stands before who did not."""
    aspects = _deciding(period, (2, 1))
    pools = defaultdict(list)
    for line in scoring.ranking(period, known):
        entry = Entry(line.region_code, line.total, _points(line, aspects), line.round)
        pools[line.pool].append((line, entry))
    return [_pool(name, lines) for name, lines in sorted(pools.items())]


def _pool(name: str, lines: Sequence[tuple[Placing, Entry]]) -> Pool:
    entries = sorted((entry for _, entry in lines), key=lambda one: (*(-part for part in one.height), one.code))
    ranks = {one.code: 1 + sum(other.height > one.height for other in entries) for one in entries}
    return Pool(name, entries, ranks, {line.region_code: line.name for line, _ in lines})


def _deciding(period: Period, rounds: Iterable[int]) -> list[Aspect]:
    """Aspects in the order in which they decide between equals: of the later round first, the heaviest first."""
    return [
        aspect
        for part in rounds
        for aspect in sorted(period.instrument.aspects, key=lambda one: (-one.weight, one.position))
        if aspect.round == part
    ]


def _points(line: Placing, aspects: Iterable[Aspect]) -> tuple[Decimal, ...]:
    """Points of 100 of each aspect by itself; six decimals, as they are kept."""
    return tuple(_six_decimals(_of_aspect(line, aspect)) for aspect in aspects)


def _of_aspect(line: Placing, aspect: Aspect) -> Fraction:
    parts = (
        Fraction(line.means.get(one.id, 0)) / Fraction(one.max_value) * Fraction(one.weight)
        for one in aspect.indicators
    )
    return sum(parts, Fraction(0))


def _six_decimals(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / exact.denominator).quantize(_EXACT, ROUND_HALF_UP)


def may_read_places(actor: Actor, period: Period) -> bool:
    """Whether this person is shown every place with its total: as with scores."""
    return scoring.may_read_scores(actor, period)


def own_places(actor: Actor, places: Iterable[ShortlistPlace] | Iterable[AwardPlace]) -> list[str]:
    """Codes of the places of the units this person claims for."""
    own = areas(actor, Permission.CLAIM_WRITE)
    return [one.region_code for one in places if any(covers(area, one.region_code) for area in own)]
