"""Ties between a person who judges and a unit, and the statement everybody makes before the first verdict. Pure facts.

Source: domain.md 3.5, invariant 5. The database derives the ties of posts (`wall.conflict_units`, migration 0130), so
that application and trigger cannot disagree.
"""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Tie(StrEnum):
    """What a person declares about a unit."""

    KIN = "kin"
    CHAIN = "chain"
    SERVED = "served"
    INTEREST = "interest"


TIE_LABELS = {
    Tie.KIN: _l("Kerabat"),
    Tie.CHAIN: _l("Atasan atau bawahan"),
    Tie.SERVED: _l("Pernah bertugas di sana"),
    Tie.INTEREST: _l("Kepentingan lain"),
}


class Derived(StrEnum):
    """What posts say by themselves about a person and a unit."""

    OWN_UNIT = "own_unit"  # camat or contributor there, now or within the months
    SUPERIOR = "superior"  # leader of the very regency the kecamatan belongs to, now or within the months
    CHAIN = "chain"  # stood over its present camat, or under them, while both were at work, within the months


STATEMENT_VERSION = "2026-1"
STATEMENTS = {
    "2026-1": _l(
        "Saya menyatakan telah menyebutkan semua unit peserta periode ini yang ada hubungannya dengan saya: kerabat, "
        "atasan atau bawahan, tempat saya pernah bertugas, atau kepentingan lain. Terhadap unit lainnya saya bebas "
        "dari konflik kepentingan dan menilai hanya menurut bukti. Bila keadaan berubah, saya menambahkannya di sini."
    )
}
