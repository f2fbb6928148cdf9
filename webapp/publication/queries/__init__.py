"""Reading publications: `desk` for who works on them, `public` for everybody."""

from webapp.publication.queries.desk import (
    Looked,
    Page,
    candidate,
    candidates,
    centre_of,
    chosen,
    counts,
    get,
    hold,
    in_stand,
    living,
    looked,
    makers,
    photos_of,
    visible_to,
)

__all__ = [
    "Looked",
    "Page",
    "candidate",
    "candidates",
    "centre_of",
    "chosen",
    "counts",
    "get",
    "hold",
    "in_stand",
    "living",
    "looked",
    "makers",
    "photos_of",
    "visible_to",
]
