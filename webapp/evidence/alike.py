"""Which other photos show the same picture, also after it was cropped, captioned, mirrored or turned.

Rows of every area are asked: for the background, which owns the tables. The web server sees prints of its areas alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from webapp.evidence.models import Photo, PhotoPrint

How = Literal["whole", "crop", "caption", "mirrored", "turned"]
SAME = 31
"""Most bits of 256 in which two prints of one picture differ; unrelated pictures differ in about 128."""


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


def alike(session: Session, photo_id: int) -> list[Likeness]:
    """Photos that look the same as this one, the likest first; never those of the same case (or the same visit).

    A visit's photo that is the unit's own, and the other way round, is found. Empty for a photo without a print, and
    for one so dark or plain that nothing can be said.
    """
    asked = session.get(PhotoPrint, photo_id)
    if asked is None or not asked.bands:
        return []
    mine = aliased(Photo)
    distance = func.bit_count(PhotoPrint.whole.op("#")(asked.whole))
    rows = session.execute(
        select(Photo.id, Photo.evidence_id, Photo.visit_id, distance)
        .join(PhotoPrint, PhotoPrint.photo_id == Photo.id)
        .join(mine, mine.id == photo_id)
        .where(
            Photo.id != photo_id,
            (Photo.evidence_id != mine.evidence_id) | Photo.visit_id.is_distinct_from(mine.visit_id),
            distance <= SAME,
        )
        .order_by(distance, Photo.id)
    )
    return [Likeness(found, case, visit, bits, "whole") for found, case, visit, bits in rows]
