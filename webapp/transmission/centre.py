"""Speaking to a centre: one POST of JSON, signed, with a key under which the centre knows it again.

The centre answers 200 or 201 with `{"receipt": "…", "sha256": "<of our content>"}`, the same receipt for the same key
however often it is asked. `X-Petabukti-Signature` is the HMAC-SHA-256 of the body under the shared secret, in hex.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

from webapp.forms.json import BadJson, read_object
from webapp.transmission.rules import Outcome

CONNECT_S, READ_S = 5.0, 30.0
LONGEST_ANSWER, LONGEST_RECEIPT, LONGEST_SAID = 65_536, 200, 300
KEY_HEADER, SIGNATURE_HEADER = "Idempotency-Key", "X-Petabukti-Signature"


class NotReceived(Exception):
    """A try without a receipt. `outcome`: why; `said`: what the centre or the network answered, shortened."""

    def __init__(self, outcome: Outcome, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.outcome, self.said, self.status = outcome, said, status


@dataclass(frozen=True)
class Receipt:
    """That the centre has it. `number`: its own."""

    number: str
    status: int


def canonical(content: Mapping[str, Any]) -> bytes:
    """What is sent and signed: JSON in UTF-8 with sorted keys and without spaces."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def signature(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Centre:
    """The centre at an address. `read_s`: how long an answer may take, in seconds."""

    def __init__(self, url: str, secret: str, *, read_s: float = READ_S) -> None:
        self.url, self.secret = url, secret
        timeout = urllib3.Timeout(connect=CONNECT_S, read=read_s)
        self.pool = urllib3.PoolManager(timeout=timeout, retries=False)

    def deliver(self, content: Mapping[str, Any], *, key: str, sha256: str) -> Receipt:
        """Hand it over. `sha256`: of the canonical content; the receipt must name it. Raises `NotReceived`."""
        body = canonical(content)
        headers = {
            "Content-Type": "application/json",
            KEY_HEADER: key,
            SIGNATURE_HEADER: signature(body, self.secret),
        }
        try:
            answer = self.pool.request(
                "POST", self.url, body=body, headers=headers, redirect=False, preload_content=False
            )
            said = answer.read(LONGEST_ANSWER, decode_content=True)
            answer.release_conn()
        except ReadTimeoutError as why:
            raise NotReceived(Outcome.TOO_SLOW, _short(why)) from why
        except (HTTPError, OSError) as why:
            raise NotReceived(Outcome.UNREACHABLE, _short(why)) from why
        if answer.status not in (200, 201):
            raise NotReceived(Outcome.REFUSED, _short(said), answer.status)
        return Receipt(_read(said, sha256, answer.status), answer.status)


def _read(said: bytes, sha256: str, status: int) -> str:
    """The number of the receipt. Raises `NotReceived` for what is none, or is one for something else."""
    try:
        told = read_object(said)
        number = told["receipt"]
        meant = told["sha256"] == sha256
    except (BadJson, KeyError) as why:
        raise NotReceived(Outcome.NONSENSE, _short(said), status) from why
    if not isinstance(number, str) or not 0 < len(number.strip()) <= LONGEST_RECEIPT or not meant:
        raise NotReceived(Outcome.NONSENSE, _short(said), status)
    return number.strip()


def _short(said: object) -> str:
    """For the outbox: no longer than a line, and nothing a page or a log could stumble over."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else f"{type(said).__name__}: {said}"
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST_SAID]
