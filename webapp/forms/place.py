"""A place in a form: typed, set by a pin, or reported by the browser. Always lon, lat in degrees, WGS 84."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from geo.values import BBox, LonLat, NotABox
from webapp.forms.base import BaseForm
from webapp.forms.numbers import DecimalComma, IntegerText
from webapp.forms.words import Coded, FieldRefused, Sentence

_COARSEST_FIX_M = 1_000_000
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


class Degrees(DecimalComma):
    """Longitude (`highest` 180) or latitude (90) in degrees; data is a float or None. May stay empty."""

    # Phones hide the minus sign from their decimal keyboard, and almost all of our latitudes need it.
    inputmode = "text"

    def __init__(
        self, label: Sentence | None = None, validators: Iterable[Any] = (), *, highest: int, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, places=25, lowest=-highest, highest=highest, required=False, **kwargs)

    def read(self, raw: str) -> float:
        """One typed angle, degrees."""
        return float(super().read(raw))


class Metres(DecimalComma):
    """A length in metres the browser reports; data is a float or None, never refused for its decimals."""

    def read(self, raw: str) -> float:
        """One length, metres."""
        return float(super().read(raw))


class Box(Field):  # type: ignore[misc]  # WTForms has no annotations
    """A part of the map, "west,south,east,north" in degrees; data is a `BBox`, or None where nothing was sent."""

    widget = HiddenInput()

    def __init__(
        self, label: Sentence | None = None, validators: Iterable[Any] = (), *, required: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(label, [InputRequired() if required else Optional(), *validators], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the four numbers."""
        self.data = None
        if valuelist and valuelist[0]:
            try:
                self.data = BBox.parse(valuelist[0])
            except NotABox as broken:
                raise ValueError(Coded("bbox_invalid", _l("Bagian peta tidak dapat dibaca."))) from broken


class Instant(Field):  # type: ignore[misc]  # WTForms has no annotations
    """An instant with its zone as scripts write it ("2018-08-05T22:12:00.000Z"); data is an aware datetime or None."""

    widget = HiddenInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the instant; one without a zone is refused, because nobody could say when it was."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        self.data = to_instant(valuelist[0])
        if self.data is None:
            raise ValueError(Coded("date_invalid", _l("Tanggal atau jam tidak benar.")))


def to_instant(raw: str) -> datetime | None:
    """An instant with its zone as scripts write it; None for anything else.

    Years before 1970 and after 2200 are nobody's clock, and the outermost ones leave what Python can read back.
    """
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


class LonLatFields:
    """Mixed in before `BaseForm`: lon and lat, both or neither, with the accuracy and time of a browser's fix."""

    lon = Degrees(_l("Bujur (derajat)"), highest=180, description=_l("Misalnya 107,5708"))
    lat = Degrees(
        _l("Lintang (derajat)"), highest=90, description=_l("Misalnya -6,9662; di selatan khatulistiwa bertanda minus")
    )
    accuracy_m = Metres(
        _l("Akurasi (meter)"), places=25, lowest=0, highest=_COARSEST_FIX_M, required=False, widget=HiddenInput()
    )
    fix_at = Instant(_l("Waktu lokasi"), [Optional()])

    def validate_lon(self, field: Field) -> None:  # noqa: ARG002 - WTForms asks so
        """A longitude alone is no place. Raises `FieldRefused` (place_incomplete)."""
        self._has_other(self.lat)

    def validate_lat(self, field: Field) -> None:  # noqa: ARG002 - WTForms asks so
        """A latitude alone is no place. Raises `FieldRefused` (place_incomplete)."""
        self._has_other(self.lon)

    @staticmethod
    def _has_other(other: Field) -> None:
        if not other.raw_data or not str(other.raw_data[0]).strip():
            raise FieldRefused("place_incomplete", _l("Isi bujur dan lintang, atau kosongkan keduanya."))

    def place(self) -> LonLat | None:
        """The place that was sent, or None. Ask after `validate`."""
        return LonLat.maybe(self.lon.data, self.lat.data)


class PartOfMap(BaseForm):
    """Which part of a map is asked for, and how near; without them all of it."""

    bbox = Box(required=False)
    zoom = IntegerText(_l("Perbesaran"), lowest=0, highest=25, required=False)
