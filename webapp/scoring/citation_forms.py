"""Input of citations."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import NumberRange

from webapp.forms import BaseForm, required
from webapp.scoring.errors import UnknownRegulation
from webapp.scoring.forms import HIGHEST_ID


class CitationForm(BaseForm):
    """A regulation by its number."""

    regulation_id = IntegerField(_l("Regulasi"), validators=[required(), NumberRange(1, HIGHEST_ID)])

    def chosen(self) -> int:
        """The regulation's number. Raises `UnknownRegulation` for what is none."""
        if not self.validate():
            raise UnknownRegulation(field="regulation_id")
        return int(self.regulation_id.data)
