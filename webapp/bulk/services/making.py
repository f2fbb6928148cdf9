"""Making drafts of the proposed cases. Pressed twice, or after a break in the middle, it makes one set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.values import LonLat
from media.intake import TakenPhoto
from webapp.access import Actor
from webapp.bulk import queries
from webapp.bulk.errors import (
    ActivityMissing,
    DateMissing,
    NothingToMake,
    RegionMissing,
    StillOpening,
    TitleMissing,
)
from webapp.bulk.models import ImportGroup, ImportItem, PhotoImport
from webapp.bulk.rules import ImportState
from webapp.bulk.services.arranging import camera_of, looks_of, must_be_open
from webapp.errors import Problem
from webapp.evidence import queries as evidence_queries
from webapp.evidence import services as evidence
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import INNOVATION
from webapp.evidence.services import Arrived, CaseFields, Incoming, SentPlace, digest_of
from webapp.evidence.services.readiness import must_be_editable
from webapp.evidence.services.turns import keep_from_sweeper

MOST_AT_ONCE = 150  # photos in one request, some seconds; what is left is made by the next


@dataclass(frozen=True)
class Sent:
    """What a phone's backup says of a case, read by the form that reads it from the phone itself.

    `complete`: just this the phone would send, so that its own sending later is a repeat.
    """

    place: SentPlace
    fields: CaseFields | None = None
    region_code: str = ""

    @property
    def digest(self) -> str | None:
        return digest_of(self.region_code, self.fields, self.place) if self.fields else None


@dataclass(frozen=True)
class Made:
    """What became of a request: drafts made now, cases that could not be, and those for the next request."""

    made: int
    failed: int
    left: int


def make(
    session: Session, found: PhotoImport, sent: Mapping[int, Sent], *, actor: Actor, at: datetime,
    most: int = MOST_AT_ONCE,
) -> Made:  # fmt: skip
    """Make a draft of each proposed case that is not left out, photos and place included; one that cannot be made says
    why and stays. When none is left the import is done. The row of the import must be held.

    `sent`: by group, for those of a phone's backup. Raises `ImportClosed`, `StillOpening`, `NothingToMake`.
    """
    must_be_open(found)
    if queries.still_opening(session, found.id):
        raise StillOpening
    groups = queries.groups(session, found.id)
    wanted = [row for row in groups if row.evidence_id is None and not row.left_out]
    if not wanted and not any(row.evidence_id for row in groups):
        raise NothingToMake
    made, failed, photos = 0, 0, 0
    for done, row in enumerate(wanted):
        if photos and photos + len(row.items) > most:
            return Made(made, failed, len(wanted) - done)
        if _try(session, row, sent.get(row.id), actor, at):
            made, photos = made + 1, photos + len(row.items)
        else:
            failed += 1
    found.touched_at = at
    if not failed:
        found.state, found.ended_at = ImportState.DONE, at
    session.flush()
    return Made(made, failed, 0)


def _try(session: Session, row: ImportGroup, sent: Sent | None, actor: Actor, at: datetime) -> bool:
    try:
        with session.begin_nested():
            case = _case(session, row, sent, actor, at)
            _photos(session, case, row.items, actor, at)
            session.flush()
    except Problem as why:
        row.code = why.code
        return False
    row.evidence_id, row.code = case.id, None
    return True


def _case(session: Session, row: ImportGroup, sent: Sent | None, actor: Actor, at: datetime) -> Evidence:
    """The draft; or the case that the phone itself has sent under the same number meanwhile."""
    before = evidence_queries.by_client_id(session, row.client_id)
    if before is not None and before.owner_id == actor.id:
        return before
    fields = _fields(row, sent)
    if row.region_code is None:
        raise RegionMissing
    case = evidence.create(
        session, actor=actor, region_code=row.region_code, client_id=row.client_id, fields=fields, at=at
    )
    if sent is not None:
        case.sent_digest = sent.digest
        evidence.set_place(session, case, sent.place, actor=actor, at=at)
    return case


def _fields(row: ImportGroup, sent: Sent | None) -> CaseFields:
    """Raises `TitleMissing`, `ActivityMissing`, `DateMissing`."""
    if not row.title.strip():
        raise TitleMissing
    kind, _, activity = row.activity.partition("/")
    if not kind:
        raise ActivityMissing
    if row.occurred_from is None:
        raise DateMissing
    fields = CaseFields(
        title=row.title, kind_code=kind, activity_code=activity or None, note=row.note,
        occurred_from=row.occurred_from, occurred_to=row.occurred_to or row.occurred_from,
    )  # fmt: skip
    if sent is None or sent.fields is None:
        return fields
    told, innovative = sent.fields, kind == INNOVATION
    return replace(
        fields, tags=told.tags, consent=told.consent, study_assignment_id=told.study_assignment_id,
        innovation_stage=told.innovation_stage if innovative else None,
        innovation_form=told.innovation_form if innovative else None,
    )  # fmt: skip


def _photos(session: Session, case: Evidence, items: Sequence[ImportItem], actor: Actor, at: datetime) -> None:
    """Raises `NotEditable`, `Locked`, `SameIdOtherContent`; a case that has all of them already may be what it is."""
    there = set(session.scalars(select(Photo.upload_id).where(Photo.evidence_id == case.id)))
    missing = [item for item in items if item.number not in there]
    if not missing:
        return
    must_be_editable(case)
    for item in missing:
        keep_from_sweeper(session, str(item.sha256))
    evidence.add_opened(session, case, [_arrived(item) for item in missing], actor=actor, at=at)


def _arrived(item: ImportItem) -> Arrived:
    return Arrived(_incoming(item), item.byte_size, taken=_taken(item))


def _incoming(item: ImportItem) -> Incoming:
    said = item.device
    return Incoming(
        upload_id=item.number,
        name=item.path,
        data=b"",
        fix=LonLat.maybe(said.get("lon"), said.get("lat")),
        fix_accuracy_m=said.get("accuracy_m"),
        fix_at=_moment(said.get("at")),
        fix_count=said.get("count"),
        capture_source=said.get("source"),
        captured_at=_moment(said.get("captured_at")),
        original_sha256=said.get("original_sha256"),
        original_byte_size=said.get("original_bytes"),
    )


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _taken(item: ImportItem) -> TakenPhoto:
    assert item.sha256 and item.mime and item.width and item.height  # noqa: S101 - of a photo that has been opened
    return TakenPhoto(
        sha256=item.sha256, mime=item.mime, width=item.width, height=item.height, byte_size=item.byte_size,
        camera=camera_of(item), looks=looks_of(item), dhash=item.dhash or "", flags=tuple(item.flags),
    )  # fmt: skip
