"""The blueprint, and the words that templates may ask of signals."""

from flask import Blueprint

from webapp.evidence.words import said
from webapp.signals.words import WEIGHTS

bp = Blueprint("signals", __name__)

# {{ signal.weight|bobot }}
bp.add_app_template_filter(lambda code: said(WEIGHTS, code), "bobot")
