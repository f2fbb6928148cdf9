"""The zip that is handed over, piece by piece: however large it gets, one original's buffer is in memory at most."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from media.errors import NotStored
from media.store import Store
from webapp.custody import queries
from webapp.trail import queries as trail
from webapp.trail.models import TrailHead

FORMAT = "petabukti-custody/1"
_HERE = Path(__file__).parent
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Parcel:
    """Everything but the originals. `texts`: the small files by name, in the order they are written."""

    texts: dict[str, bytes]
    photos: list[dict[str, Any]]
    manifest_sha256: str
    made_at: datetime


def gather(session: Session, scope: queries.Scope, head: TrailHead, *, at: datetime) -> Parcel:
    """Read all that is handed over. What the head does not cover yet comes along and is named as waiting."""
    tree, lines, waiting = trail.Tree(session), [], []
    for record in queries.history(session, scope):
        if record.position is not None and record.position < head.size:
            lines.append(trail.proof(record, head, tree))
        else:
            waiting.append({"kind": record.kind, "key": record.key, "content": record.content})
    photos = queries.photos(session, scope)
    texts = {
        "README.txt": (_HERE / "README.txt").read_bytes(),
        "verify.py": (_HERE / "verify.py").read_bytes(),
        "head.txt": trail.note_of(head).text.encode(),
        "public-key.txt": f"{head.public_key.hex()}\n".encode(),
        "history.jsonl": "".join(f"{_json(one)}\n" for one in lines).encode(),
    }
    files = {name: _sha256(data) for name, data in texts.items()}
    files |= {photo["file"]: photo["sha256"] for photo in photos}
    manifest = {
        "format": FORMAT, "made_at": at.isoformat(), "scope": {"kind": scope.kind, "id": scope.number},
        "head": trail.head_facts(head), "cases": queries.cases(session, scope), "photos": photos, "waiting": waiting,
        "files": files,
    }  # fmt: skip
    texts["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    sums = {**files, "manifest.json": _sha256(texts["manifest.json"])}
    texts["SHA256SUMS"] = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode()
    return Parcel(texts, photos, sums["manifest.json"], at)


def zipped(parcel: Parcel, store: Store, progress: Callable[[int], None] = lambda _: None) -> Iterator[bytes]:
    """The zip as it grows. An original that the store has lost is left out: the verifier names it.

    Raises `StoreUnavailable`.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[call-overload]  # it only writes
        for name, data in parcel.texts.items():
            archive.writestr(_entry(parcel, name, zipfile.ZIP_DEFLATED), data)
            yield from pipe.taken()
        for done, photo in enumerate(parcel.photos, start=1):
            yield from _original(archive, pipe, parcel, photo, store)
            progress(done)
    yield from pipe.taken()


def _original(
    archive: zipfile.ZipFile, pipe: _Pipe, parcel: Parcel, photo: dict[str, Any], store: Store
) -> Iterator[bytes]:
    try:
        with store.opened(photo["sha256"], "original") as data:
            with archive.open(_entry(parcel, photo["file"], zipfile.ZIP_STORED), "w") as entry:
                for start in range(0, len(data), _PIECE):
                    entry.write(data[start : start + _PIECE])
                    yield from pipe.taken()
            yield from pipe.taken()
    except NotStored:
        return


def _entry(parcel: Parcel, name: str, compression: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, parcel.made_at.timetuple()[:6])
    info.compress_type, info.external_attr = compression, 0o644 << 16
    return info


class _Pipe:
    """What `zipfile` writes into, taken out as it comes. It can neither seek nor tell, so nothing is held back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
