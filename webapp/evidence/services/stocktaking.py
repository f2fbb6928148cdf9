"""Stored files and rows, compared both ways: a file without a row can go, a row without its file is a loss to be told.

Files and rows are read side by side in the order of their digests, so memory does not grow with either. What looks
wrong in passing is asked about again before it is said, since people go on sending meanwhile. Unlike the other verbs
these open transactions of their own, all short: a comparison may last for hours.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import cast

from sqlalchemy.orm import Session, sessionmaker

from media.buffers import sha256_of
from media.errors import NotStored
from media.store import OF_PHOTOS, Kept, Store
from webapp import audit, db
from webapp.evidence import queries
from webapp.evidence.queries import Stored
from webapp.evidence.services.pictures import forget_unused

Sessions = sessionmaker[Session]

SPARED = timedelta(hours=24)  # what is younger may belong to somebody who is still at it
_ROWS, _FILES = 1000, 1000  # read at once


class What(StrEnum):
    """What is wrong with a file or a row."""

    NO_ROW = "no_row"  # files of a photo that no row needs
    LEFTOVER = "leftover"  # of a write that was cut off
    FOREIGN = "foreign"  # a file that is none of ours
    NO_ORIGINAL = "no_original"  # a row whose file is gone
    NO_PICTURES = "no_pictures"  # a row whose pictures were made and are gone
    OTHER_BYTES = "other_bytes"  # an original that is no longer what its name says
    UNREADABLE = "unreadable"  # an original that the disk does not give back


LOSSES = frozenset({What.NO_ORIGINAL, What.NO_PICTURES, What.OTHER_BYTES, What.UNREADABLE})


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `place`: the path of a file, or the digest of a photo; `photo_id`: the first such row.

    `written`: when the youngest of the files was, for what has no row.
    """

    what: What
    place: str
    photo_id: int | None = None
    written: datetime | None = None


Progress = Callable[[int], None]


def compare(
    sessions: Sessions, store: Store, *, reread: bool = False, progress: Progress = lambda _: None
) -> Iterator[Finding]:
    """Everything that is wrong. `reread`: hash every original anew. `progress` is told how many photos were looked at.

    Raises `media.errors.StoreUnavailable`.
    """
    rows, seen = _Rows(sessions, progress), _Unknown(sessions)
    for sha256, group in groupby(store.entries(), key=lambda one: one.sha256):
        if sha256 is None:
            yield from (_strange(one) for one in group)
            continue
        files = tuple(group)
        for row in rows.before(sha256):
            yield from _looked_at(sessions, store, row, (), reread=reread)
        found = rows.at(sha256)
        if found is None:
            yield from seen.add(files)
        else:
            yield from _looked_at(sessions, store, found, files, reread=reread)
    for row in rows.before(None):
        yield from _looked_at(sessions, store, row, (), reread=reread)
    yield from seen.told()


class _Rows:
    """The rows in the order of their digests, a page at a time."""

    def __init__(self, sessions: Sessions, progress: Progress) -> None:
        self._sessions, self._progress = sessions, progress
        self._page: list[Stored] = []
        self._at, self._last, self._done, self._over = 0, "", 0, False

    def _next(self) -> Stored | None:
        if self._at == len(self._page) and not self._over:
            self._progress(self._done)
            with db.transaction(self._sessions) as session:
                self._page, self._at = queries.stored(session, self._last, _ROWS), 0
            self._over = not self._page
        return None if self._over else self._page[self._at]

    def _pass(self, row: Stored) -> Stored:
        self._at, self._last, self._done = self._at + 1, row.sha256, self._done + 1
        return row

    def before(self, sha256: str | None) -> Iterator[Stored]:
        """Those before that digest that nobody has had yet; None: all that are left."""
        while (row := self._next()) is not None and (sha256 is None or row.sha256 < sha256):
            yield self._pass(row)

    def at(self, sha256: str) -> Stored | None:
        """The row of that digest, if it is the next."""
        row = self._next()
        return self._pass(row) if row is not None and row.sha256 == sha256 else None


class _Unknown:
    """Files beside which no row stood, gathered until it pays to ask about them."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._waiting: dict[str, datetime] = {}

    def add(self, files: Sequence[Kept]) -> Iterator[Finding]:
        for one in files:
            sha256 = cast(str, one.sha256)
            self._waiting[sha256] = max(one.written, self._waiting.get(sha256, one.written))
        if len(self._waiting) >= _FILES:
            yield from self.told()

    def told(self) -> Iterator[Finding]:
        with db.transaction(self._sessions) as session:
            used = queries.used(session, self._waiting.keys())
        for sha256, written in self._waiting.items():
            if sha256 not in used:
                yield Finding(What.NO_ROW, sha256, written=written)
        self._waiting.clear()


def _strange(one: Kept) -> Finding:
    return Finding(What.LEFTOVER if one.is_leftover else What.FOREIGN, one.path, written=one.written)


def _looked_at(
    sessions: Sessions, store: Store, row: Stored, files: Sequence[Kept], *, reread: bool
) -> Iterator[Finding]:
    """What is wrong with a stored photo. `files`: what was seen of it in passing."""
    wanted = OF_PHOTOS if row.has_pictures else ("original",)
    there = {one.key[1] for one in files if one.key}
    missing = {name for name in wanted if name not in there and not store.exists(row.sha256, name)}
    if missing and not _still_used(sessions, row.sha256):
        return
    if missing:
        what = What.NO_ORIGINAL if "original" in missing else What.NO_PICTURES
        yield Finding(what, row.sha256, row.photo_id)
    if reread and "original" not in missing:
        wrong = _reread(store, row.sha256)
        if wrong is not None:
            yield Finding(wrong, row.sha256, row.photo_id)


def _still_used(sessions: Sessions, sha256: str) -> bool:
    with db.transaction(sessions) as session:
        return bool(queries.used(session, [sha256]))


def _reread(store: Store, sha256: str) -> What | None:
    try:
        data = store.get(sha256, "original")  # read, not mapped: a bad sector would end us where it is mapped
    except (OSError, NotStored):
        return What.UNREADABLE
    return None if sha256_of(data) == sha256 else What.OTHER_BYTES


def sweep(session: Session, found: Finding, *, store: Store, at: datetime) -> bool:
    """Remove what a finding says has no row and is old enough, and never a row; answers whether.

    It is asked about again, and nobody can be storing it until this transaction ends.
    """
    if found.written is None or found.written > at - SPARED:
        return False
    if found.what is What.LEFTOVER:
        store.remove_leftover(found.place)
        return True
    if found.what is not What.NO_ROW or not forget_unused(session, found.place, store=store):
        return False
    audit.record(session, "photo.sweep", at=at, actor_id=None, sha256=found.place)
    return True
