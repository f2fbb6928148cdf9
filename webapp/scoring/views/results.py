"""Pages of the gate and of what comes of it: the sealed result, its announcement, and how it is opened again."""

from collections import Counter
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, requires
from webapp.accounts.stepup import fresh_proof
from webapp.errors import NotAllowed, NotFound
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries, services
from webapp.scoring.errors import GateClosed
from webapp.scoring.forms import AnswerForm, ReasonForm, ReopeningForm
from webapp.scoring.views.blueprint import bp, period_for, period_of
from webapp.trail import queries as trail


@bp.get("/<int:period_id>/gerbang")
@requires(Permission.PERIOD_READ)
def gate(period_id: int) -> str:
    return _gate_page(period_of(period_id))


def _gate_page(period: Period) -> str:
    """What a final result waits for. For chair, secretariat and auditor: names of cases are not for competitors."""
    session = db.session()
    seen_by = (Permission.FINALISE, Permission.PERIOD_MANAGE, Permission.AUDIT_READ)
    if not any(allows(current_user, permission, period.region_code) for permission in seen_by):
        raise NotAllowed
    known = queries.standings(session, period)
    reads = queries.may_read_scores(current_user, period)
    return render_template(
        "scoring/gate.html",
        period=period,
        known=known,
        tally=Counter(one.state for one in known),
        names={one.region_code: one.region.name for one in period.participants},
        blockers=queries.blockers(session, period, known, db.utcnow()) if period.state == PeriodState.OPEN else [],
        ranking=queries.ranking(period, known) if reads else None,
        may_finalise=allows(current_user, Permission.FINALISE, period.region_code),
        zero=queries.unclaimed_zero(session, period),
        may_announce=allows(current_user, Permission.ANNOUNCE, period.region_code),
        sees_reopenings=_sees_reopenings(period),
        sees_pairs=allows(current_user, Permission.PAIR_MANAGE, period.region_code),
    )


@bp.post("/<int:period_id>/final")
@requires(Permission.FINALISE)
@fresh_proof
def finalise(period_id: int) -> Response:
    period = period_of(period_id)
    try:
        services.finalise(db.session(), period, actor=current_user, at=db.utcnow())
    except GateClosed as closed:
        return Response(_gate_page(period), closed.status, {"X-Problem-Code": closed.code}, mimetype="text/html")
    flash(_("Nilai sudah final dan terkunci."), "good")
    return redirect(url_for(".result", period_id=period_id), 303)


@bp.post("/<int:period_id>/tidak-diklaim")
@requires(Permission.FINALISE)
@fresh_proof
def zero_unclaimed(period_id: int) -> Response:
    form = ReasonForm()
    services.zero_unclaimed(
        db.session(), period_of(period_id), form.reason.data or "", actor=current_user, at=db.utcnow()
    )
    flash(_("Yang tidak diklaim bernilai 0; alasannya tercatat."), "good")
    return redirect(url_for(".gate", period_id=period_id), 303)


@bp.post("/<int:period_id>/nilai/<int:score_id>/lepas")
@requires(Permission.FINALISE)
@fresh_proof
def leave_out(period_id: int, score_id: int) -> Response:
    session, form = db.session(), ReasonForm()
    given = queries.score(session, current_user, period_for(period_id, Permission.FINALISE), score_id)
    services.leave_out(session, given, form.reason.data or "", actor=current_user, at=db.utcnow())
    flash(_("Nilai itu tidak dihitung lagi; alasannya tercatat."), "good")
    return redirect(url_for(".gate", period_id=period_id), 303)


@bp.get("/<int:period_id>/hasil")
@requires(Permission.SCORE_READ)
def result(period_id: int) -> str:
    """Every sealed version, the newest first, and what the newest changed."""
    session, period = db.session(), period_of(period_id)
    sealed = queries.results(session, period)
    if not sealed or not queries.may_read_scores(current_user, period):
        raise NotFound
    newest, before = sealed[0], sealed[1] if len(sealed) > 1 else None
    known = {line["region"]: line for line in before.content["ranking"]} if before else {}
    return render_template(
        "scoring/result.html",
        period=period,
        sealed=newest,
        versions=sealed,
        changed=[
            (line, known[line["region"]], Decimal(line["total"]) - Decimal(known[line["region"]]["total"]))
            for line in newest.content["ranking"]
            if line["region"] in known and _told(line) != _told(known[line["region"]])
        ],
        names={line["region"]: line["name"] for line in newest.content["ranking"]},
        intact={one.version: services.is_intact(session, one) for one in sealed},
        heads={one.version: trail.head_covering(session, "result_snapshot", one.id) for one in sealed},
        pooled=any(line.get("pool") for line in newest.content["ranking"]),
        may_ask=_sees_reopenings(period),
    )


