"""The same photo in other cases: exact bytes, as far as the reader may see."""

from dataclasses import dataclass

from sqlalchemy.orm import Session, aliased

from webapp.access import Actor
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence, Photo

MOST = 20


@dataclass(frozen=True)
class Twin:
    """Another case that holds the very bytes of one of ours; `photo_id` is ours, `twin_id` theirs."""

    photo_id: int
    twin_id: int
    evidence_id: int
    title: str
    region_code: str
    state: str


def same_bytes(session: Session, actor: Actor, case: Evidence) -> list[Twin]:
    """Photos of other cases this person may see with the same sha256 as one of this case, oldest case first."""
    ours, theirs = aliased(Photo), aliased(Photo)
    found = session.execute(
        evidence_queries.visible_to(actor)
        .join(theirs, theirs.evidence_id == Evidence.id)
        .join(ours, ours.sha256 == theirs.sha256)
        .where(ours.evidence_id == case.id, ours.visit_id.is_(None), theirs.evidence_id != case.id)
        .with_only_columns(
            ours.id.label("photo_id"), theirs.id.label("twin_id"), Evidence.id.label("evidence_id"), Evidence.title,
            Evidence.region_code, Evidence.state,
        )
        .order_by(Evidence.id, ours.id)
        .limit(MOST)
    )  # fmt: skip
    return [Twin(**row) for row in found.mappings()]
