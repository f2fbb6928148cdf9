"""Giving leaves their place, signing heads, and writing them down where the owner of the database has no hand.

A request only leaves unnumbered leaves and waits for nobody. Numbers and heads are made here, one sealer at a time,
under a lock held for one transaction. What began before and is committed after a sealing is numbered by the next.
Until a head covers a line, nothing outside vouches for it: that takes `head_minutes`, after a finalisation seconds.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from webapp.trail import merkle, notes, outside, queries
from webapp.trail.models import TrailHead, TrailLeaf, TrailTile

log = logging.getLogger(__name__)
AT_ONCE = frozenset({"result_snapshot"})  # kinds that do not wait for the next hour
_BATCH = 50_000

_NUMBER = text("""
    UPDATE trail_leaf SET position = placed.position FROM (
        SELECT id, :size + row_number() OVER (ORDER BY id) - 1 AS position
        FROM (SELECT id FROM trail_leaf WHERE position IS NULL ORDER BY id LIMIT :most) AS waiting
    ) AS placed WHERE trail_leaf.id = placed.id
""")


def ask_to_seal(session: Session, about: int) -> None:
    """Have the worker seal and sign as soon as this transaction is committed. `about`: of what, to ask once only."""
    session.execute(select(func.wall.defer_seal(about)))


def seal(session: Session) -> int:
    """Number what has been committed and make the tiles that became complete; answers how many leaves are new."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('trail', 0))"))
    before = size = queries.sealed_count(session)
    while True:
        done: int = session.execute(_NUMBER, {"size": size, "most": _BATCH}).rowcount  # type: ignore[attr-defined]
        _tile(session, size, size + done)
        size += done
        if done < _BATCH:
            return size - before


def _tile(session: Session, old: int, size: int) -> None:
    """Every tile that `size` leaves complete and `old` did not, from the lowest up."""
    height, tree = queries.TILE, queries.Tree(session)
    while size >> height:
        made = [
            {"height": height, "number": number, "hash": tree.node(height, number, below=True)}
            for number in range(old >> height, size >> height)
        ]
        if made:
            session.execute(insert(TrailTile), made)
        height += queries.TILE


def sign_head(session: Session, key: Ed25519PrivateKey, *, at: datetime) -> TrailHead | None:
    """Seal, and sign a head over all of it; the one there is when nothing was added, None while there is no leaf."""
    seal(session)
    latest, size = queries.latest_head(session), queries.sealed_count(session)
    if size == 0 or (latest is not None and latest.size >= size):
        return latest
    origin = latest.origin if latest else f"petabukti/{secrets.token_hex(8)}"
    root = merkle.root(size, queries.Tree(session).node)
    note, public = notes.sign(key, origin, size, root, at), key.public_key().public_bytes_raw()
    head = TrailHead(
        size=size, root=root, at=at, origin=origin, signature=note.signature, key_id=notes.key_id(public),
        public_key=public,
    )  # fmt: skip
    session.add(head)
    session.flush()
    return head


def is_head_due(session: Session, *, at: datetime, every: timedelta) -> bool:
    """Whether something waits for a head that is old enough, or weighs enough."""
    latest = queries.latest_head(session)
    size = latest.size if latest else 0
    newer = (TrailLeaf.position.is_(None)) | (TrailLeaf.position >= size)
    if session.scalar(select(TrailLeaf.id).where(newer).limit(1)) is None:
        return False
    if latest is None or latest.at <= at - every:
        return True
    return session.scalar(select(TrailLeaf.id).where(newer, TrailLeaf.kind.in_(AT_ONCE)).limit(1)) is not None


def unpublished(session: Session) -> Sequence[TrailHead]:
    """Heads that have not been written down outside, the oldest first."""
    return session.scalars(select(TrailHead).where(TrailHead.published_at.is_(None)).order_by(TrailHead.size)).all()


def publish(session: Session, place: str, *, at: datetime) -> int:
    """Write every head that was committed to the place outside, each once; answers how many.

    Raises `OtherCheckpoint` when another of that size is there, `StoreUnavailable`.
    """
    waiting = unpublished(session)
    shelf = outside.Shelf(place) if waiting else None
    for head in waiting:
        if shelf is not None:
            shelf.put(head.size, queries.note_of(head).text)
        head.published_at = at
        session.flush()
    return len(waiting)
