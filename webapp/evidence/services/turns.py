"""Taking turns: what is sent twice at once is done once."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

_STORED = 0x50455441  # the space of locks over stored files


def one_at_a_time(session: Session, key: uuid.UUID) -> None:
    """Hold `key` until the transaction ends: parallel retries wait, so that the second finds what the first stored."""
    session.execute(select(func.pg_advisory_xact_lock(key.int & 0x7FFFFFFFFFFFFFFF)))


def keep_from_sweeper(session: Session, sha256: str) -> None:
    """Until the transaction ends nobody removes the stored file of that digest: its row is about to be written."""
    session.execute(select(func.pg_advisory_xact_lock_shared(_STORED, _key(sha256))))


def take_for_sweeping(session: Session, sha256: str) -> bool:
    """Whether nobody is about to write a row for the stored file of that digest; nobody will, before we are done."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_STORED, _key(sha256)))))


def _key(sha256: str) -> int:
    return int(sha256[:7], 16)  # 28 bits: with all 32, the lowest would be sent as a bigint, for which there is no lock
