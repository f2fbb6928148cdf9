"""Each signal: one cheat it finds, and the honest people it must leave alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.values import LonLat
from webapp.evidence.rules import State
from webapp.signals import rules
from webapp.signals.rules import CaseFacts, Fact, How, Shot, Twin, Weight, clock, files, kinds, pattern, place, reuse

HERE = LonLat(107.6, -6.9)
WIB = timedelta(hours=7)
MORNING = datetime(2018, 8, 1, 2, 0, tzinfo=UTC)  # 09.00 WIB
CASE = CaseFacts(
    id=1, unit="32.73.02", kind="kegiatan", activity="culinary_night", check_kind="event_trace", place=HERE,
    place_source="device", accuracy_m=8.0, unit_m=0.0,
)  # fmt: skip


def east(metres: float, of: LonLat = HERE) -> LonLat:
    return LonLat(of.lon + metres / 110_500, of.lat)


def shot(**changes: Any) -> Shot:
    """A photo of the capture page: camera, 8 m, sent a minute later."""
    usual: dict[str, Any] = {
        "id": 1, "evidence_id": 1, "account_id": 1, "source": "camera", "captured_at": MORNING, "fix": HERE,
        "fix_accuracy_m": 8.3, "fix_at": MORNING, "received_at": MORNING + timedelta(minutes=1), "sha256": "a" * 64,
        "unit_fix_m": 0.0,
    }  # fmt: skip
    return Shot(**{**usual, **changes})


def picked(**changes: Any) -> Shot:
    """A photo of the gallery, with what its camera wrote."""
    usual: dict[str, Any] = {
        "source": "gallery", "captured_at": MORNING + timedelta(hours=3), "fix": None, "fix_accuracy_m": None,
        "fix_at": None, "camera_time": datetime(2018, 8, 1, 9, 0), "taken_at": MORNING, "exif": HERE,  # noqa: DTZ001
        "exif_accuracy_m": 5.0, "unit_exif_m": 0.0, "received_at": MORNING + timedelta(hours=3, minutes=1),
    }  # fmt: skip
    return shot(**{**usual, **changes})


def read(hours: int, at: datetime = MORNING, zone: int = 7) -> dict[str, Any]:
    """What a camera without a zone tells whose clock stands `hours` from UTC, resolved by the place's own zone."""
    naive = (at + timedelta(hours=hours)).replace(tzinfo=None)
    return {"camera_time": naive, "taken_at": naive.replace(tzinfo=UTC) - timedelta(hours=zone)}


def weights(facts: Any) -> dict[str, Weight]:
    return {fact.code: fact.weight for fact in facts}


def of_shot(one: Shot, case: CaseFacts = CASE) -> dict[str, Weight]:
    return weights([*place.of_shot(one, case), *clock.of_shot(one, case), *files.of_shot(one, case)])


def test_an_honest_photo_of_the_page_and_one_of_the_gallery_say_nothing() -> None:
    assert of_shot(shot()) == {}
    assert of_shot(picked()) == {}


# --- the same photo elsewhere


def twin(
    how: How = How.BYTES, state: str = State.SUBMITTED, *, unit: bool = False, days: bool = False, **theirs: Any
) -> Twin:
    usual = {"id": 9, "evidence_id": 9, "account_id": 9, "received_at": MORNING - timedelta(days=9)}
    return Twin(shot(), shot(**{**usual, **theirs}), how, state, unit, days)


@pytest.mark.parametrize("how", [How.BYTES, How.ORIGINAL, How.PICTURE])
def test_a_photo_that_another_kecamatan_sent_before_is_strong(how: How) -> None:
    fact = reuse.reused(twin(how), CASE)
    assert fact is not None
    assert (fact.code, fact.weight, fact.other_evidence_id) == (f"reused_{how}", Weight.STRONG, 9)


def test_whoever_sent_it_first_is_not_the_one_accused() -> None:
    fact = reuse.reused(twin(received_at=MORNING + timedelta(days=9)), CASE)
    assert fact is not None
    assert fact.weight == Weight.WEAK


