"""The look for faces: what it sees on a public-domain portrait (NASA), and that drawings show nobody."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from media import faces
from media.drawing import draw_scene
from media.errors import ImageDamaged
from media.onnx_dims import with_free_dims
from media.redact import Redactor
from tests.photos import PORTRAIT


def test_a_face_is_suggested_where_it_is_and_nowhere_else() -> None:
    (found,) = faces.look(PORTRAIT.read_bytes())
    with Image.open(PORTRAIT) as picture:
        middle = (found.x + found.w / 2) * picture.width, (found.y + found.h / 2) * picture.height
    assert 100 < middle[0] < 150 and 90 < middle[1] < 145
    assert found.score > 0.8


def test_a_covered_face_is_no_face_any_more() -> None:
    (found,) = faces.look(PORTRAIT.read_bytes())
    covered = Redactor().cover(PORTRAIT.read_bytes(), [(found.x, found.y, found.w, found.h)])
    assert faces.look(covered.picture) == []


def test_a_drawing_shows_nobody() -> None:
    drawn = draw_scene("Gang", "inovasi", seed=3, lon=None, lat=None, taken_at=None, size=(640, 480))
    assert faces.look(drawn) == []


@pytest.mark.parametrize("data", [b"", b"bukan gambar", PORTRAIT.read_bytes()[:900]])
def test_what_is_no_picture_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(ImageDamaged):
        faces.look(data)
    with pytest.raises(ImageDamaged):
        Redactor().cover(data, [])


def test_a_tiny_picture_and_boxes_over_all_of_it() -> None:
    out = io.BytesIO()
    Image.new("RGB", (3, 2), "white").save(out, "JPEG")
    made = Redactor().cover(out.getvalue(), [(0, 0, 1, 1)])
    assert (made.width, made.height) == (3, 2)
    assert faces.look(out.getvalue()) == []


@pytest.mark.parametrize("data", [b"\xff" * 20, b"\x3a\xff\xff\x03", b"\x0b"])
def test_what_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        with_free_dims(data, inputs={"x"})
