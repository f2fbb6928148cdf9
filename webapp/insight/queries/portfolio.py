"""The innovations of one kecamatan: what each is, how far it has come and what shows it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, areas, covers, within
from webapp.errors import NotFound
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.queries import visible_to
from webapp.evidence.rules import CLAIMED, INNOVATION, State
from webapp.insight.rules import STATES_OF, Figures, Group
from webapp.territory.models import Region
from webapp.territory.rules import Level


@dataclass(frozen=True)
class Innovation:
    """One of them. `grade`: how far its place can be trusted; None: it has none. `photos`: the unit's own."""

    id: int
    title: str
    stage: str | None
    form: str | None
    support: str | None
    state: State
    grade: str | None
    photos: int
    occurred_from: date
    occurred_to: date

    @property
    def shown(self) -> bool:
        """Whether a photo with a place shows it."""
        return self.grade is not None and self.photos > 0


@dataclass(frozen=True)
class Portfolio:
    """In the order of their events; withdrawn ones are not part of it, drafts only for the unit itself."""

    region: Region
    innovations: list[Innovation]

    @property
    def figures(self) -> Figures:
        """Of those that were sent."""
        told = {group: sum(one.state in states for one in self.innovations) for group, states in STATES_OF.items()}
        nowhere = sum(one.state in CLAIMED and one.grade is None for one in self.innovations)
        return Figures(**{**told, Group.UNPLACED: nowhere})

    @property
    def by_stage(self) -> Counter[str | None]:
        return Counter(one.stage for one in self.innovations)

    @property
    def by_form(self) -> Counter[str | None]:
        return Counter(one.form for one in self.innovations)


def portfolio(session: Session, actor: Actor, code: str) -> Portfolio:
    """Of a kecamatan with its desa, for the unit itself and whoever reads its cases or its map. Raises `NotFound`."""
    mine = {
        *areas(actor, Permission.MAP_READ),
        *areas(actor, Permission.EVIDENCE_READ),
        *areas(actor, Permission.EVIDENCE_WRITE),
    }
    if not any(covers(area, code) for area in mine):
        raise NotFound
    region = session.get(Region, code)
    if region is None or region.level != Level.KECAMATAN:
        raise NotFound
    photos = (
        select(func.count())
        .where(Photo.evidence_id == Evidence.id, Photo.visit_id.is_(None))
        .correlate(Evidence)
        .scalar_subquery()
    )
    rows = session.execute(
        visible_to(actor)
        .where(
            Evidence.kind_code == INNOVATION, Evidence.study_assignment_id.is_(None),
            within(Evidence.region_code, [code]), Evidence.state != State.WITHDRAWN,
        )
        .with_only_columns(
            Evidence.id, Evidence.title, Evidence.innovation_stage, Evidence.innovation_form, Evidence.support,
            Evidence.state, Evidence.grade, photos, Evidence.occurred_from, Evidence.occurred_to,
        )
        .order_by(Evidence.occurred_from, Evidence.id)
    )  # fmt: skip
    known = [
        Innovation(number, title, stage, form, support, State(state), grade, count, begins, ends)
        for number, title, stage, form, support, state, grade, count, begins, ends in rows
    ]
    return Portfolio(region, known)