def test_the_same_unit_is_weak_and_one_event_told_twice_or_a_case_made_anew_is_a_note() -> None:
    def weight(one: Twin) -> Weight | None:
        fact = reuse.reused(one, CASE)
        return fact.weight if fact else None

    assert weight(twin(unit=True)) == Weight.WEAK
    assert weight(twin(unit=True, days=True)) == Weight.NOTE
    assert weight(twin(unit=True, state=State.WITHDRAWN)) == Weight.NOTE
    assert weight(twin(state=State.WITHDRAWN)) == Weight.STRONG  # another unit's, whatever became of it


def test_shots_moments_apart_and_photos_of_one_case_are_no_reuse() -> None:
    burst = {"account_id": 1, "captured_at": MORNING + timedelta(seconds=3)}
    assert reuse.reused(twin(How.PICTURE, unit=True, days=True, **burst), CASE) is None
    assert reuse.reused(twin(How.LIKE, unit=True, **burst), CASE) is None
    assert reuse.reused(twin(How.PICTURE, evidence_id=1), CASE) is None


def test_a_visit_that_shows_the_units_photo_is_strong_by_bytes_and_weak_to_the_eye() -> None:
    visited = shot(id=3, visit_id=5)
    for how, weight in ((How.BYTES, Weight.STRONG), (How.PICTURE, Weight.WEAK), (How.LIKE, None)):
        fact = reuse.reused(Twin(visited, shot(id=4), how, State.AWAITING_FIELD, same_unit=True, same_days=True), CASE)
        assert (fact.weight if fact else None) == weight


def test_very_like_counts_only_within_the_unit_or_the_account_and_is_weak() -> None:
    assert reuse.reused(twin(How.LIKE), CASE) is None
    fact = reuse.reused(twin(How.LIKE, unit=True), CASE)
    assert fact is not None
    assert fact.weight == Weight.WEAK


def test_a_pair_is_told_once_by_its_surest_way() -> None:
    facts = reuse.of_twins([twin(How.LIKE, unit=True), twin(How.BYTES), twin(How.PICTURE)], CASE)
    assert [fact.code for fact in facts] == ["reused_bytes"]


# --- where


def test_a_borrowed_photo_was_taken_elsewhere_by_its_own_position() -> None:
    assert of_shot(picked(exif=east(8_000), unit_exif_m=6_000)) == {"exif_outside_unit": Weight.WEAK}
    assert of_shot(picked(exif=east(90_000), unit_exif_m=88_000)) == {"exif_outside_unit": Weight.STRONG}


def test_a_border_that_is_drawn_roughly_and_a_place_within_the_unit_are_no_reproach() -> None:
    assert of_shot(picked(exif=east(180), unit_exif_m=140)) == {}
    assert of_shot(picked(exif=east(4_000), unit_exif_m=0.0)) == {"exif_far_from_place": Weight.NOTE}


def test_file_and_phone_disagree_at_one_moment() -> None:
    assert of_shot(shot(exif=east(3_000), unit_exif_m=0.0)) == {
        "exif_far_from_fix": Weight.WEAK, "exif_far_from_place": Weight.NOTE,
    }  # fmt: skip
    assert of_shot(shot(exif=east(60_000), unit_exif_m=None))["exif_far_from_fix"] == Weight.STRONG


def test_a_photo_chosen_at_the_office_later_may_have_been_taken_elsewhere() -> None:
    office = picked(fix=east(6_000), fix_at=MORNING + timedelta(hours=3), fix_accuracy_m=10.0, unit_fix_m=0.0)
    assert "exif_far_from_fix" not in of_shot(office)
    assert of_shot(replace(office, unit_fix_m=5_000))["fix_outside_unit"] == Weight.NOTE


