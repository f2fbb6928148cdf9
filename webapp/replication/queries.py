"""What cases were adapted from, and what was adapted from them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Actor
from webapp.evidence.models import Evidence
from webapp.evidence.queries import visible_to
from webapp.evidence.rules import State
from webapp.replication.models import Replication
from webapp.territory.models import Region
from webapp.territory.queries import kecamatan_of


@dataclass(frozen=True)
class Origin:
    """A source as this person may know it.

    `case` None: told in words, or a case they may not see; of that one only `region`, its kecamatan, is said.
    """

    said: Replication
    case: Evidence | None
    region: Region | None

    @property
    def hidden(self) -> bool:
        return self.said.source_id is not None and self.case is None


def origins(session: Session, actor: Actor, cases: list[int]) -> dict[int, Origin]:
    """The sources of those cases, by case; those that name none are left out."""
    rows = list(
        session.scalars(
            select(Replication)
            .where(Replication.evidence_id.in_(cases))
            .options(joinedload(Replication.sayer))
            .order_by(Replication.evidence_id)
        )
    )
    if not rows:
        return {}
    wanted = [row.source_id for row in rows if row.source_id is not None]
    seen = visible_to(actor).where(Evidence.id.in_(wanted)).options(joinedload(Evidence.region))
    known = {one.id: one for one in session.scalars(seen)} if wanted else {}
    codes = {kecamatan_of(row.source_region_code) for row in rows if row.source_region_code}
    regions = {one.code: one for one in session.scalars(select(Region).where(Region.code.in_(codes)))}
    return {
        row.evidence_id: Origin(
            row, known.get(row.source_id or 0), regions.get(kecamatan_of(row.source_region_code or ""))
        )
        for row in rows
    }


def origin(session: Session, actor: Actor, case: Evidence) -> Origin | None:
    return origins(session, actor, [case.id]).get(case.id)


def copies(session: Session, actor: Actor, case: Evidence) -> list[Evidence]:
    """Cases that name this one as their source, as far as this person may see them; the oldest first."""
    wanted = (
        visible_to(actor)
        .join(Replication, Replication.evidence_id == Evidence.id)
        .where(Replication.source_id == case.id, Evidence.state != State.WITHDRAWN)
    )
    return list(session.scalars(wanted.options(joinedload(Evidence.region)).order_by(Evidence.id)))


def data_version(session: Session) -> str:
    """Changes with every source that is named, changed or taken back."""
    said = func.coalesce(func.sum(func.extract("epoch", Replication.said_at)), 0)
    return "-".join(str(value) for value in session.execute(select(func.count(), said).select_from(Replication)).one())
