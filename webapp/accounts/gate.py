"""Between the password and the work: what a session still lacks, and the few pages it may open until then."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug import Response

from webapp.accounts import door
from webapp.accounts.models import Account
from webapp.accounts.rules import Lacks

_ALWAYS = {"accounts.sign_out", "home.language", "home.health", "static"}
# What is lacking: where it is given, and what that page needs besides.
_STEPS: dict[Lacks, tuple[str, set[str]]] = {
    Lacks.CODE: ("accounts.code", {"accounts.recovery"}),
    Lacks.OWN_PASSWORD: ("accounts.own_password", set()),
    Lacks.FACTOR: ("accounts.set_up_factor", {"accounts.prove"}),
}
_HINT = "petabukti_code_hint"


def lacks() -> Lacks | None:
    """What the session of this request still lacks; None also for visitors."""
    return door.missing() if current_user.is_authenticated else None


def code_hint(account: Account) -> str | None:
    """What to say about the code of an account that is nobody's (see `hint_with`); None for real people."""
    hint = current_app.extensions.get(_HINT)
    return hint(account) if hint else None


def hint_with(app: Flask, hint: Callable[[Account], Any]) -> None:
    """Let somebody who knows more about some accounts, such as a demo, say what their code is."""
    app.extensions[_HINT] = hint


def _is_for_everybody() -> bool:
    """Whether the request is for the public map: what everybody may see does not look who asks."""
    return request.blueprint == "publik" and bool(current_app.extensions["petabukti_settings"].public)


def _first_things_first() -> Response | None:
    if request.endpoint is None or request.endpoint in _ALWAYS or _is_for_everybody():
        return None
    missing = lacks()
    if missing is None:
        return None
    page, others = _STEPS[missing]
    if request.endpoint == page or request.endpoint in others:
        return None
    onward = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(page, next=onward), 303)


def init_app(app: Flask) -> None:
    """Ask before every request; after `door.init_app`."""
    app.before_request(_first_things_first)
