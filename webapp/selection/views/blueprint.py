"""The blueprint, and what its pages share."""

from decimal import Decimal

from flask import Blueprint
from flask_login import current_user

from webapp import db
from webapp.formatting import angka
from webapp.programme import queries as programmes
from webapp.programme.models import Period

bp = Blueprint("selection", __name__, url_prefix="/seleksi")
# Totals are kept as text, so that what was decided is what stands there.
bp.add_app_template_filter(lambda text: angka(Decimal(text), 2), "teks_angka")


def period_of(period_id: int) -> Period:
    """The period, if this person may see it. Raises `NotFound`."""
    return programmes.get(db.session(), current_user, period_id)
