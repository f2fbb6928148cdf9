"""Reading the trail: heads, places of lines, and proofs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from webapp.trail import canonical, merkle, notes
from webapp.trail.models import TrailForm, TrailHead, TrailLeaf, TrailTile

TILE = 8  # a tile's height: 256 hashes of one level are read at once


class Tree:
    """The hashes of complete subtrees, from leaves and tiles; what was read is kept."""

    def __init__(self, session: Session, most: int = 4096) -> None:
        self._session, self._most = session, most
        self._read: dict[tuple[int, int], list[bytes]] = {}

    def node(self, height: int, number: int, *, below: bool = False) -> bytes:
        """Of a complete subtree. `below`: not from its own tile, which is yet to be made. Raises `LookupError`."""
        base = height - (height % TILE or (TILE if below else 0))
        first = number << (height - base)
        return merkle.complete([self._stored(base, first + at) for at in range(1 << (height - base))])

    def _stored(self, height: int, number: int) -> bytes:
        block, at = number >> TILE, number & (1 << TILE) - 1
        known = self._read.get((height, block))
        if known is None or len(known) <= at:
            if len(self._read) >= self._most:
                self._read.clear()
            known = self._read[height, block] = self._block(height, block)
        return known[at]

    def _block(self, height: int, block: int) -> list[bytes]:
        first, end = block << TILE, (block + 1) << TILE
        if height == 0:
            leaves = select(TrailLeaf.leaf_hash).where(TrailLeaf.position >= first, TrailLeaf.position < end)
            return list(self._session.scalars(leaves.order_by(TrailLeaf.position)))
        tiles = select(TrailTile.hash).where(
            TrailTile.height == height, TrailTile.number >= first, TrailTile.number < end
        )
        return list(self._session.scalars(tiles.order_by(TrailTile.number)))


def sealed_count(session: Session) -> int:
    """How many leaves have their place."""
    last = session.scalar(select(func.max(TrailLeaf.position)))
    return 0 if last is None else last + 1


def latest_head(session: Session) -> TrailHead | None:
    return session.scalar(select(TrailHead).order_by(TrailHead.size.desc()).limit(1))


def heads(session: Session, below: int | None, most: int) -> list[TrailHead]:
    """Heads smaller than `below` (None: all), the largest first."""
    wanted = select(TrailHead) if below is None else select(TrailHead).where(TrailHead.size < below)
    return list(session.scalars(wanted.order_by(TrailHead.size.desc()).limit(most)))


def head_of(session: Session, size: int) -> TrailHead | None:
    return session.get(TrailHead, size)


def head_covering(session: Session, kind: str, key: object) -> TrailHead | None:
    """The first head that covers that record."""
    leaf = latest_leaf(session, kind, key)
    if leaf is None or leaf.position is None:
        return None
    return session.scalar(
        select(TrailHead).where(TrailHead.size > leaf.position).order_by(TrailHead.size).limit(1)
    )  # fmt: skip


def note_of(head: TrailHead) -> notes.Note:
    """A head as it is written down outside."""
    return notes.Note(
        head.origin, head.size, head.root, head.at, notes.key_hash(head.origin, head.public_key), head.signature
    )  # fmt: skip


def positions(session: Session, kind: str, keys: Collection[object]) -> dict[str, int | None]:
    """The places of records by their keys; None where the leaf waits to be sealed."""
    named = [str(key) for key in keys]
    rows = session.execute(
        select(TrailLeaf.key, TrailLeaf.position).where(TrailLeaf.kind == kind, TrailLeaf.key.in_(named))
    )
    return {str(key): position for key, position in rows}


def latest_leaf(session: Session, kind: str, key: object) -> TrailLeaf | None:
    """The leaf of a record, of one that may change that of its last version."""
    wanted = select(TrailLeaf).where(TrailLeaf.kind == kind, TrailLeaf.key == str(key))
    return session.scalar(wanted.order_by(TrailLeaf.id.desc()).limit(1))


@dataclass(frozen=True)
class Record:
    """A row of history with its leaf. `content` is made anew from the row."""

    kind: str
    key: str
    content: str
    leaf_hash: bytes
    position: int | None


def forms(session: Session) -> dict[str, list[TrailForm]]:
    """The forms of each kind, the newest last."""
    found: dict[str, list[TrailForm]] = {}
    for form in session.scalars(select(TrailForm).order_by(TrailForm.kind, TrailForm.form)):
        found.setdefault(form.kind, []).append(form)
    return found


def records(
    session: Session, known: Sequence[TrailForm], condition: str, values: Mapping[str, Any]
) -> list[Record]:  # fmt: skip
    """Rows of one kind with their leaves, in the order of the leaves, as far as row-level security shows them.

    `known`: the kind's forms. `condition`: SQL of ours over the table `t`, with `values`. A row without leaf is left
    out: `verifying` names it.
    """
    last = known[-1]
    for setting in ("datestyle = 'ISO, YMD'", "timezone = 'UTC'", "extra_float_digits = 1"):
        session.execute(text(f"SET LOCAL {setting}"))
    # Names of our own tables and columns, and a condition of ours.
    wanted = f"""
        SELECT leaf.key, leaf.form, leaf.salt, leaf.leaf_hash, leaf.position, {columns_sql(last.columns)}
        FROM "{last.kind}" AS t CROSS JOIN LATERAL (
            SELECT id, key, form, salt, leaf_hash, position FROM trail_leaf
            WHERE kind = :kind AND key = {key_sql(last.keys)} ORDER BY id DESC LIMIT 1
        ) AS leaf WHERE {condition} ORDER BY leaf.id
    """  # noqa: S608 # nosec B608 # names of our own tables, a condition of ours
    rows = session.execute(text(wanted), {"kind": last.kind, **values})
    names = sorted(last.columns)
    writers = {form.form: canonical.writer(last.kind, form.form, form.columns, names) for form in known}
    return [
        Record(last.kind, key, writers[form](cells, salt), bytes(leaf_hash), position)
        for key, form, salt, leaf_hash, position, *cells in rows
    ]


def columns_sql(columns: Collection[str], table: str = "t") -> str:
    """The columns as text, in the order of their names."""
    return ", ".join(f'{table}."{name}"::text' for name in sorted(columns))


def key_sql(keys: Sequence[str], table: str = "t") -> str:
    """What names a row: as the trigger writes it into `trail_leaf.key`."""
    return " || ':' || ".join(f'{table}."{name}"::text' for name in keys)


def proof(record: Record, head: TrailHead, tree: Tree) -> dict[str, Any]:
    """That the head covers the record, as JSON that needs nothing else: the content, its place, the path, the head.

    Raises `LookupError` for a record that the head does not cover.
    """
    if record.position is None or record.position >= head.size:
        raise LookupError(record.key)
    path = merkle.inclusion(record.position, head.size, tree.node)
    return {
        "kind": record.kind, "key": record.key, "content": record.content, "leaf_hash": record.leaf_hash.hex(),
        "position": record.position, "path": [one.hex() for one in path],
    }  # fmt: skip


def head_facts(head: TrailHead) -> dict[str, Any]:
    """A head as JSON."""
    return {
        "size": head.size, "root": head.root.hex(), "note": note_of(head).text, "public_key": head.public_key.hex(),
        "key_id": head.key_id, "verifier_key": notes.verifier_key(head.origin, head.public_key),
    }  # fmt: skip
