"""Finding what was altered: separate code, which shares nothing with what numbers leaves and signs heads.

Everything is read in one transaction that changes nothing: each covered row beside its leaf, its content made anew in
plain Python; then all leaves in their order, hashed up to the root, held against every signed head and every checkpoint
that was kept outside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from webapp.trail import canonical, notes

_ROWS = 2000  # read at once


class What(StrEnum):
    """What is wrong with a record."""

    CONTENT = "content"  # the row is not what its leaf says
    MISSING = "missing"  # a leaf whose row is gone, or a place whose leaf is
    EXTRA = "extra"  # a row without a leaf, or a second leaf of a row that may not change
    REORDERED = "reordered"  # the same leaves in another order
    REWRITTEN = "rewritten"  # rows and leaves agree, and do not agree with what was signed
    SHORTER = "shorter"  # fewer leaves than were signed: the end was cut off, or an older backup restored
    STATE = "state"  # a case that stands where no move led it
    HEAD = "head"  # a head that our key did not sign, or that differs from its checkpoint
    TILE = "tile"  # a stored inner hash is wrong
    FORM = "form"  # a table's new rows are not covered whole


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where in the tree (None: not in it), which record, and a detail for whoever looks."""

    what: What
    table: str
    key: str
    position: int | None = None
    detail: str = ""

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """By which findings are told in turn."""
        return self.what is What.TILE, self.position is None, self.position or 0


@dataclass
class Verdict:
    """What a check came to. `waiting`: leaves not numbered yet; `unsigned`: numbered since the last head."""

    findings: list[Finding] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    size: int = 0
    waiting: int = 0
    root: bytes = b""
    heads: int = 0
    checkpoints: int = 0
    signed: int = 0  # leaves that heads cover

    @property
    def first(self) -> Finding | None:
        """The first altered record: by its place in the tree; what has no place, and what only follows, comes last."""
        return min(self.findings, key=lambda one: one.rank, default=None)


@dataclass(frozen=True)
class Kept:
    """A checkpoint that was kept outside, and where."""

    name: str
    text: str


Progress = Callable[[str, int], None]


def verify(
    connection: Connection, keys: Iterable[bytes], kept: Iterable[Kept] = (), progress: Progress = lambda *_: None
) -> Verdict:
    """Check everything. `keys`: the public keys that are trusted. Begin the transaction just before."""
    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    for setting in ("datestyle = 'ISO, YMD'", "timezone = 'UTC'", "extra_float_digits = 1", "jit = off"):
        connection.execute(text(f"SET LOCAL {setting}"))
    connection.execute(text("SET LOCAL intervalstyle = 'postgres'"))
    return _Check(connection, frozenset(keys), progress).all(list(kept))


@dataclass(frozen=True)
class _Form:
    number: int
    keys: list[str]
    columns: dict[str, str]
    condition: str | None
    changes: bool


# How the forms themselves become leaves. Were it read from the database, who alters forms could alter this one too.
_OF_FORMS = _Form(
    1, ["kind", "form"],
    {
        "changes": "text", "columns": "document", "condition": "text", "expression": "text", "form": "text",
        "keys": "text", "kind": "text",
    },
    None, changes=False,
)  # fmt: skip


