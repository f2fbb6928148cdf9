"""The blueprint, and the words that templates may ask of verification."""

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from webapp.evidence.words import said
from webapp.verification.rules import REJECTION_LABELS, RETURN_LABELS, VERDICT_LABELS
from webapp.verification.services import VisitPhotos

bp = Blueprint("verification", __name__, url_prefix="/verifikasi")


@bp.record_once
def _tell_the_wire(state: BlueprintSetupState) -> None:
    """Photos taken on site come by the same wire as all others."""
    cast(Flask, state.app).extensions["petabukti_visits"] = VisitPhotos()


for _filter, _words in {
    "putusan": VERDICT_LABELS,
    "alasan_penolakan": REJECTION_LABELS,
    "alasan_kembali": RETURN_LABELS,
}.items():
    # A code becomes its sentence: {{ visit.verdict|putusan }}. An empty one becomes the dash of every filter.
    bp.add_app_template_filter(lambda code, words=_words: said(words, code) if code else "–", _filter)
