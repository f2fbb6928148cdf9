"""Asking the background for work, in the transaction of the row it is about."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def ask_for_look(session: Session, evidence_id: int) -> bool:
    """Have a worker work out the signals of a case once this transaction is committed. Asking twice is asking once."""
    session.flush()
    return bool(session.scalar(select(func.wall.defer_look(evidence_id))))
