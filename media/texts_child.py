"""The process that reads what is written: `python -m media.texts_child MEMORY_BYTES SECONDS`. One picture, then it
ends; sooner when that takes too long. It opens no file and no connection once it has read its weights.
"""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from rapidocr import RapidOCR

from media.answering import answer
from media.texts import weights

LONGEST = 1600  # as the public picture: what cannot be read there needs no box
_MOST_WORDS = 90_000  # characters of one answer; see `media.frames`


def main() -> None:
    """Answer one question and end."""
    # Nobody waits for it.
    answer(_reader, lambda reader, _, jpeg: ({"lines": lines(reader, jpeg)}, []), niceness=10)


def _reader() -> Any:
    cv2.setNumThreads(1)
    files = weights()
    if files is None:
        raise SystemExit("no weights")
    reader = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # it would turn only what stands on its head
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            **{f"{part}.model_path": str(path) for part, path in files.items()},
        }
    )
    _warm_up(reader)
    return reader


def _warm_up(reader: Any) -> None:
    """Have it read all its weights from the disk, while it still can: those for words only where there are some."""
    page = np.full((320, 320, 3), 255, np.uint8)
    cv2.putText(page, "1234", (60, 180), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
    if not reader(page).txts:
        raise SystemExit("reads nothing")


def lines(reader: Any, jpeg: bytes) -> list[list[Any]]:
    """Words, then x, y, width, height in fractions of the picture and a score, of every line that can be read."""
    whole = JpegImageFile(io.BytesIO(jpeg)).convert("RGB")
    whole.thumbnail((LONGEST, LONGEST), Image.Resampling.BILINEAR)
    found = reader(np.ascontiguousarray(np.asarray(whole)[:, :, ::-1]))
    if found.boxes is None:
        return []
    told, room = [], _MOST_WORDS
    for corners, words, score in zip(found.boxes, found.txts, found.scores, strict=True):
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        box = left / whole.width, top / whole.height, (right - left) / whole.width, (bottom - top) / whole.height
        line = [words, *(round(float(number), 5) for number in (*box, score))]
        room -= 2 * len(words) * 6 + 80  # as JSON writes what is not ASCII
        if room > 0:
            told.append(line)
    return told


if __name__ == "__main__":
    main()
