"""Why something of a report is refused, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotAllowed, Problem


class IllegalMove(Conflict):
    """The report no longer stands where this could be done to it."""

    code = "report_moved_on"
    message = _l("Laporan ini sudah berpindah keadaan. Muat ulang lalu coba lagi.")


class NotOwnUnit(NotAllowed):
    """Activities and reports are written by the unit itself."""

    code = "not_own_unit"
    message = _l("Hanya unit itu sendiri yang mencatat kegiatan dan mengirim laporannya.")


class YearTaken(Conflict):
    """The region has a reporting year of that number already."""

    code = "reporting_year_taken"
    message = _l("Tahun pelaporan itu sudah ada untuk wilayah ini.")


class NotAGovernment(Problem):
    """Reporting years belong to a province, kabupaten or kota."""

    code = "not_a_government"
    message = _l("Tahun pelaporan dibuat untuk provinsi, kabupaten atau kota.")


class DeadlineBeforeQuarterEnds(Problem):
    """A report cannot be due before its quarter is over, nor before that of the quarter before."""

    code = "deadline_too_early"
    message = _l("Tenggat harus setelah triwulannya berakhir dan berurutan.")


class DeadlinePassed(Conflict):
    """A deadline that has passed, and what it did, stays; so does one that would be over at once."""

    code = "deadline_passed"
    message = _l("Tenggat yang sudah lewat tidak dapat diubah, dan tenggat baru harus masih di depan.")


class UnitTaken(Conflict):
    """The unit reports in this year already."""

    code = "unit_reports_already"
    message = _l("Unit itu sudah wajib lapor pada tahun ini.")


class UnitElsewhere(Problem):
    """The unit lies outside the region of the reporting year."""

    code = "unit_elsewhere"
    message = _l("Unit itu tidak termasuk wilayah pelaporan ini.")


class AgencyTaken(Conflict):
    """The region has an agency of that name already."""

    code = "agency_taken"
    message = _l("Perangkat daerah dengan nama itu sudah ada.")


class TargetsDoNotAddUp(Problem):
    """The targets of the four quarters must make the year's target."""

    code = "targets_do_not_add_up"
    message = _l("Jumlah target keempat triwulan harus sama dengan target setahun.")


class PlaceElsewhere(Problem):
    """The work is done in a kecamatan of the region of the reporting year."""

    code = "place_elsewhere"
    message = _l("Kecamatan itu tidak termasuk wilayah pelaporan ini.")


class LineInUse(Conflict):
    """Entries or reports speak of the line: it stays."""

    code = "line_in_use"
    message = _l("Kegiatan ini sudah dipakai dalam catatan atau laporan, jadi tidak dapat dihapus.")


class DayOutside(Problem):
    """The day of an entry lies in the year and not in the future."""

    code = "day_outside"
    message = _l("Tanggal harus dalam tahun pelaporan dan tidak di masa depan.")


class EntryEmpty(Problem):
    """An entry tells what was done; where nothing was, there is none."""

    code = "entry_empty"
    message = _l("Tuliskan apa yang dikerjakan.")


class EvidenceElsewhere(Problem):
    """Only a case of the own area can stand behind an entry."""

    code = "evidence_elsewhere"
    message = _l("Bukti itu tidak ada di wilayah unit ini.")


class AlreadyWithdrawn(Conflict):
    """The entry was taken back before."""

    code = "entry_withdrawn"
    message = _l("Catatan itu sudah dibatalkan.")


class ReasonMissing(Problem):
    """It is not done without a reason."""

    code = "reason_missing"
    message = _l("Tuliskan alasannya.")


class CorrectedWithoutReason(Problem):
    """A line differs from the sum of its entries, and nobody says why."""

    code = "correction_needs_reason"

    def __init__(self, line: str, field: str | None = None) -> None:
        super().__init__(
            _l("Angka “%(line)s” berbeda dari jumlah catatan harian. Tuliskan alasannya.", line=line), field=field
        )


class ObstacleMissing(Problem):
    """An unfinished line is not sent without its obstacle."""

    code = "obstacle_missing"

    def __init__(self, line: str, field: str | None = None) -> None:
        super().__init__(
            _l("“%(line)s” belum mencapai target. Pilih jenis hambatan dan tuliskan hambatannya.", line=line),
            field=field,
        )


class QuarterNotBegun(Conflict):
    """A quarter is reported when it has begun, not before."""

    code = "quarter_not_begun"
    message = _l("Triwulan ini belum dimulai.")


class NothingToReport(Conflict):
    """The unit has no programme line yet: the secretariat sets them up."""

    code = "no_lines"
    message = _l("Unit ini belum punya program atau kegiatan. Sekretariat yang menyiapkannya.")


class NothingToExcuse(Conflict):
    """Only a report that is silent past its deadline or came late is excused."""

    code = "nothing_to_excuse"
    message = _l("Hanya laporan yang tidak masuk atau terlambat yang dapat diberi dispensasi.")


class AlreadyExcused(Conflict):
    """The report has its excuse."""

    code = "already_excused"
    message = _l("Laporan ini sudah diberi dispensasi.")
