"""The doors of work in the field: plans, the own day, papers and their check page."""

from webapp.fieldwork.views import papers, plans, today
from webapp.fieldwork.views.blueprint import bp

__all__ = ["bp", "papers", "plans", "today"]
