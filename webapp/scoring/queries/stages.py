"""What holds up the closing of a stage: its own work that is not done. Their order is told by the programme's rules."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState, StageKind
from webapp.scoring.queries.slots import slot_blockers
from webapp.scoring.rules import Blocker, Reason

_OPEN_CASES = {
    StageKind.DESK: (State.SUBMITTED, State.UNDER_REVIEW, State.REJECTION_PROPOSED, State.OBJECTED),
    StageKind.FIELD: (State.AWAITING_FIELD,),
}
_ROUNDS = {StageKind.PRESENTATION: (1,), StageKind.ADVANCED: (2,)}


def holds_up(session: Session, period: Period, kind: StageKind) -> list[Blocker]:
    """Everything a running stage still waits for; empty when it may be closed."""
    if kind in _OPEN_CASES:
        return _cases(session, period, _OPEN_CASES[kind])
    if kind in _ROUNDS:
        return slot_blockers(session, period, _ROUNDS[kind])
    lacking = {
        StageKind.SHORTLIST: (Reason.NOT_SHORTLISTED, all(one.round == 1 for one in period.participants)),
        StageKind.FINAL: (Reason.NOT_FINAL, period.state != PeriodState.FINAL),
        StageKind.ANNOUNCEMENT: (Reason.NOT_ANNOUNCED, period.announced_at is None),
    }
    reason, waits = lacking.get(kind, (Reason.NOT_FINAL, False))
    return [Blocker(reason, period.region_code)] if waits else []


def _cases(session: Session, period: Period, states: tuple[State, ...]) -> list[Blocker]:
    rows = session.execute(
        select(Evidence.id, Evidence.region_code, Evidence.title, Evidence.state)
        .where(Evidence.period_id == period.id, Evidence.state.in_(states))
        .order_by(Evidence.region_code, Evidence.id)
    )
    return [
        Blocker(Reason.EVIDENCE_OPEN, row.region_code, None, row.id, row.title, state=State(row.state)) for row in rows
    ]
