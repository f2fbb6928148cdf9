"""Any picture as plain sRGB on white."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_MOST_PROFILE = 4_000_000
_INTENT = ImageCms.Intent.PERCEPTUAL
_Transform = ImageCms.ImageCmsTransform


def flat(image: Image.Image) -> Image.Image:
    """In mode RGB, CMYK or L: palettes resolved, sixteen bits brought to eight, transparency laid on white."""
    if image.mode in ("RGB", "CMYK", "L"):
        return image
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
    if image.mode == "1" or not image.has_transparency_data:
        return image.convert("L" if image.mode == "1" else "RGB")
    shown = image.convert("RGBA")
    white = Image.new("RGB", shown.size, "white")
    white.paste(shown, mask=shown.getchannel("A"))
    return white


def to_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, tuple[str, ...]]:
    """`image` in sRGB by its ICC profile; the flag `colour_profile_invalid` says that the profile is broken."""
    if not profile:
        return image.convert("RGB"), ()
    try:
        transform = _transform(profile, image.mode) if len(profile) <= _MOST_PROFILE else None
        if transform is not None:
            return ImageCms.applyTransform(image, transform) or image, ()
        return image.convert("RGB"), ()
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert("RGB"), ("colour_profile_invalid",)


@lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> _Transform | None:
    """From `profile` to sRGB; None when the picture is sRGB already. Cameras use few profiles, so some are kept."""
    source = ImageCms.getOpenProfile(io.BytesIO(profile))
    if "sRGB" in ImageCms.getProfileDescription(source):
        return None
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB", _INTENT)
