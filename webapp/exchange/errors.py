"""What can go wrong with a download."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotAllowed, Problem


class TooManyAtOnce(Problem):
    """More cases than one answer holds: they are made in the background."""

    status, code = 413, "too_many_for_one_answer"
    message = _l("Terlalu banyak bukti untuk diunduh langsung. Mintalah sebagai unduhan di latar belakang.")


class TooManyRunning(Conflict):
    """This person's earlier downloads are still being made."""

    code = "too_many_downloads"
    message = _l("Unduhan Anda yang lain masih disiapkan. Tunggu sampai selesai, atau batalkan salah satunya.")


class TooManyRows(Problem):
    """More cases than one sheet of a workbook holds."""

    code = "too_many_rows"
    message = _l("Terlalu banyak bukti untuk satu lembar Excel. Persempit saringan, atau pilih CSV.")


class TooManyPhotos(Problem):
    """More photos than one archive holds."""

    code = "too_many_photos"
    message = _l("Terlalu banyak foto untuk satu arsip. Persempit saringan atau pilih wilayah yang lebih kecil.")


class OriginalsNotAllowed(NotAllowed):
    """Originals were asked for by somebody who may not open them everywhere in that area."""

    code = "originals_not_allowed"
    message = _l("Foto asli hanya untuk orang yang boleh membukanya di seluruh wilayah ini.")


class NoRoom(Problem):
    """The disk would be filled, on which evidence arrives."""

    status, code = 507, "storage_full"
    message = _l("Penyimpanan server hampir penuh, sehingga unduhan ini tidak dibuat.")


class AlreadyEnded(Conflict):
    """It is ready, has failed or was cancelled: there is nothing left to cancel."""

    code = "download_has_ended"
    message = _l("Unduhan ini sudah selesai atau sudah dihentikan.")
