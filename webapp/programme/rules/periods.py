"""Periods and their stages: pure facts."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

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


class OpeningFault(StrEnum):
    """Why a prepared period cannot be opened, weights aside."""

    NO_PARTICIPANTS = "no_participants"
    NO_PRESENTATION_STAGE = "no_presentation_stage"
    NO_ADVANCED_STAGE = "no_advanced_stage"
    NO_SHORTLIST_SIZE = "no_shortlist_size"
    SHORTLIST_TOO_LARGE = "shortlist_too_large"


OPENING_LABELS = {
    OpeningFault.NO_PARTICIPANTS: _l("Belum ada kecamatan peserta."),
    OpeningFault.NO_PRESENTATION_STAGE: _l("Instrumen menilai pemaparan, tetapi periode ini tanpa tahap pemaparan."),
    OpeningFault.NO_ADVANCED_STAGE: _l("Instrumen mempunyai aspek babak kedua, tetapi tanpa tahap penilaian lanjutan."),
    OpeningFault.NO_SHORTLIST_SIZE: _l("Instrumen mempunyai aspek babak kedua, tetapi jumlah yang maju belum disebut."),
    OpeningFault.SHORTLIST_TOO_LARGE: _l("Yang maju ke babak kedua harus lebih sedikit daripada peserta."),
}


def opening_faults(
    kinds: Collection[str], presents: Iterable[int], rounds: Iterable[int], participants: int, shortlist: int | None
) -> list[OpeningFault]:
    """What a period lacks before it opens.

    `kinds`: of its stages; `presents`: the rounds in which something is presented; `rounds`: of the aspects;
    `shortlist`: how many go on. A second round presents within its own stage.
    """
    second = 2 in set(rounds)
    checks = {
        OpeningFault.NO_PARTICIPANTS: participants == 0,
        OpeningFault.NO_PRESENTATION_STAGE: 1 in set(presents) and StageKind.PRESENTATION not in kinds,
        OpeningFault.NO_ADVANCED_STAGE: second and StageKind.ADVANCED not in kinds,
        OpeningFault.NO_SHORTLIST_SIZE: second and shortlist is None,
        OpeningFault.SHORTLIST_TOO_LARGE: second and shortlist is not None and 0 < participants <= shortlist,
    }
    return [fault for fault, there in checks.items() if there]


def last_moment(day: date, zone: str) -> datetime:
    """The end of a day in a zone, as an instant: until then may be sent what is due on that day."""
    return datetime.combine(day, time.max, ZoneInfo(zone)).astimezone(UTC)


def a_year_later(day: date) -> date:
    """The same day of the next year; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def name_a_year_later(name: str, year: int) -> str:
    """A period's name for the next year: "OKI 2017" becomes "OKI 2018"; without its year in it, that is added."""
    return name.replace(str(year), str(year + 1)) if str(year) in name else f"{name} {year + 1}"
