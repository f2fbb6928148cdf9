"""The blueprint, and the words that templates may ask of verification."""

from flask import Blueprint

from webapp.evidence.words import said
from webapp.verification.rules import REJECTION_LABELS, RETURN_LABELS, VERDICT_LABELS

bp = Blueprint("verification", __name__, url_prefix="/verifikasi")

for _filter, _words in {
    "putusan": VERDICT_LABELS,
    "alasan_penolakan": REJECTION_LABELS,
    "alasan_kembali": RETURN_LABELS,
}.items():
    # A code becomes its sentence: {{ visit.verdict|putusan }}. An empty one becomes the dash of every filter.
    bp.add_app_template_filter(lambda code, words=_words: said(words, code) if code else "–", _filter)
