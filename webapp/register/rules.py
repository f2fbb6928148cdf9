"""Kinds of regulations, and whether one is in force on a day. Pure facts."""

from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

SOON = timedelta(days=90)  # [P] how long before its end a regulation is flagged


class RegulationKind(StrEnum):
    """Kinds of regulations of a region."""

    PERDA = "perda"
    PERBUP = "perbup"
    PERGUB = "pergub"
    SK = "sk"
    CIRCULAR = "surat_edaran"


KIND_LABELS = {
    RegulationKind.PERDA: _l("Peraturan daerah (Perda)"),
    RegulationKind.PERBUP: _l("Peraturan bupati/wali kota (Perbup/Perwal)"),
    RegulationKind.PERGUB: _l("Peraturan gubernur (Pergub)"),
    RegulationKind.SK: _l("Surat keputusan (SK)"),
    RegulationKind.CIRCULAR: _l("Surat edaran"),
}
SHORT_KINDS = {
    RegulationKind.PERDA: "Perda",
    RegulationKind.PERBUP: "Perbup/Perwal",
    RegulationKind.PERGUB: "Pergub",
    RegulationKind.SK: "SK",
    RegulationKind.CIRCULAR: "SE",
}


class Force(StrEnum):
    """Whether a regulation is in force on a day."""

    COMING = "coming"
    IN_FORCE = "in_force"
    ENDING = "ending"  # in force, and soon not
    EXPIRED = "expired"
    REVOKED = "revoked"


FORCE_LABELS = {
    Force.COMING: _l("Belum berlaku"),
    Force.IN_FORCE: _l("Berlaku"),
    Force.ENDING: _l("Segera berakhir"),
    Force.EXPIRED: _l("Kedaluwarsa"),
    Force.REVOKED: _l("Dicabut"),
}
FORCE_LOOKS = {
    Force.COMING: "wait", Force.IN_FORCE: "good", Force.ENDING: "warn", Force.EXPIRED: "bad", Force.REVOKED: "bad",
}  # fmt: skip
STANDS = frozenset({Force.IN_FORCE, Force.ENDING})


def force(in_force_from: date, ends_on: date | None, revoked_on: date | None, day: date) -> Force:
    """Whether a regulation is in force that day. `ends_on`: its last day; from `revoked_on` on it no longer holds."""
    if revoked_on is not None and day >= revoked_on:
        return Force.REVOKED
    if ends_on is not None and day > ends_on:
        return Force.EXPIRED
    if day < in_force_from:
        return Force.COMING
    nearest = min((one for one in (ends_on, revoked_on) if one is not None), default=None)
    return Force.ENDING if nearest is not None and nearest - day <= SOON else Force.IN_FORCE
