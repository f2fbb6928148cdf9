"""The blueprint, and how its forms answer."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template

from webapp.errors import Problem
from webapp.forms import BaseForm

bp = Blueprint("accounts", __name__)


def form_page(template: str, form: BaseForm, why: Problem | None = None, **context: Any) -> Response:
    """A page with a form: 200 when it was asked for, else the refusal's own status (422 for a field) and code."""
    page = make_response(render_template(template, form=form, **context))
    problems = form.problems()
    if why is not None or problems:
        page.status_code = why.status if why else 422
        page.headers["X-Problem-Code"] = why.code if why else problems[0].code
    return page