def test_a_fix_indoors_is_a_wide_circle_and_one_the_browser_remembered_is_of_another_moment() -> None:
    assert of_shot(shot(exif=east(2_400), fix_accuracy_m=1_500.0, unit_exif_m=0.0)).keys() <= {"exif_far_from_place"}
    stale = shot(fix=east(9_000), fix_at=MORNING - timedelta(hours=2), exif=HERE, unit_exif_m=0.0)
    assert "exif_far_from_fix" not in of_shot(stale)


def test_the_camera_of_the_page_outside_the_unit_is_weak() -> None:
    assert of_shot(shot(unit_fix_m=900.0)) == {"fix_outside_unit": Weight.WEAK}
    assert of_shot(shot(unit_fix_m=900.0, fix_accuracy_m=1_000.0)) == {}


def test_a_pin_set_far_from_the_phone_is_weak_and_one_that_mends_an_indoor_fix_is_not() -> None:
    pinned = replace(CASE, place=east(3_000), place_source="pin", accuracy_m=None)
    assert of_shot(shot(), pinned) == {"fix_far_from_pin": Weight.WEAK}
    assert of_shot(shot(fix_accuracy_m=1_800.0), replace(pinned, place=east(1_500))) == {}


def test_a_place_outside_the_unit_is_weak_and_a_note_where_the_unit_says_why() -> None:
    outside = replace(CASE, unit_m=700.0)
    assert weights([place.of_case(outside)]) == {"place_outside_unit": Weight.WEAK}
    assert weights([place.of_case(replace(outside, place_reason="Rapat di kabupaten"))])["place_outside_unit"] == "note"
    assert place.of_case(replace(CASE, unit_m=150.0)) is None
    assert place.of_case(replace(CASE, unit_m=900.0, accuracy_m=1_000.0)) is None


@given(st.floats(0, 40_000), st.floats(0, 3_000), st.floats(0, 3_000))
def test_within_both_accuracies_two_places_are_one(metres: float, mine: float, theirs: float) -> None:
    one = shot(exif=east(metres), exif_accuracy_m=mine, fix_accuracy_m=theirs)
    fact = place.exif_and_fix(one, CASE)
    apart = place.metres_apart(east(metres), HERE) - mine - theirs
    assert (fact is not None) == (apart > place.APART_M)
    if fact is not None:
        assert (fact.weight == Weight.STRONG) == (apart > place.FAR_M)


# --- when


def test_an_old_photo_is_strong_and_a_day_beside_the_event_is_nothing() -> None:
    for days, weight in (
        (-200, Weight.STRONG),
        (-3, Weight.STRONG),
        (-2, Weight.WEAK),
        (-1, None),
        (1, None),
        (3, Weight.STRONG),
    ):
        at = MORNING + timedelta(days=days)
        found = of_shot(picked(**read(7, at), received_at=max(at, MORNING) + timedelta(hours=1), captured_at=None))
        assert found.get("outside_event") == weight, days


def test_an_event_at_midnight_and_one_of_several_days_are_within_their_days() -> None:
    assert "outside_event" not in of_shot(
        picked(**read(7, datetime(2018, 8, 1, 17, 30, tzinfo=UTC)), received_at=MORNING + timedelta(days=1))
    )
    long = replace(CASE, occurred_to=date(2018, 8, 9))
    assert "outside_event" not in of_shot(
        picked(**read(7, MORNING + timedelta(days=8)), received_at=MORNING + timedelta(days=9)), long
    )


def test_what_stands_may_be_photographed_later_but_not_before() -> None:
    later = picked(**read(7, MORNING + timedelta(days=30)), received_at=MORNING + timedelta(days=31))
    built = replace(CASE, kind="infrastruktur", check_kind="object_present")
    assert "outside_event" not in of_shot(later, built)
    assert of_shot(picked(**read(7, MORNING - timedelta(days=30))), built)["outside_event"] == Weight.STRONG
    stages = replace(built, check_kind="progress")
    assert "outside_event" not in of_shot(picked(**read(7, MORNING - timedelta(days=30)), progress=0), stages)


