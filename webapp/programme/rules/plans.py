"""An instrument as a value: what a preset is, what is exported and imported, and what is looked over for faults."""

from dataclasses import dataclass
from decimal import Decimal

from webapp.programme.rules.instruments import HUNDRED, SPREAD_LIMIT, Method, Mode, Reading, TieRule


@dataclass(frozen=True)
class LevelPlan:
    """One answer and its points; with a range, a number from `lower` to `upper` (both included; None: without end)."""

    name: str
    points: Decimal
    lower: Decimal | None = None
    upper: Decimal | None = None

    @property
    def ranged(self) -> bool:
        """Whether a number decides on it."""
        return self.lower is not None or self.upper is not None


@dataclass(frozen=True)
class IndicatorPlan:
    """`weight`: percent of its aspect. `spread_limit`: points of 100 of `max_value`.

    `fading`: percent of the event before it that each further one is worth.
    """

    name: str
    weight: Decimal
    mode: Mode
    method: Method = Method.RATED
    required: bool = True
    evidence_required: int = 1
    max_value: Decimal = HUNDRED
    points_each: Decimal | None = None
    fading: Decimal = HUNDRED
    reading: Reading = Reading.QUORUM
    spread_limit: Decimal = SPREAD_LIMIT
    levels: tuple[LevelPlan, ...] = ()


@dataclass(frozen=True)
class AspectPlan:
    """`weight` percent of its round."""

    name: str
    weight: Decimal
    indicators: tuple[IndicatorPlan, ...] = ()
    round: int = 1


@dataclass(frozen=True)
class GradePlan:
    """A grade from a total on, that total itself included or not."""

    label: str
    from_total: Decimal
    includes: bool = True


@dataclass(frozen=True)
class InstrumentPlan:
    """The whole of it, without who settled it and when it was frozen: those belong to one version."""

    name: str
    aspects: tuple[AspectPlan, ...] = ()
    grades: tuple[GradePlan, ...] = ()
    legal_basis: str = ""
    tie_rule: TieRule = TieRule.ASK
    example: bool = False
    settle_first: bool = False
