"""Proof once more: who has not given password or code for a while gives it again before what cannot be taken back.

ASVS 5.0, 7.5.3. A page (GET) leads to `accounts.prove` and back. A form (POST) is shown again with its fields hidden
and the code asked for beside them, so that nothing that was typed is lost and no script is needed.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, make_response, redirect, render_template, request, url_for
from werkzeug import Response

from webapp import db, errors
from webapp.accounts import door, gate, services
from webapp.accounts.errors import ProofNeeded, TooManyAttempts, WrongCode, WrongPassword
from webapp.accounts.forms import ProofForm, blame
from webapp.accounts.rules import is_fresh
from webapp.errors import Problem

P = ParamSpec("P")
R = TypeVar("R")


class _NotTaken(ProofNeeded):
    """Proof was sent along and is none: the form says why."""

    def __init__(self, form: ProofForm, why: Problem | None = None) -> None:
        self.form, self.why = form, why
        super().__init__()


def fresh_proof(view: Callable[P, R]) -> Callable[P, R]:
    """Ask for proof before the view when the last one is too old. Put it under `@requires(…)`.

    Only for views whose forms send small fields: files would not come along a second time.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        demand_fresh_proof()
        return view(*args, **kwargs)

    return guarded


def demand_fresh_proof(back: str | None = None) -> None:
    """The same for a view that must look at the thing first; call it before anything is written.

    `back`: the page to return to instead of the address that was asked for. Raises `ProofNeeded`.
    """
    if is_fresh(door.current().proved_at, db.utcnow(), patience()):
        return
    form = proof_form()
    if not form.was_sent():
        raise ProofNeeded(back=back)
    _take(form)


def patience() -> timedelta:
    """For how long a proof counts in this installation."""
    return timedelta(minutes=current_app.extensions["petabukti_settings"].step_up_minutes)


def proof_form() -> ProofForm:
    """The form that asks a code from those who have a second factor and the password from the others."""
    form = ProofForm()
    if door.person().second_factor is None:
        del form.code
    else:
        del form.password
    return form


def give_proof(form: ProofForm) -> None:
    """Take what was typed; the session gets a new token. What was used stays used, whatever becomes of the request.

    Raises `WrongCode`, `WrongPassword`, `TooManyAttempts`; what they count is kept.
    """
    session, person, moment = db.session(), door.person(), door.moment()
    try:
        if "code" in form:
            services.give_code(session, person, form.code.data, vault=door.vault(), moment=moment)
        else:
            services.give_password_again(session, person, form.password.data, moment=moment)
    except (WrongCode, WrongPassword, TooManyAttempts):
        db.keep_despite_refusal()
        raise
    door.renew(moment.at, second_factor="code" in form)
    session.commit()  # a code is spent even when the view behind refuses; nothing else has been written yet


def _take(form: ProofForm) -> None:
    if not form.validate():
        raise _NotTaken(form)
    try:
        give_proof(form)
    except (WrongCode, WrongPassword, TooManyAttempts) as why:
        blame(form, why)
        raise _NotTaken(form, why) from why


def _ask(needed: ProofNeeded) -> Response:
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return errors.answer(needed.status, needed.code, needed.sentence)
    if request.method in ("GET", "HEAD"):
        db.session().rollback()
        onward = needed.back or request.full_path.rstrip("?")
        return redirect(url_for("accounts.prove", next=onward), 303)
    return _with_the_fields_sent(needed)


def _with_the_fields_sent(needed: ProofNeeded) -> Response:
    """The form that was sent, its fields hidden, with the proof to be given beside them."""
    form = needed.form if isinstance(needed, _NotTaken) else proof_form()
    kept = [(name, value) for name, value in request.form.items(multi=True) if not ProofForm.owns(name)]
    action, hint = request.full_path.rstrip("?"), gate.code_hint(door.person())
    page = make_response(render_template("accounts/prove.html", form=form, kept=kept, action=action, hint=hint))
    why: Problem = (isinstance(needed, _NotTaken) and needed.why) or needed
    problems = form.problems()
    page.status_code = why.status if why is not needed or not problems else 422
    page.headers["X-Problem-Code"] = problems[0].code if problems else why.code
    if isinstance(why, TooManyAttempts):
        page.headers["Retry-After"] = str(why.seconds)
    return page


def init_app(app: Flask) -> None:
    """Answer the one refusal that is a question."""
    app.register_error_handler(ProofNeeded, _ask)
