"""What a picture tells of itself: its print, the preview in its EXIF, and what its XMP declares."""

from __future__ import annotations

import io
from struct import pack

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from media import pdq
from media.exif import read_camera, read_preview
from media.pictures import ASKING, SEARCHED, Looks
from media.store import Store
from media.xmp import digital_source
from tests import photos
from tests.media import take_in
from tests.photos.exif import ascii_, block, phone_block, with_preview

SIZE = (640, 480)
GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def looks(data: bytes) -> Looks:
    found = take_in(data, Store.open("memory:///")).looks
    assert found is not None
    return found


def thumbnail(image: Image.Image, size: tuple[int, int] = (160, 120)) -> bytes:
    return photos.encoded(image.resize(size), quality=75)


def with_thumbnail(small: bytes, *, seed: int = 1, size: tuple[int, int] = SIZE, orientation: int = 1) -> bytes:
    """A phone's photo with that preview in its EXIF."""
    jpeg = photos.encoded(photos.picture(seed, size), quality=85)
    return photos.with_exif(jpeg, with_preview(block([(0x0112, 3, 1, pack(">H", orientation))]), small))


def test_a_photo_has_every_hash() -> None:
    found = looks(photos.phone_jpeg(seed=1, size=SIZE)).print
    assert found.quality >= pdq.PLAIN
    assert found.hashes.keys() == {*SEARCHED, *ASKING}


@pytest.mark.parametrize("shade", [0, 3, 255])
def test_a_dark_or_blank_photo_has_too_little_to_see(shade: int) -> None:
    dice = np.random.default_rng(1).integers(0, 4, (480, 640, 3), np.uint8)
    dark = Image.fromarray(np.clip(dice.astype(int) + shade, 0, 255).astype(np.uint8))
    found = looks(photos.encoded(dark, quality=85)).print
    assert found.quality < pdq.PLAIN
    assert set(found.hashes) & set(SEARCHED) == {"whole"}


def test_the_cameras_own_preview_is_the_same() -> None:
    found = looks(with_thumbnail(thumbnail(photos.picture(1, SIZE))))
    assert found.preview == "same"
    assert found.preview_distance is not None and found.preview_distance <= 31


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_preview_may_lie_as_the_sensor_does_or_stand_upright(orientation: int) -> None:
    lying = photos.picture(1, SIZE)
    assert looks(with_thumbnail(thumbnail(lying), orientation=orientation)).preview == "same"
    upright = ImageOps.exif_transpose(_oriented(lying, orientation))
    size = (160, 120) if upright.width > upright.height else (120, 160)
    assert looks(with_thumbnail(thumbnail(upright, size), orientation=orientation)).preview == "same"


def _oriented(image: Image.Image, orientation: int) -> Image.Image:
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return Image.open(out)


def test_black_bars_around_a_preview_are_no_difference() -> None:
    wide = photos.picture(1, (640, 360))
    boxed = Image.new("RGB", (160, 120))
    boxed.paste(wide.resize((160, 90)), (0, 15))
    assert looks(with_thumbnail(photos.encoded(boxed, quality=75), size=(640, 360))).preview == "same"


def test_a_preview_of_another_picture_is_found_out() -> None:
    found = looks(with_thumbnail(thumbnail(photos.picture(2, SIZE))))
    assert found.preview == "differs"
    assert found.preview_distance is not None and found.preview_distance > 60


def test_of_a_preview_of_another_shape_nothing_is_said() -> None:
    square = thumbnail(photos.picture(1, SIZE).crop((80, 0, 560, 480)), (120, 120))
    found = looks(with_thumbnail(square))
    assert (found.preview, found.preview_distance) == ("unreadable", None)


def test_most_photos_come_without_a_preview() -> None:
    assert looks(photos.without_exif(size=SIZE)).preview == "none"
    assert looks(photos.phone_jpeg(size=SIZE)).preview == "none"


def huge() -> bytes:
    """Claims 60000 × 60000 pixels in its header."""
    small = bytearray(thumbnail(photos.picture(1, SIZE)))
    at = small.find(b"\xff\xc0")
    small[at + 5 : at + 9] = pack(">HH", 60_000, 60_000)
    return bytes(small)


HOSTILE = {
    "no JPEG": b"GIF89a" + bytes(50),
    "cut": thumbnail(photos.picture(1, SIZE))[:200],
    "huge": huge(),
    "only a start": b"\xff\xd8\xff",
    "noise": b"\xff\xd8\xff\xe0" + np.random.default_rng(3).bytes(3_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_preview_is_reported_and_harms_nothing(name: str) -> None:
    found = looks(with_thumbnail(HOSTILE[name]))
    assert found.preview == "unreadable"
    assert found.print.hashes.keys() == {*SEARCHED, *ASKING}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_whatever_the_exif_says_of_its_preview_it_is_read_within_bounds(junk: bytes, at: int, length: int) -> None:
    found = read_preview(with_preview(block([ascii_(0x010F, "X")]), junk, at=at, length=length))
    assert found is None or found == b"" or (len(found) == length <= 200_000)
    assert len(read_preview(junk) or b"") <= 200_000


def test_the_serial_number_of_a_camera_is_kept_unless_it_says_nothing() -> None:
    assert read_camera(phone_block()).serial == "SN-0042"
    for nothing in ("0000000", "", "   ", "none", "0-0"):
        assert read_camera(block(exif=[ascii_(0xA431, nothing)])).serial is None


def test_the_part_of_the_second_is_kept_when_it_is_digits() -> None:
    assert read_camera(block(exif=[ascii_(0x9291, "042")])).sub_second == "042"
    assert read_camera(block(exif=[ascii_(0x9291, "<b>")])).sub_second is None


# --- XMP --------------------------------------------------------------------------------------------------------------


def with_xmp(xml: str) -> bytes:
    head = b"http://ns.adobe.com/xap/1.0/\x00"
    return photos.with_segment(photos.without_exif(seed=1, size=SIZE), 0xE1, head + xml.encode())


@pytest.mark.parametrize(
    "xml",
    [
        f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{GENERATED}"/>',
        f"<Iptc4xmpExt:DigitalSourceType>{GENERATED}</Iptc4xmpExt:DigitalSourceType>",
        f"<Iptc4xmpExt:DigitalSourceType rdf:resource='{GENERATED}'/>",
        f"<Iptc4xmpExt:DigitalSourceType>\n  {GENERATED}\n</Iptc4xmpExt:DigitalSourceType>",
    ],
)
def test_a_picture_that_says_it_was_generated_is_believed(xml: str) -> None:
    assert digital_source(with_xmp(xml)) == "trainedAlgorithmicMedia"
    assert looks(with_xmp(xml)).digital_source == "trainedAlgorithmicMedia"


@pytest.mark.parametrize(
    "xml",
    [
        "<a/>",
        '<a Iptc4xmpExt:DigitalSourceType="https://example.org/other"/>',
        "<!DOCTYPE x [<!ENTITY s SYSTEM 'file:///etc/passwd'>]><Iptc4xmpExt:DigitalSourceType>&s;</a>",
        '<!ENTITY a "&b;&b;"><Iptc4xmpExt:DigitalSourceType>&a;',
        "DigitalSourceType" * 3_000,
    ],
)
def test_other_words_entities_and_nonsense_say_nothing(xml: str) -> None:
    assert looks(with_xmp(xml)).digital_source is None


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_after_the_word_do_harm(junk: bytes) -> None:
    found = digital_source(b"<a DigitalSourceType" + junk)
    assert found is None or found.isalpha()
