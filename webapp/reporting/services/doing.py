"""What every verb of reporting does besides: whose unit it is, what there is once, and the line of history."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor
from webapp.reporting import queries
from webapp.reporting.errors import (
    NotOwnUnit,
)
from webapp.reporting.models import (
    ReportingUnit,
    ReportingYear,
)


def demand_own(actor: Actor, unit: ReportingUnit) -> None:
    """Raises `NotOwnUnit`."""
    if not queries.is_own(actor, unit):
        raise NotOwnUnit


def add_once(session: Session, made: Any, taken: Exception) -> None:
    """Add what there can be once. Raises `taken` where it is there already."""
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as why:
        raise taken from why


def note_down(
    session: Session, action: str, year: ReportingYear, actor: Actor, at: datetime, **detail: Any
) -> None:  # fmt: skip
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("reporting_year", year.id), region_code=year.region_code,
        **detail,
    )  # fmt: skip
