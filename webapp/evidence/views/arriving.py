"""Files as a form or a script sends them: each with its upload's number, and the fix that belongs to it."""

import mmap
import os
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import request
from werkzeug.datastructures import FileStorage

from geo.values import LonLat
from media.buffers import Buffer, sha256_of
from webapp.evidence.services import Incoming
from webapp.forms import FieldRefused, to_decimal, to_instant

_UPLOADS = uuid.UUID("5b0d8f6e-6d0c-4f0f-9b55-6f3a1c7f8f10")  # namespace of numbers made from content
_EARLIEST, _LATEST = 1990, 9998  # years of a fix; further out a change of zone would fall off the calendar
_COARSEST_FIX_M = 1_000_000.0
_IN_MEMORY = 1024 * 500  # the parser writes what is larger to a file


def incoming(evidence_id: int, files: Sequence[FileStorage]) -> Iterator[Incoming]:
    """The files of this request, each to look into; a large one is mapped and never read into memory.

    Parallel fields `upload_id`, `fix_lon`, `fix_lat`, `fix_accuracy`, `fix_time` belong to the files in their order. A
    fix that is incomplete or impossible is none: a missing position is a state, never a reason to lose a photo.
    """
    for number, file in enumerate(files):
        fix = LonLat.maybe(_number("fix_lon", number), _number("fix_lat", number))
        accuracy = _number("fix_accuracy", number)
        usable = fix is not None and accuracy is not None and 0 <= accuracy <= _COARSEST_FIX_M
        data = _opened(file)
        yield Incoming(
            upload_id=_upload_id(evidence_id, number, data),
            name=file.filename or "",
            data=data,
            claimed_type=file.mimetype or "",
            fix=fix if usable else None,
            fix_accuracy_m=accuracy if usable else None,
            fix_at=_instant("fix_time", number) if usable else None,
        )


def _opened(file: FileStorage) -> Buffer:
    """What the form's parser has put aside: a small file is in memory anyway, a large one is on disk and is mapped."""
    size = file.stream.seek(0, os.SEEK_END)
    file.stream.seek(0)
    if size <= _IN_MEMORY:
        return file.stream.read()
    file.stream.flush()
    return mmap.mmap(file.stream.fileno(), size, access=mmap.ACCESS_READ)


def _upload_id(evidence_id: int, number: int, data: Buffer) -> uuid.UUID:
    """The client's number of this upload; without a script, one made of the case and the content."""
    try:
        return uuid.UUID(_text("upload_id", number))
    except ValueError:
        return uuid.uuid5(_UPLOADS, f"{evidence_id}:{sha256_of(data)}")


def _text(name: str, number: int) -> str:
    sent = request.form.getlist(name)
    return sent[number].strip() if number < len(sent) else ""


def _number(name: str, number: int) -> float | None:
    try:
        return float(to_decimal(_text(name, number)))
    except FieldRefused:
        return None


def _instant(name: str, number: int) -> datetime | None:
    return to_instant(_text(name, number))
