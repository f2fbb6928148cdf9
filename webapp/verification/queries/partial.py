"""Who is partial to what: told by `webapp.conflict`; and what the history of a case says about who decided."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from webapp.access import Actor
from webapp.conflict.queries import barred, day_there, own_units, took_part
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import DECISIONS, Move

__all__ = [
    "barred", "day_there", "decided_at_desk", "has_decided", "has_decided_at_desk", "last_move", "own_units",
    "refuted_before", "took_part",
]  # fmt: skip

DESK_DECISIONS = (Move.ACCEPT_AT_DESK, Move.SEND_TO_FIELD, Move.GRANT_TO_FIELD)


def decided_at_desk(actor: Actor) -> ColumnElement[bool]:
    """True where this person accepted the case at the desk, or sent it to the field from there or over an objection."""
    return (
        select(EvidenceMove.id)
        .where(
            EvidenceMove.evidence_id == Evidence.id, EvidenceMove.actor_id == actor.id,
            EvidenceMove.move.in_(DESK_DECISIONS),
        )
        .exists()
    )  # fmt: skip


def has_decided_at_desk(session: Session, actor: Actor, evidence_id: int) -> bool:
    found = select(Evidence.id).where(Evidence.id == evidence_id, decided_at_desk(actor))
    return session.scalar(found) is not None


def has_decided(session: Session, actor: Actor, evidence_id: int) -> bool:
    """Whether this person made any decision on the case, at the desk, as second person or on site, or objected."""
    made = select(EvidenceMove.id).where(
        EvidenceMove.evidence_id == evidence_id, EvidenceMove.actor_id == actor.id,
        EvidenceMove.move.in_(DECISIONS | {Move.OBJECT}),
    )  # fmt: skip
    return session.scalar(made.limit(1)) is not None


def refuted_before(session: Session, actor: Actor, evidence_id: int) -> bool:
    """Whether an objection to what this person found on site was granted: then somebody else visits."""
    refuted, granted = aliased(EvidenceMove), aliased(EvidenceMove)
    found = (
        select(refuted.id)
        .join(granted, granted.evidence_id == refuted.evidence_id)
        .where(
            refuted.evidence_id == evidence_id, refuted.actor_id == actor.id, refuted.move == Move.REFUTE_ON_SITE,
            granted.move == Move.GRANT_TO_FIELD, granted.id > refuted.id,
        )
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None


def last_move(session: Session, evidence_id: int, *moves: Move) -> EvidenceMove | None:
    """The newest line of the case's history, of these moves when named."""
    lines = select(EvidenceMove).where(EvidenceMove.evidence_id == evidence_id).order_by(EvidenceMove.id.desc())
    return session.scalar((lines.where(EvidenceMove.move.in_(moves)) if moves else lines).limit(1))
