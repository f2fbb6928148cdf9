"""The labelled set of `bench.attacks`, small: every cheat a server can see is found, honest people are left alone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bench.attacks import report, stories, summed, tried
from bench.cheats import CHEATS, HONEST, World


def test_cheats_are_found_and_honest_people_are_not_troubled(session: Session) -> None:
    found = tried(World.made(session, seed=77), stories(1, honest=0.0))
    missed = [kind for kind in CHEATS if found[kind].flagged < found[kind].total]
    assert missed == []
    assert [kind for kind in HONEST if found[kind].strong] == []
    troubled = {kind for kind in HONEST if found[kind].weak}
    assert troubled == {"brightened by the press office", "one photo for two claims"}  # both rightly worth a look
    assert summed(found, CHEATS).total == len(CHEATS) >= 12
    assert len("\n".join(report(found))) > 1_000
