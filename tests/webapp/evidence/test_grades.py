"""How far a position can be trusted, and which witness speaks: pure facts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from geo.values import LonLat
from tests.factories import NOW
from webapp.evidence.rules import Fix, Grade, PlaceSource, chosen, grade

HERE = LonLat(107.5748, -6.9705)
LATE = NOW + timedelta(minutes=11)
SOON = NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        (Fix(PlaceSource.DEVICE, HERE, 8, NOW, NOW), Grade.A),
        (Fix(PlaceSource.DEVICE, HERE, 20, NOW, SOON), Grade.A),
        (Fix(PlaceSource.DEVICE, HERE, 20, NOW, LATE), Grade.B),
        (Fix(PlaceSource.DEVICE, HERE, 20.1, NOW, NOW), Grade.B),
        (Fix(PlaceSource.DEVICE, HERE, 50, NOW, NOW), Grade.B),
        (Fix(PlaceSource.DEVICE, HERE, 8, None, NOW), Grade.B),
        (Fix(PlaceSource.DEVICE, HERE, 50.1, NOW, NOW), Grade.D),
        (Fix(PlaceSource.DEVICE, HERE, 1500, NOW, NOW), Grade.D),
        (Fix(PlaceSource.DEVICE, HERE, None, NOW, NOW), Grade.D),
        (Fix(PlaceSource.DEVICE, HERE, 5, NOW, NOW, at_capture=False), Grade.D),
        (Fix(PlaceSource.EXIF, HERE, 5, NOW), Grade.C),
        (Fix(PlaceSource.EXIF, HERE, None, NOW), Grade.C),
        (Fix(PlaceSource.EXIF, HERE, 5, None), Grade.D),
        (Fix(PlaceSource.PIN, HERE), Grade.D),
        (Fix(PlaceSource.PIN, HERE, 1, NOW, NOW), Grade.D),
    ],
)
def test_a_position_is_graded_by_where_it_came_from(fix: Fix, expected: Grade) -> None:
    assert grade(fix) is expected


times = some.one_of(some.none(), some.timedeltas(timedelta(days=-2), timedelta(days=2)).map(lambda by: NOW + by))
fixes = some.builds(
    Fix,
    some.sampled_from(PlaceSource),
    some.builds(LonLat, some.floats(-180, 180), some.floats(-90, 90)),
    some.one_of(some.none(), some.floats(0, 1e6)),
    times,
    times,
    some.booleans(),
)


@given(fixes)
def test_a_better_fix_is_never_graded_worse(fix: Fix) -> None:
    given_grade = grade(fix)
    if fix.accuracy_m is not None:
        finer = Fix(fix.source, fix.place, fix.accuracy_m / 2, fix.taken_at, fix.received_at, fix.at_capture)
        assert grade(finer) <= given_grade
    if given_grade in (Grade.A, Grade.B):
        assert fix.source is PlaceSource.DEVICE
        assert fix.at_capture
        assert fix.accuracy_m is not None
        assert fix.accuracy_m <= 50
    if fix.source is PlaceSource.PIN:
        assert given_grade is Grade.D


@given(some.lists(fixes, max_size=6))
def test_the_witness_that_speaks_is_one_of_those_heard_and_the_pin_goes_first(known: list[Fix]) -> None:
    speaks = chosen(known)
    if not known:
        assert speaks is None
        return
    assert speaks in known
    for source in (PlaceSource.PIN, PlaceSource.DEVICE, PlaceSource.EXIF):
        of_source = [fix for fix in known if fix.source is source]
        if of_source:
            assert speaks.source is source
            vague = float("inf")
            finest = min(fix.accuracy_m if fix.accuracy_m is not None else vague for fix in of_source)
            assert (speaks.accuracy_m if speaks.accuracy_m is not None else vague) == finest
            return


@given(some.permutations([
    Fix(PlaceSource.PIN, HERE), Fix(PlaceSource.DEVICE, HERE, 8.0, NOW, NOW), Fix(PlaceSource.EXIF, HERE, None, NOW),
]))  # fmt: skip
def test_the_order_of_the_witnesses_does_not_matter(known: list[Fix]) -> None:
    assert chosen(known) == Fix(PlaceSource.PIN, HERE)
