"""QR codes as one SVG path: the page draws it itself, without inline style and without marking text as safe."""

from dataclasses import dataclass
from itertools import groupby

import segno

_QUIET = 4  # modules of white around the code, as ISO/IEC 18004 asks


@dataclass(frozen=True)
class QrCode:
    """`path` for `<path d="…">` in a square of `size` units, the white border included."""

    size: int
    path: str


def drawn(text: str) -> QrCode:
    """The QR code of a text, error correction M."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    parts = [part for y, row in enumerate(rows, start=_QUIET) for part in _runs(row, y)]
    return QrCode(len(rows) + 2 * _QUIET, "".join(parts))


def _runs(row: bytes, y: int) -> list[str]:
    """The dark runs of one row, as rectangles one unit high."""
    parts, x = [], _QUIET
    for dark, run in groupby(row):
        length = len(list(run))
        if dark:
            parts.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return parts
