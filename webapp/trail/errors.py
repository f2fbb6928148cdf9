"""What can go wrong with the trail."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Problem


class NoTrailKey(Problem):
    """A file that should hold an Ed25519 key and does not."""

    status, code = 500, "no_trail_key"
    message = _l("Berkas kunci jejak tidak dapat dibaca sebagai kunci Ed25519.")


class NothingSealed(Problem):
    """There is no head yet, or none that covers the line."""

    status, code = 409, "nothing_sealed"
    message = _l("Baris ini belum tercakup kepala jejak yang ditandatangani. Coba lagi setelah penyegelan berikutnya.")


class OtherCheckpoint(Problem):
    """Where a head should be written once stands another of the same size: somebody's history is not ours."""

    status, code = 500, "other_checkpoint"
    message = _l("Di tempat penyimpanan titik periksa sudah ada kepala lain dengan ukuran yang sama.")
