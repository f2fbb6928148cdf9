"""To which meeting a recap is attached."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from webapp.formatting import tanggal
from webapp.forms import BaseForm
from webapp.meeting.models import Meeting


class AttachForm(BaseForm):
    meeting_id = SelectField(_l("Rapat"), coerce=int, validators=[InputRequired()])

    def offer(self, known: Iterable[Meeting]) -> None:
        self.meeting_id.choices = [(one.id, f"{one.series.name}, {tanggal(one.held_on)}") for one in known]
