"""Input of selection."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import cast

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, SelectMultipleField
from wtforms.validators import NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.errors import NotFound
from webapp.evidence.models import Activity, Evidence
from webapp.evidence.words import nama
from webapp.forms import BaseForm, DateText, IntegerText, TextArea, TextLine, choices, required
from webapp.programme.models import Participant, Period
from webapp.selection.services.awarding import Decree, StudyPlan

HIGHEST_ID = 2_147_483_647


class LineForm(BaseForm):
    """The end of the first round; who of the equals goes on stands in `named`, as often as there are places."""

    reason = TextArea(_l("Alasan"), longest=2000, required=False)

    def named(self, known: Collection[str]) -> list[str]:
        """The codes that were ticked; what is no unit of this period is nobody."""
        return [code for code in request.form.getlist("named") if code in known]


class AwardForm(LineForm):
    size = IntegerText(_l("Jumlah peraih"), lowest=1, highest=500, required=False)
    number = TextLine(_l("Nomor SK"))
    decided_on = DateText(_l("Tanggal SK"))

    def decree(self) -> Decree:
        """What was said. Ask after `validate`."""
        return Decree(self.number.data or "", cast(date, self.decided_on.data))


class StudyForm(BaseForm):
    country_code = TextLine(_l("Negara (kode dua huruf)"), [Regexp(r"^[A-Z]{2}$")], longest=2)
    city = TextLine(_l("Kota"))
    starts_on = DateText(_l("Mulai"))
    ends_on = DateText(_l("Sampai"))
    topics = SelectMultipleField(
        _l("Topik"), validators=[required()], option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def offer(self, known: Iterable[Activity]) -> None:
        """Fill what can be chosen."""
        self.topics.choices = choices([(one.code, nama(one)) for one in known])

    def plan(self) -> StudyPlan:
        """What was said. Ask after `validate`."""
        return StudyPlan(
            self.country_code.data or "", self.city.data or "", cast(date, self.starts_on.data),
            cast(date, self.ends_on.data), tuple(str(one) for one in self.topics.data or ()),
        )  # fmt: skip


class NominationForm(BaseForm):
    unit = SelectField(_l("Kecamatan"), validators=[required()])
    target_id = SelectField(_l("Periode provinsi"), coerce=int, validators=[required()])
    reason = TextArea(_l("Alasan"), longest=2000, required=False)

    def offer(self, units: Iterable[Participant], targets: Iterable[Period]) -> None:
        """Fill what can be chosen."""
        self.unit.choices = choices([(one.region_code, f"{one.region.name} ({one.region_code})") for one in units])
        self.target_id.choices = choices([(str(one.id), one.name) for one in targets])


class LimitForm(BaseForm):
    most = IntegerText(_l("Calon per kelompok dari tiap kabupaten/kota"), lowest=1, highest=50)


class InspirationForm(BaseForm):
    evidence_id = IntegerField(_l("Dibangun di rumah"), validators=[required(), NumberRange(1, HIGHEST_ID)])
    study_case_id = IntegerField(_l("Dilihat di tempat studi"), validators=[Optional(), NumberRange(1, HIGHEST_ID)])

    def chosen(self) -> tuple[int, int | None]:
        """The two numbers; the second None takes the link back. Raises `NotFound` for what is no number of any."""
        if not self.validate():
            raise NotFound
        return self.evidence_id.data, self.study_case_id.data


def named_cases(cases: Iterable[Evidence]) -> list[tuple[str, str]]:
    """Options of a list of cases: number and title."""
    return [(str(one.id), _("%(title)s (no. %(n)s)", title=one.title, n=one.id)) for one in cases]
