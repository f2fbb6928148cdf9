"""Verbs of work in the field."""

from webapp.fieldwork.services.changing import assign, drop
from webapp.fieldwork.services.planning import PlanFields, make_plan

__all__ = ["PlanFields", "assign", "drop", "make_plan"]
