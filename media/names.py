"""Texts that strangers wrote into a file or its name, made fit for showing (never for building a path)."""

from __future__ import annotations

import re
import unicodedata

LABEL_LENGTH = 120
"""Longest label, in characters."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories without a shape: control, bidi and zero-width, halves of pairs, private, unassigned."""

_SEPARATORS = re.compile(r"[/\\\x00]")


def clean_text(text: str, longest: int = LABEL_LENGTH) -> str:
    """`text` in composed form on one line: no control, bidi or zero-width characters, at most `longest` characters."""
    visible = "".join(" " if letter.isspace() else letter for letter in text[: longest * 8] if _is_seen(letter))
    return unicodedata.normalize("NFC", " ".join(visible.split()))[:longest].strip()


def _is_seen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in _UNSEEN


def clean_name(name: str) -> str:
    """A label for the file name as it was sent, at most 120 characters; "" when nothing of it can be shown.

    Without folders, control, bidi and zero-width characters. It stays a stranger's text: escape it like any other,
    and never build a path from it. A long name keeps its extension.
    """
    label = clean_text(_SEPARATORS.split(name)[-1], longest=400)
    if label.strip(". ") == "":
        return ""
    if len(label) <= LABEL_LENGTH:
        return label
    stem, dot, extension = label.rpartition(".")
    if not dot or len(extension) > 8:
        return label[:LABEL_LENGTH].rstrip()
    return stem[: LABEL_LENGTH - len(extension) - 2] + "…." + extension
