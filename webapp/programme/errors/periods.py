"""What can go wrong with periods and participants, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class NotPrepared(Conflict):
    """Only a period that is still prepared can be changed or opened."""

    code = "period_not_prepared"
    message = _l("Hanya periode yang masih disiapkan dapat diubah atau dibuka.")


class NoParticipants(Problem):
    """A period without participants has nothing to assess."""

    code = "no_participants"
    message = _l("Pilih sedikitnya satu kecamatan peserta.")


class ForeignParticipant(Problem):
    """A participant must be a kecamatan below the period's region."""

    code = "foreign_participant"
    message = _l("Peserta harus kecamatan di wilayah periode ini.")


class DatesReversed(Problem):
    """The period ends before it starts."""

    code = "dates_reversed"
    message = _l("Tanggal akhir mendahului tanggal awal.")
