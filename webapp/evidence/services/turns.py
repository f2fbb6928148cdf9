"""Taking turns: what is sent twice at once is done once."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def one_at_a_time(session: Session, key: uuid.UUID) -> None:
    """Hold `key` until the transaction ends: parallel retries wait, so that the second finds what the first stored."""
    session.execute(select(func.pg_advisory_xact_lock(key.int & 0x7FFFFFFFFFFFFFFF)))
