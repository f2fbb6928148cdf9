"""What can go wrong when a signal is explained."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Problem


class ExplanationMissing(Problem):
    """A signal is only put aside, or taken up again, with a reason that stays."""

    status = 422
    code = "explanation_missing"
    message = _l("Tulis alasannya; alasan itu tetap tersimpan bersama sinyalnya.")
