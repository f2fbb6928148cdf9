"""What is read along with a row, and which revision of a report counts."""

from sqlalchemy import and_
from sqlalchemy.orm import joinedload, selectinload

from webapp.reporting.models import (
    ProgrammeLine,
    QuarterlyReport,
    ReportingUnit,
    ReportingYear,
    ReportRevision,
)

REGION = ReportingYear.region
NAMED = (joinedload(ReportingUnit.agency), joinedload(ReportingUnit.region))
LINES = selectinload(ReportingUnit.lines).joinedload(ProgrammeLine.place)
OF_YEAR = joinedload(ReportingUnit.year).joinedload(ReportingYear.region)
THE_ONE_THAT_COUNTS = and_(
    QuarterlyReport.id == ReportRevision.report_id, QuarterlyReport.revision == ReportRevision.number
)
