"""Two blueprints: for who prepares, behind the door; and for everybody, where an operator opened it."""

from flask import Blueprint, Response

from webapp.errors import Problem
from webapp.forms import BaseForm

bp = Blueprint("publication", __name__, url_prefix="/publikasi")
publik = Blueprint("publik", __name__, url_prefix="/publik")


def answer(page: str, form: BaseForm | None = None, problem: Problem | None = None) -> Response:
    """A page, or a page with what was refused."""
    if problem is not None:
        return Response(page, problem.status, {"X-Problem-Code": problem.code}, mimetype="text/html")
    problems = form.problems() if form is not None else []
    if problems:
        return Response(page, 422, {"X-Problem-Code": problems[0].code}, mimetype="text/html")
    return Response(page, mimetype="text/html")
