"""What can go wrong on the wire, each with the status that the tus protocol names for it and its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class VersionUnknown(Problem):
    """The request is of another version of the tus protocol, or names none."""

    status, code = 412, "tus_version_unknown"
    message = _l("Pengirim harus memakai protokol tus versi 1.0.0.")


class HeaderUnusable(Problem):
    """A header of the protocol is missing or not of its form; the sentence names it."""

    status, code = 400, "upload_header_unusable"

    def __init__(self, header: str) -> None:
        super().__init__(_l("Kepala %(header)s tidak ada atau tidak dapat dibaca.", header=header))


class LengthDeferred(Problem):
    """Whoever sends must know how long the file is before its first byte."""

    status, code = 400, "upload_length_deferred"
    message = _l("Panjang berkas harus disebutkan sejak awal dengan Upload-Length.")


class NotAPiece(Problem):
    """The body of a PATCH is not said to be a piece of an upload."""

    status, code = 415, "type_not_allowed"
    message = _l("Kirim potongan berkas sebagai application/offset+octet-stream.")


class ChecksumUnknown(Problem):
    """The header is not of its form, or names an algorithm that nobody here computes."""

    status, code = 400, "checksum_unknown"
    message = _l("Upload-Checksum harus memakai sha1 atau sha256, ditulis dalam base64.")


class ChecksumMismatch(Problem):
    """What came is not what was sent: the piece has been dropped, and can be sent again."""

    status, code = 460, "checksum_mismatch"
    message = _l("Potongan berkas rusak di jalan dan tidak disimpan; kirim ulang potongan ini.")


class WrongOffset(Conflict):
    """The piece does not begin where the upload ends."""

    code = "wrong_offset"
    message = _l("Potongan ini bukan kelanjutan dari yang sudah tiba; tanyakan dahulu sampai mana berkas sudah tiba.")


class UploadBusy(Problem):
    """Another request is writing to this upload."""

    status, code = 423, "upload_busy"
    message = _l("Berkas ini sedang menerima potongan lain; coba lagi sebentar.")


class UploadExpired(Problem):
    """Nothing was heard of the upload for so long that its pieces are no longer kept."""

    status, code = 410, "upload_expired"
    message = _l("Waktu kiriman ini sudah habis; mulai lagi dari awal.")


class UploadTooLarge(Problem):
    """The file is larger than what is taken, or a piece reaches beyond its end."""

    status, code = 413, "upload_too_large"
    message = _l("Berkas ini lebih besar daripada yang dapat diterima.")


class TooManyUploads(Problem):
    """So many uploads of this account are unfinished that no further one is begun."""

    status, code = 429, "too_many_uploads"
    message = _l("Terlalu banyak kiriman yang belum selesai; selesaikan atau batalkan sebagian dahulu.")


class AlreadyArrived(Conflict):
    """The file is here whole and has its receipt: there is nothing left to cancel."""

    code = "already_arrived"
    message = _l("Berkas ini sudah tiba dan sudah ada tanda terimanya.")


class NoRoom(Problem):
    """The disk of the server is full. What has come so far is kept."""

    status, code = 507, "store_full"
    message = _l("Tempat penyimpanan di server penuh. Yang sudah tiba tetap tersimpan; coba lagi nanti.")


class StoreAway(Problem):
    """The disk of the server failed to keep a piece. What came before it is kept."""

    status, code = 503, "store_unavailable"
    message = _l("Server sedang tidak dapat menyimpan. Yang sudah tiba tetap tersimpan; coba lagi nanti.")
