"""Secrets at rest: sealed with a key derived from the installation's own secret, each bound to what it belongs to."""

import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.accounts.errors import SecretUnreadable

_NONCE = 12  # bytes; random, which is safe for far more seals than there will ever be people (NIST SP 800-38D)
_PURPOSE = b"petabukti second factor v1"


class Vault:
    """Seals and opens short secrets with AES-256-GCM. `secret_key` is the setting of that name."""

    def __init__(self, secret_key: str) -> None:
        self._cipher = AESGCM(_derived(secret_key))

    def seal(self, secret: str, owner: str) -> bytes:
        """The secret unreadable without the key, and unusable for another owner."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), owner.encode())

    def open(self, sealed: bytes, owner: str) -> str:
        """The secret again. Raises `SecretUnreadable`: other key, other owner, or damaged bytes."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode()).decode()
        except (InvalidTag, ValueError) as why:
            raise SecretUnreadable from why


@lru_cache(maxsize=4)
def _derived(secret_key: str) -> bytes:
    """A key of its own for this purpose (HKDF, RFC 5869): the cookie signature and the seals share nothing."""
    return HKDF(SHA256(), 32, None, _PURPOSE).derive(secret_key.encode())
