"""What is wrong with an instrument, each fault a value with a sentence, and where on the page it belongs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.formatting import angka
from webapp.programme.rules.instruments import Method, weight_faults
from webapp.programme.rules.plans import GradePlan, IndicatorPlan, InstrumentPlan, LevelPlan
from webapp.programme.rules.rubrics import Span, unevenly_scored

FEWEST_LEVELS = 2


class Wrong(StrEnum):
    """Why an instrument is not ready, or what its makers should look at again."""

    WEIGHTS = "weights"
    WEIGHTS_OF_ROUND = "weights_of_round"
    WEIGHTS_OF_ASPECT = "weights_of_aspect"
    UNSETTLED = "unsettled"
    LEVELS_MISSING = "levels_missing"
    LEVELS_ALIKE = "levels_alike"
    LEVELS_UNUSED = "levels_unused"
    HALF_RANGED = "half_ranged"
    GAP = "gap"
    OVERLAP = "overlap"
    LEVEL_TOO_HIGH = "level_too_high"
    EVENT_TOO_HIGH = "event_too_high"
    POINTS_FALL = "points_fall"
    POINTS_WANDER = "points_wander"
    GRADES_START_LATE = "grades_start_late"
    GRADES_ALIKE = "grades_alike"


OF_WEIGHTS = frozenset({Wrong.WEIGHTS, Wrong.WEIGHTS_OF_ROUND, Wrong.WEIGHTS_OF_ASPECT})
# To be looked at again; a period may be opened all the same.
ONLY_SAID = frozenset({Wrong.POINTS_FALL, Wrong.POINTS_WANDER, Wrong.LEVELS_UNUSED})


@dataclass(frozen=True)
class Fault:
    """A fault; `aspect` and `indicator` count from 0 where it belongs to one. `about`: names and numbers it tells."""

    wrong: Wrong
    aspect: int | None = None
    indicator: int | None = None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether no period may be opened with it."""
        return self.wrong not in ONLY_SAID

    @property
    def sentence(self) -> str:
        """What is wrong, with the numbers, in the reader's language."""
        return str(_SENTENCES[self.wrong]) % {key: _word(value) for key, value in self.about.items()}


def faults_of(plan: InstrumentPlan, *, settled: bool = True) -> list[Fault]:
    """Everything wrong with the instrument, from its whole to its parts. settled: somebody stands for its numbers."""
    found = list(_of_whole(plan))
    if plan.settle_first and not settled:
        found.insert(0, Fault(Wrong.UNSETTLED))
    for at, aspect in enumerate(plan.aspects):
        total = sum((one.weight for one in aspect.indicators), Decimal(0))
        if total != 100:
            found.append(Fault(Wrong.WEIGHTS_OF_ASPECT, at, about={"name": aspect.name, "total": total}))
        for inside, one in enumerate(aspect.indicators):
            found += (Fault(wrong, at, inside, {"name": one.name, **about}) for wrong, about in _of_indicator(one))
    return found


def _of_whole(plan: InstrumentPlan) -> Iterator[Fault]:
    parts = [(one.name, one.weight, [one.weight for one in one.indicators], one.round) for one in plan.aspects]
    two = any(one.round == 2 for one in plan.aspects)
    for fault in weight_faults(parts):
        if not fault.owner:
            about = {"total": fault.total, "round": fault.round}
            yield Fault(Wrong.WEIGHTS_OF_ROUND if two else Wrong.WEIGHTS, about=about)
    yield from _of_grades(plan.grades)


def _of_grades(bands: Iterable[GradePlan]) -> Iterator[Fault]:
    known = sorted(bands, key=lambda one: one.from_total)
    if known and (known[0].from_total > 0 or not known[0].includes):
        yield Fault(Wrong.GRADES_START_LATE, about={"begins": known[0].from_total})
    for twice in _twice(one.label for one in known):
        yield Fault(Wrong.GRADES_ALIKE, about={"label": twice})


_Found = tuple[Wrong, dict[str, Any]]


def _of_indicator(one: IndicatorPlan) -> Iterator[_Found]:
    if one.method is Method.COUNT and one.points_each is not None and one.points_each > one.max_value:
        yield Wrong.EVENT_TOO_HIGH, {"points": one.points_each, "most": one.max_value}
    if one.method is not Method.LEVELS:
        if one.levels:
            yield Wrong.LEVELS_UNUSED, {}
        return
    if len(one.levels) < FEWEST_LEVELS:
        yield Wrong.LEVELS_MISSING, {}
    for twice in _twice(level.name for level in one.levels):
        yield Wrong.LEVELS_ALIKE, {"level": twice}
    for level in one.levels:
        if level.points > one.max_value:
            yield Wrong.LEVEL_TOO_HIGH, {"level": level.name, "points": level.points, "most": one.max_value}
    yield from _of_points([level.points for level in one.levels])
    yield from _of_ranges(one.levels)


