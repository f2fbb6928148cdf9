"""Looking at a case: every rule asked, and what was found written down."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.evidence.services.asking import ask_for_look
from webapp.signals import rules
from webapp.signals.models import CaseLook, Finding, FindingExplanation
from webapp.signals.queries import gather, missed

GREW_WORSE = "lebih berat"  # what the system says when it takes an explanation back
_Key = tuple[str, int, int, int]


def look(session: Session, evidence_id: int, *, at: datetime) -> int:
    """Work out the signals of a case anew; answers how many are true. The same facts leave the same rows.

    What is no longer true is marked as gone, what was explained stays so unless it grew heavier. A look is asked for at
    other cases that a new fact concerns. A case that is gone has none.
    For the background and for commands: it reads beyond any one person's areas.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"look:{evidence_id}", 0))))
    gathered = gather(session, evidence_id)
    if gathered is None:
        return 0
    facts = rules.of_case(
        gathered.case, gathered.shots, gathered.around, gathered.twins, gathered.neighbours
    )  # fmt: skip
    concerned = _write(session, evidence_id, facts, at)
    for other in sorted(concerned):
        ask_for_look(session, other)
    seen = insert(CaseLook).values(evidence_id=evidence_id, looked_at=at)
    session.execute(seen.on_conflict_do_update(index_elements=["evidence_id"], set_={"looked_at": at}))
    session.flush()
    return len(facts)


def look_again(session: Session, *, since: datetime, before: datetime, most: int = 200) -> int:
    """Ask for a look at cases with something newer than their last one; answers at how many nobody was to look."""
    return sum(
        ask_for_look(session, number) for number in session.scalars(missed(since=since, before=before).limit(most))
    )


def _write(session: Session, evidence_id: int, facts: Iterable[rules.Fact], at: datetime) -> set[int]:
    """Bring the rows up to the facts; answers the other cases that something new was found about."""
    known = {_key(row): row for row in session.scalars(select(Finding).where(Finding.evidence_id == evidence_id))}
    concerned: set[int] = set()
    for fact in facts:
        row = known.pop(fact.key, None)
        if row is None or row.gone_at is not None:
            concerned |= {fact.other_evidence_id} if fact.other_evidence_id is not None else set()
        if row is None:
            session.add(_new(evidence_id, fact, at))
        else:
            _renew(session, row, fact, at)
    for row in known.values():
        row.gone_at = row.gone_at or at
    return concerned


def _key(row: Finding) -> _Key:
    return row.code, row.photo_id or 0, row.other_photo_id or 0, row.other_evidence_id or 0


def _new(evidence_id: int, fact: rules.Fact, at: datetime) -> Finding:
    return Finding(
        evidence_id=evidence_id, photo_id=fact.photo_id, code=fact.code, weight=fact.weight, detail=dict(fact.detail),
        other_photo_id=fact.other_photo_id, other_evidence_id=fact.other_evidence_id, found_at=at,
    )  # fmt: skip


def _renew(session: Session, row: Finding, fact: rules.Fact, at: datetime) -> None:
    if row.explained_at is not None and rules.heavier(fact.weight, row.weight):
        session.add(FindingExplanation(finding_id=row.id, actor_id=None, at=at, reason=GREW_WORSE, lifted=True))
        row.explained_at = row.explained_by = row.explained_reason = None
    row.gone_at = None
    if row.weight != fact.weight:
        row.weight = fact.weight
    if row.detail != dict(fact.detail):
        row.detail = dict(fact.detail)
