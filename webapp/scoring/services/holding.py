"""What the verbs share: the rows they hold while they look and decide, and the line they leave in the audit history."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor
from webapp.evidence.errors import OutsideReopening
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring.errors import PeriodNotOpen, PeriodSealed, RoundClosed
from webapp.scoring.models import Claim


def hold_open(session: Session, period_id: int) -> None:
    """Hold the period's row against a finalisation, and see that it is open. Raises `PeriodSealed`, `PeriodNotOpen`."""
    must_be_open(session.scalar(select(Period.state).where(Period.id == period_id).with_for_update(read=True)))


def must_be_open(state: str | None) -> None:
    """Raises `PeriodSealed`, `PeriodNotOpen`."""
    if state == PeriodState.FINAL:
        raise PeriodSealed
    if state != PeriodState.OPEN:
        raise PeriodNotOpen


def must_be_in_open_round(session: Session, period_id: int, indicator_id: int) -> None:
    """Raises `RoundClosed` for an indicator of the first round once the shortlist stands (see `webapp.selection`)."""
    if session.scalar(select(func.wall.first_round_closed(period_id, indicator_id))):
        raise RoundClosed


def hold_claim(session: Session, made: Claim) -> None:
    """Hold an open period's claim alone, with its cases as they are now: the same form sent twice is one deed.

    Raises `PeriodSealed`, `PeriodNotOpen`, `OutsideReopening`, `RoundClosed`.
    """
    hold_open(session, made.period_id)
    must_be_in_open_round(session, made.period_id, made.indicator_id)
    session.execute(select(Claim.id).where(Claim.id == made.id).with_for_update(key_share=True))
    session.refresh(made)
    session.refresh(made, ["links"])
    must_be_in_scope(session, made.period_id, made.region_code, made.indicator_id)


def must_be_in_scope(session: Session, period_id: int, unit: str, indicator_id: int) -> None:
    """A period that was opened again is open for the scope of its reopening alone. Raises `OutsideReopening`."""
    inside = func.wall.in_reopening(Period.id, unit, indicator_id)
    if session.scalar(select((Period.version == 1) | inside).where(Period.id == period_id)) is False:
        raise OutsideReopening


def note(session: Session, action: str, made: Claim, actor: Actor, at: datetime, **detail: Any) -> None:
    """One line of audit about a claim."""
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("claim", made.id), region_code=made.region_code,
        period_id=made.period_id, **detail,
    )  # fmt: skip
