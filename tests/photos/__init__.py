"""Photos of every kind, made when they are needed; kept is one alone, for a real face cannot be drawn.

Builders answer bytes. Good ones are here (`phone_jpeg`, `heic`, `without_gps` …), those that must be refused or
flagged in `tests.photos.hostile`, and EXIF blocks, right or broken, in `tests.photos.exif`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from struct import pack

import numpy as np
from PIL import Image, ImageCms, ImageDraw
from pillow_heif import from_pillow

from tests.photos.exif import Camera, block, gps_entries, phone_block, rationals
from tests.photos.raw import png_of, swapped_profile

MARGAHAYU = (107.5748, -6.9705)
"""lon, lat of a place in a founding area."""
TAKEN = datetime.fromisoformat("2018-08-06 09:30:15")
"""A camera's clock: it has no zone."""
PORTRAIT = Path(__file__).with_name("astronaut.jpg")
"""Part of a portrait of NASA (public domain), as it comes with scikit-image: 256 × 256, one face 120 pixels high."""
Size = tuple[int, int]
Builder = Callable[..., bytes]


@lru_cache(maxsize=8)
def picture(seed: int = 0, size: Size = (1600, 1200)) -> Image.Image:
    """A soft random landscape of colours; another seed looks (and hashes) differently. Do not change it in place."""
    dice = np.random.default_rng(seed)
    coarse = Image.fromarray(dice.integers(20, 236, (7, 9, 3), dtype=np.uint8))
    image = coarse.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for x, y, width, height, *colour in dice.integers(0, 100, (12, 7)).tolist():
        left, top = x * size[0] // 100, y * size[1] // 100
        box = (left, top, left + 1 + width * size[0] // 300, top + 1 + height * size[1] // 300)
        draw.rectangle(box, fill=tuple(2 * part for part in colour))
    return image


def quadrants(size: Size = (640, 480)) -> Image.Image:
    """Red, green / blue, white: shows which way is up."""
    image = Image.new("RGB", size, "white")
    middle, half = size[0] // 2, size[1] // 2
    image.paste("#ff0000", (0, 0, middle, half))
    image.paste("#00ff00", (middle, 0, size[0], half))
    image.paste("#0000ff", (0, half, middle, size[1]))
    return image


def encoded(image: Image.Image, format_: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    """`jpeg` with one more segment right behind its start."""
    return jpeg[:2] + pack(">BBH", 0xFF, marker, len(body) + 2) + body + jpeg[2:]


def with_exif(jpeg: bytes, tiff: bytes) -> bytes:
    return with_segment(jpeg, 0xE1, b"Exif\x00\x00" + tiff)


def phone_jpeg(
    lon: float | None = MARGAHAYU[0],
    lat: float | None = MARGAHAYU[1],
    taken_at: datetime | None = TAKEN,
    orientation: int = 1,
    seed: int = 0,
    size: Size = (1600, 1200),
    *,
    offset: str | None = None,
    accuracy_m: float | None = None,
    gps_time: datetime | None = None,
) -> bytes:
    """A JPEG as a phone makes it: camera, time, and the place unless `lon` or `lat` is None."""
    camera = Camera(orientation=orientation)
    tiff = phone_block(lon, lat, taken_at, offset=offset, accuracy_m=accuracy_m, gps_time=gps_time, camera=camera)
    return with_exif(encoded(picture(seed, size), quality=85), tiff)


def without_gps(seed: int = 0, size: Size = (1600, 1200), taken_at: datetime | None = TAKEN) -> bytes:
    """As browsers on phones hand them over: everything but the place."""
    return phone_jpeg(None, None, taken_at, seed=seed, size=size)


def without_exif(seed: int = 0, size: Size = (1600, 1200)) -> bytes:
    """As messengers send them."""
    return encoded(picture(seed, size), quality=85)


def redacted_gps(seed: int = 0, size: Size = (1600, 1200)) -> bytes:
    """As Android hides a position: zeros over the values and the references."""
    zeros = ((0, 0),) * 3
    gps = [(1, 2, 2, b"\x00\x00"), rationals(2, *zeros), (3, 2, 2, b"\x00\x00"), rationals(4, *zeros)]
    return with_exif(encoded(picture(seed, size)), block(gps=gps))


def heic(
    lon: float | None = MARGAHAYU[0],
    lat: float | None = MARGAHAYU[1],
    taken_at: datetime | None = TAKEN,
    seed: int = 0,
    size: Size = (1600, 1200),
) -> bytes:
    """As iPhones make them."""
    return heif(picture(seed, size), b"Exif\x00\x00" + phone_block(lon, lat, taken_at))


def heif(image: Image.Image, exif: bytes) -> bytes:
    """Its EXIF with the prefix."""
    out = io.BytesIO()
    from_pillow(image).save(out, quality=60, exif=exif)
    return out.getvalue()


def png(seed: int = 0, size: Size = (800, 600), **options: object) -> bytes:
    return encoded(picture(seed, size), "PNG", compress_level=1, **options)


def webp(seed: int = 0, size: Size = (1600, 1200), **options: object) -> bytes:
    return encoded(picture(seed, size), "WEBP", method=0, **options)


def avif(seed: int = 0, size: Size = (1600, 1200), **options: object) -> bytes:
    return encoded(picture(seed, size), "AVIF", speed=10, **options)


def cmyk_jpeg(seed: int = 0) -> bytes:
    return encoded(picture(seed, (800, 600)).convert("CMYK"))


def grey_jpeg(seed: int = 0) -> bytes:
    return encoded(picture(seed, (800, 600)).convert("L"))


def progressive_jpeg(seed: int = 0) -> bytes:
    return encoded(picture(seed), progressive=True)


def palette_png(seed: int = 0) -> bytes:
    return encoded(picture(seed, (800, 600)).quantize(64), "PNG")


def sixteen_bit_png(seed: int = 0) -> bytes:
    grey = np.asarray(picture(seed, (800, 600)).convert("L"), dtype=np.uint16)
    return encoded(Image.fromarray(grey * 257), "PNG")


def transparent_png() -> bytes:
    """Left half clear, right half red."""
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (200, 0, 400, 300))
    return encoded(image, "PNG")


def interlaced_png() -> bytes:
    """Adam7, the way old editors save."""
    return png_of(300, 260, interlaced=True)


def swapped_colours_jpeg() -> bytes:
    """All red by its numbers; by its colour profile it is green."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(Image.new("RGB", (640, 480), "#ff0000"), icc_profile=swapped_profile(srgb))


def mpo(seed: int = 0) -> bytes:
    """Two pictures in one file, as stereo and burst cameras make them."""
    return encoded(picture(seed), "MPO", save_all=True, append_images=[picture(seed + 1)])


def ultra_hdr(seed: int = 0) -> bytes:
    """A small gain map behind the picture."""
    return encoded(picture(seed), "MPO", save_all=True, append_images=[picture(seed, (400, 300)).convert("L")])


def motion_photo(seed: int = 0) -> bytes:
    """A short movie behind the picture."""
    xmp = b'http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta><rdf:RDF GCamera:MotionPhoto="1"/></x:xmpmeta>'
    movie = pack(">I4s4sI", 16, b"ftyp", b"mp42", 0) + pack(">I4s", 1008, b"mdat") + b"\x17" * 1000
    return with_segment(phone_jpeg(seed=seed), 0xE1, xmp) + movie


def samsung_trailer(seed: int = 0) -> bytes:
    """The directory that Samsung phones put behind every picture."""
    directory = b"SEFH" + pack("<II", 107, 0)
    return phone_jpeg(seed=seed) + b"some data of the maker" + directory + pack("<I", len(directory)) + b"SEFT"


def null_island() -> bytes:
    return with_exif(without_exif(), block(gps=gps_entries(0.0, 0.0)))


def swapped_axes() -> bytes:
    """Longitude where latitude belongs; 107° north is nowhere."""
    return with_exif(without_exif(), block(gps=gps_entries(MARGAHAYU[1], MARGAHAYU[0])))
