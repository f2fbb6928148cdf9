"""Reading signals. Whoever may see a case reads its signals; what they say of others' cases ends where sight ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Actor
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.signals.models import CaseLook, Finding
from webapp.signals.rules import Weight
from webapp.signals.words import sentence


@dataclass(frozen=True)
class Shown:
    """A signal as its reader sees it. `sentence`: in the reader's language; `zone` of its times is the case's region's.

    other_evidence_id, other_photo_id, other_title: None where the reader may not see that case.
    """

    id: int
    code: str
    weight: Weight
    sentence: str
    photo_id: int | None
    other_photo_id: int | None
    other_evidence_id: int | None
    other_title: str | None
    detail: dict[str, Any]
    found_at: datetime
    explained: bool
    explained_by: str | None
    explained_at: datetime | None
    explained_reason: str | None

    @property
    def is_open(self) -> bool:
        """Whether somebody should still look at it: strong or weak, and not explained."""
        return not self.explained and self.weight is not Weight.NOTE


_HEAVIEST_FIRST = {Weight.STRONG: 0, Weight.WEAK: 1, Weight.NOTE: 2}


def of_case(session: Session, actor: Actor, evidence: Evidence) -> list[Shown]:
    """What is true of a case the reader may see, heaviest first, explained ones behind open ones."""
    found = session.scalars(
        select(Finding)
        .where(Finding.evidence_id == evidence.id, Finding.gone_at.is_(None))
        .options(joinedload(Finding.explainer))
    ).all()
    others = _titles(session, actor, {one.other_evidence_id for one in found if one.other_evidence_id is not None})
    shown = [_shown(one, others, evidence) for one in found]
    return sorted(shown, key=lambda one: (one.explained, _HEAVIEST_FIRST[one.weight], one.photo_id or 0, one.code))


def looked_at(session: Session, evidence_id: int) -> datetime | None:
    """When the signals of a case were last worked out; None: not yet."""
    return session.scalar(select(CaseLook.looked_at).where(CaseLook.evidence_id == evidence_id))


def flagged() -> ColumnElement[bool]:
    """For a selection of cases: whether a strong or weak signal of the case is still unexplained."""
    return _open().exists()


def worst() -> ColumnElement[str | None]:
    """For a selection of cases: the weight of the heaviest unexplained signal, 'strong' or 'weak', else NULL."""
    heaviest = func.min(case((Finding.weight == Weight.STRONG, 1), else_=2))
    found = _open().with_only_columns(heaviest).scalar_subquery()
    return case((found == 1, str(Weight.STRONG)), (found == 2, str(Weight.WEAK)), else_=None)


def _open() -> Select[int]:
    return (
        select(Finding.id)
        .where(
            Finding.evidence_id == Evidence.id, Finding.gone_at.is_(None), Finding.explained_at.is_(None),
            Finding.weight != Weight.NOTE,
        )
        .correlate(Evidence)
    )  # fmt: skip


def _titles(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, str]:
    """Those of the cases that this person may see, by name."""
    if not ids:
        return {}
    seen = evidence_queries.visible_to(actor).where(Evidence.id.in_(ids)).with_only_columns(Evidence.id, Evidence.title)
    return {row[0]: row[1] for row in session.execute(seen)}


def _shown(one: Finding, others: dict[int, str], evidence: Evidence) -> Shown:
    may_see = one.other_evidence_id is None or one.other_evidence_id in others
    return Shown(
        id=one.id,
        code=one.code,
        weight=Weight(one.weight),
        sentence=sentence(one.code, one.detail, evidence.region.time_zone),
        photo_id=one.photo_id,
        other_photo_id=one.other_photo_id if may_see else None,
        other_evidence_id=one.other_evidence_id if may_see else None,
        other_title=others.get(one.other_evidence_id) if one.other_evidence_id is not None else None,
        detail=one.detail,
        found_at=one.found_at,
        explained=one.explained_at is not None,
        explained_by=one.explainer.name if one.explainer else None,
        explained_at=one.explained_at,
        explained_reason=one.explained_reason,
    )
