"""Reading for the record."""

from webapp.record.queries.common import Subject, Told, Typed
from webapp.record.queries.kinds import BUILDERS, subject_of
from webapp.record.queries.overview import Line, lines, period_for
from webapp.record.queries.report import assessed, participant

__all__ = [
    "BUILDERS", "Line", "Subject", "Told", "Typed", "assessed", "lines", "participant", "period_for", "subject_of",
]  # fmt: skip
