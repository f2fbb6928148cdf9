"""What can go wrong with periods and participants, each with its stable code."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotFound, Problem


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


class NotReady(Problem):
    """The period lacks something before it can open; `faults` lists what."""

    code = "period_not_ready"
    message = _l("Periode belum dapat dibuka: masih ada yang kurang.")

    def __init__(self, faults: Iterable[object] = ()) -> None:
        self.faults = list(faults)
        super().__init__()


class StageOutOfOrder(Conflict):
    """Earlier stages are not over yet; `waiting` lists them."""

    code = "stage_out_of_order"
    message = _l("Tahap sebelumnya belum selesai.")

    def __init__(self, waiting: Iterable[object] = ()) -> None:
        self.waiting = list(waiting)
        super().__init__()


class StageStands(Conflict):
    """The stage was opened or closed before, or the period itself is not open."""

    code = "stage_stands"
    message = _l("Tahap ini sudah dibuka atau ditutup, atau periodenya tidak sedang dibuka. Muat ulang halaman.")


class StageUnknown(NotFound):
    """The period has no stage of that kind."""
