"""A line never parts equals silently: whoever is inside stands no lower than anybody outside, and a rule says why."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.programme.rules import TieRule
from webapp.selection.rules import Entry, Line, Why, draw_line, settle

POINTS = st.integers(0, 4).map(lambda n: Decimal(n).quantize(Decimal("0.01")))
ENTRIES = st.lists(st.tuples(POINTS, st.tuples(POINTS, POINTS), st.integers(1, 2)), min_size=1, max_size=9).map(
    lambda rows: [Entry(f"32.73.{n:02d}", total, parts, part) for n, (total, parts, part) in enumerate(rows)]
)
SIZES = st.integers(1, 10)
RULES = st.sampled_from(TieRule)


def heights(entries: list[Entry], codes: frozenset[str]) -> list[tuple[int, Decimal]]:
    return [one.height for one in entries if one.code in codes]


@settings(max_examples=100)
@given(ENTRIES, SIZES)
def test_a_line_never_parts_equals_by_itself(entries: list[Entry], size: int) -> None:
    line = draw_line(entries, size)
    outside = [one.height for one in entries if one.code not in line.inside and one.code not in line.tied]
    inside = heights(entries, line.inside)
    assert not set(inside) & set(outside)
    assert not inside or not outside or min(inside) > max(outside)
    assert len(line.inside) <= size
    if line.settled:
        assert len(line.inside) == min(size, len(entries))
    else:
        assert len({one.height for one in entries if one.code in line.tied}) == 1
        assert 0 < line.free < len(line.tied)
        assert len(line.inside) + line.free == size


@settings(max_examples=100)
@given(ENTRIES, SIZES, RULES, st.randoms())
def test_the_order_in_which_units_come_decides_nothing(
    entries: list[Entry], size: int, rule: TieRule, chance: object
) -> None:
    shuffled = list(entries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle(entries, size, rule, seed="benih") == settle(shuffled, size, rule, seed="benih")


@settings(max_examples=100)
@given(ENTRIES, SIZES, RULES)
def test_whoever_is_parted_from_an_equal_is_told_why(entries: list[Entry], size: int, rule: TieRule) -> None:
    line = settle(entries, size, rule, seed="benih")
    outside = {one.code for one in entries} - line.inside - set(line.tied)
    for one in (one for one in entries if one.code in line.inside):
        for other in (other for other in entries if other.code in outside):
            assert one.height >= other.height
            if one.height == other.height:
                assert {line.why[one.code], line.why[other.code]} <= {Why(str(rule))}
    assert len(line.inside) + line.free == min(size, len(entries)) or rule is TieRule.EXTEND


@settings(max_examples=50)
@given(ENTRIES, SIZES)
def test_extending_takes_all_equals_along(entries: list[Entry], size: int) -> None:
    before, line = draw_line(entries, size), settle(entries, size, TieRule.EXTEND)
    assert line.inside == before.inside | set(before.tied)
    assert line.settled


@settings(max_examples=50)
@given(ENTRIES, SIZES)
def test_lots_can_be_drawn_again(entries: list[Entry], size: int) -> None:
    line = settle(entries, size, TieRule.LOTS, seed="a" * 32)
    assert line.settled
    assert line == settle(entries, size, TieRule.LOTS, seed="a" * 32)
    assert not settle(entries, size, TieRule.LOTS).settled or draw_line(entries, size).settled


def entry(code: str, total: str, *aspects: str) -> Entry:
    return Entry(code, Decimal(total), tuple(Decimal(one) for one in aspects))


def test_the_heaviest_aspect_decides_and_the_next_one_after_it() -> None:
    entries = [entry("a", "80", "70", "95"), entry("b", "80", "85", "72"), entry("c", "80", "70", "96")]
    assert settle(entries, 1, TieRule.ASPECTS).inside == {"b"}
    assert settle(entries, 2, TieRule.ASPECTS).inside == {"b", "c"}


def test_equal_aspects_too_are_left_to_the_team() -> None:
    entries = [entry("a", "90", "1"), entry("b", "80", "5"), entry("c", "80", "5"), entry("d", "80", "4")]
    line = settle(entries, 2, TieRule.ASPECTS)
    assert (line.inside, line.tied, line.free) == ({"a"}, ("b", "c"), 1)
    assert line.why["d"] is Why.ASPECTS
    named = settle(entries, 2, TieRule.ASPECTS, named=["c"])
    assert (named.inside, named.why["b"], named.why["d"]) == ({"a", "c"}, Why.NAMED, Why.ASPECTS)
    assert not settle(entries, 2, TieRule.ASPECTS, named=["d"]).settled


def test_nobody_is_named_who_is_not_tied() -> None:
    entries = [entry("a", "90"), entry("b", "80"), entry("c", "80"), entry("d", "70")]
    for named in ([], ["d"], ["a"], ["b", "c"]):
        assert not settle(entries, 2, TieRule.ASK, named=named).settled
    assert settle(entries, 2, TieRule.ASK, named=["b"]).inside == {"a", "b"}


def test_a_hundredth_apart_is_no_tie() -> None:
    entries = [entry("a", "80.01"), entry("b", "80.00")]
    assert draw_line(entries, 1) == Line(frozenset({"a"}), {"a": Why.TOTAL, "b": Why.TOTAL})
