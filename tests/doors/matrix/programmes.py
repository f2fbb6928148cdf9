"""The programmes of the world: instruments, periods, studies; and a second province."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from shapely import MultiPolygon, box
from sqlalchemy.orm import Session

from geo.columns import stored_area, stored_point
from geo.values import LonLat
from tests import factories
from tests.doors.matrix.people import AWAY, AWAY_PROVINCE, AWAY_UNIT
from tests.doors.matrix.world import World, unit_of, word
from tests.factories import KABUPATEN, KOTA, NEXT_DOOR, NOW
from webapp.conflict.queries import may_declare
from webapp.presentation.models import PresentationSlot
from webapp.presentation.rules import Attendance
from webapp.programme.models import Aspect, Indicator, Instrument, Participant, Period, PeriodStage
from webapp.programme.rules import Method, Mode, PeriodState, Reading, StageKind
from webapp.programme.services import assign_study
from webapp.scoring.services import record_attendance
from webapp.territory.models import Region, RegionBoundary
from webapp.territory.rules import BOUNDARY_ERROR_M, Level

BLIND = Reading.BLIND_PAIR  # the fourth and fifth indicator of every instrument


def another_province(session: Session) -> None:
    """A province of one kabupaten of one kecamatan, far from the grid."""
    dataset = factories.territory(session)
    area = MultiPolygon([box(110, -4, 110.1, -3.9)])
    for code, level in ((AWAY_PROVINCE, Level.PROVINSI), (AWAY, Level.KABUPATEN), (AWAY_UNIT, Level.KECAMATAN)):
        session.add(
            Region(
                code=code, name=f"Wilayah {code}", level=level, parent_code=code.rpartition(".")[0] or None,
                time_zone="Asia/Jakarta", boundary_error_m=BOUNDARY_ERROR_M[Level.KABUPATEN],
            )
        )  # fmt: skip
        session.flush()
        session.add(
            RegionBoundary(
                region_code=code, dataset=dataset, area=stored_area(area), outline=stored_area(area),
                label_point=stored_point(LonLat(110.05, -3.95)), area_km2=1.0,
            )
        )  # fmt: skip


class Programmes:
    """Makes instruments and periods and writes down their ids."""

    def __init__(self, session: Session, world: World) -> None:
        self.session, self.made = session, world
        self.rows: dict[str, Period] = {}

    def make(self) -> dict[str, Period]:
        """Everything; the periods by name."""
        self._instruments()
        self._periods()
        self._declare()
        for name, period in (("neighbour", "open"), ("away", "away")):
            self._study(name, self.rows[period])
        for name in ("open", "heard", "final", "elsewhere", "away"):
            self._slot(name)
        return self.rows

    def _declare(self) -> None:
        """Who judges in a period has made the statement for it."""
        for period in self.rows.values():
            judges = [one.id for one in self.made.people.values() if one.is_active and may_declare(one, period)]
            factories.declared(self.session, judges, [period.id])

    def _instruments(self) -> None:
        for name, code in (("here", KABUPATEN), ("elsewhere", KOTA), ("nation", None)):
            self._note_instrument(name, self._instrument(name, code))

    def _instrument(self, name: str, code: str | None) -> Instrument:
        made = Instrument(name=f"Instrumen {name}", region_code=code, version=1, example=True)
        half, quarter = Decimal(50), Decimal(25)
        made.aspects = [
            Aspect(
                position=n, name=f"Aspek {n}", weight=half,
                indicators=[
                    Indicator(
                        position=k, name=f"Indikator {n}{k}", weight=weight, mode=Mode.DESK, required=True,
                        reading=reading,
                    )
                    for k, (weight, reading) in enumerate(parts, start=1)
                ],
            )
            for n, parts in ((1, [(half, Reading.QUORUM)] * 2), (2, [(half, Reading.QUORUM), *[(quarter, BLIND)] * 2]))
        ]  # fmt: skip
        self.session.add(made)
        self.session.flush()
        return made

    def _note_instrument(self, name: str, made: Instrument) -> None:
        self.made.instruments[name] = made.id
        self.made.aspects[name] = made.aspects[0].id
        self.made.parts[name] = made.aspects[0].indicators[0].id

    def _periods(self) -> None:
        """Of each place one that is open in 2018 and one of 2017 that will be sealed; here also 2016 and 2019."""
        self._period("open", KABUPATEN, 2018)
        self._period("final", KABUPATEN, 2017)
        self._period("ready", KABUPATEN, 2016)
        self._period("prepared", KABUPATEN, 2019, PeriodState.PREPARED)
        for place, code in (("elsewhere", KOTA), ("away", AWAY)):
            self._period(place, code, 2018)
            self._period(f"{place}_final", code, 2017)
        self._note_instrument("frozen", self.rows["open"].instrument)

    def _period(self, name: str, code: str, year: int, state: PeriodState = PeriodState.OPEN) -> None:
        tool = self._instrument(f"periode {name}", code)
        opened = None if state is PeriodState.PREPARED else NOW
        made = Period(
            name=word("periode", name), region_code=code, instrument=tool, starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31), time_zone="Asia/Jakarta", quorum=1, state=state, opened_at=opened,
        )  # fmt: skip
        units = [AWAY_UNIT] if code == AWAY else [f"{code}.{n:02d}" for n in range(1, 5)]
        made.participants = [Participant(region_code=one) for one in units]
        if name in ("open", "elsewhere"):
            made.stages = [PeriodStage(position=1, kind=StageKind.PLENARY)]
        if name == "open":  # the sixth indicator: of what is presented
            heard = Indicator(
                position=1, name="Paparan", weight=Decimal(100), mode=Mode.DESK, method=Method.PRESENTATION,
                required=False,
            )  # fmt: skip
            tool.aspects.append(Aspect(position=3, name="Paparan", weight=Decimal(1), indicators=[heard]))
        self.session.add(made)
        self.session.flush()
        tool.frozen_at = opened
        self.made.periods[name], self.rows[name] = made.id, made
        self.made.indicators[name] = [one.id for aspect in tool.aspects for one in aspect.indicators]

    def _slot(self, name: str) -> None:
        """One is to be heard; of the next kecamatan A has heard it."""
        period = self.rows["open" if name == "heard" else name]
        unit = NEXT_DOOR if name == "heard" else unit_of(name)
        made = PresentationSlot(
            period_id=period.id, region_code=unit, place=word("tempat", name), starts_at=NOW,
            ends_at=NOW + timedelta(minutes=30),
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        self.made.slots[name] = made.id
        if name == "heard":
            there, by = [self.made.people["A"].id], self.made.people["S"]
            record_attendance(self.session, made, Attendance.PRESENT, there, actor=by, at=NOW)

    def _study(self, name: str, period: Period) -> None:
        made = assign_study(
            self.session, period, unit_of(name), country_code="KR", city=word("studi", name),
            starts_on=date(2018, 7, 1), ends_on=date(2018, 7, 6),
        )  # fmt: skip
        self.made.studies[name] = made.id
