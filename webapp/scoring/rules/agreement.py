"""How far readers of the same claims agree, and whether one of them tends higher or lower. Exact until the last step.

All figures are points of 100, so that indicators with other scales compare. Sources: the one-way intraclass
correlation ICC(1) of Shrout and Fleiss (1979), for readers who differ from claim to claim, with the group size of
unequal groups as in the analysis of variance; Student's t for the interval of a mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from math import isqrt

LEAST = 5  # below so many claims nothing is told: the figures would be chance
FEW = 30  # below so many they are told with a warning
_PLACES = Decimal("0.01")

# Two-sided 95 % quantiles of Student's t in thousandths, by degrees of freedom; between two rows the wider one counts.
_T95 = {
    1: 12706, 2: 4303, 3: 3182, 4: 2776, 5: 2571, 6: 2447, 7: 2365, 8: 2306, 9: 2262, 10: 2228, 11: 2201, 12: 2179,
    13: 2160, 14: 2145, 15: 2131, 16: 2120, 17: 2110, 18: 2101, 19: 2093, 20: 2086, 21: 2080, 22: 2074, 23: 2069,
    24: 2064, 25: 2060, 26: 2056, 27: 2052, 28: 2048, 29: 2045, 30: 2042, 40: 2021, 60: 2000, 120: 1980,
}  # fmt: skip


@dataclass(frozen=True)
class ReadClaim:
    """One claim with the values of all who read it, points of 100, by reader; `limit` is its indicator's."""

    values: Mapping[int, Fraction]
    limit: Fraction


@dataclass(frozen=True)
class Agreement:
    """Over `n` claims; shares are percent, `difference` points of 100. `icc` is None where all values are equal."""

    n: int
    exact: Decimal
    within: Decimal
    difference: Decimal
    icc: Decimal | None

    @property
    def few(self) -> bool:
        return self.n < FEW


@dataclass(frozen=True)
class Leniency:
    """How much higher (+) or lower (−) one reader values than the others of the same claims, with its 95 % interval."""

    n: int
    mean: Decimal
    low: Decimal
    high: Decimal

    @property
    def few(self) -> bool:
        return self.n < FEW

    @property
    def tells(self) -> bool:
        """Whether the interval leaves out zero: only then is there more than chance to speak of."""
        return self.low > 0 or self.high < 0


def agreement(readings: Sequence[ReadClaim]) -> Agreement | None:
    """The figures of an indicator from claims that at least two people have read; None below `LEAST` claims."""
    groups = [(list(one.values.values()), one.limit) for one in readings if len(one.values) > 1]
    if len(groups) < LEAST:
        return None
    n = len(groups)
    exact = sum(max(values) == min(values) for values, _ in groups)
    within = sum(max(values) - min(values) <= limit for values, limit in groups)
    apart = sum((_mean_distance(values) for values, _ in groups), Fraction(0)) / n
    return Agreement(
        n, _rounded(Fraction(100 * exact, n)), _rounded(Fraction(100 * within, n)), _rounded(apart),
        icc([values for values, _ in groups]),
    )  # fmt: skip


def icc(groups: Sequence[Sequence[Fraction]]) -> Decimal | None:
    """ICC(1): 1 where readers agree fully, 0 where two readers of a claim are no closer than readers of two claims.

    None where it is not defined: a single group, or no difference anywhere.
    """
    n, every = len(groups), [value for group in groups for value in group]
    if n < 2 or len(every) == n:
        return None
    grand, size = sum(every, Fraction(0)) / len(every), len(every)
    means = [sum(group, Fraction(0)) / len(group) for group in groups]
    pairs = list(zip(groups, means, strict=True))
    between = sum((len(group) * (mean - grand) ** 2 for group, mean in pairs), Fraction(0)) / (n - 1)
    inside = sum(((value - mean) ** 2 for group, mean in pairs for value in group), Fraction(0)) / (size - n)
    usual = (size - Fraction(sum(len(group) ** 2 for group in groups), size)) / (n - 1)
    below = between + (usual - 1) * inside
    return _rounded((between - inside) / below) if below else None


def leniency(readings: Sequence[ReadClaim], reader: int) -> Leniency | None:
    """One reader against the mean of the others, claim by claim; None below `LEAST` claims read with somebody else."""
    apart = [
        one.values[reader] - _mean([value for who, value in one.values.items() if who != reader])
        for one in readings
        if reader in one.values and len(one.values) > 1
    ]
    n = len(apart)
    if n < LEAST:
        return None
    mean = _mean(apart)
    spread = sum(((one - mean) ** 2 for one in apart), Fraction(0)) / (n - 1)
    half = _t95(n - 1) * _root(spread / n)
    return Leniency(n, _rounded(mean), _rounded(mean - half), _rounded(mean + half))


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _mean_distance(values: Sequence[Fraction]) -> Fraction:
    return _mean([abs(one - other) for one, other in combinations(values, 2)])


def _t95(freedom: int) -> Fraction:
    return Fraction(_T95[max(row for row in _T95 if row <= freedom)], 1000)


def _root(value: Fraction) -> Fraction:
    """The square root, to nine decimals downwards."""
    scale = 10**9
    return Fraction(isqrt(value.numerator * scale**2 // value.denominator), scale)


def _rounded(value: Fraction) -> Decimal:
    """Two decimals, halves away from zero, from the exact fraction."""
    cents = abs(value) * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return (Decimal(whole if value >= 0 else -whole) / 100).quantize(_PLACES, ROUND_HALF_UP)
