"""Naming the source of a case, and taking that back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.evidence import queries as evidence
from webapp.evidence.errors import Locked
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.replication.errors import GoesRound, NoSource, NotAtHome, UnknownRegion, UnknownSource
from webapp.replication.models import Replication, ReplicationStep
from webapp.territory.queries import region


@dataclass(frozen=True)
class Source:
    """A case by its number, or words and the region they are about (None: abroad, or not known); or nothing."""

    case_id: int | None = None
    text: str = ""
    region_code: str | None = None

    @property
    def none(self) -> bool:
        return self.case_id is None and not self.text


def name_source(session: Session, case_id: int, source: Source, *, actor: Actor, at: datetime) -> Replication | None:
    """Say what a case of the own unit was adapted from, instead of what was said before; nothing takes it back.

    Raises `NotFound`, `NotAllowed`, `NotAtHome`, `Locked`, `NoSource`, `UnknownSource`, `UnknownRegion`, `GoesRound`.
    """
    _hold(session, case_id, source)
    case = evidence.locked_for_change(session, actor, case_id)
    demand(actor, Permission.EVIDENCE_WRITE, case.region_code)
    if case.locked_at is not None:
        raise Locked
    if case.study_assignment_id is not None:
        raise NotAtHome
    found = _found(session, actor, case, source)
    session.execute(delete(Replication).where(Replication.evidence_id == case.id))
    audit.record(
        session, "evidence.adapt", at=at, actor_id=actor.id, on=("evidence", case.id), region_code=case.region_code,
        source=source.case_id, told=source.text, of_region=source.region_code,
    )  # fmt: skip
    told: dict[str, Any] = {
        "evidence_id": case.id, "source_id": found.id if found else None, "source_text": source.text,
        "source_region_code": found.region_code if found else source.region_code,
    }  # fmt: skip
    made = None if source.none else Replication(**told, said_by=actor.id, said_at=at)
    try:
        with session.begin_nested():
            session.add_all([made] if made else [])
    except IntegrityError as why:
        # Of areas this person may not see, too: only the database knows them all.
        if "copies_go_one_way" in str(why.orig) or "nothing_copies_itself" in str(why.orig):
            raise GoesRound(field="source_id") from why
        raise
    session.add(ReplicationStep(**told, actor_id=actor.id, at=at))
    return made


def _hold(session: Session, case_id: int, source: Source) -> None:
    """Hold both cases, in one order: two people naming each other's case would else wait for each other for ever."""
    both = [case_id, *([source.case_id] if source.case_id is not None else [])]
    session.execute(select(Evidence.id).where(Evidence.id.in_(both)).order_by(Evidence.id).with_for_update())


def _found(session: Session, actor: Actor, case: Evidence, source: Source) -> Evidence | None:
    """The case that is named, if one is. Raises `NoSource`, `UnknownSource`, `UnknownRegion`, `GoesRound`."""
    if source.case_id is None:
        if source.region_code and not source.text:
            raise NoSource(field="source_text")
        if source.region_code and region(session, source.region_code) is None:
            raise UnknownRegion(field="source_region_code")
        return None
    if source.text or source.region_code:
        raise NoSource(field="source_id")
    if source.case_id == case.id:
        raise GoesRound(field="source_id")
    try:
        found = evidence.visible(session, actor, source.case_id)
    except NotFound as why:
        raise UnknownSource(field="source_id") from why
    if found.stands is State.WITHDRAWN:
        raise UnknownSource(field="source_id")
    return found