@pytest.mark.parametrize("said", [datetime(1970, 1, 1), datetime(2000, 1, 1, 0, 3), datetime(2015, 1, 1, 2, 0)])  # noqa: DTZ001
def test_a_camera_that_was_never_set_says_nothing_of_the_day(said: datetime) -> None:
    assert of_shot(picked(camera_time=said, taken_at=said.replace(tzinfo=UTC) - WIB)) == {}


def test_satellites_whose_weeks_ran_over_are_a_note() -> None:
    old = MORNING - timedelta(weeks=1024)
    rolled = picked(camera_time=(MORNING + WIB).replace(tzinfo=None), taken_at=old)
    assert of_shot(replace(rolled, taken_at=old)).get("outside_event") is None
    late = picked(camera_time=datetime(2038, 3, 18, 9, 0), taken_at=datetime(2018, 8, 1, 2, 0, tzinfo=UTC))  # noqa: DTZ001
    assert of_shot(late) == {"satellite_clock_old": Weight.NOTE}


@pytest.mark.parametrize(("zone", "clock_at"), [(9, 7), (9, 8), (7, 9), (8, 7), (7, 8)])
def test_a_phone_left_on_the_zone_it_came_from_is_at_most_a_note(zone: int, clock_at: int) -> None:
    where = replace(CASE, zone={7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}[zone])
    plain = shot(**read(clock_at, zone=zone))
    assert set(of_shot(plain, where).values()) <= {Weight.NOTE}
    named = shot(
        camera_time=(MORNING + timedelta(hours=clock_at)).replace(tzinfo=None),
        offset_minutes=clock_at * 60,
        taken_at=MORNING,
    )
    assert of_shot(named, where) == {"zone_elsewhere": Weight.NOTE}
    by_satellites = shot(camera_time=(MORNING + timedelta(hours=clock_at)).replace(tzinfo=None), taken_at=MORNING)
    assert of_shot(by_satellites, where) == {"zone_elsewhere": Weight.NOTE}


def test_a_clock_that_differs_from_the_satellites_is_weak() -> None:
    back = shot(camera_time=(MORNING + WIB - timedelta(hours=5)).replace(tzinfo=None), taken_at=MORNING)
    assert of_shot(back) == {"camera_clock_off": Weight.WEAK}


def test_a_phone_whose_clock_was_turned_back_is_found_by_its_fix() -> None:
    assert of_shot(shot(captured_at=MORNING - timedelta(days=1), fix_at=MORNING + timedelta(days=4))) == {
        "fix_newer_than_photo": Weight.STRONG,
        "sent_late": Weight.NOTE,
    }
    assert of_shot(shot(fix_at=MORNING - timedelta(hours=2))) == {"fix_remembered": Weight.NOTE}


def test_taken_after_it_was_here() -> None:
    tomorrow = shot(captured_at=MORNING + timedelta(days=2), fix_at=None)
    assert of_shot(tomorrow)["taken_after_receipt"] == Weight.STRONG
    assert (
        of_shot(shot(captured_at=MORNING + timedelta(hours=1), fix_at=MORNING + timedelta(hours=1)))[
            "taken_after_receipt"
        ]
        == Weight.WEAK
    )
    assert of_shot(shot(captured_at=MORNING + timedelta(minutes=9), fix_at=MORNING + timedelta(minutes=9))) == {}
    wit_in_jakarta = picked(**read(9), received_at=MORNING + timedelta(minutes=5), captured_at=None)
    assert "taken_after_receipt" not in of_shot(wit_in_jakarta)


def test_taken_without_a_signal_and_sent_a_day_later_is_no_suspicion() -> None:
    assert of_shot(shot(received_at=MORNING + timedelta(days=1))) == {"sent_late": Weight.NOTE}


