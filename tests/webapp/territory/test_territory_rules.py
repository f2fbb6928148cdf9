"""Facts about codes, zones and the six results, without a database."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from webapp.territory import rules, services
from webapp.territory.rules import Candidate, Level, RegionResult, judge

SEED = Path(services.__file__).resolve().parent.parent / "seed"


def seed(name: str) -> list[dict[str, str]]:
    lines = (SEED / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("32", Level.PROVINSI), ("32.04", Level.KABUPATEN), ("32.73", Level.KOTA), ("32.73.02", Level.KECAMATAN),
        ("32.73.02.1001", Level.KELURAHAN), ("32.04.09.2003", Level.DESA),
    ],
)  # fmt: skip
def test_a_code_tells_its_level(code: str, level: Level) -> None:
    assert rules.level_of(code) is level


def test_every_region_of_the_seed_has_the_level_of_its_code() -> None:
    rows = seed("wilayah.csv")
    assert len(rows) == 38 + 514 + 95
    assert [row for row in rows if rules.level_of(row["kode"]) != row["tingkat"]] == []


def test_every_region_of_the_seed_stands_below_a_region_of_the_seed() -> None:
    codes = {row["kode"] for row in seed("wilayah.csv")}
    assert {rules.parent(code) for code in codes} - {None} <= codes


def test_the_seed_says_how_sure_measured_borders_are() -> None:
    known = {row["kode"]: float(row["simpangan_m"]) for row in seed("wilayah.csv") if row["simpangan_m"]}
    assert known == {"32.73": 26, "32.04": 250, "19.02": 230, "13.10": 1220, "16.02": 1670}


@pytest.mark.parametrize(
    ("code", "zone"),
    [("32.73", "Asia/Jakarta"), ("61", "Asia/Jakarta"), ("64.71", "Asia/Makassar"), ("51", "Asia/Makassar"),
     ("81.01", "Asia/Jayapura"), ("94", "Asia/Jayapura")],
)  # fmt: skip
def test_a_province_has_its_zone(code: str, zone: str) -> None:
    assert rules.time_zone_of(code) == zone


HERE, THERE = "99.01.01", "99.01.02"


def result(*near: tuple[str, float], off: float | None = None, country: str | None = "ID") -> RegionResult:
    candidates = tuple(Candidate(code, code, metres) for code, metres in near)
    return judge(HERE, candidates, radius_m=300, metres_to_declared=off, country=country)


def test_the_six_results() -> None:
    assert result((HERE, 0)) is RegionResult.MATCH
    assert result((THERE, 0), (HERE, 120)) is RegionResult.NEAR_BORDER
    assert result((THERE, 0), off=4_000) is RegionResult.OUTSIDE
    assert result(off=4_000, country=None) is RegionResult.OFFSHORE
    assert result(off=8_000, country=None) is RegionResult.OUTSIDE
    assert result(off=5_000_000, country="KR") is RegionResult.ABROAD


def test_another_regency_without_kecamatan_is_land_all_the_same() -> None:
    here = judge(HERE, (), radius_m=300, metres_to_declared=2_000, country="ID", elsewhere="98.02")
    coarse = judge(HERE, (), radius_m=300, metres_to_declared=2_000, country="ID", elsewhere="99")
    assert (here, coarse) == (RegionResult.OUTSIDE, RegionResult.OFFSHORE)


def test_near_the_border_of_the_country_the_own_border_counts_first() -> None:
    assert result((HERE, 200), off=200, country="MY") is RegionResult.NEAR_BORDER


def test_on_a_border_both_sides_match() -> None:
    assert result((THERE, 0), (HERE, 0)) is RegionResult.MATCH


def test_a_kecamatan_without_a_boundary_contains_nothing() -> None:
    assert result() is RegionResult.OUTSIDE
