"""Frees the sizes that an ONNX file fixes for its pictures, on the bytes of the file: its own library weighs 60 MB.

Only what is needed of protocol buffers: a message is a row of fields, each a number with a kind; a model holds its
graph in field 7, a graph its inputs in 11, outputs in 12 and intermediate shapes in 13, each with its name in field 1.
"""

from __future__ import annotations

from collections.abc import Iterator

_GRAPH, _NAME, _INPUT, _OUTPUT, _SHAPES = 7, 1, 11, 12, 13
_FLOAT = 1
_BYTES = 2  # the kind of a field that says its own length


def with_free_dims(model: bytes, *, inputs: set[str]) -> bytes:
    """The same model, for pictures of any size. Raises `ValueError` for bytes that are no such file."""
    return b"".join(
        _field(number, _free(body, inputs)) if number == _GRAPH else plain for number, body, plain in _fields(model)
    )


def _free(graph: bytes, inputs: set[str]) -> bytes:
    made = []
    for number, body, plain in _fields(graph):
        if number == _OUTPUT or (number == _INPUT and _name(body) in inputs):
            made.append(_field(number, _any_size(_name(body))))
        elif number != _SHAPES:
            made.append(plain)
    return b"".join(made)


def _name(value: bytes) -> str:
    return next(body.decode() for number, body, _ in _fields(value) if number == _NAME)


def _any_size(name: str) -> bytes:
    """A float tensor of four dimensions of whatever length."""
    shape = _field(1, b"") * 4
    tensor = bytes([_FLOAT << 3, _FLOAT]) + _field(2, shape)
    return _field(_NAME, name.encode()) + _field(2, _field(1, tensor))


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, content (of those that say their length, else empty) and the whole field as it stands."""
    at = 0
    while at < len(message):
        begin = at
        key, at = _varint(message, at)
        kind, content = key & 7, b""
        if kind == _BYTES:
            size, at = _varint(message, at)
            content, at = message[at : at + size], at + size
        elif kind == 0:
            _, at = _varint(message, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError("not a protocol buffer")
        if at > len(message):
            raise ValueError("cut short")
        yield key >> 3, content, message[begin:at]


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message):
            raise ValueError("cut short")
        byte = message[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at


def _field(number: int, body: bytes) -> bytes:
    return _written(number << 3 | _BYTES) + _written(len(body)) + body


def _written(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])
