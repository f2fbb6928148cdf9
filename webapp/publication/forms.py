"""Input of publication."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.evidence import pii
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import TAG_LABELS, Tag
from webapp.forms import BaseForm, TextArea, TextLine, choices, optional
from webapp.publication.errors import BoxInvalid, TooManyBoxes
from webapp.publication.models import Publication, PublicationPhoto
from webapp.publication.rules import MOST_BOXES, PRECISION_LABELS, Box, Found, Precision, preset
from webapp.publication.services import Wanted


class _Ticks(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, by ticking."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PublicationForm(BaseForm):
    """What the public would see. `offer` fills what depends on the case."""

    title = TextLine(_l("Judul untuk publik"))
    note = TextArea(
        _l("Uraian untuk publik"), required=False, longest=3000,
        description=_l("Tanpa nama orang, NIK, nomor telepon, atau surel."),
    )  # fmt: skip
    tags = _Ticks(
        _l("Yang juga terlihat atau disebut"), [optional()],
        description=_l("Penanda dari pengusul tetap berlaku. Setiap penanda mewajibkan orang kedua menyetujui."),
    )  # fmt: skip
    restricted = BooleanField(_l("Zona terlarang (misalnya instalasi militer): tanpa foto dan tanpa titik"))
    precision = RadioField(_l("Ketepatan titik"), choices=choices([(str(k), v) for k, v in PRECISION_LABELS.items()]))
    photos = _Ticks(_l("Foto yang dipilih"), [optional()])

    def offer(self, case: Evidence, photos: Sequence[Photo]) -> None:
        """Fill what can be chosen."""
        self.tags.choices = choices([(str(tag), words) for tag, words in TAG_LABELS.items() if tag not in case.tags])
        self.photos.choices = choices([(str(photo.id), photo.file_name) for photo in photos])

    def begin(self, case: Evidence) -> None:
        """Propose what the case says, with personal numbers covered, and the point its tags suggest."""
        self.title.data, self.note.data = pii.covered(case.title), pii.covered(case.note)
        self.precision.data = str(preset(case.tags, restricted=False, has_place=case.place is not None))
        self.photos.data = []

    def show(self, one: Publication) -> None:
        """Fill the form with what was chosen."""
        for name in ("title", "note", "tags", "restricted", "precision"):
            self[name].data = getattr(one, name)
        self.photos.data = [str(photo.photo_id) for photo in one.photos]

    def wanted(self) -> Wanted:
        """What was chosen. Ask after `validate`."""
        return Wanted(
            title=self.title.data, note=self.note.data or "", precision=Precision(self.precision.data),
            tags=frozenset(Tag(tag) for tag in self.tags.data or ()), restricted=bool(self.restricted.data),
            photos=[int(photo) for photo in self.photos.data or ()],
        )  # fmt: skip


class ApproveForm(BaseForm):
    """The second look: of each photo without boxes, that there is nothing to cover. `offer` says which."""

    clear = _Ticks(_l("Foto tanpa kotak"), [optional()])

    def offer(self, photos: Sequence[PublicationPhoto]) -> None:
        """Fill what must be confirmed."""
        self.clear.choices = choices(
            [
                (
                    str(photo.photo_id),
                    _l(
                        "Foto %(n)s: saya juga memeriksanya; tidak ada wajah, pelat, atau dokumen yang perlu ditutup",
                        n=photo.position,
                    ),
                )
                for photo in photos
            ]
        )

    def confirmed(self) -> set[int]:
        """The photos that were ticked. Ask after `validate`."""
        return {int(photo) for photo in self.clear.data or ()}


class CoverForm(BaseForm):
    """The look at one photo; its boxes are lines of four numbers, read by `boxes_in`."""

    alt = TextLine(
        _l("Apa yang terlihat pada foto ini"), required=False, longest=300,
        description=_l("Dibacakan bagi yang tidak dapat melihat gambar. Jangan sebut nama orang."),
    )  # fmt: skip
    clear = BooleanField(_l("Saya sudah memeriksa foto ini: tidak ada wajah, pelat, atau dokumen yang perlu ditutup"))


_SIDES = ("x", "y", "w", "h")


def boxes_in(sent: MultiDict[str, str]) -> list[Box]:
    """The boxes of a form, sent as percent of the picture; lines without width and height are no boxes.

    Raises `BoxInvalid`, `TooManyBoxes`.
    """
    columns = [sent.getlist(side) for side in _SIDES]
    found = sent.getlist("found")
    if len({len(column) for column in (*columns, found)}) > 1:
        raise BoxInvalid
    lines = [line for line in zip(*columns, found, strict=True) if line[2].strip() or line[3].strip()]
    if len(lines) > MOST_BOXES:
        raise TooManyBoxes
    return [_box(line) for line in lines]


def _box(line: tuple[str, ...]) -> Box:
    try:
        x, y, w, h = (float(said.strip().replace(",", ".")) / 100 for said in line[:4])
        return Box.fitted(x, y, w, h, Found(line[4]))
    except ValueError as broken:
        raise BoxInvalid from broken