def _told(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["total"], line["rank"], line.get("grade")


@bp.get("/<int:period_id>/pengumuman")
@requires(Permission.PERIOD_READ)
def announced(period_id: int) -> str:
    """What was made known: everybody's rank, total and grade; the own unit's points by aspect, and its objection."""
    session, period = db.session(), period_of(period_id)
    told = queries.announcement(session, period)
    if told is None:
        raise NotFound
    own = [
        one.region_code
        for one in queries.own_units(session, current_user, period)
        if allows(current_user, Permission.EVIDENCE_SUBMIT, one.region_code)
    ]
    objections = queries.objections(session, current_user, period)
    objected = {one.region_code for one in objections if one.version == told.version}
    in_time = db.utcnow() <= told.objections_until and told.version == period.version
    return render_template(
        "scoring/announced.html",
        period=period,
        told=told,
        names={line["region"]: line["name"] for line in told.ranking},
        units=queries.units_of_announcement(session, current_user, told),
        objections=objections,
        may_object=[code for code in own if in_time and code not in objected],
        may_answer=allows(current_user, Permission.REOPEN_ASK, period.region_code),
        pooled=any(line["pool"] for line in told.ranking),
    )


@bp.post("/<int:period_id>/umumkan")
@requires(Permission.ANNOUNCE)
@fresh_proof
def announce(period_id: int) -> Response:
    services.announce(db.session(), period_of(period_id), actor=current_user, at=db.utcnow())
    flash(_("Hasil sudah diumumkan kepada peserta."), "good")
    return redirect(url_for(".announced", period_id=period_id), 303)


@bp.post("/<int:period_id>/sanggahan/<unit>")
@requires(Permission.EVIDENCE_SUBMIT)
def object_to_result(period_id: int, unit: str) -> Response:
    session, form, period = db.session(), ReasonForm(), period_of(period_id)
    if unit not in [one.region_code for one in queries.own_units(session, current_user, period)]:
        raise NotFound
    services.object_to_result(session, period, unit, form.reason.data or "", actor=current_user, at=db.utcnow())
    flash(_("Sanggahan terkirim."), "good")
    return redirect(url_for(".announced", period_id=period_id), 303)


@bp.post("/<int:period_id>/sanggahan/<int:objection_id>/jawab")
@requires(Permission.REOPEN_ASK)
def answer_objection(period_id: int, objection_id: int) -> Response:
    session, form, period = db.session(), AnswerForm(), period_for(period_id, Permission.REOPEN_ASK)
    made = queries.objection(session, current_user, period, objection_id)
    services.answer(
        session, period, made, accepts=form.verdict.data == "ya", reason=form.reason.data or "", actor=current_user,
        at=db.utcnow(),
    )  # fmt: skip
    flash(_("Sanggahan dijawab."), "good")
    return redirect(url_for(".announced", period_id=period_id), 303)


def _sees_reopenings(period: Period) -> bool:
    seen_by = (Permission.REOPEN_ASK, Permission.REOPEN_APPROVE, Permission.AUDIT_READ)
    return any(allows(current_user, permission, period.region_code) for permission in seen_by)


@bp.get("/<int:period_id>/buka-kembali")
@requires(Permission.PERIOD_READ)
def reopening(period_id: int) -> str:
    """Requests to open a sealed result again: ask, answer, and what became of earlier ones."""
    session, period = db.session(), period_of(period_id)
    if not _sees_reopenings(period):
        raise NotAllowed
    known = queries.reopenings(session, period)
    return render_template(
        "scoring/reopening.html",
        period=period,
        known=known,
        waits=any(one.decided_at is None for one in known),
        may_ask=allows(current_user, Permission.REOPEN_ASK, period.region_code),
        may_decide=allows(current_user, Permission.REOPEN_APPROVE, period.region_code),
        indicators=[one for aspect in period.instrument.aspects for one in aspect.indicators],
    )


@bp.post("/<int:period_id>/buka-kembali")
@requires(Permission.REOPEN_ASK)
@fresh_proof
def ask_reopening(period_id: int) -> Response:
    period, form = period_for(period_id, Permission.REOPEN_ASK), ReopeningForm()
    services.ask(
        db.session(), period, form.about(), reason=form.reason.data or "", legal_basis=form.legal_basis.data or "",
        actor=current_user, at=db.utcnow(),
    )  # fmt: skip
    flash(_("Permintaan buka kembali tercatat; orang lain yang menjawab."), "good")
    return redirect(url_for(".reopening", period_id=period_id), 303)


@bp.post("/<int:period_id>/buka-kembali/<int:reopening_id>")
@requires(Permission.REOPEN_APPROVE)
@fresh_proof
def decide_reopening(period_id: int, reopening_id: int) -> Response:
    session, form, period = db.session(), AnswerForm(), period_for(period_id, Permission.REOPEN_APPROVE)
    asked = queries.reopening(session, period, reopening_id)
    grants = form.verdict.data == "ya"
    services.decide(
        session, period, asked, grants=grants, answer=form.reason.data or "", actor=current_user, at=db.utcnow()
    )
    flash(_("Periode dibuka kembali untuk lingkup itu.") if grants else _("Permintaan ditolak."), "good")
    return redirect(url_for(".reopening", period_id=period_id), 303)
