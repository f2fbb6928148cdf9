"""The places of the articles: regions by their real codes and names, a small square around each centroid as its border.

The squares are ours, for the tests alone; codes, names and points are those of domain.md, section 7.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from shapely import MultiPolygon, box
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.columns import stored_area, stored_point
from geo.values import LonLat
from tests import factories
from tests.factories import NOW
from webapp.accounts.models import Account
from webapp.evidence import services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.territory.models import BoundaryDataset, Region, RegionBoundary
from webapp.territory.rules import BOUNDARY_ERROR_M, Level

BANDUNG = {
    "32": ("Jawa Barat", -6.9, 107.6), "32.73": ("Kota Bandung", -6.91, 107.61),
    "32.73.02": ("Coblong", -6.8849, 107.6154), "32.73.18": ("Cibeunying Kaler", -6.8883, 107.6302),
    "32.73.20": ("Antapani", -6.9169, 107.6612), "32.73.23": ("Rancasari", -6.9544, 107.6739),
    "32.73.25": ("Cibiru", -6.9147, 107.7228), "32.73.13": ("Lengkong", -6.9338, 107.6248),
}  # fmt: skip
MARGAHAYU = {
    "32": ("Jawa Barat", -6.9, 107.6), "32.04": ("Kabupaten Bandung", -7.02, 107.53),
    "32.04.09": ("Margahayu", -6.9751, 107.5743),
}  # fmt: skip
OKI = {
    "16": ("Sumatera Selatan", -3.3, 104.9), "16.02": ("Ogan Komering Ilir", -3.4, 105.2),
    "16.02.05": ("Kayu Agung", -3.3852, 104.8915), "16.02.13": ("Lempuing", -3.9037, 104.9450),
}  # fmt: skip
_SIDE = {2: 3.0, 5: 1.0, 8: 0.016, 13: 0.005}  # degrees from the centroid to each side
_LEVEL = {2: Level.PROVINSI, 8: Level.KECAMATAN, 13: Level.DESA}


def lay(session: Session, places: dict[str, tuple[str, float, float]]) -> None:
    """Make those regions, from above down; what is there already stays."""
    dataset = session.scalar(select(BoundaryDataset).where(BoundaryDataset.name == "kotak uji"))
    if dataset is None:
        dataset = BoundaryDataset(
            name="kotak uji", source="tests", licence="-", attribution="Kotak uji", vintage="2018", approximate=True,
            imported_at=NOW,
        )  # fmt: skip
        session.add(dataset)
    for code, (name, lat, lon) in sorted(places.items()):
        if session.get(Region, code) is not None:
            continue
        side = _SIDE[len(code)]
        area = MultiPolygon([box(lon - side, lat - side, lon + side, lat + side)])
        city = code[3:5] >= "71"
        level = (Level.KOTA if city else Level.KABUPATEN) if len(code) == 5 else _LEVEL[len(code)]
        session.add(
            Region(
                code=code, name=name, level=level, parent_code=code.rpartition(".")[0] or None,
                time_zone="Asia/Jakarta", boundary_error_m=BOUNDARY_ERROR_M[Level.KOTA if city else Level.KABUPATEN],
            )
        )  # fmt: skip
        session.flush()
        session.add(
            RegionBoundary(
                region_code=code, dataset=dataset, area=stored_area(area), outline=stored_area(area),
                label_point=stored_point(LonLat(lon, lat)), area_km2=1.0,
            )
        )  # fmt: skip
    session.flush()


def filed(
    session: Session, people: factories.Team, owner: Account, state: State, *, lat: float, lon: float, on: date,
    photo: bytes | None = None, **changes: Any,
) -> Evidence:  # fmt: skip
    """A case of that owner with one photo and a fix at the point, led to `state` by the team; `photo`: which bytes."""
    unit, place = str(owner.grants[0].region_code), LonLat(lon, lat)
    words = factories.fields(occurred_from=on, occurred_to=on, **changes)
    made = services.create(session, actor=owner, region_code=unit, client_id=uuid.uuid4(), fields=words, at=NOW)
    sent = factories.incoming(place, fix=place, **({"data": photo} if photo else {}))
    services.add_photos(session, made, [sent], actor=owner, at=NOW, intake=people.intake)
    if state is not State.DRAFT:
        services.submit(session, made, actor=owner, at=NOW)
        factories._lead(session, made, people, state, NOW)
    session.flush()
    return made


def reject(session: Session, people: factories.Team, case: Evidence) -> None:
    """Two people of the desk say that a case that was sent is a copy."""
    factories._lead(session, case, people, State.REJECTED, NOW)
    session.flush()
