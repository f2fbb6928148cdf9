"""Reading uploads. Everybody finds their own and nobody else's."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session, joinedload

from webapp.access import Actor, Permission, demand
from webapp.capture.models import Upload
from webapp.capture.rules import Fate, Purpose, Shown, Timeliness, Verdict, shown, timeliness
from webapp.errors import NotFound
from webapp.evidence.models import Evidence, Photo, RefusedFile
from webapp.evidence.queries import visible_to


def own(actor: Actor) -> Select[Upload]:
    """The uploads of this person."""
    return select(Upload).where(Upload.account_id == actor.id)


def get(session: Session, actor: Actor, upload_id: uuid.UUID) -> Upload:
    """The upload. Raises `NotFound` when there is none or it is somebody else's."""
    found = session.scalar(own(actor).where(Upload.id == upload_id))
    if found is None:
        raise NotFound
    return found


def unfinished(session: Session, actor: Actor, at: datetime) -> int:
    """How many uploads of this person are still on their way."""
    going = (Upload.account_id == actor.id, Upload.arrived_at.is_(None), Upload.expires_at > at)
    return session.scalar(select(func.count(Upload.id)).where(*going)) or 0


def case_for_photos(session: Session, actor: Actor, client_id: uuid.UUID) -> Evidence:
    """The case of that number, if this person may add to it. Raises `NotFound`, `NotAllowed` where it may be seen."""
    found = session.scalar(visible_to(actor).where(Evidence.client_id == client_id))
    if found is None:
        raise NotFound
    demand(actor, Permission.EVIDENCE_WRITE, found.region_code)
    return found


def photo_there(session: Session, evidence_id: int | None, upload_id: uuid.UUID) -> Photo | None:
    """The photo of that case which came under this number by another way: a form, or an import of a backup."""
    return session.scalar(select(Photo).where(Photo.upload_id == upload_id, Photo.evidence_id == evidence_id))


