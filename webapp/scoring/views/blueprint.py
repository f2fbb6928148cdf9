"""The blueprint, and what its pages share."""

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from flask_login import current_user

from webapp import db
from webapp.access import Permission, allows
from webapp.errors import NotAllowed
from webapp.programme import queries as programmes
from webapp.programme.models import Period
from webapp.scoring import queries
from webapp.verification.claims import EXTENSION

bp = Blueprint("scoring", __name__, url_prefix="/penilaian")


@bp.record_once
def _tell_the_desk(state: BlueprintSetupState) -> None:
    """The desk shows which claims a case supports, and may not look up here for it."""
    cast(Flask, state.app).extensions[EXTENSION] = queries.supported_by


def period_of(period_id: int) -> Period:
    """The period, if this person may see it. Raises `NotFound`."""
    return programmes.get(db.session(), current_user, period_id)


def period_for(period_id: int, permission: Permission) -> Period:
    """The period, for whom holds the permission in its region. Raises `NotFound`, `NotAllowed`."""
    period = period_of(period_id)
    if not allows(current_user, permission, period.region_code):
        raise NotAllowed
    return period
