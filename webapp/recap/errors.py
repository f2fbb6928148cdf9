"""What can go wrong with a recap."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Problem


class OtherRegion(Problem):
    """A recap belongs to a meeting of its own region."""

    code = "recap_of_other_region"
    message = _l("Rekap ini milik daerah lain daripada rapatnya.")
