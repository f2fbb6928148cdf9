"""HEIC, HEIF and AVIF: the boxes of ISO base media files, as far as size, EXIF and completeness need them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import unpack_from

from media.buffers import Buffer, past_padding
from media.formats.header import MOST_PARTS, Header, Malformed, Mime, without_prefix

_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis"})
_AVIF = frozenset({b"avif"})
_HEIF = frozenset({b"mif1", b"mif2"})
_MOVING = frozenset({b"avis", b"hevc", b"hevx", b"msf1"})
_TOP_LEVEL = frozenset(
    {b"ftyp", b"meta", b"mdat", b"free", b"skip", b"moov", b"uuid", b"mpvd", b"sefd", b"idat", b"wide"}
)


@dataclass(slots=True)
class _Walk:
    complete: bool = True
    foreign_tail: bool = False
    meta: slice | None = None
    has_pixels: bool = False
    primary: int = -1
    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, list[slice]] = field(default_factory=dict)
    sizes: list[tuple[int, int] | None] = field(default_factory=list)
    """One entry per property, None for those that state no size."""
    owned: dict[int, list[int]] = field(default_factory=dict)
    idat: slice | None = None


def mime_of(data: Buffer) -> Mime | None:
    """The type its brands name, None when this is some other kind of box file (a movie, say)."""
    brands = _brands(data)
    if not brands:
        return None
    if brands[0] in _AVIF | {b"avis"} or (brands[0] in _HEIF and _AVIF & set(brands)):
        return "image/avif"
    if brands[0] in _HEIC | {b"hevc", b"hevx"} or _HEIC & set(brands):
        return "image/heic"
    return "image/heif" if brands[0] in _HEIF | {b"msf1"} else None


def _brands(data: Buffer) -> list[bytes]:
    """The major brand, then the compatible ones."""
    if data[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(data[:4], "big"), len(data), 400)
    return [data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))]


def read(data: Buffer) -> Header:
    """Read the boxes of a HEIC, HEIF or AVIF file; raises `Malformed` when they do not state a size."""
    mime = mime_of(data)
    walk = _Walk()
    try:
        _top(data, walk)
        if walk.meta is not None:
            _meta(data, walk.meta, walk)
        width, height, most = _claimed(data, walk)
    except (struct.error, IndexError) as broken:
        raise Malformed("boxes") from broken
    if mime is None:
        raise Malformed("brands")
    exif, blanked = _exif(data, walk)
    return Header(
        mime=mime,
        width=width,
        height=height,
        most_pixels=most,
        animated=_brands(data)[0] in _MOVING,
        complete=walk.complete and walk.has_pixels,
        exif=exif,
        foreign_tail=walk.foreign_tail,
        blanked=blanked,
    )


def _boxes(data: Buffer, within: slice) -> Iterator[tuple[bytes, slice]]:
    """(kind, where its body lies). A body may reach beyond `within`: then it was cut."""
    at = within.start
    for _ in range(MOST_PARTS):
        if at + 8 > within.stop:
            return
        size, kind = unpack_from(">I4s", data, at)
        begins = at + 8
        if size == 1:
            size, begins = unpack_from(">Q", data, begins)[0], at + 16
        size = size or within.stop - at
        if size < begins - at:
            raise Malformed("box_size")
        yield kind, slice(begins, at + size)
        at += size
    raise Malformed("too_many_boxes")


def _top(data: Buffer, walk: _Walk) -> None:
    at = 0
    for kind, body in _boxes(data, slice(0, len(data))):
        if kind not in _TOP_LEVEL:
            break
        if body.stop > len(data):
            walk.complete = False
        if kind == b"meta" and walk.meta is None:
            walk.meta = slice(body.start + 4, min(body.stop, len(data)))
        walk.has_pixels = walk.has_pixels or kind == b"mdat"
        at = body.stop
    walk.foreign_tail = past_padding(data, at) < len(data)


def _meta(data: Buffer, within: slice, walk: _Walk) -> None:
    for kind, body in _boxes(data, within):
        if body.stop > within.stop:
            walk.complete = False
            return
        if kind == b"pitm":
            walk.primary = unpack_from(">I" if data[body.start] else ">H", data, body.start + 4)[0]
        elif kind == b"iinf":
            _item_kinds(data, body, walk)
        elif kind == b"iloc":
            _item_places(data, body, walk)
        elif kind == b"iprp":
            _properties(data, body, walk)
        elif kind == b"idat":
            walk.idat, walk.has_pixels = body, True


def _item_kinds(data: Buffer, body: slice, walk: _Walk) -> None:
    first = body.start + (8 if data[body.start] else 6)
    for kind, item in _boxes(data, slice(first, body.stop)):
        version = data[item.start]
        if kind == b"infe" and version >= 2:
            number = unpack_from(">I" if version > 2 else ">H", data, item.start + 4)[0]
            at = item.start + (10 if version > 2 else 8)
            walk.kinds[number] = data[at : at + 4]


def _item_places(data: Buffer, body: slice, walk: _Walk) -> None:
    """iloc: where the bytes of each item lie; the widths of its numbers are stated in its first bytes."""
    version = data[body.start]
    widths = data[body.start + 4], data[body.start + 5]
    offset_size, length_size, base_size = widths[0] >> 4, widths[0] & 15, widths[1] >> 4
    index_size = widths[1] & 15 if version else 0
    reader = _Reader(data, body.start + 6, body.stop)
    for _ in range(reader.take(4 if version == 2 else 2)):
        number = reader.take(4 if version == 2 else 2)
        in_idat = bool(version) and reader.take(2) & 15 == 1
        reader.take(2)
        base = reader.take(base_size)
        places = []
        for _ in range(reader.take(2)):
            reader.take(index_size)
            start = base + reader.take(offset_size)
            places.append(slice(start, start + reader.take(length_size)))
        walk.places[number] = [_shifted(place, walk.idat) for place in places] if in_idat else places


def _shifted(place: slice, idat: slice | None) -> slice:
    start = idat.start if idat else 0
    return slice(place.start + start, place.stop + start)


@dataclass(slots=True)
class _Reader:
    data: Buffer
    at: int
    stop: int

    def take(self, size: int) -> int:
        if self.at + size > self.stop:
            raise Malformed("item_places")
        value = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return value


def _properties(data: Buffer, body: slice, walk: _Walk) -> None:
    for kind, inner in _boxes(data, body):
        if kind == b"ipco":
            for name, prop in _boxes(data, inner):
                walk.sizes.append(unpack_from(">II", data, prop.start + 4) if name == b"ispe" else None)
        elif kind == b"ipma":
            _owners(data, inner, walk)


def _owners(data: Buffer, body: slice, walk: _Walk) -> None:
    version, wide = data[body.start], data[body.start + 3] & 1
    reader = _Reader(data, body.start + 4, body.stop)
    for _ in range(min(reader.take(4), MOST_PARTS)):
        number = reader.take(4 if version else 2)
        links = [reader.take(2 if wide else 1) for _ in range(reader.take(1))]
        walk.owned[number] = [link & (0x7FFF if wide else 0x7F) for link in links]


def _claimed(data: Buffer, walk: _Walk) -> tuple[int, int, int]:
    """Width and height of the primary picture, and the largest number of pixels anything here claims."""
    sizes = [size for size in walk.sizes if size]
    if not sizes:
        raise Malformed("no_size")
    linked = (walk.sizes[link - 1] for link in walk.owned.get(walk.primary, ()) if 0 < link <= len(walk.sizes))
    width, height = next((size for size in linked if size), max(sizes))
    claims = [*sizes, *_grids(data, walk)]
    return width, height, max(w * h for w, h in claims)


def _grids(data: Buffer, walk: _Walk) -> Iterator[tuple[int, int]]:
    """Sizes of pictures put together from tiles, which state them a second time in their own data."""
    for number, kind in walk.kinds.items():
        places = walk.places.get(number)
        if kind == b"grid" and places:
            start = places[0].start
            wide = data[start + 1 : start + 2] == b"\x01"
            yield unpack_from(">II" if wide else ">HH", data, start + 4)


def _exif(data: Buffer, walk: _Walk) -> tuple[bytes | None, tuple[slice, ...]]:
    """The TIFF block of the first EXIF item, and where all such items lie."""
    items = [walk.places.get(number, []) for number, kind in walk.kinds.items() if kind == b"Exif"]
    places = tuple(place for item in items for place in item if place.stop <= len(data))
    if not places or not items[0]:
        return None, places
    block = b"".join(data[place] for place in items[0])
    skip = int.from_bytes(block[:4], "big")
    return without_prefix(block[4 + skip :] if skip <= len(block) else block[4:]), places
