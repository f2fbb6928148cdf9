"""Reading for the desk and for the profile of a kecamatan."""

from webapp.dashboard.queries.cutting import base, cut
from webapp.dashboard.queries.profile import MOST_CASES, Profile, profile
from webapp.dashboard.queries.results import Place, Reported, Told, history, ranking, reporting
from webapp.dashboard.queries.summed import known
from webapp.dashboard.queries.tallies import Pace, Signal, Tally, last_sent, oldest, pace, signals, tally
from webapp.dashboard.queries.units import Unit, expected, told

__all__ = [
    "MOST_CASES",
    "Pace",
    "Place",
    "Profile",
    "Reported",
    "Signal",
    "Tally",
    "Told",
    "Unit",
    "base",
    "cut",
    "expected",
    "history",
    "known",
    "last_sent",
    "oldest",
    "pace",
    "profile",
    "ranking",
    "reporting",
    "signals",
    "tally",
    "told",
]
