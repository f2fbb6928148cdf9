"""What the map counts, how it shades, how it is filtered. Pure facts; nothing here depends on who looks."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from flask_babel import lazy_gettext as _l

from webapp.evidence.rules import CLAIMED, DISMISSED, OPEN, VERIFIED, State, Support
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
        mine, theirs = asdict(self), asdict(other)
        return Figures(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def silent(self) -> bool:
        """Nothing at all, which is not the same as nothing verified."""
        return self.claimed == 0

    def of(self, group: Group) -> int:
        return int(getattr(self, group))


def total(figures: Iterable[Figures]) -> Figures:
    return sum(figures, Figures())


# From how many verified cases on a region takes shade 1, 2, 3, 4, 5; below the first it takes 0. One line for each
# level of region, so that a province and a kecamatan can both be told apart from their neighbours; never from the data
# at hand, so that a colour means the same for every viewer, filter and day.
SHADES = (
    (1, 5, 20, 100, 500),  # provinces
    (1, 5, 15, 50, 150),  # kabupaten and kota
    (1, 3, 6, 10, 20),  # kecamatan
    (1, 2, 3, 5, 10),  # desa and kelurahan
)


def shade(verified: int, depth: int) -> int:
    """Shade 0–5 of a region with so many verified cases; `depth` 0 for a province to 3 for a desa."""
    return bisect_right(SHADES[depth], verified)


def shade_ranges(depth: int) -> list[tuple[int, int, int | None]]:
    """(shade, from, to) for a legend; `to` None: and more."""
    breaks = SHADES[depth]
    ends = [*(upper - 1 for upper in breaks[1:]), None]
    return [(0, 0, 0), *((n, low, high) for n, (low, high) in enumerate(zip(breaks, ends, strict=True), start=1))]


PARAMETERS = {
    "kind": "jenis",
    "activity": "kegiatan",
    "period": "periode",
    "state": "keadaan",
    "support": "dukungan",
    "text": "cari",
}
GROUP_PARAMETER = "kelompok"
LONGEST_TEXT = 100
NUMBER = 9  # digits of an id that fits the database


@dataclass(frozen=True)
class Filters:
    """What an address asks for. Whether such a kind, activity and period exist, the database says."""

    kind: str | None = None
    activity: str | None = None
    period: int | None = None
    state: State | None = None
    text: str = ""
    support: Support | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """Read an address; empty values are no filter. Raises `UnknownFilter`, naming the field."""
        return cls(
            kind=args.get(PARAMETERS["kind"]) or None,
            activity=args.get(PARAMETERS["activity"]) or None,
            period=_number(args.get(PARAMETERS["period"])),
            state=_state(args.get(PARAMETERS["state"])),
            support=_support(args.get(PARAMETERS["support"])),
            text=_text(args.get(PARAMETERS["text"])),
        )

    def args(self) -> dict[str, Any]:
        """The same for an address: only what is set."""
        return {PARAMETERS[name]: str(value) for name, value in asdict(self).items() if value not in (None, "")}

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


def _number(value: str | None) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= NUMBER):
        raise UnknownFilter(field=PARAMETERS["period"])
    return int(value)


def _state(value: str | None) -> State | None:
    if not value:
        return None
    if value not in CLAIMED:
        raise UnknownFilter(field=PARAMETERS["state"])
    return State(value)


def _support(value: str | None) -> Support | None:
    if not value:
        return None
    if value not in set(Support):
        raise UnknownFilter(field=PARAMETERS["support"])
    return Support(value)


def _text(value: str | None) -> str:
    text = (value or "").strip()
    if len(text) > LONGEST_TEXT or not all(sign.isprintable() for sign in text):
        raise UnknownFilter(field=PARAMETERS["text"])
    return text
