"""What can go wrong with an import, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class ImportClosed(Conflict):
    """The import has ended: nothing more is added to it or changed in it."""

    code = "import_closed"
    message = _l("Impor ini sudah selesai atau dibatalkan. Mulai impor baru untuk foto lain.")


class StillOpening(Conflict):
    """Files of the import are still being opened: what would be made now would lack them."""

    code = "import_still_opening"
    message = _l("Sebagian berkas masih dibuka. Tunggu sampai semuanya selesai, lalu buat buktinya.")


class NoFilesChosen(Problem):
    """The form came without any file."""

    code = "no_files"
    message = _l("Belum ada berkas yang dipilih.")


class NothingToMake(Problem):
    """No proposed case is left that is not left out."""

    code = "nothing_to_make"
    message = _l("Tidak ada kelompok yang dapat dibuat menjadi bukti.")


class TitleMissing(Problem):
    """A proposed case has no title yet."""

    code = "title_missing"
    message = _l("Judul belum diisi.")


class ActivityMissing(Problem):
    """A proposed case has no activity yet."""

    code = "activity_missing"
    message = _l("Jenis kegiatan belum dipilih.")


class DateMissing(Problem):
    """A proposed case has no date yet."""

    code = "date_missing"
    message = _l("Tanggal belum diisi.")


class RegionMissing(Problem):
    """A proposed case has no unit yet."""

    code = "region_missing"
    message = _l("Wilayah belum dipilih.")
