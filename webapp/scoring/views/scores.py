"""Pages of claims and scores."""

from collections import Counter

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, requires
from webapp.accounts.stepup import fresh_proof
from webapp.errors import NotFound
from webapp.programme import queries as programmes
from webapp.programme.models import Period
from webapp.programme.rules import Method, PeriodState, Reading
from webapp.scoring import queries, services
from webapp.scoring.forms import EvidenceForm, ReasonForm, ScoreForm, StatementForm
from webapp.scoring.views.blueprint import bp, period_for, period_of


@bp.get("/")
@requires(Permission.PERIOD_READ)
def periods() -> str:
    session = db.session()
    known = programmes.listing(session, current_user)
    return render_template(
        "scoring/periods.html",
        periods=known,
        counts=programmes.participant_count(session),
        claims=queries.claim_count(session),
        doors={period.id: _doors(period) for period in known},
    )


def _doors(period: Period) -> dict[str, bool]:
    """Which pages of a period this person has a use for."""
    code = period.region_code
    blind = any(one.reading == Reading.BLIND_PAIR for aspect in period.instrument.aspects for one in aspect.indicators)
    return {
        "tasks": blind and allows(current_user, Permission.SCORE, code),
        "pairs": blind and allows(current_user, Permission.PAIR_MANAGE, code),
        "agreement": period.state != PeriodState.PREPARED and queries.may_read_agreement(current_user, period),
        "claims": bool(queries.own_units(db.session(), current_user, period)),
        "sheet": allows(current_user, Permission.SCORE, code),
        "standing": period.state != PeriodState.PREPARED and queries.may_read_scores(current_user, period),
        "gate": allows(current_user, Permission.FINALISE, code) or allows(current_user, Permission.PERIOD_MANAGE, code),
        "result": period.state == PeriodState.FINAL and allows(current_user, Permission.SCORE_READ, code),
        "announced": period.announced_at is not None,
        "reopening": period.state == PeriodState.FINAL and allows(current_user, Permission.REOPEN_APPROVE, code),
    }


@bp.get("/<int:period_id>/klaim")
@requires(Permission.CLAIM_WRITE)
def claims(period_id: int) -> str:
    """The camat's page: each indicator with the unit's statement, the cases tied to it and what is still missing."""
    session, period = db.session(), period_of(period_id)
    units = queries.own_units(session, current_user, period)
    unit = _chosen(request.args.get("unit"), [one.region_code for one in units])
    standings = queries.standings(session, period, [unit])
    taking_part = next(one for one in units if one.region_code == unit)
    asked = [
        (aspect, one)
        for aspect in period.instrument.aspects
        for one in aspect.indicators
        if aspect.round <= taking_part.round
    ]
    claimable = [one for _, one in asked if one.method != Method.PRESENTATION]
    known = {one.claim.indicator_id: one for one in standings}
    return render_template(
        "scoring/claims.html",
        period=period,
        units=units,
        unit=taking_part,
        indicators=asked,
        claimable=claimable,
        missing=[one for one in claimable if one.id not in known],
        known=known,
        steps=Counter(one.step for one in standings),
        doubted=queries.doubted(session, queries.cases_of(one.claim for one in standings)),
        tally=Counter(one.state for one in standings),
        candidates=queries.candidates(session, current_user, period, unit),
        tied_anywhere={link.evidence_id for one in standings for link in one.claim.links},
        open=period.state == PeriodState.OPEN,
    )


def _chosen(asked: str | None, units: list[str]) -> str:
    if not units or (asked and asked not in units):
        raise NotFound
    return asked or units[0]


@bp.post("/<int:period_id>/klaim/<unit>/<int:indicator_id>")
@requires(Permission.CLAIM_WRITE)
def claim(period_id: int, unit: str, indicator_id: int) -> Response:
    session, period = db.session(), period_of(period_id)
    _chosen(unit, [one.region_code for one in queries.own_units(session, current_user, period)])
    form = StatementForm()
    if not form.validate():
        flash(form.problems()[0].message, "bad")
        return redirect(url_for(".claims", period_id=period_id, unit=unit), 303)
    services.claim(
        session, period, unit, indicator_id, form.statement.data, actor=current_user, at=db.utcnow(),
        level_id=form.level.data, quantity=form.quantity.data,
    )  # fmt: skip
    flash(_("Klaim disimpan."), "good")
    return _back_to_claim(period_id, unit, indicator_id)


