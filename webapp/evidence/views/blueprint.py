"""The blueprint, and the words that every template of the product may ask of evidence."""

from dataclasses import astuple

from flask import Blueprint

from webapp import db
from webapp.evidence.rules import (
    CAPTURE_LABELS,
    CONSENT_LABELS,
    FORM_LABELS,
    MOVE_LABELS,
    SOURCE_LABELS,
    STAGE_LABELS,
    STATE_LABELS,
    TAG_LABELS,
)
from webapp.evidence.services import point_of
from webapp.evidence.views.showing import samar
from webapp.evidence.words import FLAGS, PERSONAL, REFUSALS, nama, said, sisa_perbaikan
from webapp.formatting import NOTHING, derajat
from webapp.territory.rules import RESULT_LABELS

bp = Blueprint("evidence", __name__, url_prefix="/bukti")

bp.add_app_template_filter(nama, "nama")
bp.add_app_template_filter(samar, "samar")
bp.add_app_template_filter(sisa_perbaikan, "sisa_perbaikan")
bp.add_app_template_filter(lambda until: until is not None and db.utcnow() > until, "sudah_lewat")
bp.add_app_template_filter(lambda at: NOTHING if at is None else derajat(*astuple(point_of(at))), "titik")
for _filter, _words in {
    "keadaan": STATE_LABELS,
    "langkah": MOVE_LABELS,
    "penanda": TAG_LABELS,
    "persetujuan": CONSENT_LABELS,
    "tahap": STAGE_LABELS,
    "bentuk": FORM_LABELS,
    "sumber": SOURCE_LABELS,
    "cara_ambil": CAPTURE_LABELS,
    "hasil_wilayah": RESULT_LABELS,
    "temuan": FLAGS,
    "alasan_tolak": REFUSALS,
    "pribadi": PERSONAL,
}.items():
    # A code becomes its sentence: {{ case.state|keadaan }}. An empty one becomes the dash of every filter.
    bp.add_app_template_filter(lambda code, words=_words: said(words, code) if code else NOTHING, _filter)
