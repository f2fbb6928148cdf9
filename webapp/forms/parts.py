"""A form as one JSON object: the same form the page uses, fed from JSON (and described by `webapp.forms.schema`).

Here only the kind of each value is looked at (a text, a number, a list); everything else is said by the form's own
validators, so that a script and a person are held to one set of rules.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectMultipleField

from webapp.errors import Problem, for_script
from webapp.forms.base import BaseForm
from webapp.forms.numbers import DecimalComma
from webapp.forms.words import FieldProblem, Sentence

_LONGEST_NAME = 80  # of an unknown key that the answer names
_PLACES = 15  # decimals of a number on its way to a form; 1e-15 degrees is less than an atom

_SENTENCES: dict[str, Sentence] = {
    "field_unknown": _l("Isian ini tidak dikenal."),
    "field_type": _l("Jenis isian ini tidak sesuai."),
    "number_invalid": _l("Harus angka."),
}


class FieldsRefused(Problem):
    """What a script sent breaks rules of its form; `fields` lists every refusal, the first gives code and sentence."""

    def __init__(self, fields: list[FieldProblem]) -> None:
        super().__init__(fields[0].message, field=fields[0].field)
        self.code = fields[0].code
        self.fields = fields


@dataclass(frozen=True)
class Part:
    """One object of a JSON body: its form, how JSON names the fields, and objects inside it by their names.

    `hidden`: fields of the page that a script does not send.
    """

    form: BaseForm
    hidden: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)  # field name → JSON name, where they differ
    parts: Mapping[str, Part] = field(default_factory=dict)

    def fields(self) -> Iterator[tuple[str, Field]]:
        """JSON name and field, in the order of the form."""
        for one in self.form:
            if one.short_name not in self.hidden | {"csrf_token"}:
                yield self.names.get(one.short_name, one.short_name), one


def fill(part: Part, sent: Mapping[str, Any]) -> None:
    """Fill the forms of `part` and of the parts inside it. Raises `FieldsRefused` with every refusal there is."""
    refused = list(_refusals(part, sent, ""))
    if refused:
        raise FieldsRefused(refused)


def refused(form: BaseForm, page: str) -> Response:
    """The answer to a form that was not valid: its page again, with the code of the first refusal.

    Raises `FieldsRefused` for a script, which gets no page.
    """
    problems = form.problems()
    if for_script():
        raise FieldsRefused(problems)
    return Response(page, FieldsRefused.status, {"X-Problem-Code": problems[0].code}, mimetype="text/html")


def fill_query(form: BaseForm, sent: MultiDict[str, str]) -> None:
    """Fill a form with the query of an address. Raises `FieldsRefused`, also for a parameter it does not know."""
    part = Part(form)
    known = {name for name, _ in part.fields()}
    refused = [_refusal(name, "field_unknown") for name in sent if name not in known]
    refused += _judged(part, sent, "", frozenset())
    if refused:
        raise FieldsRefused(refused)


def _refusals(part: Part, sent: Mapping[str, Any], above: str) -> Iterator[FieldProblem]:
    known = dict(part.fields())
    yield from (_refusal(above + name, "field_unknown") for name in sent if name not in {*known, *part.parts})
    read = {name: _texts(one, sent.get(name)) for name, one in known.items()}
    wrong = {name: code for name, code in read.items() if isinstance(code, str)}
    yield from (_refusal(above + name, code) for name, code in wrong.items())
    taken = MultiDict({one.name: read[name] for name, one in known.items() if name not in wrong})
    yield from _judged(part, taken, above, frozenset(wrong))
    for name, inner in part.parts.items():
        value = sent.get(name)
        if isinstance(value, dict | None):
            yield from _refusals(inner, value or {}, f"{above}{name}.")
        else:
            yield _refusal(above + name, "field_type")


def _judged(part: Part, taken: MultiDict[str, str], above: str, wrong: frozenset[str]) -> list[FieldProblem]:
    """What the form itself says; of a field whose kind was wrong nothing more."""
    part.form.process(taken)
    if part.form.validate():
        return []
    said = [(part.names.get(one.field or "", one.field), one) for one in part.form.problems()]
    return [FieldProblem(above + (name or ""), one.code, one.message) for name, one in said if name not in wrong]


def _texts(one: Field, value: object) -> list[str] | str:
    """The value as a form would have sent it, or the code of why it cannot be one. None is as if nothing were sent."""
    if value is None:
        return []
    if isinstance(one, SelectMultipleField):
        fits = isinstance(value, list) and all(isinstance(text, str) for text in value)
        return list(value) if isinstance(value, list) and fits else "field_type"
    if isinstance(one, DecimalComma):
        return _number(value)
    return [value] if isinstance(value, str) else "field_type"


def _number(value: object) -> list[str] | str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "field_type"
    if not math.isfinite(value):
        return "number_invalid"
    exact = format(Decimal(repr(value)), "f")
    return [exact if len(exact) <= _PLACES * 2 else f"{value:.{_PLACES}f}"]


def _refusal(name: str, code: str) -> FieldProblem:
    shown = name[:_LONGEST_NAME].encode("ascii", "replace").decode()
    return FieldProblem(shown, code, str(_SENTENCES[code]))
