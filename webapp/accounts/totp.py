"""Codes of six digits from a phone: RFC 6238 with its defaults (SHA-1, 30 s), which every authenticator app speaks."""

import hmac
import math
import re
from datetime import datetime

import pyotp

STEP_S = 30
# One step before and one after: clocks differ and people type slowly (RFC 6238, 5.2; ASVS 5.0, 6.5.5).
WINDOW = 1
_PRODUCT = "Petabukti"


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226, R6)."""
    return pyotp.random_base32()


def step_at(at: datetime) -> int:
    """The number of the 30-second step since 1970 that runs at this moment."""
    return math.floor(at.timestamp()) // STEP_S


def seconds_to_next(at: datetime) -> int:
    """After how many seconds the next code begins, 1 to 30."""
    return STEP_S - math.floor(at.timestamp()) % STEP_S


def code_of(secret: str, step: int) -> str:
    """The six digits of a step."""
    return str(pyotp.HOTP(secret).at(step))


def cleaned(typed: str) -> str:
    """What was typed or pasted without blanks and hyphens: apps show "123 456"."""
    return re.sub(r"[\s\-\u2010-\u2015]+", "", typed)


def fitting_step(secret: str, typed: str, at: datetime) -> int | None:
    """The latest step around this moment whose code this is; None when it is no code of now.

    Which step it is must be kept by the caller, so that a code is taken once (RFC 6238, 5.2; ASVS 5.0, 6.5.1).
    """
    now = step_at(at)
    steps = range(now - WINDOW, now + WINDOW + 1)
    sent = cleaned(typed).encode()
    fitting = [step for step in steps if hmac.compare_digest(code_of(secret, step).encode(), sent)]
    return max(fitting, default=None)


def address_for_app(secret: str, username: str) -> str:
    """The `otpauth:` address that an authenticator app reads from a QR code."""
    return str(pyotp.TOTP(secret, name=username, issuer=_PRODUCT).provisioning_uri())


def in_groups(text: str) -> str:
    """The same signs in groups of four, to be read and typed."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
