"""Entries of some days, and what they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from webapp.reporting.models import (
    ActivityEntry,
    ProgrammeLine,
)
from webapp.reporting.rules import (
    ZERO,
)


@dataclass(frozen=True)
class Sum:
    """What the entries of a line add up to over some days."""

    quantity: Decimal = ZERO
    physical: Decimal = ZERO
    money: Decimal = ZERO
    entries: int = 0


def entries(session: Session, unit_id: int, first: date, last: date) -> Sequence[ActivityEntry]:
    """The entries of a unit between two days (both included), withdrawn ones too, the latest first."""
    return session.scalars(
        select(ActivityEntry)
        .join(ActivityEntry.line)
        .where(ProgrammeLine.unit_id == unit_id, ActivityEntry.day.between(first, last))
        .options(
            contains_eager(ActivityEntry.line), joinedload(ActivityEntry.maker), joinedload(ActivityEntry.evidence)
        )
        .order_by(ActivityEntry.day.desc(), ActivityEntry.id.desc())
    ).all()


def sums(session: Session, unit_id: int, first: date, last: date) -> dict[int, Sum]:
    """The roll-up of a unit's entries between two days (both included), by line; withdrawn ones do not count."""
    rows = session.execute(
        select(
            ActivityEntry.line_id, func.coalesce(func.sum(ActivityEntry.quantity), 0),
            func.sum(ActivityEntry.physical), func.sum(ActivityEntry.money), func.count(),
        )
        .join(ActivityEntry.line)
        .where(
            ProgrammeLine.unit_id == unit_id, ActivityEntry.day.between(first, last),
            ActivityEntry.withdrawn_at.is_(None),
        )
        .group_by(ActivityEntry.line_id)
    )  # fmt: skip
    return {row[0]: Sum(row[1] or ZERO, row[2] or ZERO, row[3] or ZERO, row[4]) for row in rows}
