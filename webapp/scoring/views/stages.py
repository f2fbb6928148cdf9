"""The steps of a period's stages: what may be opened or closed now, what holds it up, and the step itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, allows, areas, covers, requires
from webapp.accounts.stepup import fresh_proof
from webapp.errors import NotFound
from webapp.programme.models import Period
from webapp.programme.rules import STAGE_LABELS, PeriodState, StageKind, runs, waits_to_close, waits_to_open
from webapp.scoring import queries, services
from webapp.scoring.rules import REASON_LABELS, Blocker
from webapp.scoring.views.blueprint import bp, period_for

_OUTLASTS = {StageKind.FINAL, StageKind.ANNOUNCEMENT}


@dataclass(frozen=True)
class Why:
    """One reason in words, with where it is mended."""

    words: str
    href: str = ""


@dataclass(frozen=True)
class Step:
    """The next step of one stage; with reasons it cannot be done yet."""

    action: str
    reasons: Sequence[Why] = ()


@bp.app_template_global("langkah_tahap")
def steps(period: Period) -> dict[str, Step]:
    """By kind: what can be done with a stage next, and why not yet. Of an opened period alone."""
    found: dict[str, Step] = {}
    for one in period.stages:
        kind = StageKind(one.kind)
        going_on = period.state == PeriodState.OPEN or (period.state == PeriodState.FINAL and kind in _OUTLASTS)
        if going_on and one.closed_at is None:
            reasons = _to_close(period, kind) if runs(one) else _earlier(waits_to_open(period.stages, kind))
            found[kind] = Step(url_for("scoring.stage", period_id=period.id, kind=str(kind)), reasons)
            if not runs(one) and reasons:
                break  # later ones wait for this one
    return found


@dataclass(frozen=True)
class Work:
    """A page on which the work of a stage is done or read."""

    label: str
    href: str


@bp.app_template_global("pekerjaan_tahap")
def work(period: Period) -> dict[str, list[Work]]:
    """By kind of stage, where this person does or reads its work; the first one is what the stage is about."""
    code, number = period.region_code, period.id
    may = {one for one in Permission if allows(current_user, one, code)}
    own = areas(current_user, Permission.CLAIM_WRITE)

    def page(label: str, endpoint: str, *, when: bool = True) -> list[Work]:
        return [Work(label, url_for(endpoint, period_id=number))] if when else []

    fills = any(covers(area, one.region_code) for area in own for one in period.participants)
    claims = page(_("Klaim unit saya"), "scoring.claims", when=fills)
    heard = page(_("Pemaparan"), "presentation.schedule")
    chosen = page(_("Seleksi"), "selection.show")
    scores = page(_("Beri nilai"), "scoring.sheet", when=Permission.SCORE in may)
    papers = page(_("Berita Acara"), "record.period", when=Permission.MINUTES_READ in may)
    watches = bool(may & {Permission.FINALISE, Permission.PERIOD_MANAGE, Permission.AUDIT_READ})
    gate = page(_("Gerbang nilai"), "scoring.gate", when=watches)
    seals = page(
        _("Finalkan nilai"), "scoring.gate", when=Permission.FINALISE in may and period.state == PeriodState.OPEN
    )
    sealed = period.state == PeriodState.FINAL and period.announced_at is None
    tells = page(_("Umumkan hasil"), "scoring.gate", when=Permission.ANNOUNCE in may and sealed)
    told = page(_("Pengumuman hasil"), "scoring.announced", when=period.announced_at is not None)
    queue = [Work(_("Verifikasi Meja"), url_for("verification.queue"))] if Permission.DESK_REVIEW in may else []
    visits = [Work(_("Rencana Kunjungan"), url_for("fieldwork.listing"))] if Permission.FIELD_PLAN in may else []
    if period.state == PeriodState.PREPARED:
        return {StageKind.PRESENTATION: heard}
    return {
        StageKind.SELF_FILLING: claims,
        StageKind.DESK: queue + papers,
        StageKind.FIELD: visits,
        StageKind.PRESENTATION: heard + papers,
        StageKind.SHORTLIST: chosen + papers,
        StageKind.ADVANCED: heard + claims + scores,
        StageKind.PLENARY: papers + gate,
        StageKind.FINAL: seals or gate,
        StageKind.ANNOUNCEMENT: told or tells or gate,
    }


def _to_close(period: Period, kind: StageKind) -> list[Why]:
    names = {one.region_code: one.region.name for one in period.participants}
    earlier = _earlier(waits_to_close(period.stages, kind))
    return earlier + [_why(period, one, names) for one in queries.holds_up(db.session(), period, kind)]


def _earlier(kinds: list[StageKind]) -> list[Why]:
    return [Why(_("Tahap %(stage)s belum selesai.", stage=STAGE_LABELS[one]), f"#tahap-{one}") for one in kinds]


def _why(period: Period, one: Blocker, names: dict[str, str]) -> Why:
    label: LazyString | str = REASON_LABELS[one.reason]
    counted = _("%(have)s dari %(need)s", have=one.have, need=one.need) if one.need else ""
    words = ": ".join(str(part) for part in (one.title or names.get(one.region_code, ""), label, counted) if part)
    if one.evidence_id is not None:
        return Why(words, url_for("evidence.show", evidence_id=one.evidence_id))
    if one.slot_id is not None:
        return Why(words, url_for("scoring.slot", period_id=period.id, slot_id=one.slot_id))
    return Why(words, url_for("presentation.schedule", period_id=period.id) if one.region_code in names else "")


@bp.post("/<int:period_id>/tahap/<kind>")
@requires(Permission.PERIOD_MANAGE)
@fresh_proof
def stage(period_id: int, kind: str) -> Response:
    """Open or close a stage; `step` says which."""
    session, period = db.session(), period_for(period_id, Permission.PERIOD_MANAGE)
    step = request.form.get("step", "")
    if kind not in set(StageKind) or step not in ("open", "close"):
        raise NotFound
    there = redirect(url_for("programme.show", period_id=period.id, _anchor=f"tahap-{kind}"), 303)
    if step == "open":
        services.open_stage(session, period, StageKind(kind), actor=current_user, at=db.utcnow())
        flash(_("Tahap dibuka."), "good")
        return there
    services.close_stage(session, period, StageKind(kind), actor=current_user, at=db.utcnow())
    flash(_("Tahap ditutup."), "good")
    return there
