"""Making and changing a draft."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence import queries
from webapp.evidence.errors import ForeignStudy, NoOpenPeriod, SameIdOtherContent
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import Move, State
from webapp.evidence.services.readiness import must_be_editable
from webapp.evidence.services.turns import one_at_a_time
from webapp.programme.models import Participant, Period, StudyAssignment
from webapp.programme.rules import PeriodState
from webapp.territory.queries import kecamatan_of


@dataclass(frozen=True)
class CaseFields:
    """What a person writes about a case."""

    title: str
    kind_code: str
    occurred_from: date
    occurred_to: date
    activity_code: str | None = None
    note: str = ""
    tags: tuple[str, ...] = ()
    consent: str | None = None
    innovation_stage: str | None = None
    innovation_form: str | None = None
    support: str | None = None
    study_assignment_id: int | None = None


def create(
    session: Session, *, actor: Actor, region_code: str, client_id: uuid.UUID, fields: CaseFields, at: datetime
) -> Evidence:
    """A new draft of a unit. The same `client_id` again answers the case made the first time.

    Raises `NotAllowed` outside the actor's unit, `NoOpenPeriod`, `SameIdOtherContent`.
    """
    demand(actor, Permission.EVIDENCE_WRITE, region_code)
    one_at_a_time(session, client_id)
    before = queries.by_client_id(session, client_id)
    if before is not None:
        if before.owner_id != actor.id or before.title != fields.title:
            raise SameIdOtherContent
        return before
    if queries.is_number_taken(session, client_id):  # by another area's case
        raise SameIdOtherContent
    period = _home_of(session, region_code, fields)
    case = Evidence(client_id=client_id, period_id=period.id, region_code=region_code, owner_id=actor.id)
    _write(case, fields)
    case.state = State.DRAFT
    case.moves.append(EvidenceMove(actor_id=actor.id, move=Move.CREATE, was=None, became=State.DRAFT, at=at))
    session.add(case)
    _must_be_own_study(session, case)
    session.flush()
    audit.record(
        session, "evidence.create", at=at, actor_id=actor.id, on=("evidence", case.id), region_code=region_code
    )
    return case


def _home_of(session: Session, region_code: str, fields: CaseFields) -> Period:
    """The period a new case belongs to: that of its study where it came with an award, else an open one."""
    study = session.get(StudyAssignment, fields.study_assignment_id) if fields.study_assignment_id else None
    if study is not None and study.outlives_period and study.region_code == kecamatan_of(region_code):
        return study.period
    return open_period(session, region_code, fields.occurred_from)


def open_period(session: Session, region_code: str, day: date) -> Period:
    """The open period the unit takes part in; the one whose dates hold `day` first. Raises `NoOpenPeriod`."""
    found = session.scalars(
        select(Period)
        .join(Participant, Participant.period_id == Period.id)
        .where(Participant.region_code == kecamatan_of(region_code), Period.state == PeriodState.OPEN)
        .order_by(Period.starts_on.desc())
    ).all()
    if not found:
        raise NoOpenPeriod
    return next((period for period in found if period.starts_on <= day <= period.ends_on), found[0])


def edit(session: Session, evidence: Evidence, fields: CaseFields, *, actor: Actor, at: datetime) -> None:
    """Change the words of a draft or a returned case. Raises `NotEditable`, `NotAllowed`, `ForeignStudy`."""
    demand(actor, Permission.EVIDENCE_WRITE, evidence.region_code)
    must_be_editable(evidence)
    _write(evidence, fields)
    _must_be_own_study(session, evidence)
    audit.record(
        session, "evidence.edit", at=at, actor_id=actor.id, on=("evidence", evidence.id),
        region_code=evidence.region_code,
    )  # fmt: skip


def _must_be_own_study(session: Session, case: Evidence) -> None:
    """A study belongs to the case's unit and period: it lets a point abroad stand. Raises `ForeignStudy`."""
    if case.study_assignment_id is None:
        return
    given = session.get(StudyAssignment, case.study_assignment_id)
    unit = kecamatan_of(case.region_code)
    if given is None or given.region_code != unit or given.period_id != case.period_id:
        raise ForeignStudy(field="study_assignment")


def _write(case: Evidence, fields: CaseFields) -> None:
    for name, value in asdict(fields).items():
        setattr(case, name, list(value) if isinstance(value, tuple) else value)
