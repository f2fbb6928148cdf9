"""The one screen on which proposed cases are corrected: a small form for each of them, and a choice for each photo."""

import re
from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from webapp.bulk.models import ImportGroup
from webapp.bulk.rules import Because
from webapp.bulk.services import NEW, OUT, Words
from webapp.evidence.forms import CaseForm
from webapp.forms import BaseForm, DateText, TextArea, TextLine, choices, optional

_MOVE = re.compile(r"foto-(\d{1,9})")
_TARGET = re.compile(r"\d{1,9}")
_NEIGHBOURS = 15  # groups before and after that are offered where there are many: a photo out of place is near its own
_MANY = 40


class GroupForm(BaseForm):
    """What is said of one proposed case. Nothing is required yet: what is missing is named when it is to be made."""

    title = TextLine(_l("Judul"), required=False)
    activity = SelectField(_l("Jenis kegiatan"), [optional()])
    occurred_from = DateText(_l("Tanggal kegiatan"), required=False)
    region_code = SelectField(_l("Wilayah"), [optional()])
    note = TextArea(_l("Uraian singkat"), required=False, longest=5000)
    into = SelectField(_l("Gabungkan dengan kelompok lain"), [optional()])
    left_out = BooleanField(_l("Lewati: jangan dijadikan bukti"))

    @classmethod
    def of(cls, row: ImportGroup, groups: Sequence[ImportGroup], case: CaseForm) -> "GroupForm":
        """The form of a group, its choices those of this person; filled with what is known unless it was sent."""
        units = case.region_code.choices
        usual = units[0].value if units else ""
        form = cls(
            prefix=f"k{row.id}",
            meta={"csrf": False},  # one token for the whole screen
            data={
                "title": row.title, "activity": row.activity, "occurred_from": row.occurred_from, "note": row.note,
                "region_code": row.region_code or usual, "left_out": row.left_out, "into": "",
            },
        )  # fmt: skip
        form.activity.choices = case.activity.choices
        form.title.flags.required = form.occurred_from.flags.required = True  # once the case is made
        form.region_code.choices = units
        form.into.choices = choices([("", _l("jangan digabungkan")), *_targets(row, groups)])
        return form

    def words(self) -> Words:
        """What was written. Ask after `validate`."""
        return Words(
            title=self.title.data or "", activity=self.activity.data or "", day=self.occurred_from.data,
            region_code=self.region_code.data or None, note=self.note.data or "", left_out=bool(self.left_out.data),
            into=int(self.into.data) if self.into.data else None,
        )  # fmt: skip


class UsualForm(BaseForm):
    """One activity for all proposed cases that have none yet."""

    activity = SelectField(_l("Jenis kegiatan untuk semua yang belum diisi"), [optional()])

    @classmethod
    def of(cls, case: CaseForm) -> "UsualForm":
        form = cls(prefix="umum", meta={"csrf": False})
        form.activity.choices = case.activity.choices
        return form


def is_sent(row: ImportGroup, sent: Mapping[str, str]) -> bool:
    """Whether the form of that group was on the page that came."""
    return f"k{row.id}-title" in sent


def moves(sent: Iterable[tuple[str, str]]) -> dict[int, int | str]:
    """By photo, where it is to go; those that stay are left out, as is what nobody could choose."""
    found: dict[int, int | str] = {}
    for name, value in sent:
        if photo := _MOVE.fullmatch(name):
            if value in (NEW, OUT):
                found[int(photo[1])] = value
            elif _TARGET.fullmatch(value):
                found[int(photo[1])] = int(value)
    return found


def move_choices(row: ImportGroup | None, groups: Sequence[ImportGroup]) -> list[SelectChoice]:
    """Where a photo of that group (None: one that is left out) may go. Those of a phone's backup stay in their case."""
    stay = _("tetap")
    if row is not None and row.because == Because.BACKUP:
        return choices([("", stay), (OUT, _("jangan dipakai"))])
    others = [(NEW, _("ke kelompok baru")), *_targets(row, groups)]
    return choices([("", stay), *([(OUT, _("jangan dipakai"))] if row else []), *others])


def _targets(row: ImportGroup | None, groups: Sequence[ImportGroup]) -> list[tuple[str, str]]:
    """Open groups other than this one, by number and title; of very many its neighbours."""
    open_ones = [one for one in groups if one.evidence_id is None and one.because != Because.BACKUP]
    if row is not None and len(open_ones) > _MANY:
        open_ones = [one for one in open_ones if abs(one.position - row.position) <= _NEIGHBOURS]
    return [
        (str(one.id), _("ke kelompok %(number)s: %(title)s", number=one.position, title=one.title[:60]))
        for one in open_ones
        if row is None or one.id != row.id
    ]
