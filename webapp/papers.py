"""Papers to sign: a template's HTML becomes a PDF (WeasyPrint), without asking anybody for anything.

WeasyPrint takes a second to load, so it is loaded with the first paper. Its libraries (Pango and fonts) come with the
system: see README.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

SCHEME = "foto:"  # what the address of a picture begins with in a paper's HTML; its name follows

log = logging.getLogger(__name__)


class ForeignAddress(ValueError):
    """A paper asked for something that was not handed to it."""

    code = "foreign_address"


def pdf(html: str, pictures: Mapping[str, bytes]) -> bytes:
    """The paper as PDF. `pictures`: bytes by name, for `<img src="foto:NAME">`; every other address is refused, and
    what asked for it is left out.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnPictures(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no annotations
        """Knows what was handed over, and no way out."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - WeasyPrint asks so
            name = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or name not in pictures:
                log.warning("a paper asked for an address that is not its own: %.80s", url)
                raise ForeignAddress(url[:80])
            return URLFetcherResponse(url, pictures[name])

    made: bytes = HTML(string=html, url_fetcher=OwnPictures(), base_url=SCHEME).write_pdf()
    return made


def frozen(content: Mapping[str, Any]) -> str:
    """What a paper's hash is of: its content as JSON in UTF-8 with sorted keys and without spaces."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def digest(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a content as `frozen` writes it, 64 hexadecimal digits."""
    return hashlib.sha256(frozen(content).encode()).hexdigest()
