"""Names of files as people and archives give them: labels for showing and sorting, never paths to open."""

import re

from media.names import clean_name

_PARTS = re.compile(r"[/\\\x00]+")
_LONGEST, _DEEPEST = 400, 8
_OF_MACHINES = frozenset({"__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db"})


def clean_path(raw: str) -> str:
    """Folders and name as labels parted by "/"; nothing of it climbs, and at most the last 8 parts are kept."""
    parts = [label for part in _PARTS.split(raw[-4 * _LONGEST :]) if (label := clean_name(part))]
    kept = parts[-_DEEPEST:]
    while len(kept) > 1 and len("/".join(kept)) > _LONGEST:
        kept.pop(0)
    return "/".join(kept)


def name_of(path: str) -> str:
    """The last part."""
    return path.rpartition("/")[2]


def is_furniture(raw: str) -> bool:
    """Whether a computer put it there by itself: hidden files, thumbnails, what macOS writes beside."""
    parts = [part for part in _PARTS.split(raw) if part.strip(".")]
    return any(part.startswith(".") or part.casefold() in _OF_MACHINES for part in parts)
