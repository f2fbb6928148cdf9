"""An operator brings boundaries: what is taken, what is refused and why, and that nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from shapely import Polygon, box
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.boundaries import ColumnMapping
from geo.columns import read_point, read_shape
from geo.reading import Rules
from tests import factories
from tests.webapp.territory import files
from tests.webapp.territory.files import FACTS, Area, areas, changed
from webapp.audit import AuditEvent
from webapp.territory import queries, services
from webapp.territory.errors import BoundaryFileRefused, DatasetDiffers, DatasetIncomplete, NothingToImport
from webapp.territory.models import BoundaryDataset, Region, RegionBoundary
from webapp.territory.rules import Level, RegionResult
from webapp.territory.services import DatasetFacts, How, ImportReport

NOW = factories.NOW
MAPPING = ColumnMapping(level="level")
BOWTIE = Polygon([(105, -3), (105.1, -2.9), (105.1, -3), (105, -2.9), (105, -3)])


def take(session: Session, path: Path, facts: DatasetFacts = FACTS, **how: object) -> ImportReport:
    return services.import_boundaries(session, path, facts, mapping=MAPPING, how=How(**how), at=NOW)  # type: ignore[arg-type]


def everything(session: Session) -> tuple[object, ...]:
    """All that an import might have touched."""
    session.expire_all()
    return (
        session.execute(select(Region.code, Region.name, Region.level).order_by(Region.code)).all(),
        session.execute(
            select(RegionBoundary.id, RegionBoundary.superseded_at, func.ST_AsText(RegionBoundary.area)).order_by(
                RegionBoundary.id
            )
        ).all(),
        session.execute(select(BoundaryDataset.name).order_by(BoundaryDataset.id)).all(),
        session.scalar(select(func.count()).select_from(AuditEvent)),
    )


Writer = Callable[[Path, list[Area], int], Path]


@pytest.mark.parametrize("epsg", [4326, 3857, 32748])
@pytest.mark.parametrize(
    ("writer", "name"), [(files.geojson, "a.geojson"), (files.geopackage, "a.gpkg"), (files.zipped_shapefile, "a.zip")]
)
def test_any_usual_file_in_any_usual_crs_gives_the_same_regions(
    session: Session, tmp_path: Path, writer: Writer, name: str, epsg: int
) -> None:
    report = take(session, writer(tmp_path / name, files.in_crs(areas(), epsg), epsg))
    assert report.applied
    assert report.added == ("97", "97.01", "97.01.01", "97.01.02")
    west = session.scalars(queries.current().where(RegionBoundary.region_code == "97.01.01")).one()
    assert read_shape(west.area).symmetric_difference(box(105, -3, 105.1, -2.9)).area < 1e-6
    assert west.area_km2 == pytest.approx(123, abs=1)
    assert read_shape(west.area).contains(_point(west))
    assert queries.resolve(session, "97.01.01", read_point(west.label_point), 8).result is RegionResult.MATCH


def _point(boundary: RegionBoundary) -> object:
    return read_shape(boundary.label_point)


def test_a_region_is_told_its_parent_zone_and_tolerance_by_its_code(session: Session, tmp_path: Path) -> None:
    rows = [*areas(), Area("97.71", "Kota Baru", box(105.2, -3, 105.3, -2.9))]
    rows.append(Area("97.71.01", "Kecamatan Kota", box(105.2, -3, 105.3, -2.9)))
    take(session, files.geojson(tmp_path / "a.geojson", rows))
    kota, unit, west = (session.get_one(Region, code) for code in ("97.71", "97.71.01", "97.01.01"))
    assert (kota.level, kota.parent_code, kota.time_zone) == ("kota", "97", "Asia/Jakarta")
    assert (unit.level, unit.boundary_error_m) == ("kecamatan", 25)
    assert (west.parent_code, west.boundary_error_m) == ("97.01", 250)


def test_a_kecamatan_takes_over_the_tolerance_an_operator_set_for_its_kabupaten(
    session: Session, tmp_path: Path
) -> None:
    take(session, files.geojson(tmp_path / "a.geojson", areas()[:2]))
    session.get_one(Region, "97.01").boundary_error_m = 1_670
    session.flush()
    take(session, files.geojson(tmp_path / "b.geojson", areas()))
    assert session.get_one(Region, "97.01.02").boundary_error_m == 1_670


def test_the_source_and_the_decree_are_kept(session: Session, tmp_path: Path) -> None:
    facts = replace(FACTS, decree="Kepmendagri 1/2018", valid_from=NOW.date())
    take(session, files.geojson(tmp_path / "a.geojson", areas()), facts)
    region = session.get_one(Region, "97.01")
    assert (region.decree, region.valid_from) == ("Kepmendagri 1/2018", NOW.date())
    (now,) = queries.boundaries_of(session, "97.01")
    assert (now.dataset.source, now.dataset.licence, now.dataset.vintage) == (FACTS.source, FACTS.licence, "2018")
    assert FACTS.attribution in queries.attribution(session)
    line = session.scalars(select(AuditEvent).where(AuditEvent.action == "territory.import")).one()
    assert line.detail["added"] == 4


REFUSALS: dict[str, tuple[list[Area], str]] = {
    "a ring that crosses itself": (changed("97.01.01", shape=BOWTIE), "invalid_ring"),
    "lat, lon instead of lon, lat": (changed("97.01.01", shape=box(-3, 105, -2.9, 105.1)), "swapped_axes"),
    "a parent nobody knows": ([*areas(), Area("96.01.01", "Entah", box(105.4, -3, 105.5, -2.9))], "unknown_parent"),
    "ground of the neighbour": (changed("97.01.02", shape=box(105.05, -3, 105.2, -2.9)), "overlap"),
    "metres under the name of degrees": (changed("97.01.01", shape=box(5e5, 9.6e6, 5.1e5, 9.7e6)), "crs_wrong"),
    "another country": (changed("97.01.01", shape=box(126.9, 37.5, 127, 37.6)), "outside_country"),
    "a code without dots": (changed("97.01.01", code="970101"), "code_malformed"),
    "a code as a number": (changed("97.01.01", code=970101), "code_malformed"),
    "no code": (changed("97.01.01", code=None), "code_missing"),
    "the same code twice": (changed("97.01.02", code="97.01.01"), "code_twice"),
    "no name": (changed("97.01.01", name=None), "name_missing"),
    "no shape": (changed("97.01.01", shape=None), "empty_geometry"),
    "a line": (changed("97.01.01", shape=box(105, -3, 105.1, -2.9).exterior), "not_a_polygon"),
    "a level its code cannot have": (changed("97.01.01", level="kelurahan"), "level_misfit"),
    "a level of another country": (changed("97.01.01", level="gu"), "level_unknown"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_one_refused_row_leaves_everything_as_it_was(session: Session, tmp_path: Path, what: str) -> None:
    factories.territory(session)
    rows, reason = REFUSALS[what]
    before = everything(session)
    report = take(session, files.geojson(tmp_path / "a.geojson", rows))
    assert reason in {line.reason for line in report.refused}
    assert not report.applied
    assert everything(session) == before
    assert all(str(line.sentence) for line in report.refused)


def test_a_refusal_says_which_row_and_where(session: Session, tmp_path: Path) -> None:
    report = take(session, files.geojson(tmp_path / "a.geojson", changed("97.01.01", shape=BOWTIE)))
    (line,) = (line for line in report.refused if line.reason == "invalid_ring")
    assert (line.row, line.code, line.name) == (3, "97.01.01", "Kecamatan Barat")
    assert line.at == pytest.approx((105.05, -2.95))


def test_neighbours_that_overlap_are_both_named_with_the_ground_they_share(session: Session, tmp_path: Path) -> None:
    rows = changed("97.01.02", shape=box(105.05, -3, 105.2, -2.9))
    report = take(session, files.geojson(tmp_path / "a.geojson", rows))
    assert {(line.code, line.detail.split(":")[0]) for line in report.refused} == {
        ("97.01.01", "97.01.02"), ("97.01.02", "97.01.01"),
    }  # fmt: skip
    assert all("61." in line.detail for line in report.refused)


def test_slivers_of_simplified_lines_are_no_overlap(session: Session, tmp_path: Path) -> None:
    rows = changed("97.01.02", shape=box(105.0995, -3, 105.2, -2.9))
    assert take(session, files.geojson(tmp_path / "a.geojson", rows)).applied


def test_refused_rows_may_be_left_out_on_purpose(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", changed("97.01.01", shape=BOWTIE))
    report = take(session, path, skip_refused=True)
    assert report.applied
    assert report.added == ("97", "97.01", "97.01.02")
    assert session.get(Region, "97.01.01") is None


def test_what_hangs_on_a_refused_row_is_refused_too(session: Session, tmp_path: Path) -> None:
    report = take(session, files.geojson(tmp_path / "a.geojson", changed("97.01", name=None)), skip_refused=True)
    assert report.added == ("97",)
    assert {line.reason for line in report.refused} == {"name_missing", "unknown_parent"}


def test_a_dry_run_tells_all_and_changes_nothing(session: Session, tmp_path: Path) -> None:
    before = everything(session)
    report = take(session, files.geojson(tmp_path / "a.geojson", areas()), dry_run=True)
    assert report.dry_run
    assert not report.applied
    assert len(report.added) == 4
    assert everything(session) == before


def test_the_same_file_again_changes_nothing(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", areas())
    take(session, path)
    before = everything(session)
    report = take(session, path)
    assert (report.added, report.changed, len(report.unchanged)) == ((), (), 4)
    assert everything(session) == before


def later(name: str) -> DatasetFacts:
    return replace(FACTS, name=name, vintage="2019")


def test_a_newer_set_supersedes_the_older_one_and_keeps_it(session: Session, tmp_path: Path) -> None:
    take(session, files.geojson(tmp_path / "a.geojson", areas()))
    moved = changed("97.01.01", shape=box(105, -3, 105.09, -2.9), name="Kecamatan Barat Raya")
    report = services.import_boundaries(
        session, files.geojson(tmp_path / "b.geojson", moved), later("Batas uji 2019"), mapping=MAPPING,
        at=NOW + timedelta(days=1),
    )  # fmt: skip
    assert "97.01.01" in report.changed
    new, old = queries.boundaries_of(session, "97.01.01")
    assert (new.superseded_at, old.superseded_at) == (None, NOW + timedelta(days=1))
    assert (new.dataset.name, old.dataset.name) == ("Batas uji 2019", "Batas uji")
    assert read_shape(old.area).equals(box(105, -3, 105.1, -2.9))
    assert session.get_one(Region, "97.01.01").name == "Kecamatan Barat Raya"


def test_an_older_set_may_come_back(session: Session, tmp_path: Path) -> None:
    first = files.geojson(tmp_path / "a.geojson", areas())
    take(session, first)
    moved = changed("97.01.01", shape=box(105, -3, 105.09, -2.9))
    take(session, files.geojson(tmp_path / "b.geojson", moved), later("Batas uji 2019"))
    report = take(session, first)
    assert report.applied
    now, _ = queries.boundaries_of(session, "97.01.01")
    assert (now.dataset.name, now.superseded_at) == ("Batas uji", None)


def test_one_dataset_does_not_hold_two_shapes_of_a_region(session: Session, tmp_path: Path) -> None:
    take(session, files.geojson(tmp_path / "a.geojson", areas()))
    moved = changed("97.01.01", shape=box(105, -3, 105.09, -2.9))
    before = everything(session)
    report = take(session, files.geojson(tmp_path / "b.geojson", moved))
    assert [line.reason for line in report.refused] == ["dataset_holds_other"]
    assert everything(session) == before


def test_a_new_name_alone_is_a_change_and_keeps_the_boundary(session: Session, tmp_path: Path) -> None:
    take(session, files.geojson(tmp_path / "a.geojson", areas()))
    report = take(session, files.geojson(tmp_path / "b.geojson", changed("97.01.01", name="Kecamatan Barat Daya")))
    assert report.changed == ("97.01.01",)
    assert len(queries.boundaries_of(session, "97.01.01")) == 1


def test_boundaries_of_another_office_may_differ_but_not_swallow_a_neighbour(session: Session, tmp_path: Path) -> None:
    take(session, files.geojson(tmp_path / "a.geojson", areas()))
    near = [Area("97.01.02", "Kecamatan Timur", box(105.085, -3, 105.2, -2.9))]
    assert take(session, files.geojson(tmp_path / "b.geojson", near), later("Dinas lain"), dry_run=True).refused == ()
    far = [Area("97.01.02", "Kecamatan Timur", box(105.02, -3, 105.2, -2.9))]
    (line,) = take(session, files.geojson(tmp_path / "c.geojson", far), later("Dinas lain")).refused
    assert (line.reason, line.code, line.detail.split(":")[0]) == ("overlap", "97.01.02", "97.01.01")
    report = take(session, files.geojson(tmp_path / "d.geojson", far), later("Dinas lain"), skip_refused=True)
    assert (report.applied, len(report.refused)) == (False, 1)


def test_real_boundaries_need_not_agree_with_approximate_neighbours(session: Session, tmp_path: Path) -> None:
    approximate = replace(FACTS, name="Perkiraan", approximate=True)
    take(session, files.geojson(tmp_path / "a.geojson", areas()), approximate)
    far = [Area("97.01.02", "Kecamatan Timur", box(105.02, -3, 105.2, -2.9))]
    assert take(session, files.geojson(tmp_path / "b.geojson", far)).applied


def test_a_dataset_keeps_its_source(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", areas())
    take(session, path)
    before = everything(session)
    with pytest.raises(DatasetDiffers):
        take(session, path, replace(FACTS, licence="CC BY 4.0"))
    with pytest.raises(DatasetIncomplete):
        take(session, path, replace(FACTS, name="Lain", licence=" "))
    assert everything(session) == before


def test_an_error_midway_leaves_nothing(session: Session, tmp_path: Path) -> None:
    before = everything(session)

    def tripping(label: str, _done: int, _total: int) -> None:
        if label == "Menyimpan batas":
            raise OSError("kabel tercabut")

    with pytest.raises(OSError, match="kabel"):
        take(session, files.geojson(tmp_path / "a.geojson", areas()), progress=tripping)
    assert everything(session) == before


def test_a_level_may_be_demanded_of_every_row(session: Session, tmp_path: Path) -> None:
    rows = [replace(one, level=None) for one in areas()]
    report = take(session, files.geojson(tmp_path / "a.geojson", rows), level=Level.KECAMATAN)
    assert {(line.code, line.reason) for line in report.refused} >= {("97", "level_misfit"), ("97.01", "level_misfit")}


def test_an_operator_may_say_the_crs_where_the_file_does_not(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", files.in_crs(areas(), 32748), 4326)
    report = services.import_boundaries(
        session, path, FACTS, mapping=MAPPING, rules=Rules(assume_crs="EPSG:32748"), at=NOW
    )
    assert report.applied


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "format_unknown"), ('{"type": "Topology"}', "format_unknown"), ("{", "file_unreadable")],
)
def test_a_file_that_is_none_is_refused_whole(session: Session, tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text)
    with pytest.raises(BoundaryFileRefused) as refusal:
        take(session, path)
    assert refusal.value.reason == reason


def test_an_empty_file_is_a_mistake(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NothingToImport):
        take(session, files.geojson(tmp_path / "a.geojson", []))


def test_a_column_that_is_not_there_is_named(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", areas())
    with pytest.raises(BoundaryFileRefused) as refusal:
        services.import_boundaries(session, path, FACTS, mapping=ColumnMapping(code="KDEPUM"), at=NOW)
    assert refusal.value.reason == "column_missing"
    assert "KDEPUM" in refusal.value.detail
