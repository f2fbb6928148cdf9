"""The doors of the record: minutes of a period, signing them, and the report of a participant."""

from webapp.record.views import papers, showing
from webapp.record.views.blueprint import bp

__all__ = ["bp", "papers", "showing"]
