"""Photos on their way in: what is taken, what is refused, and what is left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

import tests.photos as photos
from media import errors
from media.intake import TakenPhoto
from media.limits import Limits
from media.store import Store
from tests.media import take_in
from tests.photos import exif, hostile

Builder = Callable[[], bytes]


@pytest.fixture
def store() -> Store:
    return Store.open("memory:///")


REFUSED: list[tuple[Builder, type[errors.Refused]]] = [
    (bytes, errors.EmptyFile),
    (hostile.tiny, errors.ImageTooSmall),
    (hostile.strip, errors.ImageTooSmall),
    (lambda: hostile.png_bomb(30_000), errors.TooManyPixels),
    (hostile.png_bomb, errors.TooManyPixels),
    (lambda: hostile.jpeg_claiming(65_500, 65_500), errors.TooManyPixels),
    (hostile.webp_bomb_32_bytes, errors.TooManyPixels),
    (lambda: hostile.webp_bomb_32_bytes(8_000), errors.TooManyPixels),
    (hostile.heic_claiming_much, errors.TooManyPixels),
    (hostile.heic_grid_claiming_much, errors.TooManyPixels),
    (hostile.tiff_claiming, errors.TypeNotAllowed),
    (hostile.ztxt_bomb, errors.ImageDamaged),
    (hostile.itxt_bomb, errors.ImageDamaged),
    (hostile.iccp_bomb, errors.ImageDamaged),
    (hostile.corrupt_jpeg, errors.ImageDamaged),
    (hostile.jpeg_without_end, errors.ImageDamaged),
    (hostile.half_png, errors.ImageDamaged),
    (hostile.short_png, errors.ImageDamaged),
    (hostile.half_webp, errors.ImageDamaged),
    (hostile.half_heic, errors.ImageDamaged),
    (hostile.half_avif, errors.ImageDamaged),
    (hostile.noise_called_jpeg, errors.ImageDamaged),
    (hostile.html, errors.TypeNotAllowed),
    (hostile.svg, errors.TypeNotAllowed),
    (hostile.pdf_named_jpg, errors.TypeNotAllowed),
    (hostile.gif, errors.TypeNotAllowed),
    (hostile.random_bytes, errors.TypeNotAllowed),
    (hostile.movie, errors.TypeNotAllowed),
    (hostile.animated_png, errors.AnimatedNotAllowed),
    (hostile.animated_webp, errors.AnimatedNotAllowed),
    (hostile.animated_avif, errors.AnimatedNotAllowed),
]


@pytest.mark.parametrize(("build", "refusal"), REFUSED)
def test_a_refused_file_says_why_and_leaves_nothing(
    build: Builder, refusal: type[errors.Refused], store: Store
) -> None:
    with pytest.raises(errors.Refused) as refused:
        take_in(build(), store, name="foto.jpg", claimed_type="image/jpeg")
    assert type(refused.value) is refusal
    assert list(store.keys()) == []


def test_a_file_of_more_than_25_megabytes_is_refused_before_anybody_looks_at_it(store: Store) -> None:
    with pytest.raises(errors.FileTooLarge) as refused:
        take_in(photos.phone_jpeg() + bytes(25_000_000), store)
    assert refused.value.detail["max_bytes"] == 25_000_000


def test_refusals_have_stable_codes_and_statuses() -> None:
    assert {kind.code: kind.status for kind in errors.Refused.__subclasses__()} == {
        "empty_file": 422,
        "file_too_large": 413,
        "image_too_small": 422,
        "too_many_pixels": 422,
        "image_damaged": 422,
        "image_too_heavy": 422,
        "image_too_slow": 422,
        "decoder_busy": 503,
        "type_not_allowed": 415,
        "animated_not_allowed": 415,
    }


def test_limits_are_the_callers(store: Store) -> None:
    with pytest.raises(errors.TooManyPixels):
        take_in(photos.phone_jpeg(), store, limits=Limits(max_pixels=1_000_000))
    with pytest.raises(errors.ImageTooSmall):
        take_in(photos.png(), store, limits=Limits(min_side=700))


TAKEN: list[tuple[Builder, str, set[str]]] = [
    (photos.phone_jpeg, "image/jpeg", set()),
    (photos.without_gps, "image/jpeg", set()),
    (photos.without_exif, "image/jpeg", set()),
    (photos.heic, "image/heic", set()),
    (photos.avif, "image/avif", set()),
    (photos.webp, "image/webp", set()),
    (photos.png, "image/png", set()),
    (photos.cmyk_jpeg, "image/jpeg", set()),
    (photos.grey_jpeg, "image/jpeg", set()),
    (photos.progressive_jpeg, "image/jpeg", set()),
    (photos.swapped_colours_jpeg, "image/jpeg", set()),
    (photos.palette_png, "image/png", set()),
    (photos.sixteen_bit_png, "image/png", set()),
    (photos.transparent_png, "image/png", set()),
    (photos.interlaced_png, "image/png", set()),
    (photos.mpo, "image/jpeg", set()),
    (photos.ultra_hdr, "image/jpeg", set()),
    (photos.motion_photo, "image/jpeg", set()),
    (photos.samsung_trailer, "image/jpeg", set()),
    (photos.redacted_gps, "image/jpeg", {"gps_redacted"}),
    (photos.null_island, "image/jpeg", {"gps_null_island"}),
    (photos.swapped_axes, "image/jpeg", {"gps_invalid"}),
    (hostile.jpeg_with_rows_missing, "image/jpeg", {"decoder_warning"}),
    (hostile.jpeg_with_broken_profile, "image/jpeg", {"colour_profile_invalid"}),
    (hostile.jpeg_with_comment_html, "image/jpeg", set()),
    (hostile.jpeg_with_zip_tail, "image/jpeg", {"bytes_after_image"}),
    (hostile.jpeg_with_html_tail, "image/jpeg", {"bytes_after_image"}),
    (hostile.motion_photo_with_zip_tail, "image/jpeg", {"bytes_after_image"}),
    (hostile.png_with_zip_tail, "image/png", {"bytes_after_image"}),
    (hostile.webp_with_zip_tail, "image/webp", {"bytes_after_image"}),
    (hostile.heic_with_zip_tail, "image/heic", {"bytes_after_image"}),
    (hostile.jpeg_with_xmp_entities, "image/jpeg", set()),
]


@pytest.mark.parametrize(("build", "mime", "flags"), TAKEN)
def test_a_taken_photo_is_kept_bit_for_bit_with_three_pictures(
    build: Builder, mime: str, flags: set[str], store: Store
) -> None:
    data = build()
    taken = take_in(data, store)
    assert (taken.mime, set(taken.flags), taken.byte_size) == (mime, flags, len(data))
    assert taken.sha256 == hashlib.sha256(data).hexdigest()
    assert store.get(taken.sha256, "original") == data
    assert {name for _, name in list(store.keys())} == {"original", "large", "medium", "small"}


def test_the_same_bytes_twice_are_the_same_photo(store: Store) -> None:
    first, second = take_in(photos.phone_jpeg(), store), take_in(photos.phone_jpeg(), store, name="lain.jpg")
    assert first == second
    assert len(list(store.keys())) == 4


@pytest.mark.parametrize(
    ("build", "name", "claimed", "differs"),
    [
        (photos.png, "foto.jpg", "image/jpeg", True),
        (photos.png, "foto.PNG", "image/png", False),
        (photos.phone_jpeg, "foto.jpg", "text/plain", True),
        (photos.phone_jpeg, "foto.JPEG", "image/jpg; charset=binary", False),
        (photos.phone_jpeg, "", "application/octet-stream", False),
        (photos.phone_jpeg, "IMG 2018", "", False),
        (photos.heic, "IMG_0001.HEIC", "image/heif", False),
        (photos.heic, "IMG_0001.jpg", "image/jpeg", True),
    ],
)
def test_a_name_or_type_that_does_not_fit_the_content_is_a_flag(
    build: Builder, name: str, claimed: str, differs: bool, store: Store
) -> None:
    flags = take_in(build(), store, name=name, claimed_type=claimed).flags
    assert ("type_mismatch" in flags) is differs


@pytest.mark.parametrize("build", [photos.phone_jpeg, photos.heic])
def test_a_phones_photo_tells_where_and_when(build: Builder, store: Store) -> None:
    camera = take_in(build(), store).camera
    assert (camera.lon, camera.lat) == pytest.approx(photos.MARGAHAYU, abs=1e-6)
    assert camera.taken_at == photos.TAKEN
    assert (camera.make, camera.model, camera.serial) == ("Petaphone", "P7", "SN-0042")


@pytest.mark.parametrize("build", [photos.png, photos.webp, photos.avif])
def test_png_webp_and_avif_carry_exif_too(build: Callable[..., bytes], store: Store) -> None:
    block = b"Exif\x00\x00" + exif.phone_block(*photos.MARGAHAYU, photos.TAKEN)
    camera = take_in(build(exif=block), store).camera
    assert (camera.lon, camera.lat) == pytest.approx(photos.MARGAHAYU, abs=1e-6)
    assert camera.taken_at == photos.TAKEN


def test_a_clock_ahead_of_every_zone_is_flagged_only_against_the_receivers_clock(store: Store) -> None:
    received = datetime(2018, 8, 6, 2, 31, tzinfo=UTC)
    at_once: TakenPhoto = take_in(photos.phone_jpeg(), store, received_at=received)
    assert at_once.flags == ()
    assert take_in(photos.phone_jpeg(), store, received_at=received - timedelta(days=1)).flags == ("time_future",)


def test_broken_exif_harms_no_photo(store: Store) -> None:
    for broken in (
        b"",
        b"MM\x00*\xff\xff\xff\xff",
        exif.looping_block(),
        b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\xff" * 5_000,
    ):
        taken = take_in(photos.with_exif(photos.without_exif(size=(400, 300)), broken), store)
        assert set(taken.flags) <= {"exif_invalid"}
        assert taken.camera.lon is None
