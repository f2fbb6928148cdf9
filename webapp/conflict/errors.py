"""Why a person may not judge a case or a unit, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotAllowed, Problem


class OwnWork(NotAllowed):
    """The person owns the case, sent it, or took one of its photos."""

    code = "own_work"
    message = _l("Anda ikut membuat bukti ini, jadi orang lain yang harus memeriksanya.")


class OwnUnit(NotAllowed):
    """The person holds a post in the unit of the case, or held one within the configured months."""

    code = "own_unit"

    def __init__(self, months: int = 24) -> None:
        super().__init__(
            _l(
                "Anda bertugas di unit ini sekarang atau dalam %(months)d bulan terakhir, jadi orang lain yang harus "
                "memeriksanya.",
                months=months,
            )
        )


class SuperiorOrSubordinate(NotAllowed):
    """Posts stand over one another: the person leads the unit's regency, or served over or under its camat."""

    code = "superior_or_subordinate"
    message = _l("Anda atasan atau bawahan camat unit ini menurut jabatan, jadi orang lain yang harus memeriksanya.")


class DeclaredTie(NotAllowed):
    """The person has declared a tie to the unit for this period."""

    code = "declared_conflict"
    message = _l("Anda menyatakan ada hubungan dengan unit ini, jadi orang lain yang harus memeriksanya.")


class DeclarationMissing(Conflict):
    """Before the first verdict of a period stands a declaration; `leads_to` is where it is made."""

    code = "declaration_missing"
    message = _l("Sebelum putusan pertama pada periode ini, buat dulu pernyataan bebas konflik kepentingan.")
    leads_label = _l("Buat pernyataan")

    def __init__(self, period_id: int) -> None:
        super().__init__()
        self.leads_to = ("conflict.declaration", {"period_id": period_id})


class UnknownParticipant(Problem):
    """The unit does not take part in the period."""

    code = "unknown_participant"
    message = _l("Unit itu bukan peserta periode ini.")


class UnknownTie(Problem):
    """A kind of tie there is none of, or a remark that cannot be kept."""

    code = "tie_invalid"
    message = _l("Pilih jenis hubungan dari daftar; keterangannya paling banyak 500 huruf.")


class WithdrawalReasonMissing(Problem):
    """A declared tie is not taken back without a reason."""

    code = "reason_missing"
    message = _l("Tuliskan alasan mencabut pernyataan ini.")


class AlreadyWithdrawn(Conflict):
    """The tie was taken back before."""

    code = "already_withdrawn"
    message = _l("Pernyataan itu sudah dicabut.")
