"""Rubrics are looked over before anybody is judged by them: every number has one score, and weights total 100."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.programme.rules import (
    AspectPlan,
    Fault,
    GradePlan,
    IndicatorPlan,
    InstrumentPlan,
    LevelPlan,
    Method,
    Mode,
    Span,
    Wrong,
    faults_of,
    step_of,
    unevenly_scored,
)


def level(points: str, lower: str | None = None, upper: str | None = None, name: str = "") -> LevelPlan:
    bounds = (None if one is None else Decimal(one) for one in (lower, upper))
    return LevelPlan(name or f"{lower}–{upper}", Decimal(points), *bounds)


def holding(*levels: LevelPlan, **changes: object) -> InstrumentPlan:
    """An instrument that is right in all but these levels."""
    known = {"method": Method.LEVELS, "levels": levels, "max_value": Decimal(48), **changes}
    one = IndicatorPlan("Rapat Forkopimcam", Decimal(100), Mode.DESK, **known)  # type: ignore[arg-type]
    return InstrumentPlan("Alat", (AspectPlan("Koordinasi", Decimal(100), (one,)),))


def said(app: Flask, faults: list[Fault]) -> list[str]:
    with app.test_request_context("/"):
        return [one.sentence for one in faults]


def test_the_rubric_of_the_forkopimcam_meetings_has_its_two_holes_named(app: Flask) -> None:
    """The live instrument scores "<5 / 6–11 / 12–35 / 36–48": exactly 5 and everything above 48 have no score."""
    found = faults_of(
        holding(level("1", None, "4"), level("2", "6", "11"), level("3", "12", "35"), level("4", "36", "48"))
    )
    assert said(app, found) == [
        "Rapat Forkopimcam: 5 tidak mendapat nilai dari tingkat mana pun.",
        "Rapat Forkopimcam: 49 ke atas tidak mendapat nilai dari tingkat mana pun.",
    ]
    assert [(one.aspect, one.indicator, one.stops) for one in found] == [(0, 0, True)] * 2
    whole = holding(level("1", None, "5"), level("2", "6", "11"), level("3", "12", "35"), level("4", "36"))
    assert faults_of(whole) == []


def test_numbers_with_two_scores_are_named_with_both_levels(app: Flask) -> None:
    found = faults_of(holding(level("1", "0", "6", "jarang"), level("2", "5", None, "sering")))
    assert said(app, found) == ["Rapat Forkopimcam: 5 sampai 6 mendapat lebih dari satu nilai (jarang, sering)."]


def test_a_threshold_of_two_decimals_leaves_no_hundredth_out(app: Flask) -> None:
    assert faults_of(holding(level("0", "0", "74.99"), level("10", "75"))) == []
    found = faults_of(holding(level("0", "0", "74.9"), level("10", "75.01")))
    assert said(app, found) == ["Rapat Forkopimcam: 74,91 sampai 75 tidak mendapat nilai dari tingkat mana pun."]


def test_below_zero_counts_only_where_a_bound_is_negative() -> None:
    assert unevenly_scored([level("1", "0", None)]) == []
    assert unevenly_scored([level("1", "-5", None)]) == [Span(None, Decimal(-6))]


BOUND = st.none() | st.integers(-3, 12)


@st.composite
def rubrics(draw: st.DrawFn) -> list[LevelPlan]:
    scale = draw(st.sampled_from([Decimal(1), Decimal("0.1"), Decimal("0.25")]))
    found = []
    for lower, upper in draw(st.lists(st.tuples(BOUND, BOUND), min_size=1, max_size=5)):
        if lower is not None and upper is not None and lower > upper:
            lower, upper = upper, lower
        ends = (None if one is None else one * scale for one in (lower, upper))
        found.append(LevelPlan("x", Decimal(1), *ends))
    return found


@settings(max_examples=100, deadline=None)
@given(rubrics())
def test_gaps_and_overlaps_are_found_exactly_where_counting_every_number_finds_them(levels: list[LevelPlan]) -> None:
    step = step_of(levels)
    negative = any(bound is not None and bound < 0 for one in levels for bound in (one.lower, one.upper))
    reported = unevenly_scored(levels)
    for units in range(-1500 if negative else 0, 1500):
        number = units * step
        scoring = tuple(
            n
            for n, one in enumerate(levels)
            if (one.lower is None or one.lower <= number) and (one.upper is None or number <= one.upper)
        )
        inside = [
            span.positions
            for span in reported
            if (span.lower is None or span.lower <= number) and (span.upper is None or number <= span.upper)
        ]
        assert inside == ([] if len(scoring) == 1 else [scoring])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=8), st.integers(-200, 200).filter(bool))
def test_weights_are_right_when_they_total_100_and_a_hundredth_off_is_wrong(parts: list[int], off: int) -> None:
    whole = sum(parts)
    weights = [(Decimal(part) * 100 / whole).quantize(Decimal("0.01")) for part in parts]
    weights[-1] += 100 - sum(weights)
    right = IndicatorPlan("x", Decimal(100), Mode.DESK)

    def told(*known: Decimal) -> set[Wrong]:
        return {
            one.wrong for one in faults_of(InstrumentPlan("Alat", tuple(AspectPlan("A", w, (right,)) for w in known)))
        }

    assert told(*weights) == set()
    assert told(*weights, Decimal(off) / 100) == {Wrong.WEIGHTS}


def test_each_round_totals_100_by_itself(app: Flask) -> None:
    one = IndicatorPlan("x", Decimal(100), Mode.DESK)
    two = InstrumentPlan(
        "OKI", (AspectPlan("Paparan", Decimal(100), (one,)), AspectPlan("Lapangan", Decimal("99.99"), (one,), 2))
    )
    assert said(app, faults_of(two)) == ["Bobot aspek babak 2 berjumlah 99,99, harus 100."]


@pytest.mark.parametrize(
    ("levels", "changes", "wrong", "stops"),
    [
        ((level("1", name="a"),), {}, Wrong.LEVELS_MISSING, True),
        ((level("1", name="a"), level("2", name="A")), {}, Wrong.LEVELS_ALIKE, True),
        ((level("1", name="a"), level("49", name="b")), {}, Wrong.LEVEL_TOO_HIGH, True),
        ((level("2", name="a"), level("1", name="b")), {}, Wrong.POINTS_FALL, False),
        ((level("1", name="a"), level("1", name="b")), {}, Wrong.POINTS_WANDER, False),
        ((level("1", "0", "4"), level("2", name="b")), {}, Wrong.HALF_RANGED, True),
        ((level("1", name="a"), level("2", name="b")), {"method": Method.RATED}, Wrong.LEVELS_UNUSED, False),
        ((), {"method": Method.COUNT, "points_each": Decimal(49)}, Wrong.EVENT_TOO_HIGH, True),
    ],
)
def test_each_fault_has_its_name_and_says_whether_it_stops(
    app: Flask, levels: tuple[LevelPlan, ...], changes: dict[str, object], wrong: Wrong, stops: bool
) -> None:
    found = faults_of(holding(*levels, **changes))
    assert [(one.wrong, one.stops) for one in found] == [(wrong, stops)]
    assert "Rapat Forkopimcam" in said(app, found)[0]


@pytest.mark.parametrize(
    ("bands", "wrong"),
    [
        ([], []),
        ([("A", 80, True), ("D", 0, True)], []),
        ([("A", 80, True), ("D", 10, True)], [Wrong.GRADES_START_LATE]),
        ([("A", 80, True), ("D", 0, False)], [Wrong.GRADES_START_LATE]),
        ([("A", 80, True), ("a", 0, True)], [Wrong.GRADES_ALIKE]),
    ],
)
def test_grades_cover_every_total_from_zero_on(bands: list[tuple[str, int, bool]], wrong: list[Wrong]) -> None:
    plan = holding(level("1", name="a"), level("2", name="b"))
    grades = tuple(GradePlan(label, Decimal(begins), includes) for label, begins, includes in bands)
    assert [one.wrong for one in faults_of(InstrumentPlan("x", plan.aspects, grades))] == wrong


def test_numbers_nobody_stands_for_stop_the_opening(app: Flask) -> None:
    plan = InstrumentPlan("x", holding(level("1", name="a"), level("2", name="b")).aspects, settle_first=True)
    assert [one.wrong for one in faults_of(plan, settled=False)] == [Wrong.UNSETTLED]
    assert faults_of(plan, settled=True) == []
