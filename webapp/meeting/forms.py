"""Input of meetings."""

from collections.abc import Iterable
from datetime import date
from typing import cast

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TimeField
from wtforms.validators import InputRequired, Optional

from webapp.evidence.models import Evidence
from webapp.evidence.pii import covered
from webapp.forms import (
    BaseForm,
    DateText,
    FieldRefused,
    IntegerText,
    LonLatFields,
    TextArea,
    TextLine,
    choices,
    required,
)
from webapp.meeting.models import Meeting, MeetingAttendance
from webapp.meeting.rules import (
    ITEM_LABELS,
    KIND_LABELS,
    LONGEST_LINE,
    MOST_HEADS,
    UNIT_LABELS,
    WEEKDAY_LABELS,
    ItemState,
    MeetingKind,
    UnitKind,
    lines,
)
from webapp.meeting.services import MeetingFields, SeriesFields, Unit
from webapp.territory.models import Region

_UNIT_A_LINE = _l("Satu unit tiap baris.")
_POINT_A_LINE = _l("Satu butir tiap baris.")


class SeriesForm(BaseForm):
    """A new series. The regions to choose from are filled by the view."""

    region_code = SelectField(_l("Wilayah"), validators=[required()])
    kind = SelectField(_l("Jenis rapat"), choices=choices([(str(k), v) for k, v in KIND_LABELS.items()]))
    name = TextLine(_l("Nama rangkaian rapat"), description=_l("Misalnya Rapat Minggon Margahayu."))
    weekday = SelectField(
        _l("Hari rapat"),
        choices=choices([("", _l("tidak tetap")), *((str(k), v) for k, v in WEEKDAY_LABELS.items())]),
        description=_l("Bila diisi, minggu tanpa rapat didaftar."),
    )
    starts_on = DateText(_l("Mulai tanggal"))
    below = BooleanField(_l("Undang semua kecamatan, atau semua desa dan kelurahan, di bawah wilayah ini"))
    agencies = TextArea(
        _l("Perangkat daerah yang diundang"), longest=5000, required=False, description=_UNIT_A_LINE,
        render_kw={"inputmode": "text"},
    )  # fmt: skip
    others = TextArea(
        _l("Unit lain yang diundang"), longest=5000, required=False, description=_UNIT_A_LINE,
        render_kw={"inputmode": "text"},
    )  # fmt: skip

    def offer(self, regions: Iterable[Region]) -> None:
        """Fill what can be chosen."""
        self.region_code.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])

    def fields(self, below: Iterable[Unit]) -> SeriesFields:
        """What was said, with the units below the region where they are invited. Ask after `validate`."""
        units = [
            *(below if self.below.data else ()),
            *(Unit(UnitKind.AGENCY, name) for name in lines(self.agencies.data or "")),
            *(Unit(UnitKind.OTHER, name) for name in lines(self.others.data or "")),
        ]
        return SeriesFields(
            region_code=self.region_code.data, kind=MeetingKind(self.kind.data), name=self.name.data,
            starts_on=cast(date, self.starts_on.data), units=tuple(units),
            weekday=int(self.weekday.data) if self.weekday.data else None,
        )  # fmt: skip


class CallForm(BaseForm):
    """The next meeting of a series."""

    held_on = DateText(_l("Tanggal rapat"))
    starts_at = TimeField(_l("Mulai pukul"), [InputRequired()])
    venue = TextLine(_l("Tempat"), required=False)


