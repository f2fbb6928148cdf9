"""Why an agreement cannot be recorded or decided so, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotAllowed, Problem


class SetNamedTwice(Conflict):
    """The region has a set of that name."""

    code = "set_named_twice"
    message = _l("Kumpulan perjanjian dengan nama itu sudah ada di wilayah ini.")


class TargetsMissing(Problem):
    """An agreement without a target agrees on nothing, and one of hundreds is none."""

    code = "targets_missing"
    message = _l("Tuliskan 1 sampai 100 target, satu tiap baris, masing-masing paling banyak 500 huruf.")


class AgreedInTheFuture(Problem):
    """What is not agreed yet starts no clock."""

    code = "agreed_in_the_future"
    message = _l("Tanggal kesepakatan tidak boleh setelah hari ini.")


class CamatNotCovered(Problem):
    """A camat's post is administrator-grade: the clock for senior officials is not started for it unless configured."""

    code = "camat_not_covered"
    message = _l("Kumpulan ini tidak mencakup camat. Wilayah harus mengaturnya lebih dulu pada kumpulan perjanjian.")


class HolderUnknown(Problem):
    """There is no such account in the region."""

    code = "holder_unknown"
    message = _l("Akun pemegang jabatan itu tidak ditemukan di wilayah ini.")


class StepNotDue(Conflict):
    """The decision does not follow where the agreement stands: a clock still runs, or it is closed."""

    code = "step_not_due"
    message = _l("Keputusan itu belum atau tidak lagi dapat diambil pada keadaan perjanjian ini.")


class OwnAgreement(NotAllowed):
    """Nobody decides about themselves."""

    code = "own_agreement"
    message = _l("Ini perjanjian Anda sendiri, jadi orang lain yang harus memutuskan.")


class ReasonMissing(Problem):
    """A decision about a person says why."""

    code = "reason_missing"
    message = _l("Tuliskan alasan, atau isi keputusannya.")
