"""The process that covers parts of a picture: `python -m media.redact_child MEMORY_BYTES SECONDS`. One picture, then it
ends; sooner when that takes too long. It opens no file and no connection.
"""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw
from PIL.JpegImagePlugin import JpegImageFile

from media.answering import answer
from media.derive import SMALL
from media.redact import LONGEST, pixels

_QUALITY = 82
_COLOUR = (17, 17, 17)


def main() -> None:
    """Answer one question and end."""
    answer(lambda: None, lambda _, head, jpeg: covered(jpeg, head["boxes"]))


def covered(jpeg: bytes, boxes: list[list[float]]) -> tuple[dict[str, Any], list[bytes]]:
    """Width and height, then the picture and a small one of it."""
    whole = JpegImageFile(io.BytesIO(jpeg)).convert("RGB")
    whole.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    # After the resizing, which would mix what is under a box into its border.
    draw = ImageDraw.Draw(whole)
    for x, y, w, h in boxes:
        left, top, right, bottom = pixels((x, y, w, h), *whole.size)
        draw.rectangle((left, top, right - 1, bottom - 1), fill=_COLOUR)
    small = whole.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.BICUBIC)
    return {"width": whole.width, "height": whole.height}, [_jpeg(whole), _jpeg(small)]


def _jpeg(picture: Image.Image) -> bytes:
    """From pixels only: Pillow would copy a comment or profile that is still in `info`."""
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


if __name__ == "__main__":
    main()
