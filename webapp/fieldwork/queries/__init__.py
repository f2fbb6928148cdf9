"""Reading plans. What a person sees of them begins at `evidence.queries.visible_to`."""

from webapp.fieldwork.queries.pack import Outline, Pack, outlines, pack_of
from webapp.fieldwork.queries.plans import plan, plans_of, todays_plan, visits_of

__all__ = ["Outline", "Pack", "outlines", "pack_of", "plan", "plans_of", "todays_plan", "visits_of"]
