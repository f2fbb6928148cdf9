"""Proposing cases for the photos of an import, and keeping what its person corrects."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from geo.values import LonLat
from media.exif import CameraFacts
from media.pictures import Looks, Print
from webapp.bulk import queries
from webapp.bulk.errors import ImportClosed
from webapp.bulk.models import ImportGroup, ImportItem, ImportNote, PhotoImport
from webapp.bulk.rules import Because, Group, ImportState, NoteRow, Shot, grouped, matched
from webapp.evidence import queries as evidence_queries
from webapp.evidence.services.clocks import instant
from webapp.territory.rules import time_zone_of

_NOWHERE = "00"  # a region code of no province: the zone of the capital


def must_be_open(found: PhotoImport) -> None:
    """Raises `ImportClosed`."""
    if found.state != ImportState.OPEN:
        raise ImportClosed


def propose(session: Session, found: PhotoImport, *, at: datetime) -> None:
    """Group what has been opened. Until its person corrects something all is grouped anew, then only what is new.

    The row of the import must be held. The same photos give the same groups, whatever the order of their arrival.
    """
    _mark_twins(session, found)
    if found.arranged_at is None:
        session.execute(
            delete(ImportGroup).where(
                ImportGroup.import_id == found.id, ImportGroup.because != Because.BACKUP,
                ImportGroup.evidence_id.is_(None),
            )
        )  # fmt: skip
        session.expire_all()
    items = _loose(session, found)
    region = region_of(session, found, at)
    proposal = _Proposal(found, items, queries.notes(session, found.id), region)
    session.add_all(proposal.groups())
    session.flush()
    renumber(session, found)


def _loose(session: Session, found: PhotoImport) -> Sequence[ImportItem]:
    """Photos that are in no group, and may be."""
    return session.scalars(
        select(ImportItem)
        .where(
            ImportItem.import_id == found.id, ImportItem.pictures_at.is_not(None), ImportItem.case_id.is_(None),
            ImportItem.same_as.is_(None), ImportItem.group_id.is_(None), ImportItem.left_out.is_(False),
        )
        .order_by(ImportItem.id)
    ).all()  # fmt: skip


def _mark_twins(session: Session, found: PhotoImport) -> None:
    """Of photos with the same bytes one is taken: the one that was first, or is in a group already."""
    rows = session.scalars(
        select(ImportItem)
        .where(
            ImportItem.import_id == found.id, ImportItem.pictures_at.is_not(None), ImportItem.case_id.is_(None),
            ImportItem.same_as.is_(None),
        )
        .order_by(ImportItem.group_id.is_(None), ImportItem.id)
    ).all()  # fmt: skip
    first: dict[str | None, ImportItem] = {}
    for item in rows:
        known = first.setdefault(item.sha256, item)
        if known is not item:
            item.same_as, item.group_id = known.id, None
    session.flush()


def region_of(session: Session, found: PhotoImport, at: datetime) -> str:
    """The unit whose zone tells what a camera's clock means that names none."""
    person = found.account.as_of(at.date())
    units = evidence_queries.units(session, person, most=1)
    return units[0].code if units else _NOWHERE


class _Proposal:
    """Groups for photos, with the words that notes, folders and dates suggest."""

    def __init__(
        self, found: PhotoImport, items: Sequence[ImportItem], notes: Sequence[ImportNote], region: str
    ) -> None:
        self.found, self.region = found, region
        self.items = {item.id: item for item in items}
        self.zone = ZoneInfo(time_zone_of(region))
        self.notes = dict(enumerate(notes))
        rows = [NoteRow(number, note.file, note.label) for number, note in self.notes.items()]
        self.by_item, _ = matched(rows, {item.id: item.path for item in items})

    def groups(self) -> list[ImportGroup]:
        shots = [self._shot(item) for item in self.items.values()]
        made = [self._row(group, {shot.key: shot for shot in shots}) for group in grouped(shots)]
        _tell_apart(made, self.zone)
        return [row for row, _ in made]

    def _shot(self, item: ImportItem) -> Shot:
        row = self.by_item.get(item.id)
        source = str(item.upload_id) if item.position else ""  # an archive's folders are its own
        return Shot(
            key=item.id, path=item.path, source=source, label=row.ties if row else None,
            at=taken_at(item, self.region), place=place_of(item),
        )  # fmt: skip

    def _row(self, group: Group, shots: Mapping[int, Shot]) -> tuple[ImportGroup, datetime | None]:
        items = [self.items[key] for key in group.keys]
        moments = [at for key in group.keys if (at := shots[key].at) is not None]
        earliest = min(moments).astimezone(self.zone) if moments else None
        said = self._said(group)
        day = said.day or (earliest.date() if earliest else None)
        first = min(str(item.number) for item in items)
        folder = group.name.rpartition("/")[2][:200] if group.because is Because.FOLDER else ""
        row = ImportGroup(
            import_id=self.found.id, client_id=uuid.uuid5(self.found.id, f"group:{first}"), position=0,
            because=group.because, title=said.title or folder,
            activity=said.activity, occurred_from=day, occurred_to=day, note=said.note,
        )  # fmt: skip
        row.items = items
        return row, earliest

    def _said(self, group: Group) -> "_Said":
        """What the rows of notes say of a group: of each the first that says something, of the texts all."""
        numbers = sorted({row.row for key in group.keys if (row := self.by_item.get(key)) is not None})
        notes = [self.notes[number] for number in numbers]
        return _Said(
            title=next((note.title for note in notes if note.title), ""),
            note="\n".join(dict.fromkeys(note.note for note in notes if note.note))[:5_000],
            day=next((note.day for note in notes if note.day), None),
            activity=next((note.activity for note in notes if note.activity), ""),
        )


