"""Quorum, numbers and what indicators tell about: pure facts."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.minutes.rules import Signed, in_force, needed, number_of
from webapp.record.rules import Aim, aims_of


def test_more_than_half_is_the_least_number_above_it() -> None:
    assert [needed(n) for n in (1, 2, 3, 4, 5, 6, 7)] == [1, 2, 2, 3, 3, 4, 4]
    assert needed(4, 99) == 4
    assert needed(3, 0) == 1


@settings(max_examples=100)
@given(st.integers(1, 60), st.integers(0, 99))
def test_a_quorum_is_more_than_the_share_and_never_more_than_the_team(team: int, share: int) -> None:
    need = needed(team, share)
    assert need * 100 > team * share
    assert (need - 1) * 100 <= team * share
    assert 1 <= need <= team


@settings(max_examples=100)
@given(st.lists(st.booleans(), max_size=9), st.integers(1, 9), st.booleans())
def test_in_force_is_enough_people_a_chair_and_more_who_agree(agree: list[bool], need: int, led: bool) -> None:
    given_ = [Signed(number, agrees) for number, agrees in enumerate(agree)]
    chairs = [0] if led else [99]
    expected = len(agree) >= need and led and bool(agree) and sum(agree) * 2 > len(agree)
    assert in_force(given_, need, chairs) is expected


def test_numbers_say_kind_order_region_month_and_year() -> None:
    assert number_of("BA-RP", 7, "32.04", date(2026, 11, 29)) == "BA-RP/0007/32.04/XI/2026"


def test_an_indicator_tells_about_the_aim_its_words_name() -> None:
    assert aims_of("Koordinasi penyelenggaraan", "Rapat minggon") == {Aim.COORDINATION}
    assert aims_of("Inovasi dan upaya", "Kampung tematik") == {Aim.CREATIVITY}
    assert aims_of("Kompetensi SDM", "Diklat") == {Aim.CAPACITY}
    assert aims_of("Pelayanan publik", "PATEN") == frozenset()
