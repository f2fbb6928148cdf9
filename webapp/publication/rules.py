"""The life of a publication, how exact its point may be, and when a second person must look. Pure facts, one table.

Source: UU 27/2022 (specific data, children, disabilities), UU 14/2008 Art. 17; domain.md section 5.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from geo.coarse import cell_centre
from geo.values import LonLat
from webapp.evidence.rules import Consent, Tag
from webapp.publication.errors import IllegalStep


class Stand(StrEnum):
    """Where a publication stands."""

    PREPARED = "prepared"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


STAND_LABELS = {
    Stand.PREPARED: _l("Disiapkan"),
    Stand.APPROVED: _l("Disetujui"),
    Stand.PUBLISHED: _l("Terbit"),
    Stand.WITHDRAWN: _l("Ditarik dari publik"),
}
STAND_LOOKS = {Stand.PREPARED: "wait", Stand.APPROVED: "info", Stand.PUBLISHED: "good", Stand.WITHDRAWN: "bad"}


class Step(StrEnum):
    """What is done with a publication."""

    PREPARE = "prepare"
    EDIT = "edit"
    COVER = "cover"  # boxes of one photo drawn, and the result looked at
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    FALL_OUT = "fall_out"  # by itself: its case is no longer verified


STEP_LABELS = {
    Step.PREPARE: _l("Disiapkan untuk publik"),
    Step.EDIT: _l("Isi diubah"),
    Step.COVER: _l("Foto disamarkan dan diperiksa"),
    Step.RETURN: _l("Dikembalikan kepada penyiap"),
    Step.APPROVE: _l("Disetujui"),
    Step.PUBLISH: _l("Diterbitkan"),
    Step.WITHDRAW: _l("Ditarik"),
    Step.FALL_OUT: _l("Turun sendiri: bukti tidak lagi terverifikasi"),
}

TRANSITIONS: dict[tuple[Stand, Step], Stand] = {
    (Stand.PREPARED, Step.EDIT): Stand.PREPARED,
    (Stand.PREPARED, Step.COVER): Stand.PREPARED,
    (Stand.PREPARED, Step.RETURN): Stand.PREPARED,
    (Stand.PREPARED, Step.APPROVE): Stand.APPROVED,
    (Stand.APPROVED, Step.RETURN): Stand.PREPARED,
    (Stand.APPROVED, Step.PUBLISH): Stand.PUBLISHED,
    (Stand.PREPARED, Step.WITHDRAW): Stand.WITHDRAWN,
    (Stand.APPROVED, Step.WITHDRAW): Stand.WITHDRAWN,
    (Stand.PUBLISHED, Step.WITHDRAW): Stand.WITHDRAWN,
    (Stand.PREPARED, Step.FALL_OUT): Stand.WITHDRAWN,
    (Stand.APPROVED, Step.FALL_OUT): Stand.WITHDRAWN,
    (Stand.PUBLISHED, Step.FALL_OUT): Stand.WITHDRAWN,
}
LIVE = frozenset(Stand) - {Stand.WITHDRAWN}
MAKING = frozenset({Step.PREPARE, Step.EDIT, Step.COVER})  # whoever did one of these does not look a second time
NOTE_NEEDED = frozenset({Step.RETURN, Step.WITHDRAW})
SECOND_LOOK = frozenset(Tag)  # domain.md 5: any protected data at all
# Published only covered, whatever was consented to; and what consent alone makes publishable as it is.
ALWAYS_COVERED = frozenset({Tag.CHILDREN, Tag.DISABILITY, Tag.ID_DOCUMENT})
NEED_CONSENT = frozenset({Tag.FACES, Tag.POOR_HOUSEHOLD, Tag.WORSHIP})


def after(stand: Stand, step: Step) -> Stand:
    """Where a publication stands after the step. Raises `IllegalStep` when the table has no such step."""
    if (stand, step) not in TRANSITIONS:
        raise IllegalStep
    return TRANSITIONS[stand, step]


def needs_second(tags: Collection[str]) -> bool:
    """Whether somebody who did not prepare it must approve."""
    return any(Tag(tag) in SECOND_LOOK for tag in tags)


def must_be_covered(tags: Collection[str], consent: str | None) -> bool:
    """Whether whoever is recognisable on a photo must be covered before it may be seen."""
    held = {Tag(tag) for tag in tags}
    return bool(held & ALWAYS_COVERED) or (bool(held & NEED_CONSENT) and consent != Consent.GIVEN)


class Precision(StrEnum):
    """How exact the public point is, most exact first."""

    EXACT = "exact"
    GRID = "grid"
    KECAMATAN = "kecamatan"
    NONE = "none"


PRECISION_LABELS = {
    Precision.EXACT: _l("Tepat (fasilitas umum)"),
    Precision.GRID: _l("Disamarkan ke kisi 500 m"),
    Precision.KECAMATAN: _l("Hanya pusat kecamatan"),
    Precision.NONE: _l("Tanpa titik"),
}
GRID_M = 500.0
HALF_CELL_M = 354.0  # from the middle of such a cell to its corner
_ORDER = list(Precision)


def finest(tags: Collection[str], *, restricted: bool, has_place: bool) -> Precision:
    """The most exact point that may be chosen: none in a restricted zone, coarse where people live."""
    if restricted or not has_place:
        return Precision.NONE
    return Precision.GRID if Tag.POOR_HOUSEHOLD in tags else Precision.EXACT


def preset(tags: Collection[str], *, restricted: bool, has_place: bool) -> Precision:
    """What is proposed: as `finest`, and coarse too where children or persons with disabilities are concerned."""
    bound = finest(tags, restricted=restricted, has_place=has_place)
    careful = Precision.GRID if {Tag.CHILDREN, Tag.DISABILITY} & {*tags} else Precision.EXACT
    return max(bound, careful, key=_ORDER.index)


def is_allowed(wanted: Precision, bound: Precision) -> bool:
    """Whether a point is at least as coarse as the bound."""
    return _ORDER.index(wanted) >= _ORDER.index(bound)


def public_place(place: LonLat | None, centre: LonLat | None, precision: Precision) -> LonLat | None:
    """The point the public may see. `centre`: of the kecamatan, where its boundary is known."""
    if precision is Precision.NONE or place is None:
        return None
    if precision is Precision.KECAMATAN:
        return centre
    return cell_centre(place, GRID_M) if precision is Precision.GRID else place


class Found(StrEnum):
    """Where a box came from: a hand, or a look of the machine."""

    HAND = "hand"
    FACE = "face"
    NIK = "nik"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"


FOUND_LABELS = {
    Found.HAND: _l("tangan"),
    Found.FACE: _l("wajah?"),
    Found.NIK: _l("NIK?"),
    Found.PHONE: _l("telepon?"),
    Found.EMAIL: _l("surel?"),
    Found.PLATE: _l("pelat?"),
}
MOST_BOXES = 60
_DECIMALS = 5


@dataclass(frozen=True)
class Box:
    """A part of a picture that is covered, in fractions of its width and height from the upper left corner.

    Raises `ValueError` unless it lies inside the picture and has a size.
    """

    x: float
    y: float
    w: float
    h: float
    found: Found = Found.HAND

    def __post_init__(self) -> None:
        sides = (self.x, self.y, self.w, self.h)
        if not all(0 <= one <= 1 for one in sides) or self.w <= 0 or self.h <= 0:
            raise ValueError(sides)
        if self.x + self.w > 1 + 1e-6 or self.y + self.h > 1 + 1e-6:
            raise ValueError(sides)

    @classmethod
    def fitted(cls, x: float, y: float, w: float, h: float, found: Found = Found.HAND) -> "Box":
        """The part of it that lies inside the picture, rounded as it is stored. Raises `ValueError`."""
        if not all(math.isfinite(one) for one in (x, y, w, h)):
            raise ValueError((x, y, w, h))
        left, top = max(0.0, round(x, _DECIMALS)), max(0.0, round(y, _DECIMALS))
        right, bottom = min(1.0, round(x + w, _DECIMALS)), min(1.0, round(y + h, _DECIMALS))
        return cls(left, top, round(right - left, _DECIMALS), round(bottom - top, _DECIMALS), found)
