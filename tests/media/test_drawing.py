"""Drawings for the demo: pleasant, different, small, and read by our own intake like any photo."""

from __future__ import annotations

import io
from datetime import datetime
from itertools import combinations

import pytest
from PIL import Image

from media.alike import bits_apart
from media.drawing import draw_scene
from media.sketch.scenes import SCENES
from media.store import Store
from tests.media import take_in
from tests.photos import TAKEN

KINDS = [*SCENES, "lainnya"]


def drawn(
    kind: str,
    seed: int = 1,
    title: str = "Pasar Sehat",
    lon: float | None = 107.5759,
    lat: float | None = -6.9735,
    taken_at: datetime | None = TAKEN,
    size: tuple[int, int] = (800, 600),
) -> bytes:
    return draw_scene(title, kind, seed=seed, lon=lon, lat=lat, taken_at=taken_at, size=size)


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_taken_in_like_a_photo(kind: str) -> None:
    taken = take_in(drawn(kind), Store.open("memory:///"), name="contoh.jpg", claimed_type="image/jpeg")
    assert (taken.camera.lon, taken.camera.lat) == pytest.approx((107.5759, -6.9735), abs=1e-6)
    assert (taken.camera.make, taken.camera.model) == ("Petabukti", "Gambar contoh")
    assert taken.camera.taken_at == TAKEN
    assert taken.flags == ()


def test_a_drawing_without_place_and_time_says_neither() -> None:
    camera = take_in(drawn("rapat", lon=None, lat=None, taken_at=None), Store.open("memory:///")).camera
    assert (camera.lon, camera.lat, camera.taken_at, camera.flags) == (None, None, None, ())


def test_the_same_seed_draws_the_same_bytes() -> None:
    assert drawn("studi") == drawn("studi")


@pytest.mark.parametrize("kind", KINDS)
def test_other_seeds_look_different(kind: str) -> None:
    store = Store.open("memory:///")
    prints = [take_in(drawn(kind, seed), store).dhash for seed in range(8)]
    assert min(bits_apart(one, other) for one, other in combinations(prints, 2)) > 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_size_drawing_stays_small(kind: str) -> None:
    data = drawn(kind, seed=3, size=(1600, 1200))
    assert Image.open(io.BytesIO(data)).size == (1600, 1200)
    assert len(data) < 250_000


@pytest.mark.parametrize("title", ["", "Kata" * 80, "Smart Public Service " * 12, "<b>Foto</b> & \u202e{{ 7*7 }}"])
def test_any_title_fits(title: str) -> None:
    assert drawn("inovasi", title=title).startswith(b"\xff\xd8\xff")
