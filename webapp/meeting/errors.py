"""Why a meeting cannot be recorded so, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class SeriesNamedTwice(Conflict):
    """The region has a series of that name."""

    code = "series_named_twice"
    message = _l("Rangkaian rapat dengan nama itu sudah ada di wilayah ini.")


class WeekdayMissing(Problem):
    """A weekly meeting is held on a day of the week."""

    code = "weekday_missing"
    message = _l("Rapat minggon memerlukan hari rapat.")


class MeetingClosed(Conflict):
    """What was closed stays; corrections are amendments."""

    code = "meeting_closed"
    message = _l("Rapat ini sudah ditutup dan dibekukan. Tambahkan catatan perubahan bila perlu.")


class MeetingNotClosed(Conflict):
    """An open meeting is changed, not amended."""

    code = "meeting_not_closed"
    message = _l("Rapat ini belum ditutup; ubah saja isinya.")


class MeetingIncomplete(Problem):
    """A meeting without agenda or without anybody present is not closed."""

    code = "meeting_incomplete"
    message = _l("Isi dulu agenda dan kehadiran sedikitnya satu unit.")


class MeetingAhead(Problem):
    """A meeting that has not been is not closed."""

    code = "meeting_ahead"
    message = _l("Rapat ini belum berlangsung.")


class HeadsImpossible(Problem):
    """A unit that was there came with at least one person, and with no more than there is room for."""

    code = "heads_impossible"
    message = _l("Jumlah orang per unit yang hadir antara 1 dan 10.000.")


class UnitUnknown(Problem):
    """An owner or a place in the list that is none."""

    code = "unit_unknown"
    message = _l("Unit itu tidak ada dalam daftar.")


class UnitListedTwice(Conflict):
    """A unit has one line in a meeting."""

    code = "unit_listed_twice"
    message = _l("Unit itu sudah ada dalam daftar hadir.")


class ReasonMissing(Problem):
    """What was done, or why it is dropped, is said."""

    code = "reason_missing"
    message = _l("Tuliskan hasilnya, atau alasan menghentikannya.")


class ItemSettled(Conflict):
    """An item is closed once."""

    code = "item_settled"
    message = _l("Tindak lanjut ini sudah ditutup.")


class CaseUnknown(Problem):
    """The case is none of the region's, or none this person may see."""

    code = "case_unknown"
    message = _l("Bukti itu tidak ditemukan di wilayah rapat ini.")


class TooMuchText(Problem):
    """More lines, or longer ones, than a meeting keeps."""

    code = "too_many_lines"
    message = _l("Paling banyak 100 baris, masing-masing 500 huruf.")


class DigestWrong(Problem):
    """The hash given with an annex is not that of its content."""

    code = "digest_wrong"
    message = _l("Sidik SHA-256 lampiran tidak cocok dengan isinya.")


class CaseTaken(Conflict):
    """One case proves one meeting, or meetings would be counted twice."""

    code = "case_taken"
    message = _l("Bukti itu sudah dipakai rapat lain.")


class PlaceMissing(Problem):
    """The phone sent no place."""

    code = "place_missing"
    message = _l("Lokasi tidak tersedia, izinkan akses lokasi.")


class NikRefused(Problem):
    """A number that can be a NIK: meetings keep units and how many came, nobody's number."""

    code = "nik_refused"
    message = _l("Teks ini memuat angka yang dapat berupa NIK. Catat unit dan jumlah orang saja.")
