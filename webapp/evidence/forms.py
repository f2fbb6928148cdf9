"""What a camat fills in: the words of a case, and its place."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.evidence.models import Evidence, EvidenceKind
from webapp.evidence.rules import (
    CONSENT_LABELS,
    FORM_LABELS,
    INNOVATION,
    STAGE_LABELS,
    STAGES,
    SUPPORT_LABELS,
    TAG_LABELS,
)
from webapp.evidence.services import CaseFields
from webapp.evidence.words import nama
from webapp.forms import (
    BaseForm,
    DateText,
    FieldRefused,
    IntegerText,
    LonLatFields,
    TextArea,
    TextLine,
    choices,
    optional,
    required,
)
from webapp.programme.models import StudyAssignment
from webapp.territory.models import Region

_NONE = ("", _l("Belum ditentukan"))


class CaseForm(BaseForm):
    """The words of a case. `offer` must fill the choices that come from tables before it is validated."""

    client_id = HiddenField()
    region_code = SelectField(_l("Wilayah"), [required()])
    title = TextLine(_l("Judul"), description=_l("Misalnya: Kampung Tematik RW 05"))
    activity = SelectField(_l("Jenis kegiatan"), [required()])
    note = TextArea(_l("Uraian singkat"), required=False, longest=5000)
    occurred_from = DateText(_l("Tanggal kegiatan"))
    occurred_to = DateText(_l("Sampai tanggal"), required=False, description=_l("Kosongkan bila hanya satu hari."))
    tags = SelectMultipleField(
        _l("Apa yang terlihat di foto atau disebut di uraian?"),
        [optional()],
        choices=choices(TAG_LABELS.items()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    consent = RadioField(
        _l("Sudah ada persetujuan orang yang terlihat?"), [optional()], choices=choices(CONSENT_LABELS.items())
    )
    innovation_stage = SelectField(_l("Tahap inovasi"), [optional()], choices=choices([_NONE, *STAGE_LABELS.items()]))
    innovation_form = SelectField(_l("Bentuk inovasi"), [optional()], choices=choices([_NONE, *FORM_LABELS.items()]))
    support = SelectField(
        _l("Penguatan oleh kabupaten/kota"), [optional()],
        choices=choices([("", _l("Tidak ada")), *SUPPORT_LABELS.items()]),
        description=_l("Bila bukti ini menunjukkan dukungan kabupaten/kota kepada kecamatan."),
    )  # fmt: skip
    study_assignment = SelectField(_l("Tugas studi"), [optional()])

    def offer(
        self, kinds: Iterable[EvidenceKind], regions: Sequence[Region], studies: Sequence[StudyAssignment]
    ) -> None:
        """Fill the choices that come from tables, in the reader's language."""
        self.activity.choices = _activities(kinds)
        self.region_code.choices = choices([(region.code, region.name) for region in regions])
        self.study_assignment.choices = choices([_NONE, *((str(one.id), study_label(one)) for one in studies)])

    def validate_occurred_to(self, field: Field) -> None:
        """An event ends on the day it began, or later. Raises `FieldRefused` (dates_reversed)."""
        if field.data and self.occurred_from.data and field.data < self.occurred_from.data:
            raise FieldRefused("dates_reversed", _l("Tanggal akhir mendahului tanggal awal."))

    def show(self, case: Evidence) -> None:
        """Fill the form with what the case says now."""
        for name in (
            "region_code",
            "title",
            "note",
            "tags",
            "consent",
            "innovation_stage",
            "innovation_form",
            "support",
        ):
            self[name].data = getattr(case, name)
        self.activity.data = f"{case.kind_code}/{case.activity_code or ''}"
        self.study_assignment.data = str(case.study_assignment_id or "")
        self.occurred_from.data = case.occurred_from
        self.occurred_to.data = case.occurred_to if case.occurred_to != case.occurred_from else None

    def fields(self) -> CaseFields:
        """What was written. Ask after `validate`."""
        kind, _, activity = self.activity.data.partition("/")
        innovative = kind == INNOVATION
        return CaseFields(
            title=self.title.data,
            kind_code=kind,
            activity_code=activity or None,
            note=self.note.data,
            occurred_from=self.occurred_from.data,
            occurred_to=self.occurred_to.data or self.occurred_from.data,
            tags=tuple(self.tags.data or ()),
            consent=self.consent.data or None,
            innovation_stage=(self.innovation_stage.data or None) if innovative else None,
            innovation_form=(self.innovation_form.data or None) if innovative else None,
            support=self.support.data or None,
            study_assignment_id=int(self.study_assignment.data) if self.study_assignment.data else None,
        )

    def id_of_client(self) -> uuid.UUID:
        """The number this form was given when it was opened; a new one where it was lost."""
        try:
            return uuid.UUID(self.client_id.data)
        except (TypeError, ValueError):
            return uuid.uuid4()


def _activities(kinds: Iterable[EvidenceKind]) -> list[Any]:
    """Every activity below its kind; a kind that has none yet stands for itself."""
    offered = [SelectChoice("", _l("Pilih jenis kegiatan"))]
    for kind in kinds:
        below = [(f"{kind.code}/{one.code}", nama(one)) for one in kind.activities] or [(f"{kind.code}/", nama(kind))]
        offered += [SelectChoice(value, words, optgroup=nama(kind)) for value, words in below]
    return offered


def study_label(study: StudyAssignment) -> str:
    return f"{study.city}, {_year(study.starts_on, study.ends_on)}"


def _year(starts: date, ends: date) -> str:
    return str(starts.year) if starts.year == ends.year else f"{starts.year}–{ends.year}"


class PlaceForm(LonLatFields, BaseForm):
    """A pin by its numbers, and why the place is outside the unit or why there is none."""

    reason = TextArea(
        _l("Alasan bila di luar wilayah atau tanpa lokasi"),
        required=False,
        longest=1000,
        description=_l("Misalnya: rapat digelar di kantor kabupaten."),
    )


class FixForm(LonLatFields, BaseForm):
    """The browser's own position, as its script fills it in."""


class OwnCasesQuery(BaseForm):
    """Which part of the own cases a script asks for: those before a number of ours, so many at a time."""

    before = IntegerText(_l("Sebelum nomor"), lowest=1, highest=2_147_483_647, required=False)
    limit = IntegerText(_l("Paling banyak"), lowest=1, highest=100, required=False)


class ProgressForm(BaseForm):
    """Which stage of a work a photo shows."""

    progress = SelectField(
        _l("Tahap pekerjaan"), [optional()],
        choices=choices([_NONE, *((str(stage), said) for stage, said in STAGES.items())]),
        description=_l("Foto tahap 0, 50 dan 100 diambil dari titik yang sama."),
    )  # fmt: skip

    @property
    def stage(self) -> int | None:
        return int(self.progress.data) if self.progress.data else None
