"""Real places of the founding articles, and periods in which each unit has one verified, scored claim per round."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from shapely import MultiPolygon, box
from sqlalchemy.orm import Session

from geo.columns import stored_area, stored_point
from geo.values import LonLat
from tests import factories
from tests.factories import NOW
from webapp.evidence import services as evidence
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme.models import Aspect, Indicator, Instrument, Participant, Period
from webapp.programme.rules import Mode, PeriodState, TieRule
from webapp.scoring import services as scoring
from webapp.scoring.models import Claim
from webapp.territory.models import BoundaryDataset, Country, Region, RegionBoundary
from webapp.territory.rules import BOUNDARY_ERROR_M, Level

_SEED = Path(__file__).resolve().parents[3] / "webapp" / "territory" / "seed" / "wilayah.csv"
_LEVELS = {2: Level.PROVINSI, 5: Level.KABUPATEN, 8: Level.KECAMATAN}


def places(session: Session, top: str) -> list[str]:
    """The kecamatan of a kabupaten or kota of the seed, with all above; a square of 2 km around each one's middle."""
    factories.territory(session)
    dataset = session.query(BoundaryDataset).filter_by(name="kisi uji").one()
    lines = [line for line in _SEED.read_text("utf-8").splitlines() if not line.startswith("#")]
    wanted = [one for one in csv.DictReader(lines) if one["kode"] == top[:2] or one["kode"].startswith(top)]
    for one in sorted(wanted, key=lambda row: len(row["kode"])):
        _place(session, dataset, one)
    session.flush()
    return sorted(one["kode"] for one in wanted if len(one["kode"]) == 8)


def _place(session: Session, dataset: BoundaryDataset, row: Mapping[str, str]) -> None:
    code, lon, lat = row["kode"], float(row["bujur"]), float(row["lintang"])
    level = Level(row["tingkat"])
    upper = code.rpartition(".")[0] or None
    session.add(
        Region(
            code=code, name=row["nama"], level=level, parent_code=upper, time_zone="Asia/Jakarta",
            boundary_error_m=BOUNDARY_ERROR_M[Level.KABUPATEN],
        )
    )  # fmt: skip
    session.flush()
    if level is Level.KECAMATAN:
        area = stored_area(MultiPolygon([box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)]))
        middle = stored_point(LonLat(lon, lat))
        session.add(
            RegionBoundary(region_code=code, dataset=dataset, area=area, outline=area, label_point=middle, area_km2=5.0)
        )


def middle(code: str) -> LonLat:
    """The middle of a kecamatan of the seed."""
    lines = [line for line in _SEED.read_text("utf-8").splitlines() if not line.startswith("#")]
    row = next(one for one in csv.DictReader(lines) if one["kode"] == code)
    return LonLat(float(row["bujur"]), float(row["lintang"]))


def korea(session: Session) -> None:
    """South Korea, so that a point in Seoul is known to be abroad."""
    dataset = factories.territory(session)
    area = stored_area(MultiPolygon([box(126, 37, 128, 38)]))
    session.add(Country(code="KR", name="Korea Selatan", area=area, dataset_id=dataset.id))
    session.flush()


def instrument(session: Session, region: str, *, rule: TieRule = TieRule.ASK, rounds: int = 1) -> Instrument:
    """Two desk aspects of 60 and 40 % in the first round and, with `rounds` 2, one of the field in the second."""
    made = Instrument(name=f"Instrumen {region}", region_code=region, version=1, example=True, tie_rule=rule)
    shapes = [("Pelayanan", 60, 1), ("Koordinasi", 40, 1), *([("Penilaian lanjutan", 100, 2)] if rounds == 2 else [])]
    made.aspects = [
        Aspect(
            position=n, name=name, weight=Decimal(weight), round=part,
            indicators=[Indicator(position=1, name=name, weight=Decimal(100), mode=Mode.DESK, required=True)],
        )
        for n, (name, weight, part) in enumerate(shapes, start=1)
    ]  # fmt: skip
    session.add(made)
    session.flush()
    return made


def period(
    session: Session, region: str, units: list[str], *, name: str, year: int = 2018, rule: TieRule = TieRule.ASK,
    rounds: int = 1, **more: object,
) -> Period:  # fmt: skip
    """An open period of a region in which those units take part; one assessor is a quorum."""
    tool = instrument(session, region, rule=rule, rounds=rounds)
    made = Period(
        name=name, region_code=region, instrument=tool, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31),
        time_zone="Asia/Jakarta", quorum=1, state=PeriodState.OPEN, opened_at=NOW, **more,
    )  # fmt: skip
    made.participants = [Participant(region_code=code) for code in units]
    session.add(made)
    session.flush()
    tool.frozen_at = NOW
    session.flush()
    return made


def team(session: Session, run: Period, unit: str) -> factories.Team:
    """The people of a region with a running period, and the camat of one of its units."""
    code = run.region_code
    people = [make(session, code) for make in (factories.desk, factories.surveyor, factories.assessor)]
    chair, leader = factories.chair(session, code), factories.leader(session, code)
    return factories.Team(
        factories.camat(session, unit), *people, chair, leader, run, factories.desk(session, code)
    )  # fmt: skip


def proof(session: Session, people: factories.Team, unit: str, **changes: object) -> Evidence:
    """A verified case of a unit, by its own camat."""
    made = factories.case(
        session, people, State.DRAFT, unit=unit, place=middle(unit) if not unit.startswith("99") else None,
        occurred_from=date(people.period.starts_on.year, 7, 1), occurred_to=date(people.period.starts_on.year, 7, 1),
        **changes,
    )  # fmt: skip
    owner = session.merge(made.owner).as_of(factories.TODAY)
    evidence.submit(session, made, actor=owner, at=NOW)
    for step in (Move.TAKE, Move.ACCEPT_AT_DESK):
        until = NOW + factories.timedelta(minutes=30) if step is Move.TAKE else None
        evidence.move(session, made, step, actor=people.desk, at=NOW, until=until)
    session.flush()
    return made


def scored(session: Session, people: factories.Team, unit: str, *values: Decimal | int | str) -> list[Claim]:
    """The unit claims one indicator after the other with one verified case, and is given those values."""
    case, owner = proof(session, people, unit), factories.camat(session, unit)
    indicators = [one for aspect in people.period.instrument.aspects for one in aspect.indicators]
    made = []
    for indicator, value in zip(indicators, values, strict=False):
        claim = scoring.claim(session, people.period, unit, indicator.id, "Kami lakukan.", actor=owner, at=NOW)
        scoring.tie(session, claim, case.id, actor=owner, at=NOW)
        scoring.score(session, claim, Decimal(value), actor=people.assessor, at=NOW)
        made.append(claim)
    return made
