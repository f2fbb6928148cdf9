"""Verbs of signals: look at a case, and say what explains a finding. None commits."""

from webapp.signals.services.explaining import explain
from webapp.signals.services.looking import look

__all__ = ["explain", "look"]
