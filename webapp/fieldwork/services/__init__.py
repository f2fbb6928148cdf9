"""Verbs of work in the field."""

from webapp.fieldwork.services.changing import assign, drop
from webapp.fieldwork.services.papers import issue_assignment, issue_minutes
from webapp.fieldwork.services.planning import PlanFields, make_plan

__all__ = ["PlanFields", "assign", "drop", "issue_assignment", "issue_minutes", "make_plan"]
