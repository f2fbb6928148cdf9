"""The pictures people see: upright, in sRGB on white, and of pixels alone."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from media.alike import bits_apart
from media.errors import ImageDamaged, TooManyPixels
from media.formats.header import Header
from media.intake import TakenPhoto
from media.limits import Limits
from media.store import OF_PHOTOS, Name, Store
from tests import photos
from tests.media import InThisProcess, take_in
from tests.photos import exif, hostile

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def taken(data: bytes) -> tuple[TakenPhoto, dict[Name, Image.Image]]:
    store = Store.open("memory:///")
    photo = take_in(data, store)
    return photo, {name: Image.open(io.BytesIO(store.get(photo.sha256, name))) for name in OF_PHOTOS}


def corner_colours(image: Image.Image) -> list[tuple[int, ...]]:
    """Upper left, upper right, lower left, lower right; each rounded to pure colours."""
    width, height = image.size
    places = [(x, y) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    return [tuple(255 if part > 127 else 0 for part in image.getpixel(place)) for place in places]


def stored_turned(orientation: int) -> Image.Image:
    """The quadrants as a camera held that way stores them."""
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    upright = photos.quadrants()
    return upright if undo is None else upright.transpose(Image.Transpose(undo))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_however_the_camera_was_held_the_pictures_stand_upright(orientation: int, format_: str) -> None:
    block = exif.phone_block(camera=exif.Camera(orientation=orientation))
    photo, pictures = taken(photos.encoded(stored_turned(orientation), format_, exif=b"Exif\x00\x00" + block))
    assert (photo.width, photo.height) == (640, 480)
    assert photo.camera.orientation == orientation
    for name in ("large", "medium", "small"):
        assert corner_colours(pictures[name]) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["HEIF", "AVIF"])
def test_boxes_that_turn_a_picture_are_obeyed(orientation: int, format_: str) -> None:
    block = exif.phone_block(camera=exif.Camera(orientation=orientation))
    photo, pictures = taken(photos.encoded(stored_turned(orientation), format_, exif=b"Exif\x00\x00" + block))
    assert (photo.width, photo.height) == (640, 480)
    assert corner_colours(pictures["small"]) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize(
    ("size", "large"),
    [
        ((4000, 3000), (2000, 1500)),
        ((3264, 2448), (1632, 1224)),
        ((2801, 1401), (1401, 701)),
        ((2800, 2100), (2800, 2100)),
        ((1600, 1200), (1600, 1200)),
        ((11_300, 400), (1413, 50)),
        ((640, 480), (640, 480)),
    ],
)
def test_the_large_picture_falls_out_of_the_photo_by_halving(size: photos.Size, large: photos.Size) -> None:
    photo, pictures = taken(photos.encoded(Image.new("RGB", size, "teal")))
    assert (photo.width, photo.height) == size
    assert pictures["large"].size == large
    assert max(pictures["medium"].size) <= 1400
    assert max(pictures["small"].size) <= 320


def test_a_panorama_too_long_for_the_decoders_own_halving_is_halved_on() -> None:
    _, pictures = taken(photos.encoded(Image.new("RGB", (30_000, 400), "teal"), "JPEG"))
    assert pictures["large"].size == (1875, 25)


@pytest.mark.parametrize("build", [photos.png, photos.webp, photos.avif, photos.heic])
def test_other_types_are_halved_the_same_way(build: photos.Builder) -> None:
    photo, pictures = taken(build(size=(3002, 2003)))
    assert (photo.width, photo.height) == (3002, 2003)
    assert pictures["large"].size == (1501, 1002)


@pytest.mark.parametrize(
    "build",
    [
        photos.phone_jpeg,
        photos.heic,
        photos.motion_photo,
        photos.ultra_hdr,
        photos.swapped_colours_jpeg,
        hostile.jpeg_with_comment_html,
        hostile.jpeg_with_zip_tail,
        hostile.jpeg_with_html_tail,
        hostile.jpeg_with_xmp_entities,
        hostile.png_with_zip_tail,
        lambda: photos.png(pnginfo=hostile.png_text()),
        lambda: photos.webp(xmp=hostile.SCRIPT),
    ],
)
def test_derivatives_hold_nothing_but_pixels(build: photos.Builder) -> None:
    store = Store.open("memory:///")
    sha256 = take_in(build(), store).sha256
    for name in ("large", "medium", "small"):
        picture = store.get(sha256, name)
        assert not any(
            mark in picture for mark in (b"Exif", b"script", b"php", b"xap", b"PK\x03\x04", b"MPF", b"ICC_P", b"ftyp")
        )
        opened = Image.open(io.BytesIO(picture))
        assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert (opened.format, opened.mode) == ("JPEG", "RGB")
        assert picture.endswith(b"\xff\xd9")


def test_colour_profiles_are_obeyed_and_dropped() -> None:
    _, pictures = taken(photos.swapped_colours_jpeg())
    red, green, _ = pictures["large"].getpixel((300, 200))
    assert green > 200 > red


def test_clear_parts_lie_on_white() -> None:
    _, pictures = taken(photos.transparent_png())
    assert corner_colours(pictures["small"]) == [WHITE, RED, WHITE, RED]


@pytest.mark.parametrize(
    "build", [photos.cmyk_jpeg, photos.palette_png, photos.progressive_jpeg, photos.mpo, photos.webp, photos.heic]
)
def test_every_kind_shows_the_same_picture(build: photos.Builder) -> None:
    _, pictures = taken(build())
    exact = np.asarray(photos.picture(0, (1600, 1200)).resize(pictures["small"].size), dtype=int)
    assert np.abs(np.asarray(pictures["small"], dtype=int) - exact).mean() < 12


def test_sixteen_bits_become_eight_without_washing_out() -> None:
    _, pictures = taken(photos.sixteen_bit_png())
    exact = np.asarray(photos.picture(0, (800, 600)).convert("L").resize((320, 240)), dtype=int)
    assert np.abs(np.asarray(pictures["small"].convert("L"), dtype=int) - exact).mean() < 4


def test_a_decoder_that_reads_another_size_than_the_header_is_not_let_loose() -> None:
    data = photos.png(size=(800, 600))
    lying = Header("image/png", 300, 300, most_pixels=90_000)
    with pytest.raises(TooManyPixels):
        InThisProcess().derive(data, lying, 1, Limits(max_pixels=100_000))


def test_bytes_in_the_middle_that_are_no_picture_are_damage() -> None:
    data = photos.png(size=(400, 300))
    at = data.index(b"IDAT") + 200
    with pytest.raises(ImageDamaged):
        taken(data[:at] + b"\x00" * 400 + data[at + 400 :])


def test_pictures_that_look_alike_have_fingerprints_close_together() -> None:
    first = taken(photos.phone_jpeg(seed=1))[0].dhash
    smaller = taken(photos.encoded(photos.picture(1).resize((800, 600)), quality=40))[0].dhash
    other = taken(photos.phone_jpeg(seed=2))[0].dhash
    assert len(first) == 16
    assert bits_apart(first, smaller) <= 4
    assert bits_apart(first, other) > 12
