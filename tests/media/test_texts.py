"""The look for what is written: card and plate are read where they are; what cannot be looked at is said to be so."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from media import texts
from media.errors import ImageDamaged
from tests.photos import PORTRAIT
from tests.photos.cards import NIK, PLATE, street


def test_number_and_plate_are_read_where_they_stand() -> None:
    said = {line.words.replace(" ", ""): line for line in texts.read(street())}
    number = next(line for words, line in said.items() if words.endswith(NIK))
    assert number.x < 0.1 and 0.1 < number.y < 0.25 and number.score > 0.8
    plate = said[PLATE.replace(" ", "")]
    assert plate.x > 0.65 and plate.y > 0.75 and plate.x + plate.w < 1


def test_where_nothing_is_written_nothing_is_read() -> None:
    out = io.BytesIO()
    Image.new("RGB", (3, 2), "white").save(out, "JPEG")
    assert texts.read(out.getvalue()) == []


@pytest.mark.parametrize("data", [b"", b"bukan gambar", PORTRAIT.read_bytes()[:900]])
def test_what_is_no_picture_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(ImageDamaged):
        texts.read(data)


def test_a_reader_without_memory_or_time_ends_and_is_said_to_have_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_SECONDS", 1)
    large = io.BytesIO()
    Image.effect_noise((1600, 1600), 90).convert("RGB").save(large, "JPEG")
    with pytest.raises(ImageDamaged):
        texts.read(large.getvalue())
    monkeypatch.setattr(texts, "_SECONDS", 60)
    monkeypatch.setattr(texts, "_MEMORY", 700_000_000)
    with pytest.raises(ImageDamaged):
        texts.read(large.getvalue())


def test_weights_that_are_not_in_the_wheel_are_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    assert texts.is_installed()
    monkeypatch.setattr(Path, "is_file", lambda _: False)
    assert texts.weights() is None
    assert not texts.is_installed()
