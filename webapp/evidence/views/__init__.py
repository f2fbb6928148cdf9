"""The doors of evidence: cases, their photos, their place, their moves."""

from webapp.evidence.views import cases, moves, photos, places
from webapp.evidence.views.blueprint import bp

__all__ = ["bp", "cases", "moves", "photos", "places"]
