"""Accepting many at once: chosen in the queue, looked over on one page, each answered for itself."""

from collections.abc import Sequence

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.errors import NotFound, Problem, for_script, on_own_page
from webapp.verification import services
from webapp.verification.errors import DeclarationMissing
from webapp.verification.filters import SEEN, Filters, carried
from webapp.verification.forms import ManyForm
from webapp.verification.queries.queue import Queue, own_units
from webapp.verification.rules import MANY
from webapp.verification.services import Chosen, Outcome
from webapp.verification.views import showing
from webapp.verification.views.blueprint import bp

Page = str | tuple[str, int] | Answer


@bp.get("/terima-sekaligus")
@requires(Permission.DESK_REVIEW)
def many() -> Page:
    wanted = [key for key in map(_row_number, request.args.getlist("bukti")) if key is not None]
    if not wanted:
        return redirect(url_for(".queue", **carried(request.args), pilih="1"), 303)
    return _page(ManyForm(formdata=None), wanted[:MANY])


@bp.post("/terima-sekaligus")
@requires(Permission.DESK_REVIEW)
def accept_many() -> Page:
    form, chosen = ManyForm(), _chosen()
    if not form.validate_on_submit():
        return _page(form, [one.evidence_id for one in chosen]), 422
    minutes = current_app.extensions["petabukti_settings"].desk_lock_minutes
    outcomes = services.accept_many(
        db.session(), chosen, actor=current_user, at=db.utcnow(), minutes=minutes, note=form.note.data or ""
    )
    page = render_template("verification/many_done.html", outcomes=outcomes, where=carried(request.args), told=_told)
    refusal = _refused_all(outcomes)
    return on_own_page(page, refusal) if refusal else page


def _chosen() -> list[Chosen]:
    """What the form sends of each: its number, and its version as it was shown."""
    pairs = [word.partition("-") for word in request.form.getlist("bukti")]
    numbers = [(_row_number(key), _row_number(version)) for key, _dash, version in pairs]
    return [Chosen(key, version) for key, version in numbers if key is not None and version is not None]


def _row_number(word: str) -> int | None:
    """A number the database counts to; None for anything else."""
    return int(word) if word.isdecimal() and len(word) <= 10 and int(word) < 2**31 else None


def _page(form: ManyForm, ids: Sequence[int]) -> str:
    session, at = db.session(), db.utcnow()
    # Whatever stands in the filters: who was chosen is shown, also when it has moved on meanwhile.
    rows = [row for state in SEEN for row in _queue(state).among(session, ids)]
    if not rows:
        raise NotFound
    plain = [row for row in rows if not showing.alone(row, at)]
    left = [(row, showing.alone(row, at)) for row in rows if showing.alone(row, at)]
    return render_template("verification/many.html", form=form, rows=plain, left=left, where=carried(request.args))


def _queue(state: str) -> Queue:
    filters = Filters(state=state)
    return Queue(current_user, Permission.DESK_REVIEW, filters, own_units(db.session(), current_user, db.utcnow()))


def _refused_all(outcomes: Sequence[Outcome]) -> Problem | None:
    """The refusal that answers for the whole, when not one was accepted. Of cases nobody may see nothing is told."""
    problems = [one.problem for one in outcomes if one.problem is not None]
    if len(problems) < len(outcomes):
        return None
    for why in problems:
        if isinstance(why, DeclarationMissing):  # has a page of its own, where it is made good
            raise why
    if all(one.case is None for one in outcomes) or for_script():
        raise problems[0]
    seen = [one.problem for one in outcomes if one.case is not None and one.problem is not None]
    return min(seen, key=lambda why: why.status)


def _told(outcome: Outcome) -> str:
    return str(outcome.problem.sentence) if outcome.problem else _("Diterima.")
