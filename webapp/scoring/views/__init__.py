"""The doors of scoring: claims, scores and the gate; blind pairs, their adjudicator, and how far readers agree."""

from webapp.scoring.views import citing, pairs, results, scores, slots, stages, standing
from webapp.scoring.views.blueprint import bp

__all__ = ["bp", "citing", "pairs", "results", "scores", "slots", "stages", "standing"]
