"""Reading for the desk and for the profile of a kecamatan."""

from webapp.dashboard.queries.cutting import base, cut, waiting_since
from webapp.dashboard.queries.profile import MOST_CASES, Profile, profile
from webapp.dashboard.queries.results import Place, Reported, Told, history, ranking, reporting
from webapp.dashboard.queries.tallies import Pace, Signal, Tally, last_sent, pace, signals, tally
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
    "last_sent",
    "pace",
    "profile",
    "ranking",
    "reporting",
    "signals",
    "tally",
    "told",
    "waiting_since",
]
