"""Content Credentials (C2PA): who signed a picture, whether it was changed since, and what it admits of its making.

Positive evidence only: most cameras sign nothing and every re-saving takes a signature away, so none means nothing.
And a signature says who signed, not that the scene is true. What the library reads is a stranger's bytes: it runs in a
process of its own, confined like those that decode, started for the few files that carry a manifest. It asks nobody on
the network, neither for manifests nor for revocations.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from typing import Any, BinaryIO, cast

from media.buffers import Buffer
from media.frames import Garbled, receive, send
from media.keeping import environment
from media.names import clean_text

log = logging.getLogger(__name__)
_MOST_BOXES, _NEAR = 1_000, 220
_TURN = threading.Semaphore(2)  # files with a manifest are few, and must not become many processes
_MEMORY, _SECONDS = 1_500_000_000, 20
UNREADABLE: dict[str, Any] = {
    "state": "broken", "signer": None, "generator": None, "ai": False, "edited": False, "codes": ["unreadable"],
}  # fmt: skip


def has_credentials(data: Buffer) -> bool:
    """Whether a file seems to carry a manifest at all."""
    at = -1
    for _ in range(_MOST_BOXES):
        at = data.find(b"jumb", at + 1)
        if at < 0:
            return False
        if b"c2pa" in data[at : at + _NEAR]:
            return True
    return False


def read_credentials(data: Buffer, mime: str, trust: str | None) -> dict[str, Any] | None:
    """The verdict of this moment; None without a manifest. `trust`: PEM certificates of whoever is believed.

    `state`: `trusted` (unchanged, by a signer we know), `untrusted` (unchanged, by whomever), `broken` (changed since,
    or not to be read); `signer`, `generator`: names as the file gives them, cleaned; `ai`: it says it was generated;
    `edited`: it says it was edited after it was taken; `codes`: what did not hold, in words of the specification.

    A certificate that ran out since makes an honest picture a broken one: keep the verdict of the day. Never raises.
    """
    if not has_credentials(data):
        return None
    try:
        with _TURN:
            return _asked(data[:], mime, trust)
    except (OSError, EOFError, Garbled, ValueError, KeyError, TypeError, subprocess.SubprocessError) as why:
        log.warning("credentials of a picture could not be read (%s, %s bytes)", mime, len(data), exc_info=why)
        return dict(UNREADABLE)


def _asked(data: bytes, mime: str, trust: str | None) -> dict[str, Any] | None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "media.credentials_child", str(_MEMORY), str(_SECONDS)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), cwd="/",
        start_new_session=True,
    )  # fmt: skip
    try:
        send(cast(BinaryIO, process.stdin), {"mime": mime, "trust": trust}, data)
        said, _ = receive(cast(BinaryIO, process.stdout))  # it ends itself when it takes too long
    finally:
        process.kill()
        process.communicate()
    return None if said["state"] == "none" else _plain(said)


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """What the child said, taken only as the plain words it should be."""
    if said["state"] not in ("trusted", "untrusted", "broken"):
        raise ValueError(said["state"])
    return {
        "state": said["state"],
        "signer": _word(said["signer"]),
        "generator": _word(said["generator"]),
        "ai": said["ai"] is True,
        "edited": said["edited"] is True,
        "codes": [str(code)[:80] for code in said["codes"]][:20],
    }


def _word(said: Any) -> str | None:
    return clean_text(str(said)) or None if said else None
