"""What a file's XMP declares of its own making. Searched for one word, never parsed: entities stay what they are."""

from __future__ import annotations

import re

from media.buffers import Buffer

_WORD = b"DigitalSourceType"
_MOST_PLACES, _FAR = 8, 400
_VALUE = re.compile(
    rb"""DigitalSourceType[^<>]{0,200}?["'>]\s*https?://(?:cv\.iptc\.org/newscodes|c2pa\.org)/digitalsourcetype/"""
    rb"""([A-Za-z]{3,60})["'<\s]""",
    re.IGNORECASE,
)


def digital_source(data: Buffer) -> str | None:
    """The last part of the IPTC DigitalSourceType of a file, as written: `trainedAlgorithmicMedia`, say.

    Of several the first. See cv.iptc.org/newscodes/digitalsourcetype. Whoever lies here is believed: it only says what
    a file admits of itself.
    """
    at = -1
    for _ in range(_MOST_PLACES):
        at = data.find(_WORD, at + 1)
        if at < 0:
            return None
        found = _VALUE.match(data[at : at + _FAR])
        if found:
            return found[1].decode("ascii")
    return None
