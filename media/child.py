"""The process that decodes: `python -m media.child MEMORY_BYTES SECONDS NICENESS`.

The only place of the running product where Pillow, libheif and colour profiles meet a stranger's bytes. It can take
no more memory than it is given, open no file and no connection, write no file and leave no core; it ends with its
parent, and at the latest when a picture has taken too long.
"""

from __future__ import annotations

import io
import mmap
import os
import signal
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from PIL import Image
from pillow_heif import from_pillow

from media.confining import confine, end_with_parent, private_stdout
from media.derive import derive
from media.errors import ImageDamaged, ImageTooHeavy, Refused
from media.frames import receive, send
from media.pictures import SIZES


def main() -> None:
    """Say that we are ready, then answer one picture after another until the parent closes the pipe."""
    memory, seconds, niceness = (int(word) for word in sys.argv[1:4])
    questions, answers = sys.stdin.buffer, private_stdout()
    end_with_parent()
    os.nice(niceness)
    _warm_up()
    confine(memory, files=answers.fileno() + 1)
    send(answers, {"ready": True})
    try:
        while True:
            head, parts = receive(questions)
            signal.setitimer(signal.ITIMER_REAL, seconds)  # only for a parent that died: it is the one who watches
            _answer(answers, head, parts)
            signal.setitimer(signal.ITIMER_REAL, 0)
    except (EOFError, OSError):
        return


def _warm_up() -> None:
    """Have every decoder read what it needs from the disk, while it still can."""
    Image.init()
    square = Image.new("RGB", (16, 16), "teal")
    out = io.BytesIO()
    from_pillow(square).save(out, quality=50)
    derive(out.getvalue(), "image/heic", 1, 1_000)
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        out = io.BytesIO()
        square.save(out, kind)
        derive(out.getvalue(), f"image/{kind.lower()}", 1, 1_000)


def _answer(answers: BinaryIO, head: dict[str, Any], parts: list[bytes]) -> None:
    """`parts`: the picture, and the preview inside its EXIF where it has one."""
    pixels = head.pop("pixels")
    plain, preview = parts[0], parts[1] if len(parts) > 1 else None
    try:
        pictures = derive(plain, **head, preview=preview)
    except ImageDamaged as why:
        # Decoders say "broken" too when they get no memory: was there room for one plain copy of the picture?
        refused: Refused = why if _has_room(4 * pixels) else ImageTooHeavy()
        send(answers, {"refused": refused.code, "detail": refused.detail})
    except Refused as why:
        send(answers, {"refused": why.code, "detail": why.detail})
    except MemoryError:
        send(answers, {"refused": ImageTooHeavy.code, "detail": {}})
    else:
        said = {
            "width": pictures.width, "height": pictures.height, "dhash": pictures.dhash, "flags": pictures.flags,
            "looks": asdict(pictures.looks),
        }  # fmt: skip
        send(answers, said, *(pictures.files[name] for name in SIZES))


def _has_room(size: int) -> bool:
    try:
        mmap.mmap(-1, max(size, 1)).close()  # only reserved, never touched
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
