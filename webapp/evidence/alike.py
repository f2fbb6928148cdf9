"""Which other photos show the same picture, also after it was cropped, captioned, mirrored or turned.

Rows of every area are asked: for the background, which owns the tables. The web server sees prints of its areas alone.

Prints are found by bands: each hash is cut into sixteen, and only photos with one band in common are looked at. Two
hashes that differ in 15 bits or fewer always have one; of those that differ in 16 to 31 nearly all do (`bench.alike`).
A photo is stored under six hashes and asks with up to sixteen, its own way round for each: whichever of the two was
cropped or mirrored, it is found. PDQ bears a shift or change of scale by two per cent, hence so many crops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from media import pdq
from media.pictures import ASKING, SEARCHED, Print
from webapp.evidence.models import Photo, PhotoPrint

How = Literal["whole", "crop", "caption", "mirrored", "turned"]
SAME = 31
"""Most bits of 256 in which two prints of one picture differ; unrelated pictures differ in about 128."""
_HASH_BYTES = 32
_NONE = bytes(_HASH_BYTES)
_OTHER_WAYS: dict[str, How] = {
    "left_right": "mirrored", "top_bottom": "mirrored", "transposed": "mirrored", "transversed": "mirrored",
    "half": "turned", "left": "turned", "right": "turned",
}  # fmt: skip
_CROPS = ("centre_97", "centre_95", "centre_92", "centre_90", "centre_85", "centre_80")
# stored hash: with which of its own a photo asks for it, and what that means. A crop of 88 %, say, has its middle 90 %
# where the stored photo has its middle 80 %.
ASKS: dict[str, dict[str, How]] = {
    "whole": {"whole": "whole", **_OTHER_WAYS, **dict.fromkeys(_CROPS, "crop")},
    "centre_95": {"whole": "crop", "left_right": "mirrored", **dict.fromkeys(
        ("centre_97", "centre_90", "centre_85", "centre_80"), "crop")},
    "centre_90": {"whole": "crop", "left_right": "mirrored", **dict.fromkeys(
        ("centre_97", "centre_95", "centre_85", "centre_80"), "crop")},
    "centre_80": {"whole": "crop", "left_right": "mirrored", **dict.fromkeys(_CROPS[:-1], "crop")},
    "upper": {"upper": "caption"},
    "lower": {"lower": "caption"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """A photo that shows the same picture. `visit_id`: None for a photo of the case itself.

    `distance`: differing bits, 0 to 31. `how` it is the same: as a whole, one a crop of the other, apart from a bar
    of text above or below, mirrored, or turned by a quarter or half.
    """

    photo_id: int
    evidence_id: int
    visit_id: int | None
    distance: int
    how: How


def print_row(photo_id: int, seen: Print) -> PhotoPrint:
    """The row for a print. A photo with too little to see is stored, and never found."""
    tells = seen.quality >= pdq.PLAIN
    return PhotoPrint(
        photo_id=photo_id,
        quality=seen.quality,
        **{name: _as_bits(seen.hashes[name]) if name in seen.hashes else None for name in SEARCHED},
        asked=b"".join(bytes.fromhex(seen.hashes[name]) if name in seen.hashes else _NONE for name in ASKING),
        bands=[band for name in SEARCHED if name in seen.hashes for band in bands(name, seen.hashes[name])]
        if tells
        else [],
    )


def bands(name: str, one: str) -> list[int]:
    """The bands of a hash as it is stored under `name`: numbers that no other stored hash has."""
    first = SEARCHED.index(name) * 16
    return [(first + number) * 65_536 + value for number, value in enumerate(pdq.bands(one))]


def _as_bits(one: str) -> str:
    return f"{int(one, 16):0256b}"


def alike(session: Session, photo_id: int) -> list[Likeness]:
    """Photos that look the same as this one, the likest first; never those of the same case (or the same visit).

    A visit's photo that is the unit's own, and the other way round, is found. Empty for a photo without a print, and
    for one so dark or plain that nothing can be said.
    """
    mine, asking = session.get(Photo, photo_id), session.get(PhotoPrint, photo_id)
    if mine is None or asking is None or not asking.bands:
        return []
    asked = hashes_of(asking)
    found = (
        select(PhotoPrint, Photo.evidence_id, Photo.visit_id)
        .join(Photo, Photo.id == PhotoPrint.photo_id)
        .where(
            PhotoPrint.photo_id.in_(_near(session, asked)),
            Photo.id != photo_id,
            (Photo.evidence_id != mine.evidence_id) | Photo.visit_id.is_distinct_from(mine.visit_id),
        )
    )
    likenesses = [_likeness(asked, row, case, visit) for row, case, visit in session.execute(found)]
    return sorted(likenesses, key=lambda one: (one.distance, one.photo_id))


def hashes_of(row: PhotoPrint) -> dict[str, str]:
    """All hashes of a stored print by name; those too plain are missing."""
    stored = {name: f"{int(getattr(row, name), 2):064x}" for name in SEARCHED if getattr(row, name)}
    pieces = {name: row.asked[at * _HASH_BYTES : (at + 1) * _HASH_BYTES] for at, name in enumerate(ASKING)}
    return {**stored, **{name: piece.hex() for name, piece in pieces.items() if any(piece)}}


def _near(session: Session, asked: dict[str, str]) -> list[int]:
    """Numbers of the photos with a hash near enough to one that asks for it.

    What the planner guesses about arrays is far off, so it is left no choice for this one question.
    """
    before = session.execute(text(f"SELECT {', '.join(f'current_setting({name!r})' for name in _BY_INDEX)}")).one()
    session.execute(_SET, {f"p{at}": value for at, value in enumerate(_BY_INDEX.values())})
    probes = {
        f"{stored}_bands": [band for name in names if name in asked for band in bands(stored, asked[name])]
        for stored, names in ASKS.items()
    }
    hashes = {name: _as_bits(asked[name]) if name in asked else None for name in _ASKERS}
    near = list(session.scalars(_NEAREST, {**probes, **hashes, "most": SAME}))
    session.execute(_SET, {f"p{at}": value for at, value in enumerate(before)})
    return near


_BY_INDEX = {"enable_seqscan": "off", "jit": "off", "max_parallel_workers_per_gather": "0"}
_SET = text(f"SELECT {', '.join(f'set_config({name!r}, :p{at}, true)' for at, name in enumerate(_BY_INDEX))}")
_ASKERS = tuple(dict.fromkeys(name for names in ASKS.values() for name in names))
_PART = "SELECT photo_id FROM photo_print WHERE bands && CAST(:{stored}_bands AS int[]) AND least({distances}) <= :most"
_DISTANCE = "bit_count({stored} # CAST(:{name} AS bit(256)))"
# A part for each stored hash; `least` passes over hashes that are missing on either side.
_NEAREST = text(
    " UNION ALL ".join(
        _PART.format(stored=stored, distances=", ".join(_DISTANCE.format(stored=stored, name=name) for name in names))
        for stored, names in ASKS.items()
    )
)


def _likeness(asked: dict[str, str], row: PhotoPrint, case: int, visit: int | None) -> Likeness:
    """The nearest of all pairs; of equals the plainest."""
    theirs = hashes_of(row)
    pairs = [
        (pdq.bits_apart(theirs[stored], asked[name]), how)
        for stored, names in ASKS.items()
        for name, how in names.items()
        if stored in theirs and name in asked
    ]
    distance, how = min(pairs, key=lambda pair: pair[0] if pair[1] != "whole" or pair[0] > SAME else -1)
    if how == "whole":
        distance = min(bits for bits, as_ in pairs if as_ == "whole")
    return Likeness(row.photo_id, case, visit, distance, how)
