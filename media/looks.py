"""What a decoded picture tells: its print, and whether the preview in its EXIF shows the same. Runs in the child."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from media import pdq
from media.pictures import Preview, Print

Grey = npt.NDArray[np.uint8]
_CENTRES = {"centre_97": 0.975, "centre_95": 0.95, "centre_92": 0.925, "centre_90": 0.9, "centre_85": 0.85,
            "centre_80": 0.8}  # fmt: skip
_BAR = 0.15
_ASPECTS_AGREE = 0.03
_DARK = 24
_SAME_PREVIEW = 40
"""A preview of few pixels, another sharpening and tone stay well below; another picture is far above (110 and more)."""
_TURNS = (None, "left", "half", "right")


def print_of(small: Image.Image) -> Print:
    """The print of an upright picture, from its small version."""
    grey = _grey(small)
    whole = pdq.look(grey)
    parts = {name: pdq.look(_middle(grey, share)) for name, share in _CENTRES.items()}
    bar = round(grey.shape[0] * _BAR)
    parts["upper"], parts["lower"] = pdq.look(grey[: grey.shape[0] - bar]), pdq.look(grey[bar:])
    told = {name: part.hash for name, part in parts.items() if part.quality >= pdq.PLAIN}
    return Print(whole.quality, {"whole": whole.hash, **pdq.lying(whole.waves), **told})


def _grey(picture: Image.Image) -> Grey:
    return np.asarray(picture.convert("L"))


def _middle(grey: Grey, share: float) -> Grey:
    height, width = grey.shape
    down, across = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
    return grey[down : height - down, across : width - across]


def compare_preview(small: Image.Image, preview: bytes) -> tuple[Preview, int | None]:
    """Hold the preview's bytes (a JPEG) beside the upright picture, whichever way up the preview lies.

    Raises what decoders raise on bytes they cannot make a picture of.
    """
    image = JpegImageFile(io.BytesIO(preview))
    image.load()
    theirs, ours = _grey(image), pdq.look(_grey(small))
    distances = []
    for turn in _TURNS:
        wide, high = small.size if turn in (None, "half") else small.size[::-1]
        fitting = _without_bars(theirs, wide / high)
        seen = pdq.look(fitting) if fitting is not None else None
        if seen is not None and min(seen.quality, ours.quality) >= pdq.PLAIN:
            lies = seen.hash if turn is None else pdq.lying(seen.waves)[turn]
            distances.append(pdq.bits_apart(ours.hash, lies))
    if not distances:
        return "unreadable", None
    return ("same" if min(distances) <= _SAME_PREVIEW else "differs"), min(distances)


def _without_bars(grey: Grey, aspect: float) -> Grey | None:
    """The preview without the black bars that fill it up to a fixed shape; None when it has another shape."""
    height, width = grey.shape
    if abs(width / height / aspect - 1) <= _ASPECTS_AGREE:
        return grey
    inner_height, inner_width = min(height, round(width / aspect)), min(width, round(height * aspect))
    top, left = (height - inner_height) // 2, (width - inner_width) // 2
    bars = (grey[:top], grey[top + inner_height :], grey[:, :left], grey[:, left + inner_width :])
    if min(inner_height, inner_width) < 5 or any(bar.size and float(bar.mean()) > _DARK for bar in bars):
        return None
    return grey[top : top + inner_height, left : left + inner_width]
