"""Passwords: argon2id, and the same work for names that do not exist."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Second choice of RFC 9106 brought down to a small server: 19 MiB, two passes, one lane (OWASP's minimum).
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_DUMMY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt and parameters inside."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; takes as long where there is no account (`None`)."""
    try:
        fits = _hasher.verify(password_hash or _DUMMY, password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's and should be made anew at sign-in."""
    return _hasher.check_needs_rehash(password_hash)