class _Check:
    def __init__(self, connection: Connection, keys: frozenset[bytes], progress: Progress) -> None:
        self._connection, self._keys, self._progress = connection, keys, progress
        self._made = Verdict()

    def all(self, kept: Sequence[Kept]) -> Verdict:
        self._rows("trail_form", {1: _OF_FORMS})
        wrong = {one.key.rpartition(":")[0] for one in self._made.findings}
        for kind, forms in self._forms().items():
            if kind != "trail_form" and kind not in wrong:  # how to read a table is only believed where it is covered
                self._rows(kind, forms)
        self._unknown_kinds()
        self._states()
        marks = [*self._heads(), *self._checkpoints(kept)]
        self._tree(marks)
        return self._made

    def _find(self, what: What, table: str, key: object, position: int | None = None, detail: str = "") -> None:
        self._made.findings.append(Finding(what, table, str(key), position, detail))

    def _ask(self, statement: str, **values: Any) -> Iterator[Any]:
        """Rows as they come, held nowhere whole."""
        with self._connection.execution_options(yield_per=_ROWS).execute(text(statement), values) as running:
            yield from running

    # --- rows beside their leaves -----------------------------------------------------------------------------------

    def _forms(self) -> dict[str, dict[int, _Form]]:
        found: dict[str, dict[int, _Form]] = {}
        wanted = "SELECT kind, form, keys, columns, condition, changes FROM trail_form ORDER BY kind, form"
        for kind, number, *facts in self._ask(wanted):
            found.setdefault(kind, {})[number] = _Form(number, *facts)
        return found

    def _rows(self, kind: str, forms: Mapping[int, _Form]) -> None:
        """Every row of a table beside its leaf, the last one where rows may change."""
        newest = forms[max(forms)]
        there = {name for (name,) in self._ask(_COLUMNS, kind=kind)}
        lacking = there - newest.columns.keys()
        if lacking:
            self._find(What.FORM, kind, ", ".join(sorted(lacking)), detail="columns of no form: wall.cover")
        if not there:
            self._find(What.MISSING, kind, "*", detail="the table is gone")
            return
        if newest.changes:
            self._versions(kind)
        names = sorted({name for form in forms.values() for name in form.columns} & there)
        writers = {number: canonical.writer(kind, number, form.columns, names) for number, form in forms.items()}
        count = 0
        for leaf_key, row_key, position, number, salt, leaf_hash, copies, *cells in self._ask(
            _beside(kind, newest, names), kind=kind
        ):
            count += 1
            if row_key is None:
                self._find(What.MISSING, kind, leaf_key, position)
            elif leaf_key is None:
                self._find(What.EXTRA, kind, row_key, detail="row without leaf")
            else:
                if copies > 1 and not newest.changes:
                    self._find(What.EXTRA, kind, row_key, position, f"{copies} leaves of one row")
                content = writers[number](cells, salt) if number in writers else ""
                if _leaf(content) != leaf_hash:
                    self._find(What.CONTENT, kind, row_key, position)
            if count % 10_000 == 0:
                self._progress(kind, count)
        self._made.rows[kind] = count

    def _versions(self, kind: str) -> None:
        """Earlier versions are kept as they were."""
        wanted = "SELECT key, position, content, leaf_hash FROM trail_leaf WHERE kind = :kind"
        for key, position, said, leaf_hash in self._ask(wanted, kind=kind):
            if said is None or _leaf(said) != bytes(leaf_hash):
                self._find(What.CONTENT, kind, key, position, "a kept version")

    def _unknown_kinds(self) -> None:
        wanted = "SELECT kind, key, position FROM trail_leaf WHERE kind NOT IN (SELECT kind FROM trail_form)"
        for kind, key, position in self._ask(wanted):
            self._find(What.EXTRA, kind, key, position, "a leaf of no covered table")

    def _states(self) -> None:
        """The state of a case is where its last move led: the history is covered, the state is not."""
        for key, state, became in self._ask(_STATES):
            self._find(What.STATE, "evidence", key, detail=f"{state}, last move: {became}")

    # --- what was signed ----------------------------------------------------------------------------------------------

    def _heads(self) -> Iterator[_Mark]:
        before: Any = None
        for size, root, at, origin, signature, public in self._ask(_HEADS):
            self._made.heads += 1
            note = notes.Note(origin, size, bytes(root), at, notes.key_hash(origin, bytes(public)), bytes(signature))
            if bytes(public) not in self._keys:
                self._find(What.HEAD, "trail_head", size, size, f"signed by another key: {notes.key_id(bytes(public))}")
            elif not note.is_signed_by(bytes(public)):
                self._find(What.HEAD, "trail_head", size, size, "the signature is wrong")
            elif before is not None and (at < before.at or origin != before.origin):
                self._find(What.HEAD, "trail_head", size, size, "older than the head before it, or of another log")
            else:
                self._made.signed = max(self._made.signed, size)
                before = note
                yield _Mark(size, bytes(root), at, f"trail_head {size}")

    def _checkpoints(self, kept: Sequence[Kept]) -> Iterator[_Mark]:
        origins = {origin for (origin,) in self._ask("SELECT DISTINCT origin FROM trail_head")}
        for one in kept:
            try:
                note = notes.parse(one.text)
            except notes.BadNote:
                self._find(What.HEAD, "checkpoint", one.name, detail="not a checkpoint")
                continue
            if not any(note.is_signed_by(key) for key in self._keys):
                self._find(What.HEAD, "checkpoint", one.name, detail="signed by another key, or altered")
            elif origins and note.origin not in origins:
                self._find(What.HEAD, "checkpoint", one.name, detail=f"of another log: {note.origin}")
            else:
                self._made.checkpoints += 1
                self._made.signed = max(self._made.signed, note.size)
                yield _Mark(note.size, note.root, note.at, one.name)

    # --- the tree -----------------------------------------------------------------------------------------------------

    def _tree(self, marks: Sequence[_Mark]) -> None:
        wanted = {mark.size for mark in marks}
        roots: dict[int, bytes] = {}
        tower, tiles = (
            _Tower(),
            _Tiles(self._ask("SELECT height, number, hash FROM trail_tile ORDER BY number, height")),
        )
        expected, gaps = 0, False
        for position, kind, key, leaf_hash in self._ask(_LEAVES):
            if position != expected:
                self._find(
                    What.MISSING, "trail_leaf", expected, expected, f"no leaf; the next is {kind} {key} at {position}"
                )
                expected, gaps = position, True
            for height, number, complete in tower.add(bytes(leaf_hash)):
                if height % 8 == 0:
                    tiles.made[height, number] = complete
            expected += 1
            if tower.size in wanted:
                roots[tower.size] = tower.root()
            if tower.size % 10_000 == 0:
                self._progress("trail_leaf", tower.size)
        made = self._made
        made.size, made.root = tower.size, tower.root()
        made.waiting = sum(1 for _ in self._ask("SELECT id FROM trail_leaf WHERE position IS NULL"))
        wrong = tiles.wrong()
        for height, number in wrong:
            self._find(What.TILE, "trail_tile", f"{height}:{number}", number << height)
        if gaps:  # then nothing behind the first can fit
            return
        self._compare(sorted(marks, key=lambda mark: mark.size), roots, [one for one in wrong if one[0] == 8])

    def _compare(self, marks: Sequence[_Mark], roots: Mapping[int, bytes], wrong: Sequence[tuple[int, int]]) -> None:
        """Hold every mark against today's leaves. Of what fits nothing, the first is looked into."""
        fitting: list[_Mark] = []
        for mark in marks:
            # A head of a later date may have been signed over what was altered by then.
            sound = max((one.size for one in fitting if one.at <= mark.at and one.size < mark.size), default=0)
            if mark.size > self._made.size:
                detail = (
                    f"{mark.name} covers {mark.size} leaves, {self._made.size} are here; the first {sound} are sound"
                )
                self._find(What.SHORTER, "trail_leaf", self._made.size, self._made.size, detail)
                self._rewritten(sound, mark, wrong, by_tile=True)
                return
            if roots[mark.size] != mark.root:
                self._altered(sound, mark, wrong)
                return
            fitting.append(mark)

    def _altered(self, first: int, mark: _Mark, wrong: Sequence[tuple[int, int]]) -> None:
        """Something changed among the leaves from `first` on, up to the mark. Sorted as they were made, do they fit?"""
        leaves = list(self._ask(_PART, first=first, end=mark.size))
        by_number = sorted(leaves, key=lambda leaf: leaf.id)
        moved = next(
            (at for at, (one, other) in enumerate(zip(leaves, by_number, strict=True)) if one is not other), None
        )
        if moved is not None and self._root_with(first, by_number) == mark.root:
            kind, key = leaves[moved].kind, leaves[moved].key
            self._find(What.REORDERED, kind, key, first + moved, f"not where {mark.name} has it")
            return
        self._rewritten(first, mark, wrong)

    def _rewritten(self, first: int, mark: _Mark, wrong: Sequence[tuple[int, int]], *, by_tile: bool = False) -> None:
        """Name the first record of the narrowest part that cannot be vouched for: a tile's, if one is wrong."""
        end = min(mark.size, self._made.size)
        tiles = (max(first, number << height) for height, number in wrong if (number + 1) << height > first)
        start = min((one for one in tiles if one < end), default=None)
        if start is None and by_tile:
            return
        for leaf in self._ask(_PART, first=start or first, end=(start or first) + 1):
            detail = f"here or behind, before {end}; against {mark.name}"
            self._find(What.REWRITTEN, leaf.kind, leaf.key, start or first, detail)

    def _root_with(self, first: int, leaves: Sequence[Any]) -> bytes:
        tower = _Tower()
        for (leaf_hash,) in self._ask(_BEFORE, first=first):
            tower.add(bytes(leaf_hash))
        for leaf in leaves:
            tower.add(bytes(leaf.leaf_hash))
        return tower.root()


