"""Sentences for signals: a code and its numbers become what a person understands."""

from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.evidence.words import FLAGS, Words, said
from webapp.signals.rules import Weight

WEIGHTS: Words = {
    Weight.STRONG: _l("Perlu penjelasan"),
    Weight.WEAK: _l("Perlu dilihat"),
    Weight.NOTE: _l("Catatan"),
}


def sentence(code: str, detail: dict[str, Any], zone: str) -> str:  # noqa: ARG001
    """The sentence of a signal. `zone`: in which its times are told."""
    return said(FLAGS, code)
