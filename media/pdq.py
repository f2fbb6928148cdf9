"""PDQ, a perceptual hash of 256 bits: the same picture re-encoded or resized differs in few of them.

The algorithm is Meta's, as published in "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm"
(2019) and its reference implementation (github.com/facebook/ThreatExchange, pdq/cpp): grey values, a tent filter (a
box filter twice) down to 64 × 64, the 16 × 16 lowest frequencies of its cosine transform without the constant one, and
for each whether it lies above their median. Filter and decimation are linear and separable, so that here each is one
matrix, and a hash costs four products of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Grid = npt.NDArray[np.float32]
_SIDE, _FREQUENCIES = 64, 16
BITS = _FREQUENCIES * _FREQUENCIES
PLAIN = 50
"""Below this quality a hash says nothing: the publication advises to drop those of 49 and less."""

_WAVES = np.cos(np.pi / 2 / _SIDE * np.outer(np.arange(1, _FREQUENCIES + 1), 2 * np.arange(_SIDE) + 1))
_TRANSFORM = (np.sqrt(2 / _SIDE) * _WAVES).astype(np.float32)
_ODD = np.where(np.arange(_FREQUENCIES) % 2 == 0, -1, 1).astype(np.float32)
"""What mirroring does to a row of frequencies: every other one (1, 3, 5 … waves) changes its sign."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The lowest frequencies of a picture (rows downwards), and how much there is to see in it, 0 to 100."""

    waves: Grid
    quality: int

    @property
    def hash(self) -> str:
        """256 bits as 64 hexadecimal digits, the highest frequency first, as the reference writes them."""
        return _hashed(self.waves)


def look(grey: npt.NDArray[np.uint8] | Grid) -> Seen:
    """Of grey values from 0 to 255, at least 5 × 5 of them."""
    height, width = grey.shape
    if min(height, width) < 5:
        return Seen(np.zeros((_FREQUENCIES, _FREQUENCIES), np.float32), 0)
    small = _taps(height) @ grey.astype(np.float32) @ _taps(width).T
    return Seen(_TRANSFORM @ small @ _TRANSFORM.T, _quality(small))


@lru_cache(maxsize=128)
def _taps(length: int) -> Grid:
    """64 rows: how much each of `length` pixels adds to a pixel of the small picture."""
    if length == _SIDE:
        return np.eye(_SIDE, dtype=np.float32)
    window = -(-length // (2 * _SIDE))
    place = np.arange(length)
    right = (window + 2) // 2
    away = place[None, :] - place[:, None]
    box: npt.NDArray[np.float64] = ((away >= right - window) & (away < right)).astype(np.float64)
    box /= box.sum(axis=1, keepdims=True)
    centres = ((np.arange(_SIDE) + 0.5) * length / _SIDE).astype(int)
    taps: Grid = (box[centres] @ box).astype(np.float32)
    return taps


def _quality(small: Grid) -> int:
    """Steps between neighbours, in whole per cents of the range: noise counts nothing."""
    down, across = np.diff(small, axis=0), np.diff(small, axis=1)
    steps = sum(int(np.abs(np.trunc(step * 100 / 255)).sum()) for step in (down, across))
    return min(100, steps // 90)


def _hashed(waves: Grid) -> str:
    flat = waves.ravel()
    median = np.partition(flat, BITS // 2 - 1)[BITS // 2 - 1]
    return np.packbits(flat[::-1] > median).tobytes().hex()


def turned(waves: Grid) -> dict[str, Grid]:
    """The frequencies of the seven other ways the same picture can lie, worked out without it.

    `left_right` and `top_bottom`: mirrored; `half`: turned by 180°; `left`, `right`: by 90°; and the two mirrored
    ones of those, `transposed` and `transversed`.
    """
    across, down = _ODD[None, :], _ODD[:, None]
    upright = waves.T
    return {
        "left_right": waves * across,
        "top_bottom": waves * down,
        "half": waves * across * down,
        "left": upright * down,
        "right": upright * across,
        "transposed": upright,
        "transversed": upright * across * down,
    }


def lying(waves: Grid) -> dict[str, str]:
    """The hashes of those seven."""
    return {way: _hashed(there) for way, there in turned(waves).items()}


def bands(one: str) -> list[int]:
    """A hash as 16 numbers of 16 bits: bit i is in band i mod 16. Two hashes that differ in at most 15 bits have a band
    in common, for there are more bands than differences.
    """
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(one), np.uint8))[::-1].reshape(16, 16)
    return [int(band) for band in (1 << np.arange(16)) @ bits.astype(np.int64)]


def bits_apart(one: str, other: str) -> int:
    """In how many of the 256 bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
