"""Objections that wait for an answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.orm import Session, aliased

from webapp.access import Actor, Permission, areas, within
from webapp.conflict.queries import barred, day_there, own_units
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import DECISIONS, Move, State
from webapp.territory.models import Region

MOST = 200


@dataclass(frozen=True)
class Objection:
    """A line of the list; `closed`: this person may not answer, having decided before or having a tie to the unit."""

    id: int
    title: str
    region_name: str
    zone: str
    at: datetime
    was: str
    closed: bool


def waiting(session: Session, actor: Actor, at: datetime) -> list[Objection]:
    """Cases of the person's areas that are objected to, the oldest objection first."""
    objected = aliased(EvidenceMove)
    reach = areas(actor, Permission.OBJECTION_DECIDE)
    decided = exists().where(
        EvidenceMove.evidence_id == Evidence.id, EvidenceMove.actor_id == actor.id,
        EvidenceMove.move.in_(DECISIONS | {Move.OBJECT}),
    )  # fmt: skip
    units = own_units(session, actor, day_there(at, next((code for code in reach if code), "31")))
    found = session.execute(
        evidence_queries.visible_to(actor)
        .join(objected, (objected.evidence_id == Evidence.id) & (objected.move == Move.OBJECT))
        .join(Region, Region.code == Evidence.region_code)
        .where(Evidence.state == State.OBJECTED, within(Evidence.region_code, reach))
        .with_only_columns(
            Evidence.id, Evidence.title, Region.name.label("region_name"), Region.time_zone.label("zone"),
            objected.at, objected.was, (decided | barred(actor, units)).label("closed"),
        )
        .order_by(objected.id)
        .limit(MOST)
    )  # fmt: skip
    return [Objection(**row) for row in found.mappings()]
