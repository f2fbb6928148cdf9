"""How cases about photos are written: what is refused, what is taken, and what is true of everything taken."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from functools import lru_cache, partial

from PIL import Image

from tests import photos
from tests.corpus import Answer, Case, Proof
from tests.corpus.house import House, Person, part
from tests.photos.exif import Entry, block

Build = Callable[[], bytes]

# The only segments of a derivative: start, JFIF, tables, frame, scan, end. No EXIF, XMP, ICC, comment, MPF or C2PA.
_MARKERS = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}


def refused(group: str, name: str, build: Build, status: int, code: str, file_name: str = "foto.jpg") -> Case:
    return Case(group, name, lambda person: person.photo(_built(build), file_name), status, code)


@lru_cache(maxsize=1)
def _built(build: Build) -> bytes:
    """A bomb takes a while to fold; it is sent twice, once in each language."""
    return build()


def taken(
    group: str,
    name: str,
    build: Build,
    *flags: str,
    file_name: str = "foto",
    kind: str = "",
    proofs: tuple[Proof, ...] = (),
    **fields: str,
) -> Case:
    """A photo that is taken, with exactly these findings; `kind` is the type its sender claims."""
    send = partial(_sent, build, file_name, kind, fields)
    return Case(
        group, name, send, 201, flags=frozenset(flags), proofs=(kept_bit_for_bit, pixels_alone, pages_open, *proofs)
    )


def _sent(build: Build, file_name: str, kind: str, fields: dict[str, str], person: Person) -> Answer:
    parts = [part("berkas", build(), file_name, kind)]
    return person.multipart(f"/bukti/{person.case.id}/foto", parts, **fields)


def kept_bit_for_bit(house: House, answer: Answer) -> None:
    photo = house.stored(answer)
    original = house.store.get(photo.sha256, "original")
    assert (hashlib.sha256(original).hexdigest(), len(original)) == (photo.sha256, photo.byte_size)


def pages_open(house: House, answer: Answer) -> None:
    """Whatever was stored, the pages that show it are shown."""
    photo = house.stored(answer)
    for path in (f"/bukti/{photo.evidence_id}", f"/bukti/foto/{photo.id}"):
        page = house.indonesian.raw("GET", path, headers={"Accept": "text/html"})
        assert page.status == 200, page.body[:500]


def pixels_alone(house: House, answer: Answer) -> None:
    """The three pictures are plain JPEGs: nothing but tables and pixels, and nothing behind their end."""
    photo = house.stored(answer)
    for size in ("small", "medium", "large"):
        shown = house.indonesian.raw("GET", f"/bukti/foto/{photo.id}/{size}")
        assert (shown.status, shown.headers["Content-Type"]) == (200, "image/jpeg")
        assert markers(shown.body) <= _MARKERS
        opened = Image.open(io.BytesIO(shown.body))
        assert (opened.format, opened.mode) == ("JPEG", "RGB")
        assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def markers(jpeg: bytes) -> set[int]:
    """Every marker of a JPEG, which must end with its end."""
    found, at = {0xD8}, 2
    while (marker := jpeg[at + 1]) != 0xD9:
        assert jpeg[at] == 0xFF
        found.add(marker)
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = jpeg.index(b"\xff\xd9", at)
    assert at + 2 == len(jpeg), "something lies behind the picture"
    return found


def upright(house: House, answer: Answer) -> None:
    """The quadrants stand as they should: red, green above blue, white."""
    photo = house.stored(answer)
    picture = Image.open(io.BytesIO(house.store.get(photo.sha256, "small")))
    places = ((80, 60), (240, 60), (80, 180), (240, 180))
    colours = [tuple(255 * (part > 127) for part in picture.getpixel(place)) for place in places]
    assert colours == [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
    assert (photo.width, photo.height) == (640, 480)


def nowhere(house: House, answer: Answer) -> None:
    """The file gave no position."""
    assert house.stored(answer).exif_place is None


def somewhere(house: House, answer: Answer) -> None:
    assert house.stored(answer).exif_place is not None


def with_block(tiff: bytes) -> Build:
    """A small photo with this EXIF block."""
    return lambda: photos.with_exif(photos.without_exif(size=(400, 300)), tiff)


def with_entries(
    main: list[Entry] | None = None, exif: list[Entry] | None = None, gps: list[Entry] | None = None
) -> Build:
    return with_block(block(main or [], exif or [], gps or []))
