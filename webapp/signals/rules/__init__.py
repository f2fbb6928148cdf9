"""Signals as pure facts: plain values in, named facts with their numbers out. No score, no verdict."""

from collections.abc import Iterable, Sequence

from webapp.signals.rules import clock, files, kinds, pattern, place, reuse
from webapp.signals.rules.facts import CaseFacts, Fact, Shot, Weight
from webapp.signals.rules.reuse import How, Twin

_HEAVINESS = {Weight.STRONG: 2, Weight.WEAK: 1, Weight.NOTE: 0}
# What media noticed about a file and a rule here says better, with numbers.
SAID_BETTER = frozenset({"time_future", "time_fix_mismatch", "time_zone_mismatch", "time_gps_mismatch"})


def of_case(
    case: CaseFacts, shots: Sequence[Shot], around: Sequence[Shot], twins: Iterable[Twin],
    neighbours: Sequence[tuple[int, str]],
) -> list[Fact]:  # fmt: skip
    """Every fact about a case, each once. `shots`: its photos; `around`: those and others of the same accounts and
    cameras; `neighbours`: id and kind of the unit's cases within 30 m, this one among them.
    """
    found: list[Fact] = []
    for shot in shots:
        for part in (place, clock, files):
            if shot.visit_id is None or part is files:
                found.extend(part.of_shot(shot, case))
        found += [Fact(f"flag_{flag}", Weight.NOTE, {}, shot.id) for flag in shot.flags if flag not in SAID_BETTER]
    own = [shot for shot in around if shot.visit_id is None]
    for rule in (
        pattern.same_coordinates, pattern.frozen_accuracy, pattern.travel, pattern.camera_travel,
        pattern.shared_camera, pattern.same_moment,
    ):  # fmt: skip
        found.extend(rule(own, case))
    single = (place.of_case(case), pattern.many_here(neighbours, case))
    found += [fact for fact in single if fact is not None]
    found += kinds.of_case(shots, case)
    found += reuse.of_twins(twins, case)
    return _each_once(found)


def _each_once(facts: Iterable[Fact]) -> list[Fact]:
    """Of the same fact said twice the heavier one."""
    best: dict[tuple[str, int, int, int], Fact] = {}
    for fact in facts:
        known = best.get(fact.key)
        if known is None or _HEAVINESS[fact.weight] > _HEAVINESS[known.weight]:
            best[fact.key] = fact
    return list(best.values())


def heavier(one: str, other: str) -> bool:
    """Whether one weight is heavier than another."""
    return _HEAVINESS[Weight(one)] > _HEAVINESS[Weight(other)]


__all__ = ["CaseFacts", "Fact", "How", "Shot", "Twin", "Weight", "heavier", "of_case"]
