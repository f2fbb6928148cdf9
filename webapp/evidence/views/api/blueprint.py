"""The blueprint of the door for scripts, and what it asks before any of its views."""

from flask import Blueprint, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from webapp.errors import NotSignedIn, Problem

bp = Blueprint("api", __name__, url_prefix="/api/v1")

MOST_BYTES = 256 * 1024


class NotJson(Problem):
    """The body says that it is something else."""

    status, code = 415, "type_not_allowed"
    message = _l("Kirim isinya sebagai application/json.")


class BodyTooLarge(Problem):
    """More than the fields of any form can hold."""

    status, code = 413, "request_too_large"
    message = _l("Kiriman melebihi batas ukuran.")


@bp.before_request
def _ask_who() -> None:
    if not current_user.is_authenticated:
        raise NotSignedIn


def json_body() -> bytes:
    """The body of this request. Raises `NotJson`, `BodyTooLarge` (before reading, where the length is announced)."""
    if request.mimetype != "application/json":
        raise NotJson
    if (request.content_length or 0) > MOST_BYTES:
        raise BodyTooLarge
    body: bytes = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise BodyTooLarge
    return body
