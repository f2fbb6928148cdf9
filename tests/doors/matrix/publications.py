"""Publications of the world: their making, their addresses and their forms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from media.redact import Redactor
from media.store import Store
from tests.doors.matrix.relations import Values
from tests.doors.matrix.table import Cell
from tests.doors.matrix.world import UNKNOWN, World
from tests.factories import NOW
from webapp.evidence.models import Evidence
from webapp.publication import services
from webapp.publication.models import Publication
from webapp.publication.rules import Box, Precision
from webapp.publication.services import Wanted

# relation → the case, whose work it is, how far it came
PUBLICATIONS = {
    "prepared": ("confirmed", "I", 0), "approved": ("locked", "I", 1), "elsewhere": ("elsewhere_proven", "T", 0),
    "public": ("theirs_proven", "T", 2),
}  # fmt: skip
NO_ITEM = uuid.UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


@dataclass(frozen=True)
class Made:
    """What addresses name of a publication."""

    id: int
    photo: int
    public_id: uuid.UUID
    digest: str


def make(session: Session, store: Store, world: World) -> None:
    """Prepare, cover, approve and publish, with the product's own services."""
    for name, (case, letter, steps) in PUBLICATIONS.items():
        one = _made(session, store, session.get_one(Evidence, world.cases[case]), world, letter)
        for verb in (services.approve, services.publish)[:steps]:
            verb(session, one, actor=world.people[letter], at=NOW)
        photo = one.photos[0]
        world.publications[name] = Made(one.id, photo.photo_id, one.public_id, str(photo.redacted_sha256))


def _made(session: Session, store: Store, case: Evidence, world: World, letter: str) -> Publication:
    actor = world.people[letter]
    wanted = Wanted(title="Untuk umum", note="", precision=Precision.GRID, photos=[case.photos[0].id])
    one = services.prepare(session, case, wanted, actor=actor, at=NOW)
    services.cover(
        session, one, one.photos[0], [Box(0.1, 0.1, 0.2, 0.2)], clear=False, alt="", actor=actor, at=NOW, store=store,
        redactor=Redactor(),
    )  # fmt: skip
    return one


_NOTHING = Made(UNKNOWN, UNKNOWN, NO_ITEM, "0" * 64)


def _of_publication(world: World, cell: Cell, verb: str) -> Values:
    if verb == "listing":
        return {}
    if verb == "new":
        return {"evidence_id": world.cases.get(cell.relation, UNKNOWN)}
    known = world.publications
    place, other = ("prepared", "elsewhere") if cell.relation == "crossed" else (cell.relation, cell.relation)
    photo = {"photo_id": known.get(other, _NOTHING).photo} if verb in ("cover", "outcome") else {}
    return {"publication_id": known.get(place, _NOTHING).id, **photo}


def _of_everybody(world: World, cell: Cell, verb: str) -> Values:
    one = world.publications.get(cell.relation, _NOTHING)
    if verb == "item":
        return {"public_id": one.public_id}
    if verb == "photo":
        return {"digest": one.digest, "size": "besar"}
    return {"bbox": "99,-3,102,-1", "zoom": "8"} if verb == "basemap" else {}


VALUES: dict[str, Callable[[World, Cell, str], Values]] = {"publication": _of_publication, "publik": _of_everybody}


def _words(world: World, cell: Cell) -> Values:
    known = world.publications.get(cell.relation)
    photo = known.photo if known else world.photos.get(cell.relation, UNKNOWN)
    return {"title": "Judul baru", "note": "", "precision": "kecamatan", "photos": str(photo)}


def _boxes(world: World, cell: Cell) -> Values:
    return {"x": "10", "y": "10", "w": "30", "h": "30", "found": "hand", "alt": "Gang."}


def _note(world: World, cell: Cell) -> Values:
    return {"note": "Papan nama terbaca."}


FORMS: dict[str, Callable[[World, Cell], Values]] = {
    "publication.new": _words, "publication.edit": _words, "publication.cover": _boxes,
    "publication.send_back": _note, "publication.withdraw": _note,
}  # fmt: skip
