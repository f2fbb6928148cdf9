"""The form all others are made from."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Form

from webapp.forms.words import FieldProblem, Words


class BaseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no annotations
    """A form whose built-in messages are ours and whose refusals can be handed to a script."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where WTForms looks for its words, and what it takes as sent."""

        def wrap_formdata(self, form: Form, formdata: object) -> object:  # noqa: ARG002 - WTForms asks so
            """The fields and files of a form as browsers send them; JSON has a door of its own.

            Flask-WTF would also feed a page's form with any JSON body, whose lists and numbers no field expects.
            """
            if isinstance(formdata, MultiDict) or formdata is None:
                return formdata
            sent = request.method in ("POST", "PUT", "PATCH", "DELETE") and bool(request.form or request.files)
            return CombinedMultiDict[str, Any]((request.files, request.form)) if sent else None

        def get_translations(self, form: Form) -> Words:  # noqa: ARG002 - WTForms asks so
            """Our own words instead of the catalogue shipped with WTForms, which lacks Indonesian."""
            return Words()

    def problems(self) -> list[FieldProblem]:
        """What was refused, in the order of the form; empty before `validate` or when all is well."""
        whole = [_problem(None, message) for message in self.form_errors]
        return whole + [_problem(f.short_name, message) for f in self for message in _flat(f.errors)]


def _problem(field: str | None, message: object) -> FieldProblem:
    return FieldProblem(field, getattr(message, "code", "field_invalid"), str(message))


def _flat(errors: object) -> Iterable[object]:
    """The sentences of a field, however deep a FieldList or FormField nests them."""
    if isinstance(errors, dict):
        errors = list(errors.values())
    if isinstance(errors, (list, tuple)):
        return [message for part in errors for message in _flat(part)]
    return [errors]
