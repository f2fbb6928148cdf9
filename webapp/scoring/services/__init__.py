"""Verbs that claim, score and seal. None commits.

Rows are always held in the same order, so that nobody waits in a ring: cases, then the period, then the claim.
"""

from webapp.scoring.queries import digest
from webapp.scoring.services.announcing import announce, answer, object_to_result
from webapp.scoring.services.claiming import claim, restore, set_aside, tie, untie
from webapp.scoring.services.giving import score
from webapp.scoring.services.guarding import barred_units
from webapp.scoring.services.moderating import moderate
from webapp.scoring.services.pairing import adjudicate, assign_adjudicator, draw, eligible_for, replace
from webapp.scoring.services.reopening import About, ask, decide
from webapp.scoring.services.sealing import finalise, is_intact, leave_out, zero_unclaimed

__all__ = [
    "About",
    "adjudicate",
    "announce",
    "answer",
    "ask",
    "assign_adjudicator",
    "barred_units",
    "claim",
    "decide",
    "digest",
    "draw",
    "eligible_for",
    "finalise",
    "is_intact",
    "leave_out",
    "moderate",
    "object_to_result",
    "replace",
    "restore",
    "score",
    "set_aside",
    "tie",
    "untie",
    "zero_unclaimed",
]  # fmt: skip