@given(st.integers(-60 * 24 * 400, 60 * 24 * 400))
def test_only_days_far_from_the_event_are_strong(minutes: int) -> None:
    at = MORNING + timedelta(minutes=minutes)
    fact = clock.outside_event(shot(captured_at=at, fix_at=at, received_at=at), CASE)
    day = (at + WIB).date()
    days = max((CASE.occurred_from - day).days, (day - CASE.occurred_to).days, 0)
    expected = Weight.STRONG if days > 2 else Weight.WEAK if days == 2 else None
    assert (fact.weight if fact else None) == expected


@given(st.sampled_from([7, 8, 9]), st.sampled_from([7, 8, 9]), st.integers(-14, 14))
def test_no_zone_of_indonesia_is_ever_weak(place_zone: int, phone_zone: int, minutes: int) -> None:
    where = replace(CASE, zone={7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}[place_zone])
    one = shot(**read(phone_zone, MORNING + timedelta(minutes=minutes), zone=place_zone))
    assert set(of_shot(one, where).values()) <= {Weight.NOTE}


# --- the file


@pytest.mark.parametrize(
    ("software", "found"),
    [
        ("Adobe Photoshop 25.0 (Windows)", {"edited": Weight.WEAK}), ("GIMP 2.10", {"edited": Weight.WEAK}),
        ("Snapseed 2.0", {"edited": Weight.WEAK}), ("Midjourney v6", {"generator": Weight.STRONG}),
        ("Adobe Firefly", {"generator": Weight.STRONG}), ("BeautyPlus 7", {"saved_by_app": Weight.NOTE}),
        ("GPS Map Camera", {"saved_by_app": Weight.NOTE}), ("A536BXXU4CWB1", {}), ("HDR+ 1.0.345618096", {}),
        ("16.6.1", {}), ("Snowdrop 3.1", {}), ("MediaTek Camera Application", {}), ("", {}), (None, {}),
    ],
)  # fmt: skip
def test_who_wrote_the_file(software: str | None, found: dict[str, Weight]) -> None:
    assert of_shot(shot(software=software)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("trainedAlgorithmicMedia", {"says_ai": Weight.STRONG}),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", {"says_ai": Weight.STRONG}),
        ("compositeWithTrainedAlgorithmicMedia", {"says_partly_ai": Weight.WEAK}),
        ("humanEdits", {"says_edited": Weight.NOTE}), ("digitalCapture", {}), ("computationalCapture", {}), (None, {}),
    ],
)  # fmt: skip
def test_what_the_file_declares(source: str | None, found: dict[str, Weight]) -> None:
    assert of_shot(shot(digital_source=source)) == found


def test_a_preview_of_another_picture_is_strong_and_one_that_is_missing_or_turned_is_not() -> None:
    assert of_shot(shot(preview="differs", preview_distance=120)) == {"preview_differs": Weight.STRONG}
    assert of_shot(shot(preview="same", preview_distance=12)) == {}
    assert of_shot(shot(preview="unreadable")) == {}
    assert of_shot(shot(preview="none")) == {}  # a messenger's copy names no camera
    assert of_shot(picked(preview="none", make="Samsung")) == {"preview_missing": Weight.NOTE}


@pytest.mark.parametrize(
    ("signed", "found"),
    [
        (None, {}),
        ({"state": "trusted", "signer": "Kamera"}, {"c2pa_trusted": Weight.NOTE}),
        ({"state": "untrusted"}, {"c2pa_untrusted": Weight.NOTE}),
        ({"state": "broken", "codes": ["assertion.dataHash.mismatch"]}, {"c2pa_broken": Weight.STRONG}),
        ({"state": "broken", "codes": ["signingCredential.expired"]}, {"c2pa_broken": Weight.WEAK}),
        ({"state": "trusted", "ai": True}, {"c2pa_trusted": Weight.NOTE, "says_ai": Weight.STRONG}),
        ({"state": "trusted", "edited": True}, {"c2pa_trusted": Weight.NOTE, "says_edited": Weight.NOTE}),
    ],
)  # fmt: skip
def test_signed_origins(signed: dict[str, Any] | None, found: dict[str, Weight]) -> None:
    assert of_shot(shot(credentials=signed)) == found


