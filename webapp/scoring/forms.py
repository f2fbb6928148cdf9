"""Input of claims and scores."""

from collections.abc import Iterable
from decimal import Decimal
from typing import cast

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.errors import NotFound
from webapp.forms import BaseForm, DecimalComma, IntegerText, TextArea, choices, required
from webapp.presentation.rules import ATTENDANCE_LABELS
from webapp.scoring.errors import ScopeUnknown
from webapp.scoring.rules import STEP_WORDS, ModerationStep
from webapp.scoring.services import About

HIGHEST_ID = 2_147_483_647


class StatementForm(BaseForm):
    """What a unit says of an indicator; where that has levels, also which one, by its id or by a number."""

    statement = TextArea(_l("Uraian klaim"), longest=4000)
    level = IntegerText(_l("Tingkat yang dicapai"), lowest=1, highest=HIGHEST_ID, required=False)
    quantity = DecimalComma(_l("Angka yang dicapai"), places=4, lowest=0, highest=99_999_999, required=False)


class EvidenceForm(BaseForm):
    evidence_id = IntegerField(_l("Bukti"), validators=[required(), NumberRange(1, HIGHEST_ID)])

    def chosen(self) -> int:
        """The number of the case. Raises `NotFound` for what is no number of any."""
        if not self.validate():
            raise NotFound
        return cast(int, self.evidence_id.data)


class ScoreForm(BaseForm):
    value = DecimalComma(_l("Nilai"), places=2, lowest=0)
    note = TextArea(_l("Catatan"), longest=2000, required=False)
    reason = TextArea(_l("Alasan mengubah"), longest=2000, required=False)
    version = HiddenField()

    def at_most(self, highest: Decimal) -> None:
        """Say the indicator's own maximum before `validate`."""
        self.value.validators = [InputRequired(), NumberRange(0, int(highest) if highest == int(highest) else highest)]

    def given(self) -> Decimal:
        """The value. Ask after `validate`."""
        return cast(Decimal, self.value.data)

    def shown_version(self) -> int:
        """The version of the own score this form showed; 0 where there was none."""
        shown = self.version.data or ""
        return int(shown) if shown.isdecimal() and len(shown) < 10 else 0


class ReasonForm(BaseForm):
    reason = TextArea(_l("Alasan"), longest=2000)


class ModerationForm(BaseForm):
    """A step of the chair, and why."""

    step = RadioField(_l("Langkah"), choices=choices(STEP_WORDS.items()))
    reason = TextArea(_l("Alasan"), longest=2000)

    def chosen(self) -> ModerationStep:
        """Ask after `validate`."""
        return ModerationStep(self.step.data)


class ReaderForm(BaseForm):
    """Somebody for a place: drawn (nobody named), or a person by number."""

    who = IntegerField(_l("Penilai"), validators=[Optional(), NumberRange(1, HIGHEST_ID)])
    reason = TextArea(_l("Alasan"), longest=2000, required=False)

    def named(self) -> int | None:
        """The person named; None: draw. Raises `NotFound` for what is no number of any."""
        if not self.validate():
            raise NotFound
        return cast("int | None", self.who.data)


class AdjudicationForm(BaseForm):
    value = DecimalComma(_l("Nilai penengah"), places=2, lowest=0)
    reasoning = TextArea(_l("Alasan putusan"), longest=4000)

    def at_most(self, highest: Decimal) -> None:
        """Say the indicator's own maximum before `validate`."""
        self.value.validators = [InputRequired(), NumberRange(0, int(highest) if highest == int(highest) else highest)]

    def given(self) -> Decimal:
        """The value. Ask after `validate`."""
        return cast(Decimal, self.value.data)


class AttendanceForm(BaseForm):
    """Whether the unit came, and which assessors heard it. The people to choose from are filled by the view."""

    attendance = RadioField(
        _l("Kehadiran unit"), choices=choices([(one.value, words) for one, words in ATTENDANCE_LABELS.items()])
    )
    reason = TextArea(_l("Alasan tidak hadir"), longest=500, required=False)
    there = SelectMultipleField(
        _l("Penilai yang hadir"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Fill who could have been there: number and name."""
        self.there.choices = choices([(str(number), name) for number, name in people])

    def people(self) -> list[int]:
        """Who was ticked. Ask after `validate`."""
        return [int(one) for one in self.there.data or ()]


class AnswerForm(BaseForm):
    """Yes or no to a request or an objection, with the reason."""

    verdict = RadioField(
        _l("Jawaban"), choices=choices([("ya", _l("Setujui")), ("tidak", _l("Tolak"))]), validate_choice=False
    )
    reason = TextArea(_l("Alasan"), longest=4000)


class ReopeningForm(BaseForm):
    """What is to be opened again: units, and of them all or one indicator, or one case by its number."""

    units = SelectMultipleField(_l("Kecamatan"), validate_choice=False)
    indicator = IntegerField(_l("Indikator"), validators=[Optional(), NumberRange(1, HIGHEST_ID)])
    evidence = IntegerField(_l("Nomor bukti"), validators=[Optional(), NumberRange(1, HIGHEST_ID)])
    reason = TextArea(_l("Alasan"), longest=4000)
    legal_basis = TextArea(_l("Dasar hukum"), longest=2000)

    def about(self) -> list[About]:
        """The scope asked for. Raises `ScopeUnknown` for what is no number of any."""
        self.validate()
        if self.indicator.errors or self.evidence.errors:
            raise ScopeUnknown(field="units")
        return [About(code, self.indicator.data, self.evidence.data) for code in self.units.data or ()]
