"""One page per period: who goes on, who is awarded, who is nominated; and the forms that decide it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, requires
from webapp.accounts.stepup import fresh_proof
from webapp.errors import Problem, on_own_page
from webapp.evidence.errors import NoteMissing
from webapp.programme.models import Period
from webapp.programme.rules import TIE_LABELS, PeriodState, TieRule
from webapp.scoring import queries as scoring
from webapp.selection import queries, services
from webapp.selection.errors import FirstRoundWaits, NoSize, TieUndecided, UnknownTopic
from webapp.selection.forms import AwardForm, LimitForm, LineForm, NominationForm, StudyForm
from webapp.selection.rules import WHY_LABELS
from webapp.selection.views.blueprint import bp, period_of

_OVERSEE = (Permission.FINALISE, Permission.PERIOD_MANAGE, Permission.AUDIT_READ)


@bp.get("/<int:period_id>")
@requires(Permission.PERIOD_READ)
def show(period_id: int) -> str:
    """Everybody of the period reads what was decided about their own; who oversees it reads all."""
    return page(period_of(period_id))


def page(period: Period, problem: Problem | None = None, **forms: Any) -> str:
    """The page; `forms`: those that were refused, in place of fresh ones."""
    session = db.session()
    can = {
        name: allows(current_user, permission, period.region_code)
        for name, permission in (
            ("finalise", Permission.FINALISE), ("manage", Permission.PERIOD_MANAGE), ("nominate", Permission.NOMINATE),
        )
    }  # fmt: skip
    oversees = any(allows(current_user, permission, period.region_code) for permission in _OVERSEE)
    context = {
        "line_form": LineForm(formdata=None),
        "award_form": AwardForm(formdata=None, size=period.award_size),
        "study_form": StudyForm(formdata=None, country_code="KR", city="Seoul"),
        "nomination_form": NominationForm(formdata=None),
        "limit_form": LimitForm(formdata=None, most=period.nominees_per_pool),
        **forms,
    }
    context["study_form"].offer(queries.topics(session))
    if "study_form" not in forms:
        context["study_form"].topics.data = [one.code for one in queries.topics(session)]
    targets = queries.targets(session, period) if can["nominate"] and period.state == PeriodState.FINAL else []
    context["nomination_form"].offer(period.participants, targets)
    return render_template(
        "selection/period.html",
        period=period,
        problem=problem,
        can=can,
        oversees=oversees,
        targets=targets,
        sent=queries.listing(session, current_user, period),
        received=queries.nominees(session, current_user, period),
        rule=TIE_LABELS[TieRule(period.instrument.tie_rule)],
        whys=WHY_LABELS,
        tie_labels=TIE_LABELS,
        **_lines(period, oversees=oversees),
        **context,
    )


def _lines(period: Period, *, oversees: bool) -> dict[str, Any]:
    """What was decided, and what is proposed where it is still to be decided. Values for those who read scores."""
    session = db.session()
    shortlist, award = queries.shortlist(session, period), queries.award(session, period)
    reads = queries.may_read_places(current_user, period)
    open_round = period.state == PeriodState.OPEN and not (shortlist and shortlist.version == period.version)
    result = scoring.latest_result(session, period) if oversees else None
    to_award = period.state == PeriodState.FINAL and not (award and result and award.result_id == result.id)
    told: dict[str, Any] = {
        "shortlist": shortlist, "award": award, "reads": reads, "open_round": open_round, "to_award": to_award,
        "own_short": queries.own_places(current_user, shortlist.places) if shortlist else [],
        "own_award": queries.own_places(current_user, award.places) if award else [],
        "studies": queries.studies(session, current_user, period) if award else [],
        "names": {one.region_code: one.region.name for one in period.participants},
        "blockers": [], "proposed_of": [], "awarded_of": [],
    }  # fmt: skip
    if not oversees or not (open_round or to_award):
        return told
    known, rule = scoring.standings(session, period), TieRule(period.instrument.tie_rule)
    if open_round and period.shortlist_size:
        told["blockers"] = queries.waiting(session, period, known)
        pools = queries.first_round_pools(period, known)
        told["proposed_of"] = services.proposal(pools, period.shortlist_size, rule) if reads else []
    if to_award and period.award_size and reads:
        told["awarded_of"] = services.proposal(queries.award_pools(period, known), period.award_size, rule)
    return told


@bp.post("/<int:period_id>/daftar-pendek")
@requires(Permission.FINALISE)
@fresh_proof
def close_round(period_id: int) -> Response:
    period, form = period_of(period_id), LineForm()
    if not form.validate():
        return Response(page(period, line_form=form), 422, mimetype="text/html")
    try:
        services.close_first_round(
            db.session(), period, actor=current_user, at=db.utcnow(), reason=form.reason.data or "",
            named=form.named(_codes(period)),
        )  # fmt: skip
    except (FirstRoundWaits, TieUndecided, NoSize, NoteMissing) as why:
        return on_own_page(page(period_of(period_id), why, line_form=form), why)
    flash(_("Tahap 1 ditutup; tahap 2 terbuka bagi yang terpilih."), "good")
    return redirect(url_for(".show", period_id=period_id), 303)


@bp.post("/<int:period_id>/penghargaan")
@requires(Permission.FINALISE)
@fresh_proof
def make_award(period_id: int) -> Response:
    period, form = period_of(period_id), AwardForm()
    if not form.validate():
        return Response(page(period, award_form=form), 422, mimetype="text/html")
    try:
        made = services.make_award(
            db.session(), period, form.decree(), actor=current_user, at=db.utcnow(), size=form.size.data,
            reason=form.reason.data or "", named=form.named(_codes(period)),
        )  # fmt: skip
    except (TieUndecided, NoSize, NoteMissing) as why:
        return on_own_page(page(period, why, award_form=form), why)
    number = sum(one.inside for one in made.places)
    flash(ngettext("%(num)s terbaik ditetapkan.", "%(num)s terbaik ditetapkan.", number), "good")
    return redirect(url_for(".show", period_id=period_id, _anchor="penghargaan"), 303)


@bp.post("/<int:period_id>/studi")
@requires(Permission.PERIOD_MANAGE)
def open_studies(period_id: int) -> Response:
    period, form = period_of(period_id), StudyForm()
    form.offer(queries.topics(db.session()))
    if not form.validate():
        return Response(page(period, study_form=form), 422, mimetype="text/html")
    try:
        services.open_studies(db.session(), period, form.plan(), actor=current_user, at=db.utcnow())
    except UnknownTopic as why:
        return on_own_page(page(period, why, study_form=form), why)
    flash(_("Tugas studi dibuka untuk para peraih penghargaan."), "good")
    return redirect(url_for(".studies", period_id=period_id), 303)


def _codes(period: Period) -> set[str]:
    return {one.region_code for one in period.participants}