class MeetingForm(LonLatFields, BaseForm):
    """What is said of a meeting itself."""

    held_on = DateText(_l("Tanggal rapat"))
    starts_at = TimeField(_l("Mulai pukul"), [InputRequired()])
    ends_at = TimeField(_l("Selesai pukul"), [Optional()])
    venue = TextLine(_l("Tempat"), required=False)
    agenda = TextArea(_l("Agenda"), required=False, description=_POINT_A_LINE)
    decisions = TextArea(_l("Keputusan"), required=False, description=_POINT_A_LINE)
    evidence_id = SelectField(
        _l("Bukti rapat"), coerce=str,
        description=_l("Dengan foto dan lokasi. Indikator hanya menghitung rapat yang buktinya terverifikasi."),
    )  # fmt: skip

    def offer(self, cases: Iterable[Evidence]) -> None:
        """Fill what can be chosen."""
        known = [(str(one.id), f"{covered(one.title)} · {one.occurred_from:%d-%m-%Y}") for one in cases]
        self.evidence_id.choices = choices([("", _l("belum ada")), *known])

    def show(self, meeting: Meeting) -> None:
        """Fill the form with what a meeting says."""
        self.held_on.data, self.starts_at.data, self.ends_at.data = meeting.held_on, meeting.starts_at, meeting.ends_at
        self.venue.data, self.agenda.data, self.decisions.data = meeting.venue, meeting.agenda, meeting.decisions
        self.evidence_id.data = str(meeting.evidence_id or "")

    def validate_ends_at(self, field: TimeField) -> None:
        """It ends after it begins. Raises `FieldRefused` (ends_before_it_begins)."""
        if self.starts_at.data is not None and field.data <= self.starts_at.data:
            raise FieldRefused("ends_before_it_begins", _l("Jam selesai harus setelah jam mulai."))

    def fields(self) -> MeetingFields:
        """What was said. Ask after `validate`."""
        return MeetingFields(
            held_on=cast(date, self.held_on.data), starts_at=self.starts_at.data, ends_at=self.ends_at.data,
            venue=self.venue.data or "", agenda=self.agenda.data or "", decisions=self.decisions.data or "",
            place=self.place(), evidence_id=int(self.evidence_id.data) if self.evidence_id.data else None,
        )  # fmt: skip


class HereForm(LonLatFields, BaseForm):
    """Where the phone is, sent by its own button."""


class AttendanceForm(BaseForm):
    """A unit that was not on the list; those on it are read by the ids of their lines (`heads`)."""

    unit_kind = SelectField(_l("Jenis unit"), choices=choices([(str(k), v) for k, v in UNIT_LABELS.items()]))
    unit_name = TextLine(_l("Unit yang belum terdaftar"), required=False)
    unit_heads = IntegerText(_l("Jumlah orang"), lowest=0, highest=MOST_HEADS, required=False)

    def heads(self, known: Iterable[MeetingAttendance]) -> dict[int, int]:
        """People by line; an empty field is 0. Raises `FieldRefused` for what is no number."""
        return {line.id: _number(request.form.get(f"orang-{line.id}", "")) for line in known}

    def also(self) -> Unit | None:
        """The further unit. Ask after `validate`."""
        return Unit(UnitKind(self.unit_kind.data), self.unit_name.data) if self.unit_name.data else None


def _number(raw: str) -> int:
    text = raw.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise FieldRefused("number_invalid", _l("Harus bilangan bulat."))
    return int(text)


class ItemForm(BaseForm):
    """Something a unit is to do."""

    what = TextLine(_l("Yang harus dikerjakan"), longest=LONGEST_LINE)
    owner = SelectField(_l("Unit penanggung jawab"), coerce=str)
    due_on = DateText(_l("Batas waktu"))

    def offer(self, units: Iterable[MeetingAttendance]) -> None:
        """Fill what can be chosen."""
        self.owner.choices = choices([(str(one.id), one.unit_name) for one in units])


class SettleForm(BaseForm):
    """What came of it, or why it is dropped."""

    state = SelectField(
        _l("Hasil"), choices=choices([(str(k), ITEM_LABELS[k]) for k in (ItemState.DONE, ItemState.DROPPED)])
    )
    reason = TextLine(_l("Uraian hasil atau alasan"), longest=LONGEST_LINE)


class AmendForm(BaseForm):
    body = TextArea(_l("Catatan perubahan"), longest=4000)
