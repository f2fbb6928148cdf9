"""Reading plans. What a person sees of them begins at `evidence.queries.visible_to`."""

from webapp.fieldwork.queries.plans import plan, plans_of, todays_plan, visits_of

__all__ = ["plan", "plans_of", "todays_plan", "visits_of"]
