"""Which lines of a picture name somebody."""

from __future__ import annotations

import pytest

from tests.photos.cards import NIK
from webapp.publication.rules import Found
from webapp.publication.written import Written, kind_of, naming


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (f"NIK : {NIK}", Found.NIK),
        (f"NIK:{NIK}", Found.NIK),
        ("32730252 03850004", Found.NIK),
        ("NIK : 3273O252O385OOO4", Found.NIK),
        ("NIK : 327302l203850004", Found.NIK),
        ("3299025203850004", Found.NIK),
        ("9973025203850004", None),  # no such province
        ("3273027203850004", None),  # no such day
        ("WA 0812-3456-7890", Found.PHONE),
        ("0812 3456 789O", Found.PHONE),
        ("desa@contoh.desa.id", Found.EMAIL),
        ("D 1234 ABC", Found.PLATE),
        ("D1234ABC", Found.PLATE),
        ("d 1234 abc", Found.PLATE),
        ("AB 5678 CD 05.28", Found.PLATE),
        ("B 2O45 KZT", Found.PLATE),
        ("B 1 A", None),
        ("RT 05 RW 12", None),
        ("KM 1234", None),
        ("JL. MERDEKA 12", None),
        ("2024-2029", None),
        ("Musyawarah B 1234 CD dan lain-lain", None),  # a sentence
        ("", None),
    ],
)
def test_a_line_is_of_a_kind(words: str, kind: Found | None) -> None:
    assert kind_of(words) == kind


def test_a_row_is_read_as_one_where_it_was_cut() -> None:
    parts = [
        Written("385 0004", 0.31, 0.1, 0.1, 0.02, 0.9),
        Written("Nama", 0.1, 0.2, 0.05, 0.02, 0.9),
        Written("327302 520", 0.1, 0.101, 0.2, 0.02, 0.8),
        Written("D 1234 ABC", 0.7, 0.7, 0.1, 0.05, 0.95),
    ]
    found = dict(naming(parts))
    assert set(found) == {Found.NIK, Found.PLATE}
    whole = found[Found.NIK]
    assert (whole.x, whole.y, round(whole.w, 3), whole.score) == (0.1, 0.1, 0.31, 0.8)


def test_parts_far_apart_are_no_row() -> None:
    apart = [Written("32730252", 0.1, 0.1, 0.2, 0.02, 0.9), Written("03850004", 0.6, 0.1, 0.2, 0.02, 0.9)]
    assert naming(apart) == []
