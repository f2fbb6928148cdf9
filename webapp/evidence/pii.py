"""Personal numbers and addresses in free text: found, flagged and, for those who need not see them, covered.

A text is never refused for them and never changed where it is kept. Source of the NIK's form: Permendagri 73/2022
(six digits of region, the day of birth with 40 added for women, month, year, four of a serial number).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum


class Personal(StrEnum):
    """What a text holds of a person."""

    NIK = "pii_nik"
    PHONE = "pii_phone"
    EMAIL = "pii_email"


COVER = "••••"
_GAP = r"[ \N{NO-BREAK SPACE}.\-\u2010-\u2015\u200b-\u200f\u2060\ufeff]?"  # people write numbers in groups
_NIK = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{15}}(?!\d)")
_MOBILE = rf"(?:\+?62{_GAP}|0)8\d(?:{_GAP}\d){{7,10}}"
_FIXED = rf"(?:\(?0(?:2[1-9]\d?|[3-79]\d\d)\)?|\+62{_GAP}(?:2[1-9]\d?|[3-79]\d\d))[ \-]\d(?:{_GAP}\d){{5,7}}"
_PHONE = re.compile(rf"(?<![\d+])(?:{_MOBILE}|{_FIXED})(?!\d)")
_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")
_PROVINCES = frozenset(
    str(code)
    for block in ((11, 19), (21, 21), (31, 36), (51, 53), (61, 65), (71, 76), (81, 82), (91, 96))
    for code in range(block[0], block[1] + 1)
)


def found(*texts: str) -> frozenset[Personal]:
    """What the texts hold."""
    return frozenset(kind for text in texts for kind, _, _ in _places(text))


def covered(text: str) -> str:
    """The same text with each find covered; of a NIK the last four digits stay, so that two can be told apart."""
    shown, at = [], 0
    for kind, start, end in sorted(_places(text), key=lambda find: find[1:]):
        if start < at:
            continue
        shown += [text[at:start], COVER, _digits(text[start:end])[-4:] if kind is Personal.NIK else ""]
        at = end
    return "".join([*shown, text[at:]])


def _places(text: str) -> Iterator[tuple[Personal, int, int]]:
    for match in _NIK.finditer(text):
        if is_nik(_digits(match[0])):
            yield Personal.NIK, *match.span()
    for match in _PHONE.finditer(text):
        yield Personal.PHONE, *match.span()
    for match in _EMAIL.finditer(text):
        yield Personal.EMAIL, *match.span()


def is_nik(digits: str) -> bool:
    """Whether sixteen digits can be a NIK: a province, a kabupaten, a kecamatan, a day that exists, a serial number."""
    if len(digits) != 16 or digits[:2] not in _PROVINCES:
        return False
    region = digits[2:4] != "00" and digits[4:6] != "00" and digits[12:] != "0000"
    day = int(digits[6:8])
    return region and _is_day(day - 40 if day > 40 else day, int(digits[8:10]), int(digits[10:12]))


def _is_day(day: int, month: int, year: int) -> bool:
    """A day of that year in either century."""
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def _digits(text: str) -> str:
    """The digits alone, in ASCII, whatever script they were written in."""
    return "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())
