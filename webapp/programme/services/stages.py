"""Verbs that open and close the stages of a period, in their order. What scores have to say is asked above."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor
from webapp.programme.errors import StageOutOfOrder, StageStands, StageUnknown
from webapp.programme.models import Period, PeriodStage
from webapp.programme.rules import PeriodState, StageKind, runs, waits_to_close, waits_to_open

# Only these outlive the period's result.
AFTER_ALL = frozenset({StageKind.FINAL, StageKind.ANNOUNCEMENT})


def open_stage(session: Session, period: Period, kind: StageKind, *, actor: Actor, at: datetime) -> PeriodStage:
    """Open a stage. Whether this person may is settled before.

    Raises `StageUnknown`, `StageStands` (opened before, or the period is not open), `StageOutOfOrder`.
    """
    stage = _hold(session, period, kind)
    if stage.opened_at is not None:
        raise StageStands
    waiting = waits_to_open(period.stages, kind)
    if waiting:
        raise StageOutOfOrder(waiting)
    stage.opened_at, stage.opened_by = at, actor.id
    _note(session, "stage.open", period, kind, actor, at)
    return stage


def close_stage(session: Session, period: Period, kind: StageKind, *, actor: Actor, at: datetime) -> PeriodStage:
    """Close a running stage. Whether this person may, and whether its work is done, is settled before.

    Raises `StageUnknown`, `StageStands` (not running), `StageOutOfOrder`.
    """
    stage = _hold(session, period, kind)
    if not runs(stage):
        raise StageStands
    waiting = waits_to_close(period.stages, kind)
    if waiting:
        raise StageOutOfOrder(waiting)
    stage.closed_at, stage.closed_by = at, actor.id
    _note(session, "stage.close", period, kind, actor, at)
    return stage


def _hold(session: Session, period: Period, kind: StageKind) -> PeriodStage:
    """The stage, its period held alone: of two people who close at once one finds it closed."""
    state = session.scalar(select(Period.state).where(Period.id == period.id).with_for_update())
    if state != PeriodState.OPEN and not (state == PeriodState.FINAL and kind in AFTER_ALL):
        raise StageStands
    session.refresh(period, ["stages"])
    for one in period.stages:
        session.refresh(one)
    stage = next((one for one in period.stages if one.kind == kind), None)
    if stage is None:
        raise StageUnknown
    return stage


def _note(session: Session, action: str, period: Period, kind: StageKind, actor: Actor, at: datetime) -> None:
    session.flush()
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code,
        stage=str(kind),
    )  # fmt: skip
