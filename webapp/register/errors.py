"""Why a regulation cannot be registered so, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class RegisteredTwice(Conflict):
    """The region's register holds that kind, number and year."""

    code = "registered_twice"
    message = _l("Regulasi dengan jenis, nomor, dan tahun itu sudah terdaftar di wilayah ini.")


class DatesReversed(Problem):
    """An end before the beginning."""

    code = "dates_reversed"
    message = _l("Tanggal berakhir atau dicabut tidak boleh sebelum tanggal mulai berlaku.")


class FileUnknown(Problem):
    """A hash that is none, or a case this person cannot see."""

    code = "file_unknown"
    message = _l("Rujukan berkas: isi sidik SHA-256 (64 huruf dan angka) atau nomor bukti yang dapat Anda buka.")


class RevokerUnknown(Problem):
    """What revokes is another regulation this person can see, of the same line of regions."""

    code = "revoker_unknown"
    message = _l("Regulasi pencabut itu tidak ada dalam daftar.")


class AlreadyRevoked(Conflict):
    """A regulation is revoked once."""

    code = "already_revoked"
    message = _l("Regulasi ini sudah dicabut.")


class ReasonMissing(Problem):
    """What has no revoking regulation says why it no longer holds."""

    code = "reason_missing"
    message = _l("Pilih regulasi pencabut, atau tuliskan dasar pencabutannya.")
