"""What the map counts, how it shades, how it is filtered. Pure facts; nothing here depends on who looks."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from flask_babel import lazy_gettext as _l

from webapp.evidence.rules import CLAIMED, DISMISSED, OPEN, VERIFIED, State, Support, Tag
from webapp.insight.errors import UnknownFilter


class Group(StrEnum):
    """A figure of a region, and the cases behind it."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    WAITING = "waiting"
    REJECTED = "rejected"
    UNPLACED = "unplaced"


GROUP_LABELS = {
    Group.CLAIMED: _l("Diklaim"),
    Group.VERIFIED: _l("Terverifikasi"),
    Group.WAITING: _l("Menunggu"),
    Group.REJECTED: _l("Ditolak"),
    Group.UNPLACED: _l("Tanpa lokasi"),
}
GROUP_NOTES = {
    Group.CLAIMED: _l("semua yang dikirim"),
    Group.VERIFIED: _l("di meja atau di lapangan"),
    Group.WAITING: _l("masih diperiksa atau diperbaiki"),
    Group.REJECTED: _l("ditolak atau tidak sesuai"),
    Group.UNPLACED: _l("ikut dihitung, tidak di peta"),
}
STATES_OF = {
    Group.CLAIMED: CLAIMED,
    Group.VERIFIED: VERIFIED,
    Group.WAITING: OPEN,
    Group.REJECTED: DISMISSED,
    Group.UNPLACED: CLAIMED,
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers of cases of a region and all below it, without study tasks abroad.

    claimed = verified + waiting + rejected; `unplaced` of the claimed have no position.
    """

    claimed: int = 0
    verified: int = 0
    waiting: int = 0
    rejected: int = 0
    unplaced: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.claimed + other.claimed, self.verified + other.verified, self.waiting + other.waiting,
            self.rejected + other.rejected, self.unplaced + other.unplaced,
        )  # fmt: skip

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(
            self.claimed - other.claimed, self.verified - other.verified, self.waiting - other.waiting,
            self.rejected - other.rejected, self.unplaced - other.unplaced,
        )  # fmt: skip

    @property
    def silent(self) -> bool:
        """Nothing at all, which is not the same as nothing verified."""
        return self.claimed == 0

    def of(self, group: Group) -> int:
        return int(getattr(self, group))


FEW = 5  # fewer claimed cases than this say nothing in percent


def share(part: int, whole: int) -> float | None:
    """Percent of `whole`; None where it is so small that a percentage would mislead."""
    return None if whole < FEW else 100 * part / whole


def total(figures: Iterable[Figures]) -> Figures:
    return sum(figures, Figures())


# From how many verified cases on a region takes shade 1, 2, 3, 4, 5; below the first it takes 0. One line for each
# level of region, so that a province and a kecamatan can both be told apart from their neighbours; never from the data
# at hand, so that a colour means the same for every viewer, filter and day. They grow so fast that provinces differ in
# the first month of one kabupaten and in a country of a million cases.
SHADES = (
    (1, 10, 100, 1_000, 10_000),  # provinces
    (1, 5, 50, 250, 1_000),  # kabupaten and kota
    (1, 5, 15, 50, 150),  # kecamatan
    (1, 3, 10, 25, 75),  # desa and kelurahan
)


def shade(verified: int, depth: int) -> int:
    """Shade 0–5 of a region with so many verified cases; `depth` 0 for a province to 3 for a desa."""
    return bisect_right(SHADES[depth], verified)


def shade_ranges(depth: int) -> list[tuple[int, int, int | None]]:
    """(shade, from, to) for a legend; `to` None: and more."""
    breaks = SHADES[depth]
    ends = [*(upper - 1 for upper in breaks[1:]), None]
    return [(0, 0, 0), *((n, low, high) for n, (low, high) in enumerate(zip(breaks, ends, strict=True), start=1))]


SCALE = "skala"  # of an address: the level whose line of `SHADES` a layer takes


def scale_in(args: Mapping[str, str]) -> int | None:
    """The level that is asked for; None without one. Raises `UnknownFilter`."""
    asked = args.get(SCALE)
    if asked and asked not in {str(level) for level in range(len(SHADES))}:
        raise UnknownFilter(field=SCALE)
    return int(asked) if asked else None


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A month of a calendar; as text "2026-01"."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return self.plus(1).first - timedelta(days=1)

    def plus(self, months: int) -> "Month":
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


class Step(StrEnum):
    """How finely a time is looked at. Each step is named by its first month."""

    MONTH = "bulan"
    QUARTER = "triwulan"

    @property
    def months(self) -> int:
        return 1 if self is Step.MONTH else 3

    def start(self, one: Month) -> Month:
        """The step a month lies in."""
        return Month(one.year, one.month - (one.month - 1) % self.months)

    def end(self, start: Month) -> Month:
        return start.plus(self.months - 1)

    def between(self, first: Month, last: Month) -> list[Month]:
        """Every step from the one to the other, none left out."""
        start, count = self.start(first), 0
        found: list[Month] = []
        while (step := start.plus(count)) <= last:
            found.append(step)
            count += self.months
        return found


PARAMETERS = {
    "kind": "jenis",
    "activity": "kegiatan",
    "indicator": "indikator",
    "period": "periode",
    "state": "keadaan",
    "support": "dukungan",
    "tag": "penanda",
    "since": "dari",
    "until": "sampai",
    "text": "cari",
}
GROUP_PARAMETER = "kelompok"
LONGEST_TEXT = 100
NUMBER = 9  # digits of an id that fits the database
_MONTH = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Filters:
    """What an address asks for. Whether such a kind, activity, indicator and period exist, the database says.

    `since`, `until`: months an event touches. One that runs from 28 January to 3 February is of both, so that the
    months of a year may add up to more than the year.
    """

    kind: str | None = None
    activity: str | None = None
    period: int | None = None
    state: State | None = None
    text: str = ""
    support: Support | None = None
    indicator: int | None = None
    tag: Tag | None = None
    since: Month | None = None
    until: Month | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """Read an address; empty values are no filter. Raises `UnknownFilter`, naming the field."""
        read = {name: _read(args, name, reader) for name, reader in _READERS.items()}
        found = cls(**read, text=_text(args.get(PARAMETERS["text"])))
        if found.since and found.until and found.until < found.since:
            raise UnknownFilter(field=PARAMETERS["until"])
        return found

    def args(self) -> dict[str, Any]:
        """The same for an address: only what is set."""
        values = {PARAMETERS[one.name]: getattr(self, one.name) for one in fields(self)}
        return {name: str(value) for name, value in values.items() if value not in (None, "")}

    def without(self, name: str) -> "Filters":
        return replace(self, **{name: getattr(type(self)(), name)})

    @property
    def active(self) -> bool:
        return bool(self.args())


def group_in(args: Mapping[str, str]) -> Group:
    """The figure whose cases are asked for; all claimed without one. Raises `UnknownFilter`."""
    asked = args.get(GROUP_PARAMETER) or Group.CLAIMED
    if asked not in set(Group):
        raise UnknownFilter(field=GROUP_PARAMETER)
    return Group(asked)


def page_in(args: Mapping[str, str]) -> int:
    """The number of the page of a list, from 1. Raises `UnknownFilter`."""
    text = args.get("hal", "1")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 6 and int(text) > 0):
        raise UnknownFilter(field="hal")
    return int(text)


def _read(args: Mapping[str, str], name: str, reader: Callable[[str], Any]) -> Any:
    value = args.get(PARAMETERS[name])
    if not value:
        return None
    try:
        return reader(value)
    except ValueError as why:
        raise UnknownFilter(field=PARAMETERS[name]) from why


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= NUMBER):
        raise ValueError(value)
    return int(value)


def _state(value: str) -> State:
    if value not in CLAIMED:
        raise ValueError(value)
    return State(value)


def month(value: str) -> Month:
    """Read "2026-01". Raises `ValueError`."""
    if not _MONTH.fullmatch(value):
        raise ValueError(value)
    return Month(int(value[:4]), int(value[5:]))


_READERS: dict[str, Callable[[str], Any]] = {
    "kind": str, "activity": str, "period": _number, "state": _state, "support": Support, "indicator": _number,
    "tag": Tag, "since": month, "until": month,
}  # fmt: skip


def _text(value: str | None) -> str:
    text = (value or "").strip()
    if len(text) > LONGEST_TEXT or not all(sign.isprintable() for sign in text):
        raise UnknownFilter(field=PARAMETERS["text"])
    return text
