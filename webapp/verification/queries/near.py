"""What else was sent from around a case's place: one query for list, map layer and the same place over time."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo import sql
from webapp.access import Actor
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Activity, Evidence, EvidenceKind, Photo
from webapp.evidence.services.placing import point_of
from webapp.territory.models import Region

NEAR_M, MOST_NEAR = 1_000.0, 20
SAME_SPOT_M, MOST_THERE = 100.0, 40


@dataclass(frozen=True)
class Near:
    """A case around another one, `metres` from its place. `days`: how much later it happened; negative: earlier.

    `name_id`, `name_en`: of the activity, else of the kind; lon, lat in degrees; `photos`: the unit's own.
    """

    id: int
    title: str
    state: str
    region_name: str
    name_id: str
    name_en: str
    occurred_from: date
    occurred_to: date
    accuracy_m: float | None
    grade: str | None
    lon: float
    lat: float
    metres: float
    thumb_id: int | None
    photos: int
    days: int


def nearest(session: Session, actor: Actor, case: Evidence) -> list[Near]:
    """At most 20 other cases this person may see within 1 km of this one, the nearest first."""
    found = _around(session, actor, case, NEAR_M, MOST_NEAR + 1)
    return [one for one in found if one.id != case.id][:MOST_NEAR]


def same_spot(session: Session, actor: Actor, case: Evidence) -> list[Near]:
    """The cases within 100 m, this one among them, in the order they happened."""
    found = _around(session, actor, case, SAME_SPOT_M, MOST_THERE)
    return sorted(found, key=lambda one: (one.occurred_from, one.id))


def _around(session: Session, actor: Actor, case: Evidence, metres: float, most: int) -> list[Near]:
    """This case and the nearest others; nothing around a case without a place."""
    if case.place is None:
        return []
    here = point_of(case.place)
    away = sql.metres_between(Evidence.place, here)
    own = select(Photo.id).where(Photo.evidence_id == Evidence.id, Photo.visit_id.is_(None)).correlate(Evidence)
    found = session.execute(
        evidence_queries.visible_to(actor)
        .join(Region, Region.code == Evidence.region_code)
        .join(EvidenceKind, EvidenceKind.code == Evidence.kind_code)
        .outerjoin(Activity, Activity.code == Evidence.activity_code)
        .where(sql.within_metres(Evidence.place, here, metres))
        .with_only_columns(
            Evidence.id, Evidence.title, Evidence.state, Region.name.label("region_name"),
            func.coalesce(Activity.name_id, EvidenceKind.name_id).label("name_id"),
            func.coalesce(Activity.name_en, EvidenceKind.name_en).label("name_en"),
            Evidence.occurred_from, Evidence.occurred_to, Evidence.accuracy_m, Evidence.grade,
            sql.lon_of(Evidence.place).label("lon"), sql.lat_of(Evidence.place).label("lat"), away.label("metres"),
            own.with_only_columns(func.min(Photo.id)).scalar_subquery().label("thumb_id"),
            own.with_only_columns(func.count(Photo.id)).scalar_subquery().label("photos"),
            (Evidence.occurred_from - case.occurred_from).label("days"),
        )
        .order_by(Evidence.id != case.id, away, Evidence.id)
        .limit(most)
    )  # fmt: skip
    return [Near(**row) for row in found.mappings()]
