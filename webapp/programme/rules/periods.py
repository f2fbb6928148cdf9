"""Periods and their stages: pure facts."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class PeriodState(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    FINAL = "final"


PERIOD_LABELS = {
    PeriodState.PREPARED: _l("Disiapkan"),
    PeriodState.OPEN: _l("Dibuka"),
    PeriodState.FINAL: _l("Final"),
}


class StageKind(StrEnum):
    """A part of a period, at most one of each; a period without stages is open for everything at once."""

    SELF_FILLING = "self_filling"
    DESK = "desk"
    FIELD = "field"
    PRESENTATION = "presentation"
    SHORTLIST = "shortlist"
    ADVANCED = "advanced"  # the second round, for the shortlisted
    PLENARY = "plenary"  # signed minutes before the result is final
    FINAL = "final"
    ANNOUNCEMENT = "announcement"


STAGE_LABELS = {
    StageKind.SELF_FILLING: _l("Pengisian mandiri"),
    StageKind.DESK: _l("Verifikasi meja"),
    StageKind.FIELD: _l("Verifikasi lapangan"),
    StageKind.PRESENTATION: _l("Pemaparan"),
    StageKind.SHORTLIST: _l("Penyaringan"),
    StageKind.ADVANCED: _l("Penilaian lanjutan"),
    StageKind.PLENARY: _l("Rapat pleno"),
    StageKind.FINAL: _l("Penetapan nilai"),
    StageKind.ANNOUNCEMENT: _l("Pengumuman"),
}
