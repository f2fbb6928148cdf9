"""What can go wrong when a case names its source."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class NoSource(Problem):
    """Neither a case nor words, or both at once."""

    code = "no_source"
    message = _l("Sebutkan satu asal: nomor bukti di sini, atau keterangan asal di luar sistem.")


class UnknownSource(Problem):
    """There is no such case, or none that this person may see, or it was withdrawn."""

    code = "unknown_source"
    message = _l("Bukti asal tidak ditemukan di antara bukti yang dapat Anda lihat.")


class UnknownRegion(Problem):
    """No region has that code."""

    code = "unknown_region"
    message = _l("Kode wilayah asal tidak dikenal.")


class NotAtHome(Problem):
    """A case of a study abroad tells of what others built; it copies nothing."""

    code = "study_copies_nothing"
    message = _l("Bukti tugas studi menunjukkan karya pihak lain, jadi tidak menyebut asal.")


class GoesRound(Conflict):
    """The source was itself adapted from this case, directly or over others."""

    code = "copies_go_round"
    message = _l("Asal ini sendiri diadaptasi dari bukti ini, langsung atau lewat bukti lain.")
