"""Recovery codes: ways in for who has lost the phone, each good for once."""

import hashlib
import secrets

from webapp.accounts.totp import cleaned

COUNT = 10
# 24 signs of 5 bits each. From 112 bits on a plain digest is enough to keep them (ASVS 5.0, 6.5.2): no salt, no argon2.
LENGTH = 24
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32: what looks alike is read alike
_READ_ALIKE = str.maketrans("oil", "011")


def new_codes() -> list[str]:
    """Ten codes of 120 bits, each in six groups of four."""
    return [_grouped("".join(secrets.choice(_SIGNS) for _ in range(LENGTH))) for _ in range(COUNT)]


def digest(typed: str) -> str:
    """What is kept of a code, whatever the case of its letters, its blanks and its hyphens."""
    plain = cleaned(typed).lower().translate(_READ_ALIKE)
    return hashlib.sha256(f"petabukti recovery code {plain}".encode()).hexdigest()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))