def _back_to_claim(period_id: int, unit: str, indicator_id: int) -> Response:
    return redirect(url_for(".claims", period_id=period_id, unit=unit, _anchor=f"indikator-{indicator_id}"), 303)


@bp.post("/<int:period_id>/klaim/<int:claim_id>/bukti")
@requires(Permission.CLAIM_WRITE)
def tie(period_id: int, claim_id: int) -> Response:
    session, form = db.session(), EvidenceForm()
    made = queries.claim(session, current_user, period_of(period_id), claim_id)
    services.tie(session, made, form.chosen(), actor=current_user, at=db.utcnow())
    flash(_("Bukti dikaitkan dengan klaim."), "good")
    return _back_to_claim(period_id, made.region_code, made.indicator_id)


@bp.post("/<int:period_id>/klaim/<int:claim_id>/lepas")
@requires(Permission.CLAIM_WRITE)
def untie(period_id: int, claim_id: int) -> Response:
    session, form = db.session(), EvidenceForm()
    made = queries.claim(session, current_user, period_of(period_id), claim_id)
    services.untie(session, made, form.chosen(), actor=current_user, at=db.utcnow())
    flash(_("Bukti dilepas dari klaim."), "good")
    return _back_to_claim(period_id, made.region_code, made.indicator_id)


@bp.get("/<int:period_id>/nilai")
@requires(Permission.SCORE)
def sheet(period_id: int) -> str:
    """The assessor's list of units: where a claim is ready to be scored, where evidence is still awaited."""
    period = _scored_period(period_id)
    lines = queries.sheet(db.session(), current_user, period, db.utcnow())
    return render_template("scoring/sheet.html", period=period, lines=lines)


def _scored_period(period_id: int) -> Period:
    return period_for(period_id, Permission.SCORE)


@bp.get("/<int:period_id>/nilai/<unit>")
@requires(Permission.SCORE)
def unit_sheet(period_id: int, unit: str) -> str:
    """One unit's claims with their evidence and the own score. Others' scores are not on it."""
    return _unit_page(_scored_period(period_id), unit)


def _unit_page(period: Period, unit: str, refused: tuple[int, ScoreForm] | None = None) -> str:
    lines = queries.sheet(db.session(), current_user, period, db.utcnow())
    line = next((one for one in lines if one.code == unit), None)
    if line is None:
        raise NotFound
    return render_template(
        "scoring/unit.html",
        period=period,
        line=line,
        doubted=queries.doubted(db.session(), queries.cases_of(one.claim for one in line.claims)),
        following=next((one for one in lines if one.ready and one is not line), None),
        refused=dict([refused] if refused else []),
    )


@bp.post("/<int:period_id>/nilai/<int:claim_id>")
@requires(Permission.SCORE)
def score(period_id: int, claim_id: int) -> Response:
    session, form, period = db.session(), ScoreForm(), _scored_period(period_id)
    made = queries.claim(session, current_user, period, claim_id)
    form.at_most(made.indicator.max_value)
    if not form.validate():
        return Response(_unit_page(period, made.region_code, (claim_id, form)), 422, mimetype="text/html")
    services.score(
        session, made, form.given(), actor=current_user, at=db.utcnow(), remark=form.note.data or "",
        version=form.shown_version(), reason=form.reason.data or "",
    )  # fmt: skip
    flash(_("Nilai disimpan."), "good")
    return redirect(
        url_for(".unit_sheet", period_id=period_id, unit=made.region_code, _anchor=f"klaim-{claim_id}"), 303
    )


@bp.post("/<int:period_id>/klaim/<int:claim_id>/kesampingkan")
@requires(Permission.FINALISE)
@fresh_proof
def set_aside(period_id: int, claim_id: int) -> Response:
    session, form = db.session(), ReasonForm()
    made = queries.claim(session, current_user, period_of(period_id), claim_id)
    services.set_aside(session, made, form.reason.data or "", actor=current_user, at=db.utcnow())
    flash(_("Klaim dikesampingkan; nilainya 0 dan alasannya tercatat."), "good")
    return redirect(url_for(".gate", period_id=period_id), 303)
