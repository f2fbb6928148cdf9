"""The doors of the map."""

from webapp.insight.views import compare, copies, maps, photos, time
from webapp.insight.views.blueprint import bp

__all__ = ["bp", "compare", "copies", "maps", "photos", "time"]
