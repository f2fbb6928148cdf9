"""Reading signals, and gathering what the rules need to find them."""

from webapp.signals.queries.gathering import Gathered, gather, missed
from webapp.signals.queries.reading import Shown, flagged, looked_at, of_case, worst

__all__ = ["Gathered", "Shown", "flagged", "gather", "looked_at", "missed", "of_case", "worst"]
