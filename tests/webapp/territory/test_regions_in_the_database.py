"""What the database itself insists on, whoever writes: raw SQL, no code of ours in between."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories

REGION = """
    INSERT INTO region (code, name, level, parent_code, time_zone, valid_from, valid_to, boundary_error_m)
    VALUES (:code, 'x', :level, :parent, 'Asia/Jakarta', :since, :until, :error)
"""
RIGHT = {"code": "99.02", "level": "kabupaten", "parent": "99", "since": None, "until": None, "error": 250}
BOUNDARY = """
    INSERT INTO region_boundary (region_code, dataset_id, area, outline, label_point, area_km2)
    VALUES ('99.01.01', :dataset, ST_GeomFromText(:area, 4326), ST_GeomFromText(:area, 4326),
            ST_GeomFromText('POINT(100 -2)', 4326), 1)
"""
SQUARE = "MULTIPOLYGON(((100 -2, 100.1 -2, 100.1 -1.9, 100 -2)))"
BOWTIE = "MULTIPOLYGON(((100 -2, 100.1 -1.9, 100.1 -2, 100 -1.9, 100 -2)))"


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"code": "9902", "parent": None}, "region_code_is_kemendagri"),
        ({"code": "99.2", "parent": "99"}, "region_code_is_kemendagri"),
        ({"level": "distrik"}, "region_level_is_known"),
        ({"parent": None}, "region_parent_is_prefix"),
        ({"code": "98.01", "parent": "99"}, "region_parent_is_prefix"),
        ({"code": "98.01", "parent": "98"}, "fk_region_parent_code_region"),
        ({"since": "2018-01-01", "until": "2018-01-01"}, "region_validity_runs_on"),
        ({"error": -1}, "region_tolerance_is_distance"),
        ({"code": "99.01"}, "pk_region"),
    ],
)
def test_a_region_that_cannot_be(session: Session, wrong: dict[str, object], rule: str) -> None:
    factories.territory(session)
    with pytest.raises(IntegrityError, match=rule):
        session.execute(text(REGION), RIGHT | wrong)


def test_a_region_that_can(session: Session) -> None:
    factories.territory(session)
    session.execute(text(REGION), RIGHT)


def test_a_boundary_that_crosses_itself(session: Session) -> None:
    dataset = factories.territory(session)
    session.execute(text("UPDATE region_boundary SET superseded_at = now()"))
    session.execute(text("UPDATE boundary_dataset SET name = 'dulu'"))
    new = _dataset(session)
    assert new != dataset.id
    with pytest.raises(IntegrityError, match="boundary_is_valid"):
        session.execute(text(BOUNDARY), {"dataset": new, "area": BOWTIE})


def test_a_region_has_one_current_boundary(session: Session) -> None:
    factories.territory(session)
    with pytest.raises(IntegrityError, match="one_current_boundary"):
        session.execute(text(BOUNDARY), {"dataset": _dataset(session), "area": SQUARE})


def test_a_dataset_holds_one_boundary_of_a_region(session: Session) -> None:
    dataset = factories.territory(session)
    session.execute(text("UPDATE region_boundary SET superseded_at = now()"))
    with pytest.raises(IntegrityError, match="uq_region_boundary"):
        session.execute(text(BOUNDARY), {"dataset": dataset.id, "area": SQUARE})


def _dataset(session: Session) -> int:
    statement = """
        INSERT INTO boundary_dataset (name, source, licence, attribution, vintage, approximate, imported_at)
        VALUES ('lain', 's', 'l', 'a', '2019', false, now()) RETURNING id
    """
    return int(session.execute(text(statement)).scalar_one())
