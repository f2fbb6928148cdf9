"""Upright pictures for people, made from pixels alone: nothing of the file's metadata, comments or tails is in them.

Runs in `media.child`; the product calls it nowhere else.

The large one falls out of the JPEG's own transform (long edge halved until it lies in 1400–2800 pixels), the others
are made from it; so a 12-megapixel photo is decoded once, at half its size.
"""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from pillow_heif import register_heif_opener

from media.alike import dhash
from media.colour import flat, to_srgb
from media.errors import ImageDamaged, TooManyPixels
from media.formats import png
from media.looks import compare_preview, print_of
from media.pictures import Derivatives, Looks
from media.store import Name

LONGEST = 2_800
"""Longest edge of the large picture; the shortest is half of it, unless the photo itself is smaller."""
SMALL = 320
QUALITY = 80

register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = 120_000_000  # only a second fence: our own limits are checked before
ImageFile.LOAD_TRUNCATED_IMAGES = False

_FORMATS = {"image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF", "image/heif": "HEIF", "image/avif": "AVIF"}
_UNDECODABLE = (
    OSError,
    UnidentifiedImageError,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What decoders raise on bytes they cannot make a picture of."""


def derive(plain: bytes, mime: str, orientation: int, max_pixels: int, preview: bytes | None = None) -> Derivatives:
    """Decode once and make the three pictures. Raises `ImageDamaged`, `TooManyPixels`, or `MemoryError`.

    `preview`: the bytes of the small picture inside the EXIF, empty when they cannot be used, None without one.

    `plain`: what `media.formats.header.for_decoder` left of the file. `orientation` is the EXIF one (1–8); HEIC and
    AVIF state theirs in their own boxes, which then counts.
    """
    try:
        image = _open(plain, mime, max_pixels)
        if mime in ("image/heic", "image/heif", "image/avif"):
            orientation = image.getexif().get(0x0112, 1)
        width, height = image.size
        large, flags = _large(image)
    except _UNDECODABLE as broken:
        raise ImageDamaged(why="undecodable") from broken
    if mime == "image/png" and png.rows_are_missing(plain):
        raise ImageDamaged(why="cut_short")
    large = _turned(large, orientation)
    medium = large.reduce(2) if max(large.size) > LONGEST // 2 else large
    small = _small(medium)
    if orientation >= 5:
        width, height = height, width
    files: dict[Name, bytes] = {"large": _jpeg(large), "medium": _jpeg(medium), "small": _jpeg(small)}
    return Derivatives(files, width, height, dhash(small), flags, _looks(small, preview))


def _looks(small: Image.Image, preview: bytes | None) -> Looks:
    """A broken preview harms nothing: it is only reported."""
    if preview is None:
        return Looks(print_of(small), "none")
    try:
        verdict, distance = compare_preview(small, preview)
    except _UNDECODABLE:
        verdict, distance = "unreadable", None
    return Looks(print_of(small), verdict, distance)


def _open(plain: bytes, mime: str, max_pixels: int) -> Image.Image:
    """The undecoded picture. The decoder's own reading of the size is checked again before it decodes."""
    if mime == "image/jpeg":
        image: Image.Image = JpegImageFile(io.BytesIO(plain))
    else:
        image = Image.open(io.BytesIO(plain), formats=[_FORMATS[mime]])
    if image.width * image.height > max_pixels:
        raise TooManyPixels(pixels=image.width * image.height, max_pixels=max_pixels)
    return image


def _large(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """The large picture in sRGB, not yet turned, and flags."""
    halvings = max(0, (max(image.size) - 1) // LONGEST).bit_length()
    flags: tuple[str, ...] = ()
    profile = image.info.get("icc_profile")
    if isinstance(image, JpegImageFile):
        image.draft(image.mode, (max(1, image.width >> halvings), max(1, image.height >> halvings)))
        image.load()
        flags = ("decoder_warning",) if _rows_were_made_up(image) else ()
        halvings = max(0, (max(image.size) - 1) // LONGEST).bit_length()
    picture, odd = to_srgb(_shrunk(image, 2**halvings), profile)
    return picture, flags + odd


def _rows_were_made_up(image: Image.Image) -> bool:
    """Decoders fill rows that were never sent with one flat grey, exactly in the middle."""
    if image.mode not in ("RGB", "L"):
        return False
    last = image.crop((0, image.height - 1, image.width, image.height))
    return set(last.getextrema() if image.mode == "RGB" else (last.getextrema(),)) == {(128, 128)}


def _shrunk(image: Image.Image, factor: int) -> Image.Image:
    """Flat, and `factor` times smaller by averaging; strip by strip, so that no second full picture is in memory."""
    if factor == 1:
        return flat(image)
    image.load()
    strips = [
        flat(image.crop((0, top, image.width, min(top + 64 * factor, image.height)))).reduce(factor)
        for top in range(0, image.height, 64 * factor)
    ]
    picture = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    top = 0
    for strip in strips:
        picture.paste(strip, (0, top))
        top += strip.height
    return picture


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _small(picture: Image.Image) -> Image.Image:
    longest = max(picture.size)
    if longest <= SMALL:
        return picture
    width, height = (max(1, round(side * SMALL / longest)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _jpeg(picture: Image.Image) -> bytes:
    """From pixels only: Pillow would copy a comment or profile that is still in `info`."""
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
