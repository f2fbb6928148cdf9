"""Regulations on the pages of claims: what a claim names, and the two forms that change it."""

from collections.abc import Sequence

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp import db
from webapp.access import Permission, requires
from webapp.programme.models import Period
from webapp.register.models import Regulation
from webapp.scoring import queries
from webapp.scoring.citation_forms import CitationForm
from webapp.scoring.models import Claim
from webapp.scoring.queries import citing
from webapp.scoring.services import citing as verbs
from webapp.scoring.views.blueprint import bp, period_of


@bp.app_template_global("dasar_hukum")
def named(claim: Claim, period: Period) -> list[citing.Citation]:
    """What the claim names, for the pages that show it."""
    # One question for all claims of a page, whoever asks first.
    asked: dict[tuple[int, str], dict[int, list[citing.Citation]]] = g.setdefault("citations", {})
    key = (period.id, claim.region_code)
    if key not in asked:
        asked[key] = citing.citations(db.session(), period, claim.region_code)
    return asked[key].get(claim.id, [])


@bp.app_template_global("regulasi_pilihan")
def offered(claim: Claim, known: Sequence[citing.Citation]) -> list[Regulation]:
    """What it may name besides."""
    asked: dict[str, list[Regulation]] = g.setdefault("citable", {})
    if claim.region_code not in asked:
        asked[claim.region_code] = citing.citable(db.session(), claim.region_code)
    held = {one.regulation.id for one in known}
    return [one for one in asked[claim.region_code] if one.id not in held]


@bp.post("/<int:period_id>/klaim/<int:claim_id>/regulasi")
@requires(Permission.CLAIM_WRITE)
def cite(period_id: int, claim_id: int) -> Response:
    made = queries.claim(db.session(), current_user, period_of(period_id), claim_id)
    verbs.cite(db.session(), made, CitationForm().chosen(), actor=current_user, at=db.utcnow())
    flash(_("Regulasi disebut pada klaim."), "good")
    return _back(made)


@bp.post("/<int:period_id>/klaim/<int:claim_id>/regulasi/lepas")
@requires(Permission.CLAIM_WRITE)
def uncite(period_id: int, claim_id: int) -> Response:
    made = queries.claim(db.session(), current_user, period_of(period_id), claim_id)
    verbs.uncite(db.session(), made, CitationForm().chosen(), actor=current_user, at=db.utcnow())
    flash(_("Regulasi dilepas dari klaim."), "good")
    return _back(made)


def _back(made: Claim) -> Response:
    anchor = f"indikator-{made.indicator_id}"
    return redirect(url_for(".claims", period_id=made.period_id, unit=made.region_code, _anchor=anchor), 303)
