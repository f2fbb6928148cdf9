"""Making a file in the background, with exactly the rights its person has at that moment.

A worker may be killed at any moment: what it wrote lies beside the place, another begins again, and a file is in its
place only together with the row that says so. No row is held while a file grows.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from geo.exporting import NotWritten
from media.store import Store
from webapp import audit, db
from webapp.accounts.models import Account
from webapp.errors import NotFound, Problem
from webapp.exchange import archives, queries
from webapp.exchange.errors import NoRoom, TooManyPhotos, TooManyRows
from webapp.exchange.models import Download
from webapp.exchange.queries import Order
from webapp.exchange.rules import KEPT, MOST_PHOTOS, MOST_ROWS, UNDER_WAY, DownloadState, Format, Phrases, Scope, Stand
from webapp.exchange.shelf import Shelf
from webapp.exchange.tables import WRITERS
from webapp.insight import queries as insight

T = TypeVar("T")
_TELL_LINES, _TELL_PHOTOS = 500, 20  # after how many the row is told how far it is


class Stopped(Exception):
    """Its person cancelled it, or another worker has finished it meanwhile."""


@dataclass(frozen=True)
class Workshop:
    """What a file is made with. `zone`: of the installation; its day decides about appointments."""

    sessions: sessionmaker[Session]
    store: Store
    shelf: Shelf
    zone: str
    clock: Callable[[], datetime]

    def today(self) -> date:
        return self.clock().astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class Job:
    """A row as its making begins."""

    id: uuid.UUID
    account_id: int
    order: Order
    kind: Format
    originals: bool
    said: Phrases


@dataclass(frozen=True)
class Made:
    """What was written: how many cases, of which moment; of an archive with originals, whose lines of history."""

    cases: int
    stand: Stand
    opened: archives.Listing | None = None


def make(shop: Workshop, download_id: uuid.UUID) -> None:
    """Make the file and put it in its place, or note why there is none. Raises `StoreUnavailable`."""
    try:
        job = _begun(shop, download_id)
        with shop.shelf.beside(job.id, job.kind) as place:
            made = _archive(shop, job, place) if job.kind is Format.ZIP else _table(shop, job, place)
            _settle(shop, job, place, made)
    except Stopped:
        return
    except NotWritten:  # GDAL does not say why; a disk without room is what happens
        _fail(shop, download_id, NoRoom.code)
    except Problem as why:
        _fail(shop, download_id, why.code)


def _begun(shop: Workshop, download_id: uuid.UUID) -> Job:
    with db.transaction(shop.sessions) as session:
        row = _held(session, download_id)
        row.state, row.done, row.total, row.touched_at = DownloadState.RUNNING, 0, 0, shop.clock()
        order = Order(Scope(row.scope), row.region_code, row.query)
        return Job(row.id, row.account_id, order, Format(row.format), row.originals, Phrases.read(row.told))


def _held(session: Session, download_id: uuid.UUID) -> Download:
    """The row, while it is still to be made. Raises `Stopped`."""
    row = session.get(Download, download_id, with_for_update=True, populate_existing=True)
    if row is None or row.stands not in UNDER_WAY:
        raise Stopped
    return row


def _person(shop: Workshop, session: Session, job: Job) -> Account:
    """Whoever asked, with the powers of now. Raises `NotFound` when those do not reach what was asked for any more."""
    person = session.get_one(Account, job.account_id).as_of(shop.today())
    inside = session.get_one(Download, job.id).areas
    if not queries.may_take(person, job.order.scope, inside, originals=job.originals):
        raise NotFound
    return person


def _table(shop: Workshop, job: Job, place: Path) -> Made:
    with db.transaction(shop.sessions) as session:
        cases = queries.wanted(session, _person(shop, session, job), job.order)
        stand, total = queries.stand(session, shop.clock()), insight.count(session, cases)
        if job.kind is Format.XLSX and total > MOST_ROWS:
            raise TooManyRows
        tally = Tally(shop, job, total, _TELL_LINES)
        found = queries.lines(session, cases, job.said.locale)
        WRITERS[job.kind](place, tally.over(found), job.said, stand)
    return Made(tally.done, stand)


def _archive(shop: Workshop, job: Job, place: Path) -> Made:
    listing = archives.Listing.beside(place)
    with db.transaction(shop.sessions) as session:
        cases = queries.wanted(session, _person(shop, session, job), job.order)
        stand, photos = queries.stand(session, shop.clock()), queries.photo_count(session, cases)
        if photos > MOST_PHOTOS:
            raise TooManyPhotos
        count = listing.write(
            queries.lines(session, cases, job.said.locale), queries.pictures(session, cases), job.said, stand
        )
    tally = Tally(shop, job, photos, _TELL_PHOTOS)
    archives.write(place, listing, shop.store, tally, job.said, stand, cases=count, originals=job.originals)
    return Made(count, stand, listing if job.originals else None)


class Tally:
    """Counts what goes by, tells the row from time to time, and stops when nobody wants it or the disk fills up."""

    def __init__(self, shop: Workshop, job: Job, total: int, every: int) -> None:
        self._shop, self._job, self._total, self._every = shop, job, total, every
        self.done = 0
        self._tell()

    def over(self, things: Iterable[T]) -> Iterator[T]:
        """The same things. Raises `Stopped`, `NoRoom`."""
        for thing in things:
            yield thing
            self.done += 1
            if self.done % self._every == 0:
                self._tell()

    def _tell(self) -> None:
        self._shop.shelf.check_room()
        with db.transaction(self._shop.sessions) as session:
            row = _held(session, self._job.id)
            row.done, row.total = self.done, max(self._total, self.done)
            row.touched_at = self._shop.clock()


def _settle(shop: Workshop, job: Job, place: Path, made: Made) -> None:
    """Row, lines of history and file together: the row is held while the file moves."""
    with place.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    at = shop.clock()
    with db.transaction(shop.sessions) as session:
        row = _held(session, job.id)
        row.state, row.sha256, row.byte_size, row.cases = DownloadState.READY, sha256, place.stat().st_size, made.cases
        row.total = row.done = max(row.total, row.done)
        row.as_of, row.ready_at, row.expires_at, row.touched_at = made.stand.as_of, at, at + KEPT, at
        session.flush()
        if made.opened is not None:
            _note_originals(session, job, made.opened, at)
        shop.shelf.keep(place, job.id)


def _note_originals(session: Session, job: Job, listing: archives.Listing, at: datetime) -> None:
    """Each original that goes out has its line, as when it is opened on its page."""
    for number, one in enumerate(listing.pictures(), start=1):
        audit.record(
            session, "photo.original_opened", at=at, actor_id=job.account_id, on=("photo", one.id),
            region_code=one.region_code, evidence_id=one.case_id, sha256=one.sha256, download=str(job.id),
        )  # fmt: skip
        if number % _TELL_LINES == 0:
            session.flush()
            session.expunge_all()


def _fail(shop: Workshop, download_id: uuid.UUID, code: str) -> None:
    at = shop.clock()
    with db.transaction(shop.sessions) as session:
        row = session.get(Download, download_id, with_for_update=True)
        if row is not None and row.stands in UNDER_WAY:
            row.state, row.code, row.ended_at, row.touched_at = DownloadState.FAILED, code, at, at
