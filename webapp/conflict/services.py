"""The doors in front of every verdict, and the verbs of declaring. None commits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, covers
from webapp.conflict import queries
from webapp.conflict.errors import (
    AlreadyWithdrawn,
    DeclarationMissing,
    DeclaredTie,
    OwnUnit,
    OwnWork,
    SuperiorOrSubordinate,
    UnknownParticipant,
    WithdrawalReasonMissing,
)
from webapp.conflict.models import CoiDeclaration, CoiTie
from webapp.conflict.rules import STATEMENT_VERSION, Derived, Tie
from webapp.errors import NotAllowed
from webapp.evidence.models import Evidence
from webapp.programme.models import Period


def must_be_impartial(session: Session, actor: Actor, case: Evidence, at: datetime) -> None:
    """Raises `OwnWork`, or as `must_be_impartial_to`: nobody judges their own, whatever roles they hold besides."""
    if queries.took_part(session, actor, case):
        raise OwnWork
    must_be_impartial_to(session, actor, case.region_code, case.period_id, at)


def must_be_impartial_to(session: Session, actor: Actor, unit: str, period_id: int, at: datetime) -> None:
    """Raises `OwnUnit`, `SuperiorOrSubordinate` or `DeclaredTie` when the person has a tie to the unit."""
    tied = queries.derived_units(session, actor.id, queries.day_there(at, unit))
    reasons = {why for area, why in tied.items() if covers(area, unit)}
    if Derived.OWN_UNIT in reasons:
        raise OwnUnit(queries.months(session))
    if reasons:
        raise SuperiorOrSubordinate
    if queries.has_declared_tie(session, actor, period_id, unit):
        raise DeclaredTie


def must_have_declared(session: Session, actor: Actor, period_id: int) -> None:
    """Raises `DeclarationMissing` until the person has made the statement for the period."""
    if not queries.has_declared(session, actor.id, period_id):
        raise DeclarationMissing(period_id)


@dataclass(frozen=True)
class NewTie:
    """A tie as the form brings it: the participant's code, what kind, and a remark."""

    region_code: str
    kind: Tie
    note: str = ""


def declare(
    session: Session, period: Period, ties: Iterable[NewTie], *, actor: Actor, at: datetime
) -> CoiDeclaration:  # fmt: skip
    """Make the statement for a period, or add ties to it. Ties that stand already are left as they are.

    Raises `NotAllowed` for whoever judges nothing in the period, `UnknownParticipant`.
    """
    if not queries.may_declare(actor, period):
        raise NotAllowed
    made = queries.declaration(session, actor.id, period.id)
    if made is None:
        made = CoiDeclaration(
            period_id=period.id, account_id=actor.id, statement_version=STATEMENT_VERSION, made_at=at, ties=[]
        )
        session.add(made)
        session.flush()
        _note(session, "conflict.declare", made, period, actor, at, version=STATEMENT_VERSION)
    participants = {one.region_code for one in period.participants}
    standing = {(one.region_code, one.kind) for one in made.ties if one.holds}
    for tie in ties:
        if tie.region_code not in participants:
            raise UnknownParticipant(field="ties")
        if (tie.region_code, tie.kind) not in standing:
            standing.add((tie.region_code, tie.kind))
            made.ties.append(CoiTie(region_code=tie.region_code, kind=tie.kind, note=tie.note.strip(), added_at=at))
            _note(session, "conflict.add_tie", made, period, actor, at)
    session.flush()
    return made


def withdraw(session: Session, tie: CoiTie, because: str, *, actor: Actor, at: datetime) -> None:
    """Take back an own tie (`queries.own_tie`); its line stays, with the reason.

    Raises `AlreadyWithdrawn`, `WithdrawalReasonMissing`.
    """
    if tie.declaration.account_id != actor.id:
        raise NotAllowed
    if not tie.holds:
        raise AlreadyWithdrawn
    if not because.strip():
        raise WithdrawalReasonMissing(field="because")
    tie.withdrawn_at, tie.withdrawn_because = at, because.strip()
    _note(session, "conflict.withdraw_tie", tie.declaration, tie.declaration.period, actor, at)
    session.flush()


def _note(
    session: Session, action: str, made: CoiDeclaration, period: Period, actor: Actor, at: datetime, **detail: str
) -> None:  # fmt: skip
    # Which unit and which tie stay out of the history that more people read than may know.
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("coi_declaration", made.id), region_code=period.region_code,
        period_id=str(period.id), **detail,
    )  # fmt: skip
