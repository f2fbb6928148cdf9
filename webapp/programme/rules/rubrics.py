"""Levels with ranges: which numbers have no score, and which have two.

Numbers are taken in steps: of one where all bounds are whole, of a hundredth where a bound has two decimals. Nothing
counted is below zero; only where a bound is negative do numbers go on below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from webapp.programme.rules.plans import LevelPlan

_Units = int  # a number counted in steps


@dataclass(frozen=True)
class Span:
    """Numbers from `lower` to `upper`, both included (None: without end), that levels `positions` (from 0) score."""

    lower: Decimal | None
    upper: Decimal | None
    positions: tuple[int, ...] = ()


def step_of(levels: Sequence[LevelPlan]) -> Decimal:
    """The distance between two neighbouring numbers: as fine as the finest bound, at most one."""
    bounds = [bound for one in levels for bound in (one.lower, one.upper) if bound is not None]
    finest = min((_exponent(bound) for bound in bounds), default=0)
    return Decimal(1).scaleb(min(finest, 0))


def unevenly_scored(levels: Sequence[LevelPlan]) -> list[Span]:
    """The numbers that no level scores or that more than one does, from the lowest on; joined where they touch."""
    step = step_of(levels)
    ranges = [(_units(one.lower, step), _units(one.upper, step)) for one in levels]
    begins_at = _lowest(ranges)
    # Between two neighbouring cuts nothing changes; each cut is the first number of its stretch.
    cuts = {cut for lower, upper in ranges for cut in (lower, None if upper is None else upper + 1) if cut is not None}
    stretches = sorted(cut for cut in cuts if begins_at is None or cut > begins_at)
    edges: list[_Units | None] = [begins_at, *stretches]
    found = []
    for first, after in [*pairwise(edges), (edges[-1], None)]:
        last = None if after is None else after - 1
        scoring = tuple(n for n, one in enumerate(ranges) if _holds(one, first, last))
        if len(scoring) != 1:
            found.append((first, last, scoring))
    return [Span(_number(first, step), _number(last, step), who) for first, last, who in _joined(found)]


def _exponent(bound: Decimal) -> int:
    return int(bound.normalize().as_tuple().exponent)  # of a number; of what is none it would not be one


def _units(bound: Decimal | None, step: Decimal) -> _Units | None:
    return None if bound is None else int(bound / step)


def _number(units: _Units | None, step: Decimal) -> Decimal | None:
    return None if units is None else units * step


def _lowest(ranges: Sequence[tuple[_Units | None, _Units | None]]) -> _Units | None:
    negative = any(bound is not None and bound < 0 for one in ranges for bound in one)
    return None if negative else 0


def _holds(one: tuple[_Units | None, _Units | None], first: _Units | None, last: _Units | None) -> bool:
    """Whether the range holds the whole stretch; by the cuts it holds the whole or nothing of it."""
    lower, upper = one
    begins = lower is None or (first is not None and lower <= first)
    return begins and (upper is None or (last is not None and upper >= last))


_Stretch = tuple[_Units | None, _Units | None, tuple[int, ...]]


def _joined(found: Sequence[_Stretch]) -> list[_Stretch]:
    """Neighbouring stretches with the same levels as one."""
    joined: list[_Stretch] = []
    for first, last, who in found:
        before = joined[-1] if joined else None
        if before and before[2] == who and before[1] is not None and first == before[1] + 1:
            joined[-1] = (before[0], last, who)
        else:
            joined.append((first, last, who))
    return joined
