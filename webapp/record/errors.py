"""What can go wrong with drawing up minutes, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class NotReady(Conflict):
    """What the minutes record is not over yet."""

    code = "minutes_not_ready"
    message = _l("Berita acara ini belum dapat disusun: yang dicatatnya belum selesai.")


class PlaceNeeded(Problem):
    """Minutes say where the meeting was."""

    code = "minutes_place_needed"
    message = _l("Sebutkan tempat rapat.")
