"""Heads as text: a checkpoint in the form of a signed note (C2SP tlog-checkpoint and signed-note), Ed25519.

    petabukti/3f9c…        the origin: whose log
    1234                   how many leaves
    JdBX…=                 the root, base64
    2026-11-28T20:15:55.000000Z

    — petabukti/3f9c… <base64 of four bytes of the key's name and the signature>

The signature is over everything up to the empty line.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_NOTE = re.compile(
    r"([^\n+ ]+)\n(\d{1,18})\n([A-Za-z0-9+/]{43}=)\n(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n"
    r"\n— (\1) ([A-Za-z0-9+/=]+)\n"
)


class BadNote(ValueError):
    """Text that is no checkpoint."""


@dataclass(frozen=True)
class Note:
    """A signed head, as it is written down outside."""

    origin: str
    size: int
    root: bytes
    at: datetime
    key_hash: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The whole note."""
        signed = base64.b64encode(self.key_hash + self.signature).decode()
        return f"{body(self.origin, self.size, self.root, self.at)}\n— {self.origin} {signed}\n"

    def is_signed_by(self, public: bytes) -> bool:
        """Whether that key made the signature."""
        if key_hash(self.origin, public) != self.key_hash:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(
                self.signature, body(self.origin, self.size, self.root, self.at).encode()
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def body(origin: str, size: int, root: bytes, at: datetime) -> str:
    """What is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n{at.astimezone(UTC).strftime(_TIME)}\n"


def sign(key: Ed25519PrivateKey, origin: str, size: int, root: bytes, at: datetime) -> Note:
    """A head of that size and root, signed."""
    signature = key.sign(body(origin, size, root, at).encode())
    return Note(origin, size, root, at, key_hash(origin, key.public_key().public_bytes_raw()), signature)


def parse(text: str) -> Note:
    """A checkpoint from its text. Raises `BadNote`."""
    found = _NOTE.fullmatch(text.replace("\r\n", "\n"))
    if found is None:
        raise BadNote
    try:
        signed = base64.b64decode(found[6], validate=True)
        at = datetime.strptime(found[4], _TIME).replace(tzinfo=UTC)
    except (binascii.Error, ValueError) as why:
        raise BadNote from why
    return Note(found[1], int(found[2]), base64.b64decode(found[3]), at, signed[:4], signed[4:])


def key_hash(origin: str, public: bytes) -> bytes:
    """By which a note names its key: four bytes, as the signed-note form has it."""
    return hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]


def key_id(public: bytes) -> str:
    """A key's fingerprint for people: 16 hex digits of the SHA-256 over its 32 bytes."""
    return hashlib.sha256(public).hexdigest()[:16]


def verifier_key(origin: str, public: bytes) -> str:
    """The public key in the form that programs for signed notes read: name+hash+base64."""
    told = base64.b64encode(b"\x01" + public).decode()
    return f"{origin}+{key_hash(origin, public).hex()}+{told}"
