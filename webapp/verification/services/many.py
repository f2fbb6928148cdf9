"""Accepting many at once: only what nothing speaks against, and each with an outcome of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission
from webapp.errors import NotFound, Problem
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade, State
from webapp.signals.queries import flagged
from webapp.verification.errors import ChangedMeanwhile, NoneChosen, NotAmongMany, TooMany
from webapp.verification.rules import ALONE_LABELS, MANY, why_alone
from webapp.verification.services.desk import accept, reasons_for_field
from webapp.verification.services.guarding import held, must_stand_at
from webapp.verification.services.taking import must_be_free_for, take


@dataclass(frozen=True)
class Chosen:
    """A case as the page showed it: `version` tells whether it is still that."""

    evidence_id: int
    version: int


@dataclass(frozen=True)
class Outcome:
    """What became of one of the chosen; no `problem`: it is accepted. `case`: None when it is not to be seen."""

    evidence_id: int
    case: Evidence | None
    problem: Problem | None


def accept_many(
    session: Session, chosen: Iterable[Chosen], *, actor: Actor, at: datetime, minutes: int, note: str = ""
) -> list[Outcome]:
    """Accept each that can be, in the order of their numbers; what one is refused for keeps no other back.

    All rows are held before the first is decided, so that a finalisation and this never wait for each other.
    minutes: of the desk's lock, in which each is taken first. Raises `NoneChosen`, `TooMany`.
    """
    wanted = {one.evidence_id: one for one in chosen}
    if not wanted:
        raise NoneChosen
    if len(wanted) > MANY:
        raise TooMany(MANY)
    doubted = _held_all(session, actor, sorted(wanted))
    return [
        _outcome(session, wanted[key], doubted, actor=actor, at=at, minutes=minutes, note=note)
        for key in sorted(wanted)
    ]


def _held_all(session: Session, actor: Actor, ids: Sequence[int]) -> set[int]:
    """Hold the rows, and say which of them have an open signal."""
    mine = evidence_queries.visible_to(actor).where(Evidence.id.in_(ids)).order_by(Evidence.id)
    session.execute(mine.with_only_columns(Evidence.id).with_for_update(of=Evidence)).all()
    return set(session.scalars(select(Evidence.id).where(Evidence.id.in_(ids), flagged())))


def _outcome(
    session: Session, one: Chosen, doubted: set[int], *, actor: Actor, at: datetime, minutes: int, note: str
) -> Outcome:
    try:
        with session.begin_nested():
            case = held(session, actor, one.evidence_id, Permission.DESK_REVIEW, at)
            _must_be_as_shown(session, case, one, actor, at)
            _must_be_plain(case, doubted=case.id in doubted)
            take(session, case.id, actor=actor, at=at, minutes=minutes)
            return Outcome(case.id, accept(session, case.id, actor=actor, at=at, note=note), None)
    except NotFound as why:
        return Outcome(one.evidence_id, None, why)
    except Problem as why:
        return Outcome(one.evidence_id, evidence_queries.visible(session, actor, one.evidence_id), why)


def _must_be_as_shown(session: Session, case: Evidence, one: Chosen, actor: Actor, at: datetime) -> None:
    """Raises `AlreadyDecided`, `AlreadyTaken` or, for any other change, `ChangedMeanwhile`."""
    must_stand_at(session, case, State.SUBMITTED, State.UNDER_REVIEW)
    if case.taken_until is not None and case.taken_until > at:
        must_be_free_for(session, case, actor)
    if case.version != one.version:
        raise ChangedMeanwhile


def _must_be_plain(case: Evidence, *, doubted: bool) -> None:
    """Raises `NotAmongMany`. That it waits, is free and is not the person's own is settled before."""
    reasons = why_alone(
        waits=True, held_by_other=False, partial=False, field=bool(reasons_for_field(case)),
        grade=Grade(case.grade) if case.grade else None, flagged=doubted, late=case.sent_late,
    )  # fmt: skip
    if reasons:
        raise NotAmongMany({reason: ALONE_LABELS[reason] for reason in reasons})
