"""What can go wrong with evidence, each with its stable code."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from webapp.errors import Conflict, Problem
from webapp.formatting import waktu


class IllegalMove(Conflict):
    """The case has moved on, or was never in a state from which this step leads."""

    code = "illegal_move"
    message = _l("Langkah ini tidak mungkin dari keadaan bukti sekarang. Muat ulang halaman untuk melihat keadaannya.")


class Locked(Conflict):
    """Finalisation has locked the case."""

    code = "evidence_locked"
    message = _l("Bukti ini terkunci karena penilaian periodenya sudah final.")


class NoteMissing(Problem):
    """The move needs a note and there is none."""

    code = "note_missing"
    message = _l("Catatan wajib diisi.")


class NotReady(Problem):
    """The case lacks something a submission needs; `missing` lists the codes."""

    code = "not_ready"
    message = _l("Bukti belum lengkap, periksa daftar yang belum terisi.")

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__()
        self.details = {"missing": missing}


class NotEditable(Conflict):
    """Only drafts and returned cases can be changed."""

    code = "not_editable"
    message = _l("Bukti yang sudah dikirim tidak dapat diubah. Tarik kembali atau tunggu dikembalikan.")


class NoStages(Conflict):
    """Only works in stages have photos of 0, 50 and 100 %."""

    code = "no_stages"
    message = _l("Tahap 0, 50 dan 100 hanya ada pada pembangunan bertahap.")


class NoOpenPeriod(Problem):
    """The unit takes part in no open period."""

    code = "no_open_period"
    message = _l("Tidak ada periode penilaian yang sedang dibuka untuk wilayah ini.")


class DeadlinePassed(Problem):
    """The period's last moment to submit has passed, by the server's clock, also for what was taken before it."""

    code = "deadline_passed"
    message = _l("Batas waktu pengiriman telah lewat.")


class RepairWindowPassed(Problem):
    """The days to mend a returned case are over; the desk may give more, with a reason."""

    code = "repair_window_passed"

    def __init__(self, until: datetime, zone: str) -> None:
        super().__init__(
            _l(
                "Batas perbaikan sudah lewat: %(until)s. Minta verifikator meja memperpanjangnya.",
                until=LazyString(lambda: waktu(until, zone)),
            )
        )


class AlreadyObjected(Conflict):
    """One objection to a case is heard, no second."""

    code = "already_objected"
    message = _l("Bukti ini sudah pernah disanggah; keputusan atas sanggahan itu berlaku.")


class ObjectionWindowPassed(Problem):
    """The days to object are over, or there never were any."""

    code = "objection_window_passed"
    message = _l("Batas waktu untuk menyanggah sudah lewat.")


class OutsideReopening(Conflict):
    """The period was opened again for something else; the rest of it stays locked."""

    code = "outside_reopening"
    message = _l("Periode ini dibuka kembali untuk hal lain saja; yang ini tetap terkunci.")


class ForeignStudy(Problem):
    """The study assignment was given to another unit, or belongs to another period."""

    code = "foreign_study"
    message = _l("Tugas studi itu bukan milik unit dan periode ini.")


class SameIdOtherContent(Conflict):
    """The client's id is already used for something else."""

    code = "id_reused"
    message = _l("Nomor kiriman ini sudah dipakai untuk isi yang lain.")


class NoFiles(Problem):
    """A form for photos came without any."""

    code = "no_files"
    message = _l("Belum ada foto yang dipilih.")


class NoFix(Problem):
    """A form for the device's position came without a usable one."""

    code = "no_fix"
    message = _l("Lokasi tidak tersedia, izinkan akses lokasi lalu coba lagi, atau tetapkan titik di peta.")
