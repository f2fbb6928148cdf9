"""Pages of blind pairs: who reads what (chair and secretariat), one's own tasks, the adjudicator's, the agreement."""

from collections import Counter

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, covers, requires
from webapp.errors import NotAllowed
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries, services
from webapp.scoring.forms import AdjudicationForm, ReaderForm
from webapp.scoring.queries import ClaimStanding
from webapp.scoring.rules import ADJUDICATOR, PAIR, PairState
from webapp.scoring.views.blueprint import bp, period_for, period_of


@bp.get("/<int:period_id>/pasangan")
@requires(Permission.PAIR_MANAGE)
def pairs(period_id: int) -> str:
    """Which claims are drawn, read, in dispute. Names of readers stand here and nowhere else; values do not."""
    session, period, at = db.session(), period_for(period_id, Permission.PAIR_MANAGE), db.utcnow()
    known = [one for one in queries.standings(session, period) if one.blind]
    people = {reader.assessor_id: reader.assessor for one in known for reader in one.readers}
    barred = {who: services.barred_units(session, person, period, at) for who, person in people.items()}
    return render_template(
        "scoring/pairs.html",
        period=period,
        known=known,
        tally=Counter(one.pair for one in known),
        done={(one.claim.id, score.assessor_id) for one in known for score in one.scores},
        partial={
            (one.claim.id, reader.assessor_id)
            for one in known
            for reader in one.readers
            if any(covers(unit, one.claim.region_code) for unit in barred[reader.assessor_id])
        },
        free=services.eligible_for(session, period, known, at) if period.state == PeriodState.OPEN else {},
        draws=queries.draws(session, period),
        may_decide=allows(current_user, Permission.FINALISE, period.region_code),
    )


@bp.post("/<int:period_id>/pasangan/undi")
@requires(Permission.PAIR_MANAGE)
def draw(period_id: int) -> Response:
    session, period = db.session(), period_for(period_id, Permission.PAIR_MANAGE)
    drawn = services.draw(session, period, actor=current_user, at=db.utcnow())
    if drawn:
        said = ngettext(
            "%(num)s klaim mendapat pasangan penilai.", "%(num)s klaim mendapat pasangan penilai.", len(drawn)
        )
        flash(said, "good")
    else:
        flash(_("Tidak ada klaim yang dapat diundi: semua sudah berpasangan, atau penilai yang bebas kurang dari dua."))
    return redirect(url_for(".pairs", period_id=period_id), 303)


@bp.post("/<int:period_id>/pasangan/<int:claim_id>/<int:place>")
@requires(Permission.PAIR_MANAGE)
def replace_reader(period_id: int, claim_id: int, place: int) -> Response:
    session, form, period = db.session(), ReaderForm(), period_for(period_id, Permission.PAIR_MANAGE)
    made = queries.claim_read_at(session, current_user, period, claim_id, place if place in PAIR else 0)
    services.replace(session, made, place, form.reason.data or "", actor=current_user, at=db.utcnow(), who=form.named())
    flash(_("Penilai diganti; alasannya tercatat."), "good")
    return redirect(url_for(".pairs", period_id=period_id, _anchor=f"klaim-{claim_id}"), 303)


@bp.post("/<int:period_id>/pasangan/<int:claim_id>/penengah")
@requires(Permission.FINALISE)
def assign_adjudicator(period_id: int, claim_id: int) -> Response:
    session, form = db.session(), ReaderForm()
    made = queries.claim(session, current_user, period_for(period_id, Permission.FINALISE), claim_id)
    services.assign_adjudicator(
        session, made, actor=current_user, at=db.utcnow(), who=form.named(), reason=form.reason.data or ""
    )
    flash(_("Penengah ditetapkan."), "good")
    return redirect(url_for(".pairs", period_id=period_id, _anchor=f"klaim-{claim_id}"), 303)


@bp.get("/<int:period_id>/tugas")
@requires(Permission.SCORE)
def tasks(period_id: int) -> str:
    """The claims this assessor reads blind or decides, and nobody else's."""
    period = period_for(period_id, Permission.SCORE)
    return render_template("scoring/tasks.html", period=period, tasks=queries.tasks(db.session(), current_user, period))


@bp.get("/<int:period_id>/penengah/<int:claim_id>")
@requires(Permission.SCORE)
def adjudication(period_id: int, claim_id: int) -> str:
    period, standing = _to_decide(period_id, claim_id)
    decided = standing.adjudication
    return _decision_page(period, standing, AdjudicationForm(formdata=None, obj=decided))


def _to_decide(period_id: int, claim_id: int) -> tuple[Period, ClaimStanding]:
    """The claim, for its adjudicator. Raises `NotFound` for everybody else."""
    session, period = db.session(), period_for(period_id, Permission.SCORE)
    made = queries.claim_read_at(session, current_user, period, claim_id, ADJUDICATOR, current_user.id)
    return period, queries.standing_of(session, made)


def _decision_page(period: Period, standing: ClaimStanding, form: AdjudicationForm) -> str:
    """Both values with their notes, in the order of the places; no names."""
    by_reader = {one.assessor_id: one for one in standing.scores}
    values = [by_reader[one.assessor_id] for one in standing.readers if one.place in PAIR]
    return render_template(
        "scoring/adjudication.html",
        period=period,
        standing=standing,
        values=values,
        form=form,
        open=period.state == PeriodState.OPEN and standing.pair is PairState.DISPUTED and standing.state == "proven",
    )


@bp.post("/<int:period_id>/penengah/<int:claim_id>")
@requires(Permission.SCORE)
def adjudicate(period_id: int, claim_id: int) -> Response:
    form, (period, standing) = AdjudicationForm(), _to_decide(period_id, claim_id)
    form.at_most(standing.claim.indicator.max_value)
    if not form.validate():
        return Response(_decision_page(period, standing, form), 422, mimetype="text/html")
    services.adjudicate(
        db.session(), standing.claim, form.given(), form.reasoning.data or "", actor=current_user, at=db.utcnow()
    )
    flash(_("Putusan Anda disimpan."), "good")
    return redirect(url_for(".tasks", period_id=period_id), 303)


@bp.get("/<int:period_id>/kesepakatan")
@requires(Permission.SCORE_READ)
def agreement(period_id: int) -> str:
    """How far readers agree and how each of them tends: for chair and auditor."""
    period = period_of(period_id)
    if not queries.may_read_agreement(current_user, period):
        raise NotAllowed
    return render_template("scoring/agreement.html", period=period, figures=queries.figures(db.session(), period))
