"""What can go wrong with instruments, each with its stable code."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class InstrumentNotReady(Problem):
    """No period is opened with an instrument that has faults; the page lists every one of them."""

    code = "instrument_not_ready"
    message = _l("Instrumen ini belum siap. Perbaiki semua yang disebutkan sebelum periode dibuka.")


class WeightsIncomplete(InstrumentNotReady):
    """Some level of the instrument does not total 100."""

    code = "weights_not_100"
    message = _l("Bobot setiap tingkat harus berjumlah 100 sebelum periode dibuka.")


class NumbersUnsettled(InstrumentNotReady):
    """The numbers are examples of a preset: nobody has said on what ground they stand."""

    code = "numbers_unsettled"
    message = _l("Angka instrumen ini masih contoh. Tetapkan dengan dasarnya sebelum periode dibuka.")


class RubricFaulty(InstrumentNotReady):
    """Levels with gaps, overlaps or too many points, or grades that leave totals out."""

    code = "rubric_faulty"
    message = _l("Rubrik instrumen ini belum benar. Perbaiki tingkat atau predikat yang disebutkan.")


class InstrumentFrozen(Conflict):
    """An opened period uses the instrument; a change is a new version."""

    code = "instrument_frozen"
    message = _l("Instrumen ini sudah dipakai periode yang dibuka. Buat versi baru untuk mengubahnya.")


class NothingToSettle(Conflict):
    """Weights that do not total 100 are no decision anybody could stand for."""

    code = "nothing_to_settle"
    message = _l("Bobot belum berjumlah 100 atau rubrik belum benar: belum ada yang dapat ditetapkan.")


class ImportRefused(Problem):
    """A file that is no instrument; `places` says in which cells, each in one sentence."""

    code = "instrument_file_refused"
    message = _l("Berkas instrumen tidak dapat dipakai. Tidak ada yang disimpan.")

    def __init__(self, places: Sequence[str]) -> None:
        super().__init__()
        self.places = list(places)
