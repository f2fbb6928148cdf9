"""The blueprint the views of this journey hang on, and the labels their templates use."""

from flask import Blueprint

from webapp.fieldwork.rules import VISIT_LABELS, WHY_LABELS

bp = Blueprint("fieldwork", __name__, url_prefix="/lapangan")


@bp.app_context_processor
def labels() -> dict[str, object]:
    """Words for the codes of this journey."""
    return {"VISIT_LABELS": VISIT_LABELS, "WHY_LABELS": WHY_LABELS}
