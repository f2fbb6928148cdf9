"""A short run of `bench.races`: what is measured there a thousand times holds in every run of the tests."""

from sqlalchemy import Engine

from bench.races import desk_races, gate_races, row

ROUNDS = 8


def test_of_every_race_at_the_desk_one_wins(fresh_database: Engine) -> None:
    tallies = list(desk_races(fresh_database, ROUNDS))
    assert [(one.rounds[1], one.inconsistent) for one in tallies] == [(ROUNDS, 0)] * 4, "\n".join(map(row, tallies))


def test_a_finalisation_and_a_verdict_never_contradict_each_other(fresh_database: Engine) -> None:
    taken_back, rejected = gate_races(fresh_database, ROUNDS)
    assert (taken_back.rounds[1], taken_back.inconsistent) == (ROUNDS, 0), row(taken_back)
    assert (rejected.winners["verdict"], rejected.inconsistent) == (ROUNDS, 0), row(rejected)