def _of_points(points: list[Decimal]) -> Iterator[_Found]:
    """Points rise from level to level. Falling ones may be meant, others hardly."""
    steps = [after - before for before, after in pairwise(points)]
    if steps and all(step < 0 for step in steps):
        yield Wrong.POINTS_FALL, {}
    elif not all(step > 0 for step in steps):
        yield Wrong.POINTS_WANDER, {}


def _of_ranges(levels: tuple[LevelPlan, ...]) -> Iterator[_Found]:
    if not any(one.ranged for one in levels):
        return
    for one in levels:
        if not one.ranged:
            yield Wrong.HALF_RANGED, {"level": one.name}
            return
    for span in unevenly_scored(levels):
        names = [levels[position].name for position in span.positions]
        yield (Wrong.OVERLAP if names else Wrong.GAP), {"span": span, "levels": names}


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in names:
        key = name.casefold()
        if key in seen:
            twice[name] = None
        seen.add(key)
    return list(twice)


def told(span: Span) -> str:
    """The numbers of a span in words: "5", "6 sampai 11", "49 ke atas"."""
    if span.lower is None and span.upper is None:
        return str(_("semua angka"))
    if span.upper is None:
        return str(_("%(lower)s ke atas", lower=angka(span.lower)))
    if span.lower is None:
        return str(_("%(upper)s ke bawah", upper=angka(span.upper)))
    if span.lower == span.upper:
        return angka(span.lower)
    return str(_("%(lower)s sampai %(upper)s", lower=angka(span.lower), upper=angka(span.upper)))


def _word(value: object) -> str:
    if isinstance(value, Span):
        return told(value)
    if isinstance(value, Decimal):
        return angka(value)
    return ", ".join(value) if isinstance(value, list) else str(value)


_SENTENCES = {
    Wrong.WEIGHTS: _l("Bobot seluruh aspek berjumlah %(total)s, harus 100."),
    Wrong.WEIGHTS_OF_ROUND: _l("Bobot aspek babak %(round)s berjumlah %(total)s, harus 100."),
    Wrong.WEIGHTS_OF_ASPECT: _l("Bobot indikator dalam aspek %(name)s berjumlah %(total)s, harus 100."),
    Wrong.UNSETTLED: _l("Angka instrumen ini masih contoh. Tetapkan bobot dan angkanya dengan menyebut dasarnya."),
    Wrong.LEVELS_MISSING: _l("%(name)s: pilihan bertingkat memerlukan sedikitnya dua tingkat."),
    Wrong.LEVELS_ALIKE: _l("%(name)s: tingkat “%(level)s” ada dua kali."),
    Wrong.LEVELS_UNUSED: _l("%(name)s: tingkatnya tidak dipakai oleh cara menilai ini."),
    Wrong.HALF_RANGED: _l("%(name)s: tingkat “%(level)s” tidak memiliki rentang, padahal tingkat lain memilikinya."),
    Wrong.GAP: _l("%(name)s: %(span)s tidak mendapat nilai dari tingkat mana pun."),
    Wrong.OVERLAP: _l("%(name)s: %(span)s mendapat lebih dari satu nilai (%(levels)s)."),
    Wrong.LEVEL_TOO_HIGH: _l("%(name)s: tingkat “%(level)s” bernilai %(points)s, lebih dari nilai maksimum %(most)s."),
    Wrong.EVENT_TOO_HIGH: _l("%(name)s: satu kegiatan bernilai %(points)s, lebih dari nilai maksimum %(most)s."),
    Wrong.POINTS_FALL: _l("%(name)s: nilainya menurun dari tingkat ke tingkat. Periksa apakah memang begitu."),
    Wrong.POINTS_WANDER: _l("%(name)s: nilainya tidak naik dari tingkat ke tingkat. Periksa apakah memang begitu."),
    Wrong.GRADES_START_LATE: _l("Nilai di bawah predikat terendah (%(begins)s) tidak berpredikat. Mulailah dari 0."),
    Wrong.GRADES_ALIKE: _l("Predikat “%(label)s” ada dua kali."),
}
