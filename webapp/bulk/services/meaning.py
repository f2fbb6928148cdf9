"""What people and phones mean by names: paths in the metadata of an upload, activities in a table of notes."""

import base64
import binascii
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.bulk.naming import clean_path
from webapp.evidence import queries
from webapp.evidence.models import EvidenceKind


def path_said(metadata: str) -> str:
    """The file name in the metadata of an upload, its folders included; "" where there is none.

    The upload's own name is a label without folders.
    """
    for pair in metadata.split(","):
        key, _, encoded = pair.strip(" ").partition(" ")
        if key == "filename":
            try:
                return clean_path(base64.b64decode(encoded, validate=True).decode("utf-8"))
            except (binascii.Error, UnicodeError):
                return ""
    return ""


def metadata_saying(path: str) -> str:
    """Metadata of an upload that says where it lay, as the wire writes it."""
    return f"filename {base64.b64encode(path.encode()).decode()}"


@dataclass(frozen=True)
class ActivityNames:
    """Activities ("kind/activity") and kinds by their codes and their names in both languages."""

    activities: dict[str, tuple[str, ...]]
    kinds: dict[str, str]
    whole: frozenset[str]  # kinds that have no activities and stand for themselves

    def find(self, activity: str, kind: str) -> str | None:
        """The value that a form has for it; "" where nothing was said or a kind alone tells little; None: unknown."""
        of = self.kinds.get(_plain(kind)) if kind else None
        if kind and of is None:
            return None
        if not activity:
            return f"{of}/" if of in self.whole else ""
        hits = self.activities.get(_plain(activity), ())
        fitting = [hit for hit in hits if of is None or hit.startswith(f"{of}/")]
        return fitting[0] if fitting else None


def activity_names(session: Session) -> ActivityNames:
    """Of everything that a case may be."""
    return names_of(queries.kinds(session))


def names_of(kinds: Iterable[EvidenceKind]) -> ActivityNames:
    activities: dict[str, tuple[str, ...]] = {}
    by_kind: dict[str, str] = {}
    whole = set()
    for kind in kinds:
        for name in (kind.code, kind.name_id, kind.name_en):
            by_kind.setdefault(_plain(name), kind.code)
        for one in kind.activities:
            for name in {_plain(text) for text in (one.code, one.name_id, one.name_en, f"{kind.code}/{one.code}")}:
                activities[name] = (*activities.get(name, ()), f"{kind.code}/{one.code}")
        if not kind.activities:
            whole.add(kind.code)
    return ActivityNames(activities, by_kind, frozenset(whole))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("_", " ").casefold().split())