@dataclass(frozen=True)
class _Mark:
    """A size and a root somebody signed, and where that stands."""

    size: int
    root: bytes
    at: datetime
    name: str


class _Tower:
    """The complete subtrees over the leaves so far, the highest first."""

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[bytes] = []

    def add(self, leaf_hash: bytes) -> list[tuple[int, int, bytes]]:
        """One leaf more. Answers the subtrees that became complete: height, number, hash."""
        made, height, number, complete = leaf_hash, 0, self.size, []
        while number & 1:
            made = hashlib.sha256(b"\x01" + self._hashes.pop() + made).digest()
            height, number = height + 1, number >> 1
            complete.append((height, number, made))
        self._hashes.append(made)
        self.size += 1
        return complete

    def root(self) -> bytes:
        """RFC 6962's tree hash."""
        if not self._hashes:
            return hashlib.sha256(b"").digest()
        made = self._hashes[-1]
        for left in self._hashes[-2::-1]:
            made = hashlib.sha256(b"\x01" + left + made).digest()
        return made


class _Tiles:
    """The stored inner hashes beside those made anew."""

    def __init__(self, stored: Iterable[Any]) -> None:
        self._stored = {(height, number): bytes(made) for height, number, made in stored}
        self.made: dict[tuple[int, int], bytes] = {}

    def wrong(self) -> list[tuple[int, int]]:
        """Those that differ, are missing or too many, the lowest and first ones first."""
        both = self._stored.keys() | self.made.keys()
        return sorted(one for one in both if self._stored.get(one) != self.made.get(one))


