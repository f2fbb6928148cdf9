"""Our PDQ says what the reference implementation says, and knows a picture whichever way it lies."""

from __future__ import annotations

from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import pdq

Grey = npt.NDArray[np.uint8]
# size, quality and hash by github.com/facebook/ThreatExchange, pdq/cpp (as pdqhash 0.2.8 wraps it), of `drawn`
REFERENCE = {
    (320, 240): (100, "7c5af85a5452a955d695bdb59335dc7503e0fe008001fea5c0a5dea5c0a5dea7"),
    (64, 64): (100, "18825ffa3adb5aaa15f5f020c0e6b56ac2f5752a5548f780111efe85441fb7c5"),
    (320, 180): (100, "d5aab5aa2daf49aad9ae19bf733fe32a87000f2f7f1ffe0000007c0b00067e3f"),
    (181, 320): (100, "66aec6b9c6068ebf1e233ebe7e23fc0ffc0000000020500f54aff4af74bff4bf"),
    (129, 65): (100, "cfeebeaa46bab4fb44823ca854abb555ed551d77f800c00039ffc002397fc88c"),
    (311, 97): (100, "d575955995d5b56d3555377f35df7475f0c1f41ef1f5e0040000c005803fa07f"),
    (512, 384): (100, "800517fa8017dffb8047dffb1555dff900070000017f133015ff17e815ff97f9"),
    (30, 20): (100, "cffd5af4c77c7ab44ed95f35e4bd5596cad27795d57d802024ca882412848a44"),
}
# the first of them lying otherwise, by the same implementation
LYING = {
    "left_right": "290fad4f0147fc0053c0f8e0d660c92056b5ab5555558bd555f0dbf1d5f09bf5",
    "top_bottom": "7c5a07e5545256aa5695f64a9335e38b03e001ff8000e1ffc0a5f17fc0a5f95f",
    "half": "290f52f0014703ff53c0a71fd66076df56b554aa5555f42b5550f40f5570f40f",
    "left": "57571faed4401eafd55552aa0ad5e97f0c9f6e7f078f00ffc000e0f1e000e0f5",
    "right": "073fbd1f8515be058001fc005f8043d559dae4d552deaa5595554a5fb5554b5f",
    "transposed": "5f7fe95fd450ef55d555ad550ad516800c9ff180079fff00c0001f1fe0011f3f",
    "transversed": "06154bff85154bff800007ff5f80bc2a59c07b2a52d255aa9555b5a5b555b5b5",
}
ROUNDING = 2  # bits whose value lies next to the median


def drawn(number: int, size: tuple[int, int]) -> Grey:
    """Edges and slopes out of whole numbers, the same on every machine."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    slope = x * (number + 3) * 200 // width + y * (5 - number % 3) * 180 // height + x * y * (number + 1) // 97
    return (slope % 256).astype(np.uint8)


@pytest.mark.parametrize(("number", "size"), list(enumerate(REFERENCE)))
def test_a_hash_is_that_of_the_reference(number: int, size: tuple[int, int]) -> None:
    seen = pdq.look(drawn(number, size))
    quality, expected = REFERENCE[size]
    assert seen.quality == quality
    assert pdq.bits_apart(seen.hash, expected) <= ROUNDING


def test_the_seven_other_ways_to_lie_are_those_of_the_reference() -> None:
    ways = pdq.lying(pdq.look(drawn(0, (320, 240))).waves)
    assert ways.keys() == LYING.keys()
    assert all(pdq.bits_apart(ways[way], expected) <= ROUNDING for way, expected in LYING.items())


WAYS = {
    "left_right": lambda grey: grey[:, ::-1],
    "top_bottom": lambda grey: grey[::-1],
    "half": lambda grey: grey[::-1, ::-1],
    "left": lambda grey: np.rot90(grey),
    "right": lambda grey: np.rot90(grey, -1),
    "transposed": lambda grey: grey.T,
    "transversed": lambda grey: grey[::-1, ::-1].T,
}


def noise(seed: int) -> Grey:
    """Of the size at which nothing is filtered."""
    return np.random.default_rng(seed).integers(0, 256, (64, 64), np.uint8)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(WAYS)))
def test_a_mirrored_or_turned_picture_has_the_hash_that_was_worked_out_for_it(seed: int, way: str) -> None:
    grey = noise(seed)
    expected = pdq.lying(pdq.look(grey).waves)[way]
    assert pdq.bits_apart(pdq.look(np.ascontiguousarray(WAYS[way](grey))).hash, expected) <= ROUNDING


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 15), st.randoms(use_true_random=False))
def test_hashes_that_differ_in_fifteen_bits_share_a_band(seed: int, bits: int, dice: Random) -> None:
    one = pdq.look(noise(seed)).hash
    flips = sum(1 << place for place in dice.sample(range(pdq.BITS), bits))
    other = f"{int(one, 16) ^ flips:064x}"
    assert pdq.bits_apart(one, other) == bits
    assert any(a == b for a, b in zip(pdq.bands(one), pdq.bands(other), strict=True))


def test_a_band_holds_every_sixteenth_bit() -> None:
    one = (1 << 3) | (1 << (16 + 3)) | (1 << 255)
    expected = [0] * 16
    expected[3], expected[15] = 0b11, 1 << 15
    assert pdq.bands(f"{one:064x}") == expected


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 255))
def test_a_blank_picture_of_any_size_has_no_quality(width: int, height: int, value: int) -> None:
    assert pdq.look(np.full((height, width), value, np.uint8)).quality == 0
