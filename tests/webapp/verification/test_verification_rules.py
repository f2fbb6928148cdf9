"""What a desk may decide, who was there: facts that need no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.values import LonLat, metres_apart
from webapp.evidence.rules import Grade
from webapp.programme.rules import Mode
from webapp.territory.rules import RegionResult
from webapp.verification.rules import (
    CHECKLISTS,
    VAGUE_M,
    VISIT_LASTS,
    CheckKind,
    Missing,
    Verdict,
    WhyField,
    checklist_of,
    clocks_differ,
    missing_for_verdict,
    was_there,
    why_field,
)

PLACES = st.builds(LonLat, lon=st.floats(95, 141), lat=st.floats(-11, 6))
METRES = st.floats(0, 5_000)
RADIUS = st.floats(0, 500)


def near(place: LonLat, east_m: float, north_m: float) -> LonLat:
    return LonLat(place.lon + east_m / 111_320, place.lat + north_m / 110_574)


@given(PLACES, METRES, METRES, RADIUS)
def test_who_stands_on_the_spot_was_there_whatever_the_accuracy(
    place: LonLat, mine: float, claimed: float, radius: float
) -> None:
    assert was_there(place, place, accuracy_m=mine, claim_accuracy_m=claimed, radius_m=radius)


@given(PLACES, st.floats(-3_000, 3_000), st.floats(-3_000, 3_000), METRES, METRES, RADIUS)
def test_it_does_not_matter_which_of_the_two_is_called_the_claim(
    place: LonLat, east: float, north: float, mine: float, claimed: float, radius: float
) -> None:
    other = near(place, east, north)
    assert was_there(place, other, accuracy_m=mine, claim_accuracy_m=claimed, radius_m=radius) == was_there(
        other, place, accuracy_m=claimed, claim_accuracy_m=mine, radius_m=radius
    )


@given(PLACES, st.floats(-3_000, 3_000), st.floats(-3_000, 3_000), METRES, METRES, RADIUS)
def test_a_vague_fix_never_stands_for_presence_beyond_its_cap(
    place: LonLat, east: float, north: float, mine: float, claimed: float, radius: float
) -> None:
    other = near(place, east, north)
    assume(metres_apart(place, other) > radius + 2 * VAGUE_M)
    assert not was_there(place, other, accuracy_m=mine, claim_accuracy_m=claimed, radius_m=radius)


@given(PLACES, st.floats(-3_000, 3_000), st.floats(-3_000, 3_000), METRES, METRES, RADIUS, st.floats(0, 500))
def test_more_radius_never_takes_presence_away(
    place: LonLat, east: float, north: float, mine: float, claimed: float, radius: float, more: float
) -> None:
    other = near(place, east, north)
    assume(was_there(place, other, accuracy_m=mine, claim_accuracy_m=claimed, radius_m=radius))
    assert was_there(place, other, accuracy_m=mine, claim_accuracy_m=claimed, radius_m=radius + more)


@pytest.mark.parametrize(
    ("mode", "grade", "result", "abroad", "expected"),
    [
        (Mode.DESK, Grade.A, RegionResult.MATCH, False, ()),
        (Mode.DESK, Grade.C, RegionResult.NEAR_BORDER, False, ()),
        (Mode.FIELD, Grade.A, RegionResult.MATCH, False, (WhyField.MODE,)),
        (Mode.BOTH, Grade.A, RegionResult.MATCH, False, (WhyField.MODE,)),
        (Mode.DESK, Grade.D, RegionResult.MATCH, False, (WhyField.WEAK_PLACE,)),
        (Mode.DESK, None, RegionResult.NO_POSITION, False, (WhyField.WEAK_PLACE,)),
        (Mode.DESK, Grade.A, RegionResult.OUTSIDE, False, (WhyField.OUTSIDE,)),
        (Mode.DESK, Grade.A, RegionResult.ABROAD, False, (WhyField.OUTSIDE,)),
        (Mode.DESK, Grade.D, RegionResult.ABROAD, True, ()),
        (Mode.FIELD, Grade.D, RegionResult.OUTSIDE, False, (WhyField.MODE, WhyField.WEAK_PLACE, WhyField.OUTSIDE)),
    ],
)
def test_the_desk_accepts_alone_only_what_it_can_know(
    mode: Mode, grade: Grade | None, result: RegionResult, abroad: bool, expected: tuple[WhyField, ...]
) -> None:
    assert why_field(mode=mode, grade=grade, region_result=result, abroad=abroad) == expected


@pytest.mark.parametrize("kind", list(CheckKind))
def test_every_kind_of_check_has_its_list(kind: CheckKind) -> None:
    codes = [item.code for item in CHECKLISTS[kind]]
    assert codes
    assert len(set(codes)) == len(codes)
    assert checklist_of(kind) == CHECKLISTS[kind]


def test_a_case_without_a_known_kind_is_looked_at_as_an_object() -> None:
    assert checklist_of(None) == checklist_of("besok_baru_ada") == CHECKLISTS[CheckKind.OBJECT_PRESENT]


ITEMS = CHECKLISTS[CheckKind.OBJECT_PRESENT]
ALL = {item.code for item in ITEMS}


def lacks(**changes: object) -> tuple[Missing, ...]:
    usual = {
        "own_photos": 1, "copied_photos": 0, "checked": ALL, "items": ITEMS, "verdict": Verdict.MATCHES, "note": "",
        "since_check_in": timedelta(minutes=5),
    }  # fmt: skip
    return missing_for_verdict(**{**usual, **changes})  # type: ignore[arg-type]


def test_a_visit_with_photo_list_and_verdict_lacks_nothing() -> None:
    assert lacks() == ()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_needs_a_photo_also_of_nothing_to_be_found(verdict: Verdict) -> None:
    assert lacks(verdict=verdict, note="kosong", own_photos=0) == (Missing.PHOTO,)


@pytest.mark.parametrize("verdict", [Verdict.DIFFERS, Verdict.NOT_FOUND])
def test_an_adverse_verdict_needs_a_note_but_no_full_list(verdict: Verdict) -> None:
    assert lacks(verdict=verdict, checked=set(), note=" ") == (Missing.NOTE,)
    assert lacks(verdict=verdict, checked=set(), note="Tidak ada apa-apa.") == ()


def test_the_units_own_photo_is_no_photo_of_the_visit() -> None:
    assert lacks(own_photos=0, copied_photos=2) == (Missing.OWN_PHOTO,)


def test_agreement_needs_the_whole_list() -> None:
    assert lacks(checked=ALL - {"in_use"}) == (Missing.CHECKLIST,)


def test_without_a_verdict_there_is_nothing_to_finish() -> None:
    assert lacks(verdict=None) == (Missing.VERDICT,)


def test_yesterdays_check_in_says_nothing_about_today() -> None:
    assert lacks(since_check_in=VISIT_LASTS) == ()
    assert lacks(since_check_in=VISIT_LASTS + timedelta(seconds=1)) == (Missing.FRESH_CHECK_IN,)


def test_a_phone_with_another_clock_is_remarked_upon() -> None:
    now = datetime(2018, 8, 6, 3, tzinfo=UTC)
    assert not clocks_differ(None, now)
    assert not clocks_differ(now - timedelta(minutes=15), now)
    assert clocks_differ(now - timedelta(minutes=16), now)
    assert clocks_differ(now + timedelta(hours=1), now)
