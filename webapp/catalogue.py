"""The English catalogue: what must be translated, what is, and the file that holds it."""

from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ENGLISH = HERE / "translations" / "en" / "LC_MESSAGES" / "messages.po"
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS = {"_": None, "gettext": None, "_l": None, "lazy_gettext": None, "ngettext": (1, 2), "_n": (1, 2)}
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}


def extracted() -> Catalog:
    """Every sentence of the code and the templates, in the source language, without translations."""
    found = Catalog(charset="utf-8")
    for file, line, message, comments, context in extract_from_dir(
        HERE, _METHODS, options_map=_OPTIONS, keywords=_KEYWORDS
    ):
        if "static/vendor" not in file:
            found.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return found


def english() -> Catalog:
    """The catalogue as it stands in the repository."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def untranslated(catalogue: Catalog | None = None) -> list[str]:
    """Sentences without an English one, or with a doubtful one."""
    known = catalogue or english()
    return [str(message.id) for message in extracted() if message.id and not _is_translated(known, message.id)]


def _is_translated(known: Catalog, key: object) -> bool:
    message = known.get(key)  # type: ignore[arg-type]
    if message is None or message.fuzzy:
        return False
    words = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(words)


def update() -> list[str]:
    """Bring the catalogue to what the code says now, keep what is translated; answers what is still missing."""
    known = english() if ENGLISH.exists() else Catalog(locale="en", charset="utf-8")
    fresh = extracted()
    for message in fresh:
        old = known.get(message.id) if message.id else None
        if old is not None and not old.fuzzy:
            message.string = old.string
    fresh.fuzzy = False  # a catalogue marked as doubtful is skipped when it is compiled
    fresh.locale, fresh.header_comment = "en", "# English for Petabukti; the source sentences are Indonesian."
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, fresh, width=120, sort_output=True, no_location=True, omit_header=False)
    return untranslated(fresh)


def compile_catalogue() -> None:
    """Write the .mo file beside the catalogue when it is missing or older."""
    made = ENGLISH.with_suffix(".mo")
    if made.exists() and made.stat().st_mtime_ns >= ENGLISH.stat().st_mtime_ns:
        return
    with made.open("wb") as file:
        write_mo(file, english())
