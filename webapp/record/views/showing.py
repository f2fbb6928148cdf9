"""Pages: periods, the minutes of one, drawing up, looking and signing."""

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, allows, requires
from webapp.accounts.stepup import fresh_proof
from webapp.errors import NotFound, Problem
from webapp.minutes import queries as kept
from webapp.minutes import services as keeping
from webapp.minutes.models import Minutes
from webapp.minutes.rules import Kind, Standing
from webapp.programme import queries as programmes
from webapp.programme.models import Period
from webapp.record import queries, services
from webapp.record.errors import NotReady
from webapp.record.forms import MinutesForm, SignForm
from webapp.record.views.blueprint import bp
from webapp.scoring import queries as scoring


@bp.get("/")
@requires(Permission.MINUTES_READ)
def listing() -> str:
    """What waits for the reader's signature, and the periods whose minutes they read."""
    session = db.session()
    periods = [
        one for one in programmes.listing(session, current_user)
        if allows(current_user, Permission.MINUTES_READ, one.region_code)
    ]  # fmt: skip
    return render_template("record/listing.html", periods=periods, awaiting=kept.awaiting(session, current_user))


@bp.get("/periode/<int:period_id>")
@requires(Permission.MINUTES_READ)
def period(period_id: int) -> str:
    session = db.session()
    found = queries.period_for(session, current_user, period_id, Permission.MINUTES_READ)
    return render_template(
        "record/period.html",
        period=found,
        lines=queries.lines(session, current_user, found),
        makes=allows(current_user, Permission.MINUTES_MAKE, found.region_code),
        reports=scoring.may_read_scores(current_user, found),
    )


@bp.get("/periode/<int:period_id>/<kind>")
@requires(Permission.MINUTES_MAKE)
def new(period_id: int, kind: str) -> str:
    """The form; what was typed into the edition before stands in it."""
    found, which, subject = _wanted(period_id, kind)
    before = kept.newest(db.session(), found, which, subject.key)
    form = MinutesForm(formdata=None, data=_typed_before(before))
    return _form(found, which, subject, form)


@bp.post("/periode/<int:period_id>/<kind>")
@requires(Permission.MINUTES_MAKE)
def draw_up(period_id: int, kind: str) -> Answer:
    found, which, subject = _wanted(period_id, kind)
    form = MinutesForm()
    if not form.validate():
        return _refused(_form(found, which, subject, form), form.problems()[0].code)
    share = current_app.extensions["petabukti_settings"].minutes_signing_share
    try:
        made = services.draw_up(
            db.session(), found, which, subject.key, form.typed(), actor=current_user, at=db.utcnow(), share=share
        )
    except NotReady as why:
        return _refused(_form(found, which, subject, form, why), why.code, why.status)
    flash(_("Berita acara disusun dan menunggu tanda tangan."), "good")
    return redirect(url_for(".show", minutes_id=made.id), 303)


def _wanted(period_id: int, kind: str) -> tuple[Period, Kind, queries.Subject]:
    session = db.session()
    found = queries.period_for(session, current_user, period_id, Permission.MINUTES_MAKE)
    if kind not in set(Kind):
        raise NotFound
    return found, Kind(kind), queries.subject_of(session, found, Kind(kind), request.args.get("pokok", ""))


def _typed_before(before: Minutes | None) -> dict[str, str]:
    if before is None:
        return {}
    said = before.content["facts"]
    return {
        "place": said["place"], "decree": said["decree"], "legal_basis": "\n".join(said["basis"]),
        "follow_up": "\n".join(said["follow_up"]), "remarks": said["remarks"],
    }  # fmt: skip


def _form(
    found: Period, kind: Kind, subject: queries.Subject, form: MinutesForm, problem: Problem | None = None
) -> str:
    return render_template("record/new.html", period=found, kind=kind, subject=subject, form=form, problem=problem)


def _refused(page: str, code: str, status: int = 422) -> Answer:
    return Response(page, status, {"X-Problem-Code": code}, mimetype="text/html")


@bp.get("/<int:minutes_id>")
@requires(Permission.MINUTES_READ)
def show(minutes_id: int) -> str:
    return _page(kept.get(db.session(), current_user, minutes_id), SignForm(formdata=None))


@bp.post("/<int:minutes_id>")
@requires(Permission.MINUTES_SIGN)
@fresh_proof
def sign(minutes_id: int) -> Answer:
    session, form = db.session(), SignForm()
    found = kept.get(session, current_user, minutes_id)
    if not form.validate():
        return _refused(_page(found, form), form.problems()[0].code)
    try:
        keeping.sign(
            session, found, actor=current_user, at=db.utcnow(), agrees=form.agrees.data == "ya",
            remark=form.remark.data or "", scan_sha256=form.scan_sha256.data or "",
        )  # fmt: skip
    except Problem as why:
        if why.field is None:
            raise
        form[why.field].errors = [why.sentence]
        return _refused(_page(found, form), why.code)
    flash(_("Tanda tangan Anda tersimpan."), "good")
    return redirect(url_for(".show", minutes_id=minutes_id), 303)


def _page(found: Minutes, form: SignForm) -> str:
    session = db.session()
    standing = kept.standing_of(session, found)
    given = {one.account_id: one for one in found.signatures}
    signs = current_user.id in found.team and current_user.id not in given
    current = standing not in (Standing.REPLACED, Standing.FALLEN)
    return render_template(
        "record/show.html",
        minutes=found,
        facts=found.content["facts"],
        standing=standing,
        given=given,
        form=form if signs and current and allows(current_user, Permission.MINUTES_SIGN, found.region_code) else None,
        makes=allows(current_user, Permission.MINUTES_MAKE, found.region_code),
    )
