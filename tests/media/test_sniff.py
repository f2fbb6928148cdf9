"""The walk over headers never raises anything but a refusal, whatever the bytes."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.errors import ImageDamaged, Refused
from media.sniff import sniff
from media.store import Store
from tests import photos
from tests.media import take_in

SMALL = {
    "jpeg": photos.phone_jpeg(size=(320, 240)),
    "mpo": photos.motion_photo()[:3_000] + photos.motion_photo()[-1_100:],
    "png": photos.png(size=(240, 220)),
    "webp": photos.webp(size=(320, 240)),
    "heic": photos.heic(size=(320, 240)),
    "avif": photos.avif(size=(320, 240)),
}
HEADS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\xff\x00\x00\x00WEBP",
    b"\x00\x00\x00\x18ftypheic",
    b"\x00\x00\x00\x18ftypavif",
)
CHANGES = st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6)


def mutated(kind: str, changes: list[tuple[float, int]], kept: float) -> bytes:
    """Changed mostly near the start, where the structure is."""
    raw = bytearray(SMALL[kind])
    for place, value in changes:
        raw[int(len(raw) * place**4)] = value
    return bytes(raw[: int(len(raw) * kept)])


@pytest.mark.parametrize("kind", SMALL)
@settings(max_examples=150, deadline=None)
@given(changes=CHANGES, kept=st.sampled_from((1.0, 1.0, 0.9, 0.3, 0.02)))
def test_mutated_files_are_walked_or_refused(kind: str, changes: list[tuple[float, int]], kept: float) -> None:
    try:
        header = sniff(mutated(kind, changes, kept))
    except Refused:
        return
    assert header.most_pixels >= header.width * header.height


@pytest.mark.parametrize("kind", SMALL)
@settings(max_examples=40, deadline=None)
@given(changes=CHANGES)
def test_mutated_files_are_taken_or_refused_whole(kind: str, changes: list[tuple[float, int]]) -> None:
    store = Store.open("memory:///")
    try:
        take_in(mutated(kind, changes, 1.0), store)
    except Refused:
        assert list(store.keys()) == []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_rubbish_behind_a_good_beginning_is_refused_or_walked(head: bytes, rest: bytes) -> None:
    try:
        sniff(head + rest)
    except Refused as why:
        assert isinstance(why, ImageDamaged) or why.code in ("type_not_allowed", "empty_file")


@pytest.mark.parametrize("build", [photos.phone_jpeg, photos.png, photos.webp, photos.heic, photos.avif])
def test_width_and_height_come_from_the_header(build: photos.Builder) -> None:
    header = sniff(build(size=(730, 410)))
    assert (header.width, header.height, header.complete, header.foreign_tail) == (730, 410, True, False)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + (b"\xff\xfe\x00\x02" * 1_000_000),
        b"\xff\xd8\xff\xda\x00\x02" + b"\xff\x00" * 5_000_000,
        b"\x89PNG\r\n\x1a\n" + photos.png()[8:33] + (pack(">I", 0) + b"tEXt" + b"\x00" * 4) * 500_000,
        b"RIFF" + pack("<I", 8_000_004) + b"WEBP" + (b"XXXX" + pack("<I", 0)) * 1_000_000,
        b"\x00\x00\x00\x14ftypheic" + b"\x00" * 8 + pack(">I4s", 8, b"free") * 1_000_000,
    ],
    ids=["jpeg segments", "jpeg stuffing", "png chunks", "webp chunks", "boxes"],
)
def test_a_file_of_a_million_parts_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        sniff(data)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic", "avif"])
@pytest.mark.parametrize("kept", [0.5, 0.9, 0.999])
def test_a_missing_end_is_seen_before_any_decoder_looks(kind: str, kept: float) -> None:
    cut = SMALL[kind][: int(len(SMALL[kind]) * kept)]
    assert sniff(SMALL[kind]).complete
    assert not sniff(cut).complete
