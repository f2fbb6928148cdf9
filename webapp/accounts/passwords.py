"""Passwords: argon2id, the same work for names that do not exist, and which ones are too easy to guess."""

import secrets
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.accounts.errors import PasswordCommon, PasswordHasContext, PasswordTooLong, PasswordTooShort

# Argon2id with 19 MiB, two passes, one lane: what the OWASP Password Storage Cheat Sheet asks for at least. RFC 9106's
# own choice for small memory (64 MiB, three passes, four lanes) took a second of a small server's two cores.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_DUMMY = _hasher.hash("nobody has this password")

SHORTEST, LONGEST = 12, 200
_ONE_TIME_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper
_PRODUCT = "petabukti"
_SHORTEST_CONTEXT = 4  # "adi" is part of too many honest words
_NOBODYS_NAME = frozenset("kota kabupaten kecamatan kelurahan desa provinsi daerah khusus istimewa ibukota".split())  # noqa: SIM905
_FEWEST_SIGNS = 5  # "aaaaaaaaaaaa", "121212121212"
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1q2w3e4r5t6y7u8i9o0p")
_STEP = 4  # a piece of a row this long counts as part of the row
# What lists of leaked passwords are made of, ours and the world's; digits and signs around them change nothing.
_COMMON = frozenset(
    """password passw0rd katasandi sandi rahasia sayang sayangku cinta cintaku bismillah alhamdulillah indonesia
    indonesiaraya merdeka jakarta bandung surabaya garuda pancasila admin administrator sekretariat kecamatan
    kelurahan kabupaten camat lurah bupati walikota pemerintah pemda pemkab pemkot welcome selamat selamatdatang
    letmein iloveyou akucintakamu qwerty asdfgh zxcvbn dragon monkey football sunshine princess superman master
    login user guest test tes coba default changeme ganti gantisandi doraemon naruto persib persija persebaya
    januari februari maret april mei juni juli agustus september oktober november desember""".split()  # noqa: SIM905 - words read better than a list
)


def _prepared(password: str) -> str:
    """The same letters whichever keyboard wrote them."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt and parameters inside."""
    return _hasher.hash(_prepared(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; takes as long where there is no account (`None`)."""
    try:
        fits = _hasher.verify(password_hash or _DUMMY, _prepared(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's and should be made anew at sign-in."""
    return _hasher.check_needs_rehash(password_hash)


def one_time_password() -> str:
    """A password to be read out or written down once: four groups of four, 79 bits."""
    groups = ("".join(secrets.choice(_ONE_TIME_SIGNS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def must_be_strong(password: str, context: Iterable[str] = ()) -> None:
    """Refuse what is easy to guess: length, names of person, place and product, common words. No composition rules.

    `context`: names of the person, the organisation, the regions served. Raises `WeakPassword` in one of its kinds.
    """
    plain = _prepared(password).casefold()
    if len(plain) < SHORTEST:
        raise PasswordTooShort(field="new")
    if len(plain) > LONGEST:
        raise PasswordTooLong(field="new")
    words = {word for name in (*context, _PRODUCT) for word in (name.casefold(), *name.casefold().split())}
    if any(word in plain for word in words - _NOBODYS_NAME if len(word) >= _SHORTEST_CONTEXT):
        raise PasswordHasContext(field="new")
    if len(set(plain)) < _FEWEST_SIGNS or _is_common(plain) or _is_walk(plain):
        raise PasswordCommon(field="new")


def _is_common(plain: str) -> bool:
    """Whether the letters are one or several common words after another, whatever digits and signs stand between."""
    letters = "".join(sign for sign in plain if sign.isalpha())
    ends = {0}  # positions up to which the letters are common words
    for start in range(len(letters)):
        if start in ends:
            ends |= {start + len(word) for word in _COMMON if letters.startswith(word, start)}
    return len(letters) >= 3 and len(letters) in ends


def _is_walk(plain: str) -> bool:
    """Whether the whole is made of pieces of the alphabet or of keyboard rows, forth or back ("qwerty123456")."""
    rows = [line for row in _ROWS for line in (row, row[::-1])]
    start = 0
    while start < len(plain):
        step = next(
            (n for n in range(len(plain) - start, 0, -1) if any(plain[start : start + n] in row for row in rows)), 0
        )
        if step < min(_STEP, len(plain) - start):
            return False
        start += step
    return True
