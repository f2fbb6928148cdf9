"""What can go wrong with minutes, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotAllowed, Problem


class NobodyToSign(Problem):
    """Minutes need a team, and a chair in it."""

    code = "nobody_to_sign"
    message = _l("Tim penilai wilayah ini belum mempunyai ketua atau anggota pada hari ini.")


class NotOfTheTeam(NotAllowed):
    """Only who was of the team on the day signs."""

    code = "not_of_the_team"
    message = _l("Anda bukan anggota tim pada berita acara ini.")


class SignedAlready(Conflict):
    """A signature is given once."""

    code = "signed_already"
    message = _l("Anda sudah menandatangani berita acara ini. Tanda tangan tidak dapat diubah.")


class NotTheNewest(Conflict):
    """A newer edition has replaced it, or what it was made from has changed."""

    code = "minutes_not_current"
    message = _l("Berita acara ini sudah diganti atau dasarnya sudah berubah. Buka terbitan yang terbaru.")


class RemarkNeeded(Problem):
    """Who does not agree says why, and it is printed."""

    code = "dissent_needs_remark"
    message = _l("Tulis catatan perbedaan pendapat Anda; catatan ini ikut tercetak.")


class NotADigest(Problem):
    """A SHA-256 is 64 hexadecimal digits."""

    code = "not_a_digest"
    message = _l("SHA-256 terdiri atas 64 angka heksadesimal.")
