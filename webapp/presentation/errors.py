"""What can go wrong with presentations, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotAllowed, Problem


class AlreadyHeld(Conflict):
    """Somebody has been heard or found absent: a schedule that has begun is not made anew."""

    code = "presentation_held"
    message = _l(
        "Sebagian pemaparan sudah berlangsung; jadwal tidak dapat disusun ulang. Pindahkan slot satu per satu."
    )


class PeriodIsOver(Conflict):
    """The schedule of a final period stays."""

    code = "period_final"
    message = _l("Periode ini sudah final; klaim dan nilai tidak dapat diubah.")


class StageNotRunning(Conflict):
    """Attendance and values belong to the running stage."""

    code = "stage_not_running"
    message = _l("Tahap pemaparan tidak sedang dibuka.")


class NoDays(Problem):
    """A schedule needs its days."""

    code = "no_days"
    message = _l("Sebutkan sedikitnya satu hari pemaparan.")


class DayTooShort(Problem):
    """So many slots of that length do not fit into a day."""

    code = "day_too_short"
    message = _l("Slot sebanyak itu tidak muat sebelum tengah malam. Tambah hari atau pendekkan waktunya.")


class NobodyToHear(Problem):
    """No participant came into that round."""

    code = "nobody_to_hear"
    message = _l("Tidak ada peserta untuk babak ini.")


class PlaceTaken(Conflict):
    """Another unit is heard there at that time."""

    code = "place_taken"
    message = _l("Pada waktu itu tempat tersebut dipakai peserta lain.")


class SlotHeld(Conflict):
    """Who has been heard is not heard at another time."""

    code = "slot_held"
    message = _l("Peserta ini sudah memaparkan, jadi slotnya tidak dapat dipindah.")


class SlotScored(Conflict):
    """Values were given already: attendance does not change under them."""

    code = "slot_scored"
    message = _l("Sudah ada nilai untuk pemaparan ini, jadi kehadiran itu tidak dapat diubah.")


class ReasonMissing(Problem):
    """Absence and moving need a reason."""

    code = "reason_missing"
    message = _l("Sebutkan alasannya.")


class NotPresent(NotAllowed):
    """Only assessors who were there value what was presented."""

    code = "not_present"
    message = _l("Hanya penilai yang tercatat hadir pada pemaparan ini yang memberi nilai.")


class NotAnAssessor(Problem):
    """Somebody named as present is no assessor who may value this unit."""

    code = "not_an_assessor"
    message = _l("Orang itu bukan penilai periode ini, atau tidak boleh menilai unit ini.")
