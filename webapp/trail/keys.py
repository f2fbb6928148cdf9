"""The key that signs heads: Ed25519, in the data directory unless a path is set, readable by the owner alone."""

import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from webapp.trail.errors import NoTrailKey


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key, made at first need (PKCS 8, PEM, 0600). Raises `NoTrailKey` for a file that is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")  # whole or not there, whenever the power goes
        made.touch(mode=0o600)
        made.write_bytes(
            Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        try:
            path.hardlink_to(made)  # of two that begin at once, one wins
        except FileExistsError:
            pass
        finally:
            made.unlink()
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, OSError) as why:
        raise NoTrailKey from why
    if not isinstance(key, Ed25519PrivateKey):
        raise NoTrailKey
    return key


def public_pem(public: bytes) -> str:
    """A public key as `openssl pkey -pubin` reads it."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def read_public(text: str) -> bytes:
    """The 32 bytes of a public key from PEM or 64 hex digits. Raises `NoTrailKey`."""
    try:
        if "BEGIN PUBLIC KEY" not in text:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
        else:
            read = serialization.load_pem_public_key(text.encode())
            if not isinstance(read, Ed25519PublicKey):
                raise NoTrailKey
            key = read
    except ValueError as why:
        raise NoTrailKey from why
    return key.public_bytes_raw()
