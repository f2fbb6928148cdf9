"""Grouping, property by property: every photo once, in any order the same, near in time and place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from geo.values import LonLat, metres_apart
from webapp.bulk.rules import FARTHEST_M, LONGEST_PAUSE, Because, Group, NoteRow, Shot, grouped, matched

START = datetime(2018, 8, 1, tzinfo=UTC)
HOURS = some.integers(0, 72 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
PLACES = some.builds(lambda east, north: LonLat(107.5 + east / 1000, -6.9 + north / 1000), *[some.integers(0, 20)] * 2)
FOLDERS = some.sampled_from(["", "a", "b", "a/c"])


def shots(draw_folder: some.SearchStrategy[str] = FOLDERS) -> some.SearchStrategy[list[Shot]]:
    return some.lists(
        some.tuples(
            draw_folder, some.none() | HOURS, some.none() | PLACES, some.none() | some.sampled_from("xy"),
            some.sampled_from(["", "zip"]),
        ),
        max_size=25,
    ).map(
        lambda rows: [
            Shot(number, f"{folder}/{number}.jpg".lstrip("/"), source, label, at, place)
            for number, (folder, at, place, label, source) in enumerate(rows)
        ]
    )  # fmt: skip


@given(shots())
def test_every_photo_is_in_exactly_one_group(known: list[Shot]) -> None:
    keys = [key for group in grouped(known) for key in group.keys]
    assert sorted(keys) == [shot.key for shot in known]
    assert all(group.keys for group in grouped(known))


@given(shots().flatmap(lambda known: some.tuples(some.just(known), some.permutations(known))))
def test_the_order_in_which_photos_come_does_not_matter(both: tuple[list[Shot], list[Shot]]) -> None:
    known, shuffled = both
    assert grouped(shuffled) == grouped(known)


@given(shots())
def test_groups_by_time_have_no_long_pause_and_stay_near_where_they_began(known: list[Shot]) -> None:
    by_key = {shot.key: shot for shot in known}
    for group in grouped(known):
        if group.because is not Because.TIME:
            continue
        moments = [by_key[key].at or START for key in group.keys]
        assert moments == sorted(moments)
        assert all(after - before <= LONGEST_PAUSE for before, after in pairwise(moments))
        places = [place for key in group.keys if (place := by_key[key].place)]
        assert all(metres_apart(places[0], place) <= FARTHEST_M for place in places)


@given(shots(some.just("")))
def test_two_groups_by_time_are_apart_in_time_or_place(known: list[Shot]) -> None:
    """What follows a group in time began another one for a reason."""
    by_key = {shot.key: shot for shot in known}
    timed = [group for group in grouped(known) if group.because is Because.TIME]
    for before, after in pairwise(timed):
        last, first = by_key[before.keys[-1]], by_key[after.keys[0]]
        assert last.at is not None
        assert first.at is not None
        anchor = next((place for key in before.keys if (place := by_key[key].place)), None)
        far = anchor is not None and first.place is not None and metres_apart(anchor, first.place) > FARTHEST_M
        assert first.at - last.at > LONGEST_PAUSE or far


@given(shots())
def test_photos_that_one_note_ties_are_one_group_and_nothing_else_is_in_it(known: list[Shot]) -> None:
    by_key = {shot.key: shot for shot in known}
    noted = [group for group in grouped(known) if group.because is Because.NOTE]
    labels = [{by_key[key].label for key in group.keys} for group in noted]
    assert all(len(each) == 1 for each in labels)
    assert len(labels) == len({shot.label for shot in known if shot.label})


@given(shots())
def test_photos_about_which_nothing_is_known_are_one_group_at_the_end(known: list[Shot]) -> None:
    unknown = [group for group in grouped(known) if group.because is Because.UNKNOWN]
    assert len(unknown) <= 1
    assert not unknown or grouped(known)[-1] == unknown[0]


def test_the_only_folder_of_a_camera_tells_nothing_and_two_folders_tell_all() -> None:
    morning, evening = START, START + timedelta(hours=12)
    one = [Shot(1, "DCIM/Camera/1.jpg", at=morning), Shot(2, "DCIM/Camera/2.jpg", at=evening)]
    assert grouped(one) == [Group(Because.TIME, (1,)), Group(Because.TIME, (2,))]
    two = [
        Shot(1, "tugas/senin/1.jpg", at=morning),
        Shot(2, "tugas/senin/2.jpg", at=evening),
        Shot(3, "tugas/selasa/3.jpg"),
    ]
    assert grouped(two) == [Group(Because.FOLDER, (1, 2), "senin"), Group(Because.FOLDER, (3,), "selasa")]


def test_a_photo_without_place_joins_by_time_and_one_without_time_by_place() -> None:
    here, there = LonLat(107.5, -6.9), LonLat(107.6, -6.9)
    known = [
        Shot(1, "1.jpg", at=START, place=here), Shot(2, "2.jpg", at=START + timedelta(minutes=5)),
        Shot(3, "3.jpg", place=there), Shot(4, "4.jpg", place=there), Shot(5, "5.jpg", place=here), Shot(6, "6.jpg"),
    ]  # fmt: skip
    assert grouped(known) == [
        Group(Because.TIME, (1, 2)), Group(Because.PLACE, (3, 4)), Group(Because.PLACE, (5,)),
        Group(Because.UNKNOWN, (6,)),
    ]  # fmt: skip


def test_a_row_finds_its_photo_by_name_path_or_folder_whatever_the_case_and_the_slashes() -> None:
    paths = {1: "Tugas/Senin/IMG_1.JPG", 2: "Tugas/Senin/IMG_2.jpg", 3: "Tugas/Rabu/IMG_2.jpg"}
    rows = [
        NoteRow(2, "img_1"), NoteRow(3, "senin"), NoteRow(4, r"tugas\rabu\img_2.jpg"), NoteRow(5, "img_9.jpg"),
        NoteRow(6, ""),
    ]  # fmt: skip
    found, idle = matched(rows, paths)
    assert {key: row.row for key, row in found.items()} == {1: 2, 2: 3, 3: 4}
    assert [row.row for row in idle] == [5, 6]


@given(some.lists(some.sampled_from(["a", "b", "a.jpg", "x/a.jpg", "X/B.JPG", "x", ""]), max_size=6))
def test_every_photo_has_at_most_one_row_and_the_earlier_of_two_alike_wins(files: list[str]) -> None:
    rows = [NoteRow(number, file) for number, file in enumerate(files, start=2)]
    found, idle = matched(rows, {1: "x/a.jpg", 2: "x/b.jpg", 3: "c.jpg"})
    assert set(found) <= {1, 2}
    assert {row.row for row in found.values()}.isdisjoint({row.row for row in idle})
    again, _ = matched(list(reversed(rows)), {3: "c.jpg", 2: "x/b.jpg", 1: "x/a.jpg"})
    assert again == found
