"""Verbs that claim, score and seal. None commits.

Rows are always held in the same order, so that nobody waits in a ring: cases, then the period, then the claim.
"""

from webapp.scoring.services.claiming import claim, set_aside, tie, untie
from webapp.scoring.services.giving import score
from webapp.scoring.services.guarding import barred_units
from webapp.scoring.services.pairing import adjudicate, assign_adjudicator, draw, eligible_for, replace
from webapp.scoring.services.sealing import digest, finalise
from webapp.scoring.services.slots import Given, rate, record_attendance
from webapp.scoring.services.staging import close_stage, open_stage

__all__ = [
    "Given", "adjudicate", "assign_adjudicator", "barred_units", "claim", "close_stage", "digest", "draw",
    "eligible_for", "finalise", "open_stage", "rate", "record_attendance", "replace", "score", "set_aside", "tie",
    "untie",
]  # fmt: skip
