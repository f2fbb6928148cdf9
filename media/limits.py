"""How large a photo may be."""

from __future__ import annotations

from dataclasses import dataclass

_SHARES = {"image/heic": 2 / 3, "image/heif": 2 / 3, "image/avif": 1 / 3, "image/webp": 1 / 3}


@dataclass(frozen=True, slots=True)
class Limits:
    """Checked before any decoder is given the bytes."""

    max_bytes: int = 25_000_000
    max_pixels: int = 120_000_000
    min_side: int = 200
    """Pixels of the shorter side."""

    def pixels_for(self, mime: str) -> int:
        """The most pixels of this type: decoders of newer types hold so many copies that they get fewer.

        Measured in `media.child`, whose 1 GB hold Python too (0.2 GB): a pixel takes at most 6 bytes of memory in a
        JPEG (progressive) or PNG, 8 in a HEIC, 10 in an AVIF and 15 in a WebP. So all that is allowed can be opened.
        """
        return int(self.max_pixels * _SHARES.get(mime, 1))
