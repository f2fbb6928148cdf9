"""How large a photo may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Checked before any decoder is given the bytes."""

    max_bytes: int = 25_000_000
    max_pixels: int = 120_000_000
    min_side: int = 200
    """Pixels of the shorter side."""

    def pixels_for(self, mime: str) -> int:
        """The most pixels of this type: decoders of WebP and AVIF hold so many copies that they get half.

        So a hostile picture needs less than 1 GB: 4.8 bytes a pixel for PNG, 7 for HEIC, 9 for AVIF, 15 for WebP.
        """
        return self.max_pixels // 2 if mime in ("image/webp", "image/avif") else self.max_pixels