# --- beside other captures


def series(count: int, apart: timedelta, step_m: float = 0.0, **changes: Any) -> list[Shot]:
    return [
        shot(
            id=number, evidence_id=1 + number % 2, fix_at=MORNING + number * apart,
            captured_at=MORNING + number * apart, fix=east(step_m * number), **changes,
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


def test_the_same_coordinates_at_three_times_are_weak() -> None:
    assert weights(pattern.same_coordinates(series(3, timedelta(hours=9)), CASE)) == {"same_coordinates": Weight.WEAK}


def test_a_tripod_a_desk_and_photos_of_one_reading_are_at_most_a_note() -> None:
    assert weights(pattern.same_coordinates(series(5, timedelta(minutes=10)), CASE)) == {
        "same_coordinates": Weight.NOTE
    }
    desk = series(5, timedelta(hours=9), fix_accuracy_m=165.0)
    assert weights(pattern.same_coordinates(desk, CASE)) == {"same_coordinates": Weight.NOTE}
    meetings = replace(CASE, kind="rapat")
    assert weights(pattern.same_coordinates(series(3, timedelta(days=7)), meetings)) == {
        "same_coordinates": Weight.NOTE
    }
    assert list(pattern.same_coordinates(series(9, timedelta(seconds=2)), CASE)) == []
    assert list(pattern.same_coordinates(series(3, timedelta(hours=9), step_m=3), CASE)) == []


def test_an_accuracy_that_never_changes_is_weak_and_a_round_one_a_note() -> None:
    moving = {"apart": timedelta(hours=5), "step_m": 400.0}
    assert weights(pattern.frozen_accuracy(series(4, **moving, fix_accuracy_m=12.3456), CASE)) == {
        "frozen_accuracy": Weight.WEAK
    }
    assert weights(pattern.frozen_accuracy(series(4, **moving, fix_accuracy_m=20.0), CASE)) == {
        "frozen_accuracy": Weight.NOTE
    }
    assert list(pattern.frozen_accuracy(series(3, **moving, fix_accuracy_m=12.3456), CASE)) == []
    assert list(pattern.frozen_accuracy(series(6, timedelta(hours=5), fix_accuracy_m=12.3456), CASE)) == []


def journey(metres: float, took: timedelta, **other: Any) -> list[Shot]:
    return [
        shot(id=1),
        shot(id=2, evidence_id=2, fix=east(metres), fix_at=MORNING + took, captured_at=MORNING + took, **other),
    ]


def test_faster_than_an_aeroplane_is_strong_and_faster_than_a_car_weak() -> None:
    assert weights(pattern.travel(journey(400_000, timedelta(minutes=10)), CASE)) == {"travel": Weight.STRONG}
    assert weights(pattern.travel(journey(60_000, timedelta(minutes=20)), CASE)) == {"travel": Weight.WEAK}


def test_a_car_jitter_a_vague_fix_and_an_offline_batch_are_no_journey() -> None:
    assert list(pattern.travel(journey(60_000, timedelta(hours=1)), CASE)) == []
    assert list(pattern.travel(journey(30, timedelta(seconds=1)), CASE)) == []
    assert list(pattern.travel(journey(9_000, timedelta(minutes=2), fix_accuracy_m=5_000.0), CASE)) == []
    batch = [replace(one, received_at=MORNING + timedelta(days=1)) for one in journey(60_000, timedelta(hours=2))]
    assert list(pattern.travel(batch, CASE)) == []


def test_two_phones_on_one_account_are_a_note() -> None:
    first, second = journey(400_000, timedelta(minutes=10))
    pair = [replace(first, make="Samsung", model="A53"), replace(second, make="OPPO", model="CPH1")]
    assert weights(pattern.travel(pair, CASE)) == {"travel": Weight.NOTE}


@given(st.floats(0, 2_000_000), st.integers(1, 48 * 3600), st.floats(0, 3_000))
def test_travel_is_judged_beyond_both_accuracies(metres: float, seconds: int, accuracy: float) -> None:
    legs = journey(min(metres, 2_000_000), timedelta(seconds=seconds), fix_accuracy_m=accuracy)
    found = weights(pattern.travel(legs, CASE)).get("travel")
    gap = place.metres_apart(HERE, legs[1].fix or HERE) - accuracy - 8.3
    kmh = gap / 1000 / (seconds / 3600)
    if gap < 5_000 or seconds < 60 or kmh <= 150:
        assert found is None
    else:
        assert found == (Weight.STRONG if kmh > 900 else Weight.WEAK)


def test_one_camera_in_two_places_at_once_whoever_holds_it() -> None:
    one = picked(serial="R58M123456", make="Canon")
    other = picked(
        id=2,
        evidence_id=2,
        account_id=2,
        serial="R58M123456",
        make="Canon",
        exif=east(300_000),
        taken_at=MORNING + timedelta(minutes=9),
    )
    assert weights(pattern.camera_travel([one, other], CASE)) == {"camera_travel": Weight.STRONG}
    nameless = [replace(shot_, serial="0000000") for shot_ in (one, other)]
    assert list(pattern.camera_travel(nameless, CASE)) == []


def test_an_offices_camera_in_several_hands_is_a_note() -> None:
    shots = [picked(id=n, account_id=n, evidence_id=n, serial="R58M123456") for n in (1, 2)]
    assert weights(pattern.shared_camera(shots, CASE)) == {"shared_camera": Weight.NOTE}
    assert list(pattern.shared_camera([replace(one, account_id=1) for one in shots], CASE)) == []


def test_two_files_of_one_instant_of_one_camera_are_weak() -> None:
    shots = [picked(id=n, evidence_id=n, serial="R58M123456", sub_second="123", sha256=f"{n}" * 64) for n in (1, 2)]
    assert weights(pattern.same_moment(shots, CASE)) == {"same_moment": Weight.WEAK}
    assert list(pattern.same_moment([replace(one, sub_second="00") for one in shots], CASE)) == []


def test_many_things_done_on_one_spot_are_weak_and_an_office_is_a_note() -> None:
    events = [(number, "kegiatan") for number in range(5)]
    assert weights([pattern.many_here(events, CASE)]) == {"many_here": Weight.WEAK}
    office = [(number, "rapat") for number in range(9)]
    assert weights([pattern.many_here(office, replace(CASE, kind="rapat"))]) == {"many_here": Weight.NOTE}
    assert pattern.many_here(events[:4], CASE) is None


# --- by kind of claim


BUILT = replace(CASE, kind="infrastruktur", activity="sarana_prasarana", check_kind="object_present")
DAWN = replace(CASE, activity="subuh_keliling")
STAGES = replace(BUILT, activity="pembangunan_bertahap", check_kind="progress")


def test_what_is_built_stands_in_one_place() -> None:
    assert weights(kinds.of_case([shot(), shot(id=2, fix=east(500))], BUILT)) == {"not_one_place": Weight.WEAK}
    assert kinds.of_case([shot(), shot(id=2, fix=east(500), fix_accuracy_m=400.0)], BUILT) == []
    assert kinds.of_case([shot(), shot(id=2, fix=east(500))], CASE) == []
    drone = picked(id=2, exif=east(350), make="DJI", model="FC3582")
    assert kinds.of_case([shot(), drone], BUILT) == []


def at(hour: int, minute: int = 0, **changes: Any) -> Shot:
    moment = datetime(2018, 8, 1, hour, minute, tzinfo=UTC) - WIB
    return shot(captured_at=moment, fix_at=moment, **changes)


def test_a_dawn_round_is_at_dawn() -> None:
    assert weights(kinds.of_case([at(15)], DAWN)) == {"not_at_dawn": Weight.WEAK}
    assert kinds.of_case([at(4, 50)], DAWN) == []
    assert kinds.of_case([at(4, 50), at(8, 30, id=2)], DAWN) == []  # breakfast afterwards
    assert kinds.of_case([picked(camera_time=None, taken_at=None)], DAWN) == []
    assert kinds.of_case([at(15)], CASE) == []


def test_dawn_in_jayapura_by_a_phone_left_on_wib() -> None:
    papua = replace(DAWN, zone="Asia/Jayapura", place=LonLat(140.7, -2.5))
    moment = datetime(2018, 8, 1, 4, 50, tzinfo=UTC) - timedelta(hours=9)
    assert kinds.of_case([picked(**read(7, moment, zone=9))], papua) == []


def test_the_dawn_window_of_bandung() -> None:
    window = kinds.dawn_window(MORNING, HERE, "Asia/Jakarta")
    assert window is not None
    first, last = ((moment + timedelta()).astimezone(UTC) + WIB for moment in window)
    assert (first.hour, last.hour) == (3, 7)


@given(st.floats(95, 141), st.floats(-11, 6), st.dates(date(2018, 1, 1), date(2030, 12, 31)))
def test_everywhere_in_indonesia_the_dawn_window_lasts_between_three_and_five_hours(
    lon: float, lat: float, day: date
) -> None:
    noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    window = kinds.dawn_window(noon, LonLat(lon, lat), "Asia/Makassar")
    assert window is not None
    assert timedelta(hours=3) < window[1] - window[0] < timedelta(hours=5)
    assert window[0] < window[1] < noon + timedelta(hours=8)


def test_a_study_abroad_shows_its_country() -> None:
    seoul = replace(CASE, study_country="KR", country="KR", place=LonLat(126.98, 37.57))
    assert kinds.of_case([picked(exif=LonLat(126.98, 37.57))], seoul) == []
    assert weights(kinds.of_case([shot()], replace(seoul, country="ID"))) == {"other_country": Weight.WEAK}
    assert weights(kinds.of_case([picked()], seoul)) == {"study_photo_at_home": Weight.WEAK}
    assert of_shot(shot(unit_fix_m=5e6), seoul) == {}  # the unit's borders say nothing abroad


def test_works_in_stages_need_their_three_stages_from_one_viewpoint() -> None:
    stages = [shot(id=n, progress=stage, fix=east(5 * n)) for n, stage in enumerate((0, 50, 100))]
    assert kinds.of_case(stages, STAGES) == []
    assert weights(kinds.of_case(stages[1:], STAGES)) == {"stage_missing": Weight.WEAK}
    moved = [*stages[:2], replace(stages[2], fix=east(90))]
    assert weights(kinds.of_case(moved, STAGES)) == {"viewpoint_moved": Weight.WEAK}
    vague = [*stages[:2], replace(stages[2], fix=east(90), fix_accuracy_m=80.0)]
    assert kinds.of_case(vague, STAGES) == []


# --- the whole


def test_a_photo_of_a_visit_is_not_judged_by_the_claims_dates_and_places() -> None:
    visited = shot(
        visit_id=4, captured_at=MORNING + timedelta(days=40), fix_at=MORNING + timedelta(days=40), unit_fix_m=9_000.0
    )
    assert rules.of_case(CASE, [visited], [], [], []) == []


def test_what_media_noticed_is_a_note_unless_a_rule_says_it_better() -> None:
    facts = rules.of_case(CASE, [shot(flags=("exif_invalid", "time_future"))], [], [], [])
    assert facts == [Fact("flag_exif_invalid", Weight.NOTE, {}, 1)]


def test_the_same_facts_are_found_whatever_the_order() -> None:
    around = series(6, timedelta(hours=9))
    there = rules.of_case(CASE, around[:1], around, [twin()], [])
    back = rules.of_case(CASE, around[:1], around[::-1], [twin()], [])
    assert {fact.key[:1] for fact in there} == {fact.key[:1] for fact in back}