def with_needed_bytes(session: Session, upload_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those whose file is still needed: they are on their way, or an import has not read them yet."""
    needed = Upload.arrived_at.is_(None) | ((Upload.purpose == Purpose.IMPORT) & Upload.read_at.is_(None))
    return set(session.scalars(select(Upload.id).where(Upload.id.in_(upload_ids), needed)))


@dataclass(frozen=True)
class Receipt:
    """What is told of a file that has arrived to whoever holds the code of its receipt.

    `captured_at` is by the phone's or the camera's clock, `closes_at` the deadline of the case's period, both instants;
    `zone` is the period's. The numbers lead to the rest, where a person may see that.
    """

    code: str
    upload_id: uuid.UUID
    evidence_id: int | None
    photo_id: int | None
    arrived_at: datetime
    sha256: str
    byte_size: int
    fate: Fate
    refused_code: str | None
    captured_at: datetime | None
    closes_at: datetime | None
    zone: str | None

    @property
    def shown(self) -> Shown:
        return shown(self.fate)

    @property
    def timeliness(self) -> Timeliness | None:
        """How it lies to the deadline; None where there is none: a photo taken on site has none."""
        if self.closes_at is None or self.fate.purpose is Purpose.VISIT:
            return None
        return timeliness(self.captured_at, self.arrived_at, self.closes_at)


def receipt(session: Session, code: str) -> Receipt | None:
    """The receipt of that code, whoever asks; None when there is none."""
    row = session.execute(text("SELECT * FROM wall.receipt(:code)"), {"code": code}).one_or_none()
    if row is None:
        return None
    fate = Fate(
        Purpose(row.purpose), Verdict(row.verdict), row.photo_id is not None, bool(row.settled), row.refused_later
    )
    return Receipt(
        code=code, upload_id=row.upload_id, evidence_id=row.evidence_id, photo_id=row.photo_id,
        arrived_at=row.arrived_at, sha256=row.sha256, byte_size=row.byte_size, fate=fate,
        refused_code=row.refused_code or row.refused_later, captured_at=row.captured_at, closes_at=row.closes_at,
        zone=row.zone,
    )  # fmt: skip


def case_of(session: Session, actor: Actor, found: Receipt) -> Evidence | None:
    """The case of a receipt, where this person may see it."""
    return session.scalar(visible_to(actor).where(Evidence.id == found.evidence_id))


def name_of(session: Session, found: Receipt) -> str | None:
    """The name of a receipt's file, for whoever may see its case: as this person sent it, else as it was kept."""
    names = (
        select(Upload.file_name).where(Upload.id == found.upload_id),
        select(Photo.file_name).where(Photo.id == found.photo_id),
        select(RefusedFile.file_name).where(RefusedFile.upload_id == found.upload_id).limit(1),
    )
    return next((name for query in names if (name := session.scalar(query)) is not None), None)


@dataclass(frozen=True)
class Line:
    """An own upload in a list. `refused_later`: why its photo was refused once somebody tried to open it."""

    upload: Upload
    refused_later: str | None

    @property
    def shown(self) -> Shown | None:
        """The verdict as people are told; None while it is on its way."""
        if self.upload.verdict is None:
            return None
        photo = self.upload.photo
        settled = photo is not None and (photo.pictures_at is not None or "undecodable" in photo.flags)
        has_photo = self.upload.photo_id is not None
        verdict, purpose = Verdict(self.upload.verdict), Purpose(self.upload.purpose)
        return shown(Fate(purpose, verdict, has_photo, settled, self.refused_later))

    @property
    def refused_code(self) -> str | None:
        return self.upload.refused_code or self.refused_later

    @property
    def timeliness(self) -> Timeliness | None:
        """How it lies to the deadline of its case; None on its way and where there is no deadline."""
        upload = self.upload
        closes_at = upload.evidence.period.closes_at if upload.evidence else None
        if closes_at is None or upload.arrived_at is None or upload.purpose == Purpose.VISIT:
            return None
        taken_at = upload.photo.taken_at if upload.photo else None
        return timeliness(upload.captured_at or upload.device_at or taken_at, upload.arrived_at, closes_at)


def lines(session: Session, actor: Actor, upload_ids: Collection[uuid.UUID]) -> list[Line]:
    """Those of the uploads that are this person's, in any order."""
    rows = session.execute(_lines(actor).where(Upload.id.in_(upload_ids)))
    return [Line(upload, code) for upload, code in rows]


def page_of_lines(session: Session, actor: Actor, number: int, size: int = 25) -> tuple[list[Line], int]:
    """A page of this person's photos, newest first, and how many there are; a number beyond the end is empty."""
    of_photos = Upload.purpose != Purpose.IMPORT
    total = session.scalar(own(actor).where(of_photos).with_only_columns(func.count())) or 0
    rows = session.execute(
        _lines(actor).where(of_photos).order_by(Upload.created_at.desc(), Upload.id).limit(size).offset(size * number)
    )
    return [Line(upload, code) for upload, code in rows], total


def _lines(actor: Actor) -> Select[Upload, str | None]:
    later = select(RefusedFile.code).where(RefusedFile.upload_id == Upload.id)
    return (
        own(actor)
        .add_columns(later.order_by(RefusedFile.id.desc()).limit(1).scalar_subquery())
        .options(joinedload(Upload.photo), joinedload(Upload.evidence).joinedload(Evidence.period))
        .execution_options(populate_existing=True)
    )


def on_their_way(session: Session, actor: Actor, upload_ids: Collection[uuid.UUID]) -> Sequence[Upload]:
    """Those of the uploads that are this person's and have not arrived."""
    return session.scalars(own(actor).where(Upload.id.in_(upload_ids), Upload.arrived_at.is_(None))).all()


@dataclass(frozen=True)
class OnTheWay:
    """How many of the photos announced for a case have arrived."""

    arrived: int
    of: int


def on_the_way(session: Session, evidence_ids: Collection[int], at: datetime) -> dict[int, OnTheWay]:
    """By case, of those in this person's areas for which uploads were begun, by whomever."""
    query = text("SELECT * FROM wall.on_the_way(:cases, :at)")
    rows = session.execute(query, {"cases": list(evidence_ids), "at": at})
    return {row.evidence_id: OnTheWay(row.arrived, row.announced) for row in rows}
