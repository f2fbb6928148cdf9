"""A fingerprint of what a picture looks like, for finding pictures that look alike."""

from __future__ import annotations

import numpy as np
from PIL import Image


def dhash(picture: Image.Image) -> str:
    """64 bits as 16 hexadecimal digits: is each spot of an 8 × 8 grid darker than its right-hand neighbour?"""
    grid = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    return np.packbits(grid[:, 1:] > grid[:, :-1]).tobytes().hex()


def bits_apart(one: str, other: str) -> int:
    """In how many of the 64 bits two fingerprints differ. "Very like" is 8 or fewer, and never a proof by itself."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
