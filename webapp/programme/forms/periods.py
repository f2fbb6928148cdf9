"""Input of periods."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.forms import (
    BaseForm,
    DateText,
    DecimalComma,
    FieldRefused,
    IntegerText,
    TextLine,
    choices,
    required,
)
from webapp.programme.errors import DatesReversed
from webapp.programme.models import Instrument, Period
from webapp.programme.rules import LAYOUT_LABELS, LAYOUTS, STAGE_LABELS, Layout, StageKind, last_moment
from webapp.programme.services import PeriodFields, StagePlan
from webapp.territory.models import Region
from webapp.territory.rules import time_zone_of

MOST_GO_ON = 999


class PeriodForm(BaseForm):
    """A period that is prepared. The regions and instruments to choose from are filled by the view.

    Each kind of stage has three fields of its own: its place in the order (empty: the period has no such stage) and
    its days.
    """

    name = TextLine(_l("Nama periode"))
    programme = TextLine(_l("Program"), required=False)
    region_code = SelectField(_l("Wilayah yang menilai"), validators=[required()])
    instrument_id = SelectField(_l("Instrumen"), coerce=int, validators=[required()])
    starts_on = DateText(_l("Kegiatan sejak"))
    ends_on = DateText(_l("Kegiatan sampai"))
    closes_on = DateText(_l("Batas kirim, sampai akhir hari"), required=False)
    quorum = IntegerText(_l("Kuorum penilai per indikator"), lowest=1, highest=99)
    pooled = BooleanField(_l("Kecamatan di kabupaten dan di kota diperingkat terpisah"))
    shortlist_size = IntegerText(_l("Yang maju ke babak kedua"), lowest=1, highest=MOST_GO_ON, required=False)
    award_size = IntegerText(_l("Yang ditetapkan sebagai terbaik"), lowest=1, highest=MOST_GO_ON, required=False)
    carry_share = DecimalComma(
        _l("Bagian nilai babak pertama dalam nilai akhir (%)"), places=2, lowest=0, highest=100, required=False
    )

    def offer(self, regions: Iterable[Region], instruments: Iterable[Instrument]) -> None:
        """Fill what can be chosen."""
        self.region_code.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])
        named = [(str(one.id), _("%(name)s, versi %(n)s", name=one.name, n=one.version)) for one in instruments]
        self.instrument_id.choices = choices(named)

    def lay_out(self, layout: Layout) -> None:
        """Number the stages as that layout has them."""
        for n, kind in enumerate(LAYOUTS[layout], start=1):
            self[f"stage_{kind}"].data = n

    def show(self, period: Period) -> None:
        """What a prepared period says already."""
        for name in (
            "name", "region_code", "instrument_id", "starts_on", "ends_on", "quorum", "pooled", "shortlist_size",
            "award_size", "carry_share",
        ):  # fmt: skip
            self[name].data = getattr(period, name)
        self.programme.data = period.programme.name if period.programme else ""
        if period.closes_at is not None:
            self.closes_on.data = period.closes_at.astimezone(ZoneInfo(period.time_zone)).date()
        for one in period.stages:
            self[f"stage_{one.kind}"].data = one.position
            self[f"stage_{one.kind}_from"].data, self[f"stage_{one.kind}_to"].data = one.starts_on, one.ends_on

    def stage_fields(self) -> list[tuple[StageKind, Field, Field, Field]]:
        """Each kind with its place, its first and its last day."""
        return [
            (kind, self[f"stage_{kind}"], self[f"stage_{kind}_from"], self[f"stage_{kind}_to"]) for kind in StageKind
        ]

    def validate_ends_on(self, field: Field) -> None:
        """An end before the start. Raises `FieldRefused` (dates_reversed)."""
        _must_run_on(self.starts_on.data, field.data)

    def fields(self) -> PeriodFields:
        """What was said. Ask after `validate`."""
        region = str(self.region_code.data)
        closes_on = self.closes_on.data
        return PeriodFields(
            name=self.name.data or "", region_code=region, instrument_id=self.instrument_id.data,
            starts_on=cast(date, self.starts_on.data), ends_on=cast(date, self.ends_on.data),
            closes_at=last_moment(closes_on, time_zone_of(region)) if closes_on else None,
            quorum=cast(int, self.quorum.data), programme=self.programme.data or "", pooled=bool(self.pooled.data),
            shortlist_size=cast("int | None", self.shortlist_size.data),
            award_size=cast("int | None", self.award_size.data),
            carry_share=cast("Decimal | None", self.carry_share.data) or Decimal(0), stages=self._stages(),
        )  # fmt: skip

    def _stages(self) -> tuple[StagePlan, ...]:
        """In the order of their numbers; equal numbers keep the usual order."""
        numbered = [
            (int(place.data), StagePlan(kind, first.data, last.data))
            for kind, place, first, last in self.stage_fields()
            if place.data is not None
        ]
        return tuple(stage for _place, stage in sorted(numbered, key=lambda pair: pair[0]))


def _must_run_on(first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise FieldRefused(DatesReversed.code, DatesReversed.message)


def _runs_on(first: str) -> Any:
    def check(form: BaseForm, field: Field) -> None:
        _must_run_on(form[first].data, field.data)

    return check


for _kind in StageKind:
    _own, _named = f"stage_{_kind}", STAGE_LABELS[_kind]
    _place = IntegerText(_l("Urutan: %(stage)s", stage=_named), lowest=1, highest=len(StageKind), required=False)
    _first = DateText(_l("%(stage)s mulai", stage=_named), required=False)
    _last = DateText(_l("%(stage)s sampai", stage=_named), [_runs_on(f"{_own}_from")], required=False)
    setattr(PeriodForm, _own, _place)
    setattr(PeriodForm, f"{_own}_from", _first)
    setattr(PeriodForm, f"{_own}_to", _last)


def layout_named(said: str) -> Layout:
    """The layout of that name; none where there is no such."""
    return Layout(said) if said in set(Layout) else Layout.NONE


def layout_choices() -> list[tuple[str, Any]]:
    """The layouts to choose from."""
    return [(one.value, words) for one, words in LAYOUT_LABELS.items()]


class ParticipantsForm(BaseForm):
    """Which kecamatan take part."""

    participants = SelectMultipleField(
        _l("Kecamatan peserta"),
        validators=[required()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def offer(self, regions: Iterable[Region]) -> None:
        """Fill what can be chosen."""
        self.participants.choices = choices([(one.code, f"{one.name} ({one.code})") for one in regions])

    def chosen(self) -> list[str]:
        """The codes that were ticked."""
        return [str(code) for code in self.participants.data or ()]
