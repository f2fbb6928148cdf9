"""Verbs that draw lines, award, open studies and nominate. None commits.

Rows are held in the order of scoring: cases, then the period.
"""

from webapp.selection.services.awarding import make_award, open_studies
from webapp.selection.services.drawing import close_first_round, proposal
from webapp.selection.services.linking import inspire
from webapp.selection.services.nominating import allow_nominees, nominate

__all__ = [
    "allow_nominees", "close_first_round", "inspire", "make_award", "nominate", "open_studies", "proposal",
]  # fmt: skip
