"""Reading shortlists, awards, studies abroad and nominations."""

from webapp.selection.queries.lists import (
    Pool,
    award,
    award_pools,
    first_round_closed,
    first_round_pools,
    may_read_places,
    own_places,
    shortlist,
    waiting,
)
from webapp.selection.queries.nominations import listing, nomination, nominations_visible_to, nominees, targets, used
from webapp.selection.queries.studies import (
    Pair,
    StudyLine,
    TopicLine,
    exported,
    homes,
    pairs,
    studies,
    study_cases,
    topics,
)

__all__ = [
    "Pair", "Pool", "StudyLine", "TopicLine", "award", "award_pools", "exported", "first_round_closed",
    "first_round_pools", "homes", "listing", "may_read_places", "nomination", "nominations_visible_to", "nominees",
    "own_places", "pairs", "shortlist", "studies", "study_cases", "targets", "topics", "used", "waiting",
]  # fmt: skip
