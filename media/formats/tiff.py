"""The directories of an EXIF block, read defensively: nothing loops, nothing is trusted, nothing raises."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct, pack, unpack_from

Rational = tuple[int, int]
Value = bytes | tuple[int, ...] | tuple[Rational, ...] | tuple[float, ...]

_MOST_ENTRIES = 400
_ASCII, _RATIONAL, _SRATIONAL = 2, 5, 10
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_CODES = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d"}
_ENTRY = {"<": Struct("<HHI4s"), ">": Struct(">HHI4s")}


@dataclass(slots=True)
class Directory:
    """One directory: tag → bytes (text), or a tuple of integers, floats, or (numerator, denominator) pairs."""

    values: dict[int, Value] = field(default_factory=dict)
    blank: int = 0
    """Entries overwritten with zeros, as Android does when it hides a position."""
    broken: bool = False
    """Something in it contradicts itself; what could be read is in `values`."""

    def text(self, tag: int) -> bytes | None:
        """The bytes of a text; None when there is none."""
        value = self.values.get(tag)
        return value if isinstance(value, bytes) else None

    def number(self, tag: int) -> int | None:
        """The first number of an integer tag (or the first byte of a byte string)."""
        value = self.values.get(tag)
        if not value:
            return None
        return value[0] if isinstance(value[0], int) else None

    def rationals(self, tag: int) -> tuple[Rational, ...] | None:
        """The (numerator, denominator) pairs of a tag; None when it holds anything else."""
        value = self.values.get(tag)
        if not isinstance(value, tuple) or not value:
            return None
        pairs = tuple(pair for pair in value if isinstance(pair, tuple))
        return pairs if len(pairs) == len(value) else None


def byte_order(block: bytes) -> str | None:
    """`<` or `>` as struct writes it; None when this is no TIFF block."""
    return {b"II*\x00": "<", b"MM\x00*": ">"}.get(block[:4])


def read(block: bytes, order: str, at: int, wanted: frozenset[int]) -> Directory:
    """The `wanted` tags of the directory at `at`. Others are only counted, never unpacked."""
    directory = Directory()
    if at < 8 or at + 2 > len(block):
        directory.broken = True
        return directory
    count: int = unpack_from(order + "H", block, at)[0]
    directory.broken = count > _MOST_ENTRIES or at + 2 + count * 12 > len(block)
    for number in range(min(count, _MOST_ENTRIES)):
        place = at + 2 + number * 12
        if place + 12 > len(block):
            break
        tag, kind, length, _ = _ENTRY[order].unpack_from(block, place)
        if kind == 0 and length == 0:
            directory.blank += 1
        else:
            _add(directory, block, order, place, tag if tag in wanted else None, kind, length)
    end = at + 2 + count * 12
    if block[end : end + 4] == pack(order + "I", at):
        directory.broken = True  # it names itself as its successor
    return directory


def following(block: bytes, order: str, at: int) -> int | None:
    """Where the directory behind the one at `at` begins; None when there is none."""
    if at < 8 or at + 2 > len(block):
        return None
    end = at + 2 + int(unpack_from(order + "H", block, at)[0]) * 12
    return (int(unpack_from(order + "I", block, end)[0]) or None) if end + 4 <= len(block) else None


def _add(directory: Directory, block: bytes, order: str, place: int, tag: int | None, kind: int, length: int) -> None:
    size = _SIZES.get(kind, 0) * length
    start = place + 8 if size <= 4 else unpack_from(order + "I", block, place + 8)[0]
    if kind not in _SIZES or start + size > len(block):
        directory.broken = True
    elif tag is not None and tag not in directory.values:
        directory.values[tag] = _value(block, order, start, kind, length)


def _value(block: bytes, order: str, start: int, kind: int, length: int) -> Value:
    """Wanted tags are short: of a longer one only the first 64 values are read."""
    if kind in (_ASCII, 7):
        return block[start : start + min(length, 1_000)]
    length = min(length, 64)
    numbers = unpack_from(order + _CODES[kind] * length, block, start)
    if kind in (_RATIONAL, _SRATIONAL):
        return tuple(zip(numbers[::2], numbers[1::2], strict=True))
    return numbers
