"""What two processes say to each other over a pipe, and what a broken one may say."""

from __future__ import annotations

import io
import json
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.frames import MOST_BYTES, Garbled, receive, send


@given(st.dictionaries(st.text(max_size=9), st.integers() | st.text(max_size=9)), st.lists(st.binary(max_size=99)))
def test_what_is_sent_is_received(head: dict[str, object], parts: list[bytes]) -> None:
    head.pop("parts", None)
    pipe = io.BytesIO()
    send(pipe, head, *parts)
    pipe.seek(0)
    assert receive(pipe) == (head, parts)


@given(st.binary(max_size=300))
def test_rubbish_is_garbled_or_an_end(raw: bytes) -> None:
    with pytest.raises((Garbled, EOFError)):
        receive(io.BytesIO(raw + b"\xff" * 4))


@pytest.mark.parametrize(
    "head", [{"parts": [MOST_BYTES + 1]}, {"parts": [-1]}, {"parts": "ab"}, {"parts": None}, {}, [], 7]
)
def test_a_head_that_promises_nonsense_is_garbled(head: object) -> None:
    words = json.dumps(head).encode()
    with pytest.raises(Garbled):
        receive(io.BytesIO(pack(">I", len(words)) + words))
