"""Verbs that claim, score and seal. None commits.

Rows are always held in the same order, so that nobody waits in a ring: cases, then the period, then the claim.
"""

from webapp.scoring.queries import digest
from webapp.scoring.services.announcing import announce, answer, object_to_result
from webapp.scoring.services.claiming import claim, restore, set_aside, tie, untie
from webapp.scoring.services.giving import RATES, score
from webapp.scoring.services.guarding import barred_units
from webapp.scoring.services.moderating import moderate
from webapp.scoring.services.pairing import adjudicate, assign_adjudicator, draw, eligible_for, replace
from webapp.scoring.services.reopening import About, ask, decide
from webapp.scoring.services.sealing import finalise, is_intact, leave_out, zero_unclaimed
from webapp.scoring.services.slots import Given, rate, record_attendance
from webapp.scoring.services.staging import close_stage, open_stage

__all__ = [
    "RATES",
    "About",
    "Given",
    "adjudicate",
    "announce",
    "answer",
    "ask",
    "assign_adjudicator",
    "barred_units",
    "claim",
    "close_stage",
    "decide",
    "digest",
    "draw",
    "eligible_for",
    "finalise",
    "is_intact",
    "leave_out",
    "moderate",
    "object_to_result",
    "open_stage",
    "rate",
    "record_attendance",
    "replace",
    "restore",
    "score",
    "set_aside",
    "tie",
    "untie",
    "zero_unclaimed",
]  # fmt: skip
