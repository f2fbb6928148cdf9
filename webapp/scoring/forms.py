"""Input of claims and scores."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField

from webapp.forms import BaseForm, DecimalComma, TextArea, required


class StatementForm(BaseForm):
    statement = TextArea(_l("Uraian klaim"), longest=4000)


class EvidenceForm(BaseForm):
    evidence_id = IntegerField(_l("Bukti"), validators=[required()])


class ScoreForm(BaseForm):
    value = DecimalComma(_l("Nilai"), places=2, lowest=0)
    note = TextArea(_l("Catatan"), longest=2000, required=False)
    version = HiddenField()

    def shown_version(self) -> int | None:
        """The version of the own score this form showed; None for a first score."""
        return int(self.version.data) if (self.version.data or "").isdigit() else None


class ReasonForm(BaseForm):
    reason = TextArea(_l("Alasan"), longest=2000)
