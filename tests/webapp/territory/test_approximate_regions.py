"""The boundaries the product draws itself: complete, labelled, and right for every point of the demo.

Drawing them takes seconds, so the tests of this file share one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from webapp.territory import queries, services
from webapp.territory.models import BoundaryDataset, Country, PlaceAbroad, Region, RegionBoundary
from webapp.territory.rules import RegionResult
from webapp.territory.services import DatasetFacts

# id, kecamatan, lat, lon: the demo's cases in Indonesia, each in its own kecamatan.
AT_HOME = [
    ("MGH-01", "32.04.09", -6.9662, 107.5708), ("MGH-02", "32.04.09", -6.9661, 107.5710),
    ("MGH-03", "32.04.09", -6.9663, 107.5709), ("MGH-04", "32.04.09", -6.9660, 107.5707),
    ("MGH-05", "32.04.09", -6.9705, 107.5748), ("MGH-06", "32.04.09", -6.9712, 107.5840),
    ("MGH-07", "32.04.09", -6.9610, 107.5715), ("MGH-08", "32.04.09", -6.9722, 107.5765),
    ("MGH-09", "32.04.09", -6.9724, 107.5762), ("MGH-10", "32.04.09", -6.9706, 107.5668),
    ("MGH-11", "32.04.09", -6.9716, 107.5752), ("MGH-12", "32.04.09", -6.9698, 107.5770),
    ("MGH-13", "32.04.09", -6.9720, 107.5655), ("MGH-14", "32.04.09", -6.9695, 107.5832),
    ("MGH-15", "32.04.09", -6.9735, 107.5759), ("BDG-01", "32.73.02", -6.8768, 107.6160),
    ("BDG-02", "32.73.25", -6.9150, 107.7230), ("BDG-03", "32.73.20", -6.9172, 107.6615),
    ("BDG-04", "32.73.12", -6.9262, 107.6365), ("BDG-05", "32.73.16", -6.9255, 107.6503),
    ("BDG-06", "32.73.04", -6.9326, 107.5890), ("BDG-07", "32.73.13", -6.9333, 107.6243),
    ("BDG-08", "32.73.07", -6.8880, 107.5903), ("BDG-09", "32.73.09", -6.9046, 107.6168),
    ("BDG-10", "32.73.11", -6.9401, 107.6124), ("BDG-11", "32.73.18", -6.8885, 107.6300),
    ("BDG-12", "32.73.05", -6.9108, 107.5796), ("BDG-13", "32.73.30", -6.8975, 107.6725),
    ("BDG-14", "32.73.27", -6.9530, 107.6970), ("BDG-15", "32.73.23", -6.9546, 107.6742),
    ("OKI-01", "16.02.05", -3.3890, 104.8305), ("OKI-02", "16.02.13", -3.9030, 104.9448),
    ("OKI-03", "16.02.11", -3.1140, 105.6490), ("OKI-04", "16.02.14", -2.6430, 105.4500),
    ("OKI-05", "16.02.03", -3.4850, 104.9258), ("OKI-06", "16.02.21", -3.7470, 105.0955),
    ("OKI-07", "16.02.23", -3.5896, 104.7825), ("OKI-08", "16.02.18", -3.5152, 105.6041),
    ("DHM-01", "13.10.02", -0.9765, 101.5102), ("DHM-02", "13.10.04", -0.9970, 101.6036),
    ("DHM-03", "13.10.01", -1.1126, 101.6760), ("DHM-04", "13.10.03", -1.2113, 101.7470),
    ("BLT-01", "19.02.01", -2.7390, 107.6340), ("BLT-02", "19.02.04", -2.5825, 107.6838),
    ("BLT-03", "19.02.02", -3.0478, 107.6945), ("BLT-04", "19.02.05", -2.7990, 107.7848),
    ("BLT-05", "19.02.03", -2.8850, 107.4230), ("BLT-06", "19.02.01", -2.7490, 107.6610),
]  # fmt: skip
IN_SEOUL = [
    ("SEL-01", 37.5720, 126.9769, "Jongno-gu"), ("SEL-02", 37.5655, 126.9752, "Jung-gu"),
    ("SEL-03", 37.5692, 126.9784, "Jongno-gu"), ("SEL-04", 37.5636, 126.9850, "Jung-gu"),
    ("SEL-05", 37.5567, 126.9706, "Jung-gu"), ("SEL-06", 37.5665, 127.0092, "Jung-gu"),
]  # fmt: skip


@pytest.fixture(scope="module")
def drawn(engine: Engine) -> Iterator[Session]:
    """A session in which the approximate boundaries are drawn, with the seconds that took in its `info`."""
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            started = time.perf_counter()
            report = services.load_approximate(session, at=factories.NOW)
            session.info.update(report=report, seconds=time.perf_counter() - started)
            yield session
        outer.rollback()


def test_every_region_of_the_list_gets_a_boundary(drawn: Session) -> None:
    report = drawn.info["report"]
    assert (len(report.added), report.refused, report.applied) == (38 + 514 + 95, (), True)
    assert drawn.scalar(select(func.count()).select_from(queries.current().subquery())) == 647


def test_drawing_takes_seconds_not_minutes(drawn: Session) -> None:
    assert drawn.info["seconds"] < 60, "usually 6 to 9 s on two cores"


def test_a_second_time_there_is_nothing_to_do(drawn: Session) -> None:
    report = services.load_approximate(drawn, at=factories.NOW)
    assert (report.added, report.changed, report.applied) == ((), (), False)


def test_all_are_labelled_approximate_and_say_whose_they_are(drawn: Session) -> None:
    labels = drawn.scalars(select(BoundaryDataset.approximate).join(RegionBoundary).distinct()).all()
    assert labels == [True]
    assert "perkiraan" in queries.attribution(drawn)
    assert "Natural Earth" in queries.attribution(drawn)


@pytest.mark.parametrize(("item", "code", "lat", "lon"), AT_HOME, ids=[one[0] for one in AT_HOME])
def test_a_demo_point_lies_in_its_own_kecamatan(drawn: Session, item: str, code: str, lat: float, lon: float) -> None:
    found = queries.resolve(drawn, code, LonLat(lon, lat), 8)
    assert found.result in (RegionResult.MATCH, RegionResult.NEAR_BORDER), (found.result, found.candidates)


def test_nearly_all_demo_points_lie_well_inside(drawn: Session) -> None:
    results = [queries.resolve(drawn, code, LonLat(lon, lat), 8).result for _, code, lat, lon in AT_HOME]
    assert results.count(RegionResult.MATCH) >= len(AT_HOME) - 2


@pytest.mark.parametrize(("item", "lat", "lon", "gu"), IN_SEOUL, ids=[one[0] for one in IN_SEOUL])
def test_a_demo_point_of_the_study_visit_lies_in_seoul(
    drawn: Session, item: str, lat: float, lon: float, gu: str
) -> None:
    found = queries.resolve(drawn, "32.73.02", LonLat(lon, lat), 8)
    assert found.result is RegionResult.ABROAD
    assert (found.country_code, found.place_label, found.found_code) == ("KR", f"{gu}, Seoul", None)


def test_three_kilometres_beyond_the_border_is_outside(drawn: Session) -> None:
    found = queries.resolve(drawn, "16.02.18", LonLat(105.2225, -3.0856), 8)
    assert found.result is RegionResult.OUTSIDE


def test_a_regency_without_kecamatan_is_named_all_the_same(drawn: Session) -> None:
    found = queries.resolve(drawn, "32.73.02", LonLat(107.45, -6.83), 8)
    assert (found.result, found.country_code) == (RegionResult.OUTSIDE, "ID")
    assert found.found_code is not None
    assert found.found_code.startswith("32.")


def test_places_abroad_are_no_regions(drawn: Session) -> None:
    assert drawn.scalar(select(func.count()).select_from(PlaceAbroad)) == 25
    assert drawn.scalar(select(func.count()).select_from(Region).where(Region.name.contains("-gu"))) == 0


def test_the_neighbours_are_known_by_their_names_and_letters(drawn: Session) -> None:
    names = dict(drawn.execute(select(Country.code, Country.name)).all())
    assert names["KR"] == "Korea Selatan"
    assert {"MY", "SG", "TL", "PG", "AU", "PH"} <= names.keys()
    assert "ID" not in names


def test_across_the_land_border_of_kalimantan_is_malaysia(drawn: Session) -> None:
    assert queries.resolve(drawn, "32.73.02", LonLat(110.35, 1.45), 8).country_code == "MY"


def test_measured_tolerances_reach_the_kecamatan(drawn: Session) -> None:
    tolerance = {code: drawn.get_one(Region, code).boundary_error_m for code in ("32.73.02", "32.04.09", "16.02.18")}
    assert tolerance == {"32.73.02": 26, "32.04.09": 250, "16.02.18": 1670}


def brought(session: Session, real: Path | None, folder: Path) -> list[Path]:
    """Files of kecamatan: the real ones beside the checkout, else what the map shows of the drawn ones."""
    if real is not None:
        return [real / "fokus_kecamatan.geojson"]
    made = []
    for code in sorted({code[:5] for _, code, _, _ in AT_HOME}):
        path = folder / f"{code}.geojson"
        path.write_text(queries.children_layer(session, code, str), encoding="utf-8")
        made.append(path)
    return made


def test_imported_boundaries_win_over_drawn_ones(drawn: Session, real_boundaries: Path | None, tmp_path: Path) -> None:
    facts = DatasetFacts("Batas nyata", "uji", "MIT", "uji", "2026")
    with drawn.begin_nested() as attempt:
        for path in brought(drawn, real_boundaries, tmp_path):
            assert services.import_boundaries(drawn, path, facts, at=factories.NOW).applied
        dataset = drawn.scalars(select(BoundaryDataset).where(BoundaryDataset.name == "Batas nyata")).one()
        found = [queries.resolve(drawn, code, LonLat(lon, lat), 8) for _, code, lat, lon in AT_HOME]
        assert {one.result for one in found} <= {RegionResult.MATCH, RegionResult.NEAR_BORDER}
        assert {one.dataset_id for one in found} == {dataset.id}
        attempt.rollback()