def _leaf(content: str) -> bytes:
    return hashlib.sha256(b"\x00" + content.encode()).digest()


def _beside(kind: str, form: _Form, names: Sequence[str]) -> str:
    """A table beside its leaves, both ways, in the order of the leaves."""
    key = " || ':' || ".join(f'"{name}"::text' for name in form.keys)
    cells = ", ".join(f't."{name}"::text' for name in names)
    return f"""
        SELECT leaf.key, t.trail_key, leaf.position, leaf.form, leaf.salt, leaf.leaf_hash, leaf.copies, {cells}
        FROM (
            SELECT DISTINCT ON (key) key, position, form, salt, leaf_hash, id, count(*) OVER each AS copies
            FROM trail_leaf WHERE kind = :kind WINDOW each AS (PARTITION BY key) ORDER BY key, id DESC
        ) AS leaf FULL JOIN (
            SELECT *, {key} AS trail_key FROM "{kind}" WHERE {form.condition or "true"}
        ) AS t ON t.trail_key = leaf.key
    """  # noqa: S608 # nosec B608 # names of our own tables and columns


_COLUMNS = """
    SELECT attname::text FROM pg_attribute
    WHERE attrelid = to_regclass(format('public.%I', CAST(:kind AS text))) AND attnum > 0 AND NOT attisdropped
"""
_STATES = """
    SELECT evidence.id, state, last.became FROM evidence LEFT JOIN (
        SELECT DISTINCT ON (evidence_id) evidence_id, became FROM evidence_move ORDER BY evidence_id, id DESC
    ) AS last ON last.evidence_id = evidence.id WHERE last.became IS DISTINCT FROM state ORDER BY evidence.id
"""
_HEADS = "SELECT size, root, at, origin, signature, public_key FROM trail_head ORDER BY size"
_LEAVES = "SELECT position, kind, key, leaf_hash FROM trail_leaf WHERE position IS NOT NULL ORDER BY position"
_PART = """
    SELECT id, kind, key, leaf_hash FROM trail_leaf WHERE position >= :first AND position < :end ORDER BY position
"""
_BEFORE = "SELECT leaf_hash FROM trail_leaf WHERE position < :first ORDER BY position"
