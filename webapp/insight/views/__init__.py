"""The doors of the map."""

from webapp.insight.views import compare, maps, time
from webapp.insight.views.blueprint import bp

__all__ = ["bp", "compare", "maps", "time"]
