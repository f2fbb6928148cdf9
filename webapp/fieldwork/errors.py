"""What can go wrong in planning visits and in making their papers, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotAllowed, Problem


class NotAnAssessingRegion(Problem):
    """Plans are of a kabupaten or kota, so that every case lies in the draws of one region."""

    code = "not_an_assessing_region"
    message = _l("Rencana dibuat untuk satu kabupaten atau kota.")


class DayHasPassed(Problem):
    """Nobody plans yesterday."""

    code = "day_has_passed"
    message = _l("Hari kunjungan sudah lewat.")


class NothingToVisit(Problem):
    """No case waits for the field, and none is left to draw from."""

    code = "nothing_to_visit"
    message = _l("Tidak ada bukti yang menunggu cek lapangan dan tidak ada yang baru untuk diundi di wilayah ini.")


class NobodyToSend(Problem):
    """A plan needs field verifiers."""

    code = "nobody_to_send"
    message = _l("Pilih paling sedikit satu verifikator lapangan.")


class ReasonNeeded(Problem):
    """Who changes a plan says why, and it stays written."""

    code = "plan_reason_needed"
    message = _l("Tulis alasannya; alasan ini tetap tersimpan.")


class MayNotVisit(NotAllowed):
    """This person may not visit that case."""

    code = "may_not_visit"
    message = _l(
        "Orang ini tidak boleh mengunjungi bukti tersebut: bukan verifikator lapangan di wilayah itu, ikut membuat "
        "buktinya, bertugas di unitnya, atau sudah memutuskannya di meja."
    )


class AlreadySettled(Conflict):
    """The visit is done or was dropped."""

    code = "planned_visit_settled"
    message = _l("Kunjungan ini sudah selesai atau sudah dibatalkan. Muat ulang halaman.")


class NotFinished(Problem):
    """Minutes are made of a visit that has its verdict."""

    code = "visit_not_finished"
    message = _l("Berita acara dibuat setelah kunjungan selesai.")


class NothingAssigned(Problem):
    """A letter of assignment names somebody."""

    code = "nothing_assigned"
    message = _l("Belum ada petugas dalam rencana ini, jadi belum ada yang dapat ditugaskan.")
