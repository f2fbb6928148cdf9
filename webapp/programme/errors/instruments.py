"""What can go wrong with instruments, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class WeightsIncomplete(Problem):
    """Some level of the instrument does not total 100."""

    code = "weights_not_100"
    message = _l("Bobot setiap tingkat harus berjumlah 100 sebelum periode dibuka.")


class InstrumentFrozen(Conflict):
    """An opened period uses the instrument; a change is a new version."""

    code = "instrument_frozen"
    message = _l("Instrumen ini sudah dipakai periode yang dibuka. Buat versi baru untuk mengubahnya.")