def idle_notes(session: Session, found: PhotoImport) -> list[dict[str, Any]]:
    """Rows of notes that mean no photo of the import, as problems of their table."""
    notes = dict(enumerate(queries.notes(session, found.id)))
    rows = [NoteRow(number, note.file, note.label) for number, note in notes.items()]
    paths = session.execute(select(ImportItem.id, ImportItem.path).where(ImportItem.import_id == found.id))
    _, idle = matched(rows, {number: path for number, path in paths})  # noqa: C416 - for the types
    return [{"row": notes[one.row].row, "column": "berkas", "code": "row_unmatched", "value": one.file} for one in idle]


@dataclass(frozen=True)
class _Said:
    title: str
    note: str
    day: date | None
    activity: str


def _tell_apart(made: Iterable[tuple[ImportGroup, datetime | None]], zone: ZoneInfo) -> None:
    """A title for groups that have none: the day, and the hour where several are of one day."""
    nameless = [(row, at) for row, at in made if not row.title]
    days = Counter(row.occurred_from for row, _ in nameless)
    for row, at in nameless:
        hour = f"{at.astimezone(zone):%H.%M}" if at is not None and days[row.occurred_from] > 1 else ""
        row.title = title_of(row.occurred_from, hour)


def title_of(day: date | None, hour: str = "") -> str:
    """What a case is called until somebody finds better words. A title is content: in Indonesian, whoever reads."""
    if day is None:
        return "Foto tanpa waktu"
    return f"Foto {format_date(day, 'd MMMM y', locale='id')}" + (f" pukul {hour}" if hour else "")


def camera_of(item: ImportItem) -> CameraFacts:
    """What the camera wrote, as it was read when the photo was opened."""
    told: dict[str, Any] = dict(item.camera)
    for name in ("taken_at", "gps_time"):
        told[name] = datetime.fromisoformat(told[name]) if told.get(name) else None
    minutes = told.pop("offset_minutes", None)
    return CameraFacts(**told, utc_offset=None if minutes is None else timedelta(minutes=minutes), flags=())


def looks_of(item: ImportItem) -> Looks | None:
    """What its picture told; None when it was opened before anybody asked."""
    if item.looks is None:
        return None
    return Looks(**{**item.looks, "print": Print(**item.looks["print"])})


_CAMERA_SAYS = ("lon", "lat", "accuracy_m", "make", "model", "software", "serial", "sub_second")


def camera_as_json(camera: CameraFacts) -> dict[str, Any]:
    """The other way round."""
    told = {name: getattr(camera, name) for name in _CAMERA_SAYS}
    told["taken_at"] = camera.taken_at.isoformat() if camera.taken_at else None
    told["gps_time"] = camera.gps_time.isoformat() if camera.gps_time else None
    told["offset_minutes"] = round(camera.utc_offset.total_seconds() / 60) if camera.utc_offset is not None else None
    return {name: value for name, value in told.items() if value is not None}


def taken_at(item: ImportItem, region_code: str) -> datetime | None:
    """When it was taken: by the phone, else by its camera."""
    said = item.device.get("captured_at")
    return datetime.fromisoformat(said) if said else instant(camera_of(item), region_code)


def place_of(item: ImportItem) -> LonLat | None:
    """Where it was taken: by the phone, else by its camera."""
    device, camera = item.device, item.camera
    return LonLat.maybe(device.get("lon"), device.get("lat")) or LonLat.maybe(camera.get("lon"), camera.get("lat"))


