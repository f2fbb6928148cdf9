"""The doors of reporting: the unit's own, those who read, and the secretariat that sets up."""

from webapp.reporting.views import own, reading, setup
from webapp.reporting.views.blueprint import bp

__all__ = ["bp", "own", "reading", "setup"]
