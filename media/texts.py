"""What is written on a picture and where: for finding numbers that name somebody, and kept nowhere.

RapidOCR with the weights (PP-OCR, Apache-2.0) that lie in its wheel; where it is not installed, nothing is read, and
that is said.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from media.asking import ask
from media.errors import ImageDamaged

log = logging.getLogger(__name__)
_MEMORY, _SECONDS = 2_000_000_000, 60
_MOST = 400
_NEEDED = ("cv2", "onnxruntime", "omegaconf", "pyclipper", "shapely")
_WEIGHTS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of writing: words, and the upright box around it in fractions of the picture from its upper left corner.

    `score`: how sure it was read, 0 to 1.
    """

    words: str
    x: float
    y: float
    w: float
    h: float
    score: float


def weights() -> dict[str, Path] | None:
    """The files of weights, for finding lines and for reading them; None where the wheel does not bring them.

    Named one by one: what is not there would else be fetched.
    """
    found = find_spec("rapidocr")
    if found is None or found.origin is None:
        return None
    files = {part: Path(found.origin).with_name("models") / name for part, name in _WEIGHTS.items()}
    return files if all(path.is_file() for path in files.values()) else None


def is_installed() -> bool:
    """Whether anything can be read at all."""
    return weights() is not None and all(find_spec(name) is not None for name in _NEEDED)


def read(jpeg: bytes) -> list[Line]:
    """Lines of one of our own JPEGs. Raises `ImageDamaged` when it could not be looked at."""
    said, _ = ask("media.texts_child", jpeg, head={}, memory=_MEMORY, seconds=_SECONDS, failing="look_failed")
    if "lines" not in said:
        log.warning("a picture could not be read: %s", str(said.get("failed"))[:80])
        raise ImageDamaged(why="look_failed")
    return [Line(str(words)[:200], *(float(number) for number in box)) for words, *box in said["lines"][:_MOST]]
