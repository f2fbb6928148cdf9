"""Codes of receipts and papers: nobody guesses one, and people can read it out over the telephone."""

import re
import secrets

# Crockford's base 32: no I, L, O (they are read as 1 and 0) and no U.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16  # signs of 5 random bits each: 80 bits, so that guessing needs no throttle
_GROUP = 4
_MEANT = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212._]+")


def new_code() -> str:
    """A new code of 80 random bits, as `XXXX-XXXX-XXXX-XXXX`."""
    return _grouped("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)))


def read_code(typed: str) -> str | None:
    """The code somebody meant who typed or was read it: case, gaps, O for 0, I and L for 1 do not matter.

    None where it cannot be a code at all.
    """
    signs = _BETWEEN.sub("", typed[:100]).upper().translate(_MEANT)
    return _grouped(signs) if len(signs) == _LENGTH and set(signs) <= set(_SIGNS) else None


def _grouped(signs: str) -> str:
    return "-".join(signs[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
