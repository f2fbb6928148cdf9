"""The doors of evidence: cases, their photos, their place, their moves."""

from webapp.evidence.views import api, cases, moves, photos, pictures, places
from webapp.evidence.views.blueprint import bp

__all__ = ["api", "bp", "cases", "moves", "photos", "pictures", "places"]
