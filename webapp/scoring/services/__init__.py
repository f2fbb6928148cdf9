"""Verbs that claim, score and seal. None commits.

Rows are always held in the same order, so that nobody waits in a ring: cases, then the period, then the claim.
"""

from webapp.scoring.services.claiming import claim, restore, set_aside, tie, untie
from webapp.scoring.services.giving import score
from webapp.scoring.services.guarding import barred_units
from webapp.scoring.services.moderating import moderate
from webapp.scoring.services.pairing import adjudicate, assign_adjudicator, draw, eligible_for, replace
from webapp.scoring.services.sealing import digest, finalise

__all__ = [
    "adjudicate", "assign_adjudicator", "barred_units", "claim", "digest", "draw", "eligible_for", "finalise",
    "moderate", "replace", "restore", "score", "set_aside", "tie", "untie",
]  # fmt: skip
