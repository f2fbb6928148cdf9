"""A period in which one indicator asks for two blind readers, and the people around it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.columns import stored_area, stored_point
from tests import factories
from tests.factories import MINE, NOW, TODAY
from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.evidence.rules import State
from webapp.programme.models import Participant, Period
from webapp.programme.rules import Mode, PeriodState, Reading
from webapp.scoring import queries, services
from webapp.scoring.models import Claim, Reader, UnclaimedZero
from webapp.scoring.rules import PAIR
from webapp.territory.models import Region, RegionBoundary
from webapp.territory.rules import BOUNDARY_ERROR_M, Level


def blind_period(session: Session, *, units: int = 4) -> Period:
    """An open period whose one indicator is read by a blind pair."""
    tool = factories.instrument(session, Mode.DESK)
    tool.aspects[0].indicators[0].reading = Reading.BLIND_PAIR
    made = Period(
        name="Penilaian buta", region_code=factories.KABUPATEN, instrument=tool, starts_on=date(2018, 1, 1),
        ends_on=date(2018, 12, 31), time_zone="Asia/Jakarta", quorum=1, state=PeriodState.OPEN, opened_at=NOW,
    )  # fmt: skip
    made.participants = [Participant(region_code=f"{factories.KABUPATEN}.{n:02d}") for n in range(1, units + 1)]
    session.add(made)
    session.flush()
    tool.frozen_at = NOW
    session.flush()
    factories.declared(session, session.info.get("judges", ()), [made.id])
    return made


def fifth_kecamatan(session: Session) -> None:
    """One more than the grid has: figures are told from five claims on."""
    dataset, code = factories.territory(session), f"{factories.KABUPATEN}.05"
    session.add(
        Region(
            code=code, name=f"Kecamatan {code}", level=Level.KECAMATAN, parent_code=factories.KABUPATEN,
            time_zone="Asia/Jakarta", boundary_error_m=BOUNDARY_ERROR_M[Level.KABUPATEN],
        )
    )  # fmt: skip
    session.flush()
    area = stored_area(factories.square(code))
    session.add(
        RegionBoundary(
            region_code=code, dataset=dataset, area=area, outline=area,
            label_point=stored_point(factories.middle(code)), area_km2=1.0,
        )
    )  # fmt: skip
    session.flush()


class Blind:
    """The team with as many assessors as told, and a proven claim of the usual camat."""

    def __init__(self, session: Session, readers: int = 3, units: int = 4) -> None:
        self.session = session
        self.people = factories.team(session, Mode.DESK)
        self.people.period.state = PeriodState.PREPARED  # two open periods of one year would be one too many
        session.flush()
        self.people.period = blind_period(session, units=units)
        session.add(
            UnclaimedZero(
                period_id=self.people.period.id, decided_by=self.people.chair.id, decided_at=NOW, reason="Pleno"
            )
        )
        session.flush()
        self.readers = [self.people.assessor, *(factories.assessor(session) for _ in range(readers - 1))]
        self.claim = self.prove()

    def prove(self, unit: str = MINE) -> Claim:
        """A claim of the unit whose one case the desk has verified."""
        own = None if unit == MINE else unit
        case = factories.case(self.session, self.people, State.VERIFIED_DESK, unit=own)
        return factories.claim(self.session, self.people, case, unit=own)

    def draw(self) -> list[Claim]:
        return services.draw(self.session, self.people.period, actor=self.people.chair, at=NOW)

    def pair(self, claim: Claim | None = None) -> list[Account]:
        """The two who were drawn."""
        made = claim or self.claim
        at = select(Reader).where(Reader.claim_id == made.id, Reader.place.in_(PAIR)).order_by(Reader.place)
        return [self.session.get_one(Account, one.assessor_id).as_of(TODAY) for one in self.session.scalars(at)]

    def third(self) -> Account:
        """An assessor who is not of the pair."""
        drawn = {one.id for one in self.pair()}
        return next(one for one in self.readers if one.id not in drawn)

    def value(self, *values: int) -> None:
        """Draw, and let the two give their values."""
        self.draw()
        for reader, given in zip(self.pair(), values, strict=True):
            services.score(self.session, self.claim, Decimal(given), actor=reader, at=NOW, remark=f"Catatan {given}")

    def standing(self) -> queries.ClaimStanding:
        return queries.standing_of(self.session, self.claim)

    def appoint(self, person: Account, role: Role, where: str) -> None:
        person.appointments.append(Appointment(role=role, region_code=where, starts_on=date(2016, 1, 1)))
        self.session.flush()
        person.as_of(TODAY)
