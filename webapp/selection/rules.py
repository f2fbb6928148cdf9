"""Where a line is drawn between units, and what decides between equals: pure facts, exact decimals.

A line never parts equal totals silently: `settle` answers who is still tied, and then somebody decides.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.programme.rules import TieRule
from webapp.scoring.rules.pairs import lot


class Why(StrEnum):
    """What put a unit inside the line or outside of it."""

    TOTAL = "total"
    ASPECTS = "aspects"
    EXTEND = "extend"
    LOTS = "lots"
    NAMED = "named"


WHY_LABELS = {
    Why.TOTAL: _l("Menurut nilai"),
    Why.ASPECTS: _l("Nilai sama; diputus nilai aspek dari bobot terbesar"),
    Why.EXTEND: _l("Nilai sama; semua ikut maju"),
    Why.LOTS: _l("Nilai sama; diputus undian"),
    Why.NAMED: _l("Nilai sama; diputus tim dengan alasan"),
}


@dataclass(frozen=True)
class Entry:
    """One unit before the line: how far it came, its total, and its points by aspect, the deciding ones first."""

    code: str
    total: Decimal
    aspects: tuple[Decimal, ...] = ()
    round: int = 1

    @property
    def height(self) -> tuple[int, Decimal]:
        return (self.round, self.total)


@dataclass(frozen=True)
class Line:
    """Who is inside and why anybody is where they are. `tied`: equals of whom only `free` have a place, undecided."""

    inside: frozenset[str]
    why: Mapping[str, Why]
    tied: tuple[str, ...] = ()
    free: int = 0

    @property
    def settled(self) -> bool:
        return not self.tied


def draw_line(entries: Collection[Entry], size: int) -> Line:
    """The `size` highest; equals across the line are inside only if all of them are, else they are `tied`."""
    why = {one.code: Why.TOTAL for one in entries}
    above, level, free = _parted([(one.height, one.code) for one in entries], size)
    if len(level) <= free:
        return Line(frozenset((*above, *level)), why)
    return Line(frozenset(above), why, tuple(sorted(level)), free)


def settle(
    entries: Collection[Entry], size: int, rule: TieRule, *, seed: str = "", named: Collection[str] = ()
) -> Line:
    """The line with its equals decided by the rule; whoever is left in `tied` waits for the team to name them.

    `seed`: for lots; the same seed and the same equals give the same answer. `named`: whom the team chose; taken when
    they are some of the tied and fill the free places exactly.
    """
    line = draw_line(entries, size)
    if line.settled:
        return line
    if rule is TieRule.EXTEND:
        return _decided(line, line.tied, Why.EXTEND)
    if rule is TieRule.LOTS and seed:
        drawn = sorted(line.tied, key=lambda code: (lot(seed, code), code))
        return _decided(line, drawn[: line.free], Why.LOTS)
    if rule is TieRule.ASPECTS:
        line = _by_aspects(line, {one.code: one.aspects for one in entries})
    chosen = set(named)
    if line.tied and len(chosen) == line.free and chosen <= set(line.tied):
        return _decided(line, chosen, Why.NAMED)
    return line


def _by_aspects(line: Line, aspects: Mapping[str, tuple[Decimal, ...]]) -> Line:
    above, level, free = _parted([(aspects[code], code) for code in line.tied], line.free)
    if len(level) <= free:
        return _decided(line, (*above, *level), Why.ASPECTS)
    decided = {code: Why.ASPECTS for code in line.tied if code not in level}
    return Line(line.inside | set(above), {**line.why, **decided}, tuple(sorted(level)), free)


def _decided(line: Line, chosen: Iterable[str], because: Why) -> Line:
    return Line(line.inside | frozenset(chosen), {**line.why, **dict.fromkeys(line.tied, because)})


def _parted(keyed: Collection[tuple[Any, str]], size: int) -> tuple[list[str], list[str], int]:
    """Who is above the key of the last place, who is level with it, and how many places are left for those."""
    if not keyed:
        return [], [], 0
    ordered = sorted((key for key, _ in keyed), reverse=True)
    last = ordered[min(size, len(ordered)) - 1]
    above = [code for key, code in keyed if key > last]
    level = [code for key, code in keyed if key == last]
    return above, level, size - len(above)