def renumber(session: Session, found: PhotoImport) -> None:
    """Positions from 1, in the order they have; new ones come last."""
    rows = session.scalars(select(ImportGroup).where(ImportGroup.import_id == found.id)).all()
    for number, row in enumerate(sorted(rows, key=lambda one: (one.position or 1 << 30, one.id)), start=1):
        row.position = number
    session.flush()


NEW, OUT = "baru", "buang"


@dataclass(frozen=True)
class Words:
    """What a person says of one proposed case. `into`: the group it is merged into."""

    title: str
    activity: str
    day: date | None
    region_code: str | None
    note: str
    left_out: bool
    into: int | None = None


@dataclass(frozen=True)
class Correction:
    """What came with the one screen: words by group; by photo a group, `NEW` or `OUT`; and an activity for the rest."""

    words: Mapping[int, Words] = field(default_factory=dict)
    moves: Mapping[int, int | str] = field(default_factory=dict)
    usual_activity: str = ""


def correct(session: Session, found: PhotoImport, correction: Correction, *, at: datetime) -> None:
    """Keep a correction; what names no group or photo of this import is passed over. Twice is once.

    The row of the import must be held. Raises `ImportClosed`.
    """
    must_be_open(found)
    groups = {row.id: row for row in queries.groups(session, found.id) if row.evidence_id is None}
    for number, words in correction.words.items():
        if number in groups:
            _say(groups[number], words, correction.usual_activity)
    _move(session, found, groups, correction.moves)
    _merge(groups, {number: words.into for number, words in correction.words.items() if words.into})
    for row in groups.values():
        if not row.items and row.because != Because.BACKUP:
            session.delete(row)
    found.arranged_at, found.touched_at = at, at
    session.flush()
    renumber(session, found)


def _say(row: ImportGroup, words: Words, usual: str) -> None:
    row.title, row.note, row.left_out = words.title or title_of(words.day), words.note, words.left_out
    row.activity, row.region_code = words.activity or usual, words.region_code
    if words.day != row.occurred_from:
        row.occurred_from = row.occurred_to = words.day


def _move(session: Session, found: PhotoImport, groups: dict[int, ImportGroup], moves: Mapping[int, int | str]) -> None:
    """Photos of a phone's backup stay in their case, or are left out: the phone may send them there once more."""
    wanted = select(ImportItem).where(
        ImportItem.import_id == found.id, ImportItem.id.in_(moves), ImportItem.pictures_at.is_not(None),
        ImportItem.same_as.is_(None),
    )  # fmt: skip
    parting: dict[int | None, list[ImportItem]] = {}
    for item in session.scalars(wanted.order_by(ImportItem.id)).all():
        target = moves[item.id]
        if item.group is not None and item.group.id not in groups:
            continue  # a draft was made of it
        if target == OUT:
            item.group, item.left_out = None, True
        elif target == NEW and item.case_id is None:
            parting.setdefault(item.group_id, []).append(item)
        elif isinstance(target, int) and target in groups and _may_join(item, groups[target]):
            item.group, item.left_out = groups[target], False
    for items in parting.values():
        _part(session, found, items)


def _may_join(item: ImportItem, group: ImportGroup) -> bool:
    return item.case_id is None or item.case_id == group.client_id


def _part(session: Session, found: PhotoImport, items: list[ImportItem]) -> None:
    """A group of their own, with the words of the one they leave."""
    number = uuid.uuid5(found.id, f"hand:{min(str(item.number) for item in items)}")
    known = session.scalar(
        select(ImportGroup).where(ImportGroup.import_id == found.id, ImportGroup.client_id == number)
    )
    left = items[0].group
    row = known or ImportGroup(import_id=found.id, client_id=number, position=0, because=Because.HAND)
    if known is None:
        row.title = left.title if left else title_of(None)
    if known is None and left is not None:
        row.activity, row.note, row.region_code = left.activity, left.note, left.region_code
        row.occurred_from, row.occurred_to = left.occurred_from, left.occurred_to
    session.add(row)
    for item in items:
        item.group, item.left_out = row, False


def _end(number: int, into: Mapping[int, int]) -> int:
    """Where a chain ends; in a ring, at its lowest number."""
    seen = [number]
    while (number := into.get(number, 0)) and number not in seen:
        seen.append(number)
    return min(seen[seen.index(number) :]) if number else seen[-1]


def _merge(groups: Mapping[int, ImportGroup], into: Mapping[int, int]) -> None:
    """Follow what is merged into what to its end; two that name each other end in the lower of them."""
    for number in into:
        source, goal = groups.get(number), groups.get(_end(number, into))
        if source is None or goal is None or source is goal or source.because == Because.BACKUP:
            continue
        for item in list(source.items):
            item.group = goal
