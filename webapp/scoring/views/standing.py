"""The standing as it is now, and what the chair does about values that lie too far apart."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, requires
from webapp.accounts.stepup import fresh_proof
from webapp.errors import NotAllowed, NotFound
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries, services
from webapp.scoring.forms import ModerationForm, ReasonForm
from webapp.scoring.models import Claim
from webapp.scoring.rules import ModerationState, ModerationStep
from webapp.scoring.views.blueprint import bp, period_for, period_of

PAGE = 50  # participants on a page of one pool


@bp.get("/<int:period_id>/peringkat")
@requires(Permission.SCORE_READ)
def standing(period_id: int) -> str:
    """Ranks by pool with each aspect apart, from what is proven so far; the same reading as the sealed result."""
    session, period = db.session(), period_of(period_id)
    if period.state == PeriodState.PREPARED or not queries.may_read_scores(current_user, period):
        raise NotAllowed
    lines = queries.ranking(period, queries.lean_standings(session, period))
    pools = sorted({line.pool for line in lines})
    pool = request.args.get("kelompok") or (pools[0] if pools else "")
    if pools and pool not in pools:
        raise NotFound
    there = [line for line in lines if line.pool == pool]
    last = max(1, -(-len(there) // PAGE))
    page = min(max(1, request.args.get("hal", 1, type=int)), last)
    return render_template(
        "scoring/standing.html",
        period=period,
        lines=there[(page - 1) * PAGE : page * PAGE],
        all=len(there),
        pools=pools,
        pool=pool,
        aspects=period.instrument.aspects,
        graded=bool(period.instrument.grades),
        two_rounds=any(line.round == 2 for line in there),
        page=page,
        last=last,
    )


@bp.get("/<int:period_id>/moderasi/<int:claim_id>")
@requires(Permission.FINALISE)
def moderation(period_id: int, claim_id: int) -> str:
    """One claim of a quorum with every value and its history, and the chair's step."""
    period, made = _of_quorum(period_id, claim_id)
    return _moderation_page(period, made, ModerationForm(formdata=None))


def _of_quorum(period_id: int, claim_id: int) -> tuple[Period, Claim]:
    """A claim that a quorum values: of a blind pair a third decides, and what is counted has no values."""
    period = period_for(period_id, Permission.FINALISE)
    return period, queries.claim_of_quorum(db.session(), current_user, period, claim_id)


_NEXT = {ModerationState.NEEDED: ModerationStep.OPEN, ModerationState.OPEN: ModerationStep.STANDS}


def _moderation_page(period: Period, made: Claim, form: ModerationForm) -> str:
    session = db.session()
    known = queries.standing_of(session, made)
    return render_template(
        "scoring/moderation.html",
        period=period,
        standing=known,
        revisions=queries.revisions(session, made),
        form=form,
        next=_NEXT.get(known.moderation) if period.state == PeriodState.OPEN else None,
    )


@bp.post("/<int:period_id>/moderasi/<int:claim_id>")
@requires(Permission.FINALISE)
@fresh_proof
def moderate(period_id: int, claim_id: int) -> Response:
    form, (period, made) = ModerationForm(), _of_quorum(period_id, claim_id)
    if not form.validate():
        return Response(_moderation_page(period, made, form), 422, mimetype="text/html")
    services.moderate(
        db.session(), made, form.chosen(), form.reason.data or "", actor=current_user, at=db.utcnow()
    )  # fmt: skip
    flash(_("Langkah moderasi tercatat."), "good")
    return redirect(url_for(".moderation", period_id=period_id, claim_id=claim_id), 303)


@bp.post("/<int:period_id>/klaim/<int:claim_id>/kembalikan")
@requires(Permission.FINALISE)
@fresh_proof
def restore(period_id: int, claim_id: int) -> Response:
    """Take back that a claim was set aside."""
    form, period = ReasonForm(), period_for(period_id, Permission.FINALISE)
    made = queries.claim(db.session(), current_user, period, claim_id)
    services.restore(db.session(), made, form.reason.data or "", actor=current_user, at=db.utcnow())
    flash(_("Klaim diperhitungkan kembali; alasannya tercatat."), "good")
    return redirect(url_for(".gate", period_id=period_id), 303)
