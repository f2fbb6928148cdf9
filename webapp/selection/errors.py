"""What can go wrong in selection, each with its stable code."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class NoSize(Problem):
    """Nobody said how many places there are."""

    code = "no_places"
    message = _l("Jumlah tempat belum ditetapkan. Isi lebih dahulu dalam ketentuan periode.")


class FirstRoundWaits(Conflict):
    """The first round cannot be closed yet; `blockers` lists every reason."""

    code = "first_round_waits"
    message = _l("Tahap 1 belum dapat ditutup: masih ada yang menunggu.")

    def __init__(self, blockers: Sequence[Any] = ()) -> None:
        self.blockers = list(blockers)
        super().__init__()


class TieUndecided(Conflict):
    """Equal totals lie across the line, and somebody has to say who goes on."""

    code = "tie_undecided"
    message = _l("Ada nilai yang sama tepat di batas. Pilih siapa yang maju dan sebutkan alasannya.")


class NotFinal(Conflict):
    """Awards and nominations rest on a sealed result."""

    code = "period_not_final"
    message = _l("Periode ini belum final. Finalkan nilai lebih dahulu.")


class AlreadyAwarded(Conflict):
    """The best of this result have been named."""

    code = "already_awarded"
    message = _l("Peraih penghargaan dari hasil ini sudah ditetapkan.")


class NotAwarded(Conflict):
    """Studies go to those who were awarded."""

    code = "not_awarded"
    message = _l("Peraih penghargaan belum ditetapkan.")


class StudiesOpened(Conflict):
    """The awarded have their study assignments."""

    code = "studies_opened"
    message = _l("Tugas studi untuk peraih penghargaan sudah dibuka.")


class UnknownTopic(Problem):
    """Topics are activities of the kind study."""

    code = "unknown_topic"
    message = _l("Pilih sedikitnya satu topik dari daftar.")


class NotAStudy(Problem):
    """A case at home names a case of the own study abroad."""

    code = "not_a_study"
    message = _l("Pilih bukti yang dibangun di rumah dan bukti tugas studi dari unit yang sama.")


class NotNominable(Problem):
    """The unit does not take part, or the period above does not take it."""

    code = "not_nominable"
    message = _l("Kecamatan ini tidak dapat dicalonkan ke periode itu.")


class AlreadyNominated(Conflict):
    """The unit is a nominee there already."""

    code = "already_nominated"
    message = _l("Kecamatan ini sudah dicalonkan ke periode itu.")


class TooManyNominees(Conflict):
    """The period above takes no more of that pool from one kabupaten or kota."""

    code = "too_many_nominees"
    message = _l("Jatah calon dari kabupaten/kota ini untuk kelompok itu sudah terpakai.")
