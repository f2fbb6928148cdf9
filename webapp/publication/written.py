"""What is written on a picture that names somebody: NIK, telephone, e-mail, number plate. Pure.

Personal numbers are those of `webapp.evidence.pii`, read with what a reader of pictures confuses. Plates: one or two
letters of an area, up to four digits, up to three letters (Perpol 7/2021); those of the forces and of foreigners have
other forms and are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from webapp.evidence import pii
from webapp.evidence.pii import Personal
from webapp.publication.rules import Found

KINDS = {Personal.NIK: Found.NIK, Personal.PHONE: Found.PHONE, Personal.EMAIL: Found.EMAIL}
_WITH_TWO = {
    "A": "ABDEG",
    "B": "ABDEGHKLMNP",
    "D": "ABCDEFGHKLMNPRSTW",
    "E": "ABD",
    "K": "BHTU",
    "P": "ABGSTY",
    "R": "I",
}
_AREAS = frozenset([*"ABDEFGHKLMNPRSTWZ", *(first + second for first, more in _WITH_TWO.items() for second in more)])
_PLATE = re.compile(r"(?<![A-Z0-9])([A-Z]{1,2})[ .·:-]{0,2}([0-9OIQ]{1,4})[ .·:-]{0,2}([A-Z]{1,3}|0)?(?![A-Z0-9])")
_LONGEST_PLATE = 20  # signs of a line with a plate, its month and year too; what is longer is a sentence
_DIGITS = str.maketrans("OoQDIl|!SsBZz", "0000111155822")
_SAME_ROW, _GAP = 0.5, 1.5  # lines that share so much of their height, and lie so many heights apart, are read as one


@dataclass(frozen=True)
class Written:
    """A line, or several of one row read as one: words, upright box in fractions of the picture, and how sure, 0–1."""

    words: str
    x: float
    y: float
    w: float
    h: float
    score: float


def naming(lines: Sequence[Written]) -> list[tuple[Found, Written]]:
    """The lines that name somebody, each with the first kind it holds; those of one row also when read together."""
    told = [(kind, line) for line in lines if (kind := kind_of(line.words))]
    known = {id(line) for _, line in told}
    for row in _rows(line for line in lines if id(line) not in known):
        whole = _joined(row)
        if len(row) > 1 and (kind := kind_of(whole.words)):
            told.append((kind, whole))
    return told


def kind_of(words: str) -> Found | None:
    """What a line holds; of several the weightiest."""
    held = pii.found(words, _as_numbers(words))
    for personal, kind in KINDS.items():
        if personal in held:
            return kind
    return Found.PLATE if is_plate(words) else None


def is_plate(words: str) -> bool:
    """Whether a short line holds a plate of a known area."""
    line = words.strip().upper()
    if len(line) > _LONGEST_PLATE:
        return False
    for area, number, series in _PLATE.findall(line):
        digits = sum(sign.isdigit() for sign in number)
        # A letter alone with a short number is a list's "A 1"; without letters at the end only a full number counts.
        if area in _AREAS and digits and (len(number) + len(series or "") >= 4):
            return True
    return False


def _as_numbers(words: str) -> str:
    """The same with letters that look like digits read as such, in words that are digits for the greater part."""
    return " ".join(
        word.translate(_DIGITS) if 2 * sum(sign.isdigit() for sign in word) >= len(word) else word
        for word in words.split(" ")
    )


def _rows(lines: Iterable[Written]) -> Iterator[list[Written]]:
    """Lines that stand beside each other, from left to right."""
    rows: list[list[Written]] = []
    for line in sorted(lines, key=lambda one: one.x):
        row = next((row for row in rows if _continues(row[-1], line)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    yield from rows


def _continues(before: Written, line: Written) -> bool:
    shared = min(before.y + before.h, line.y + line.h) - max(before.y, line.y)
    high = min(before.h, line.h)
    return shared >= _SAME_ROW * high and line.x - (before.x + before.w) <= _GAP * max(before.h, line.h)


def _joined(row: Sequence[Written]) -> Written:
    left, top = min(one.x for one in row), min(one.y for one in row)
    right, bottom = max(one.x + one.w for one in row), max(one.y + one.h for one in row)
    words, score = " ".join(one.words for one in row), min(one.score for one in row)
    return Written(words, left, top, right - left, bottom - top, score)
