"""Boundaries into the tables: regions added or renamed, former boundaries superseded, never deleted."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from geo.cleaning import area_km2, outlines
from geo.columns import read_shape, stored_area, stored_point
from geo.values import LonLat
from webapp.territory.errors import DatasetDiffers, RowRefusal
from webapp.territory.models import BoundaryDataset, Region, RegionBoundary
from webapp.territory.queries import among, with_current_boundary
from webapp.territory.rules import OUTLINE_DEGREES, depth, parent, time_zone_of, usual_error_m
from webapp.territory.services.report import DatasetFacts, Incoming, Progress, RefusedLine

SAME_DEGREES = 1e-9  # vertices nearer than this (0.1 mm) are the same
CHUNK = 500


@dataclass(frozen=True)
class Plan:
    """What an import would do. `restored` maps codes to older boundaries of the same dataset that count again."""

    added: tuple[str, ...]
    renamed: tuple[str, ...]
    redrawn: tuple[str, ...]
    unchanged: tuple[str, ...]
    restored: Mapping[str, int]
    refused: tuple[RefusedLine, ...]

    @property
    def changed(self) -> tuple[str, ...]:
        return tuple(sorted({*self.renamed, *self.redrawn, *self.restored}))


def dataset_for(session: Session, facts: DatasetFacts, at: datetime, actor_id: int | None) -> BoundaryDataset:
    """The dataset of that name: a new one, or the known one when nothing else differs. Raises `DatasetDiffers`."""
    known = session.scalar(select(BoundaryDataset).where(BoundaryDataset.name == facts.name.strip()))
    said = {name: getattr(facts, name).strip() for name in ("source", "licence", "attribution", "vintage")}
    if known is None:
        known = BoundaryDataset(
            name=facts.name.strip(), approximate=facts.approximate, imported_at=at, imported_by=actor_id, **said
        )
        session.add(known)
        session.flush()
    elif any(getattr(known, name) != text for name, text in said.items()) or known.approximate != facts.approximate:
        raise DatasetDiffers
    return known


def plan(session: Session, dataset: BoundaryDataset, incoming: Mapping[str, Incoming]) -> Plan:
    """Compare what comes in with what is there."""
    known = {row.code: row for row in session.execute(with_current_boundary(list(incoming)))}
    older = _of_dataset(session, dataset, incoming)
    renamed: list[str] = []
    redrawn: list[str] = []
    unchanged: list[str] = []
    restored: dict[str, int] = {}
    refused: list[RefusedLine] = []
    for code, row in known.items():
        one = incoming[code]
        same_words = _same_words(row, one)
        if row.dataset_id == dataset.id and _same_area(row.area, one.area):
            (unchanged if same_words else renamed).append(code)
        elif code not in older:
            redrawn.append(code)
        elif _same_area(older[code].area, one.area):
            restored[code] = older[code].id
        else:
            refused.append(RefusedLine.about(one, RowRefusal.DATASET_HOLDS_OTHER, dataset.name))
    added = tuple(sorted(incoming.keys() - known.keys()))
    return Plan(added, tuple(renamed), tuple(redrawn), tuple(sorted(unchanged)), restored, tuple(refused))


def write(
    session: Session, dataset: BoundaryDataset, facts: DatasetFacts, incoming: Mapping[str, Incoming], todo: Plan,
    at: datetime, progress: Progress,
) -> None:  # fmt: skip
    """Carry out the plan."""
    _add_regions(session, facts, incoming, todo.added)
    _rename_regions(session, facts, incoming, todo.changed)
    fresh = sorted({*todo.added, *todo.redrawn})
    _supersede(session, [*todo.redrawn, *todo.restored], at)
    if todo.restored:
        again = [{"id": boundary_id, "superseded_at": None} for boundary_id in todo.restored.values()]
        session.execute(update(RegionBoundary), again)
    _add_boundaries(session, dataset.id, [incoming[code] for code in fresh], progress)
    if todo.added or todo.changed:
        dataset.imported_at = at
    session.flush()


def _add_regions(
    session: Session, facts: DatasetFacts, incoming: Mapping[str, Incoming], codes: tuple[str, ...]
) -> None:
    above = {parent(code) for code in codes if depth(code) > 1} - {None}
    known = select(Region.code, Region.boundary_error_m).where(among(Region.code, [str(code) for code in above]))
    errors = dict[str, float](session.execute(known).all())
    rows: list[dict[str, Any]] = []
    for code in codes:  # sorted: parents come before their children
        one, upper = incoming[code], parent(code)
        error = one.boundary_error_m
        if error is None:
            error = errors.get(upper, usual_error_m(code)) if upper and depth(code) > 1 else usual_error_m(code)
        errors[code] = error
        rows.append(
            {
                "code": code, "name": one.name, "level": str(one.level), "parent_code": upper,
                "bps_code": one.bps_code, "decree": facts.decree, "valid_from": facts.valid_from,
                "time_zone": time_zone_of(code), "boundary_error_m": error,
            }
        )  # fmt: skip
    if rows:
        session.execute(insert(Region), rows)


def _rename_regions(
    session: Session, facts: DatasetFacts, incoming: Mapping[str, Incoming], codes: tuple[str, ...]
) -> None:
    said = {key: text for key, text in (("decree", facts.decree), ("valid_from", facts.valid_from)) if text is not None}
    rows: list[dict[str, Any]] = []
    for one in (incoming[code] for code in codes):
        bps = {"bps_code": one.bps_code} if one.bps_code else {}
        words: dict[str, Any] = {"code": one.code, "name": one.name, "level": str(one.level)}
        rows.append(words | said | bps)
    by_keys: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_keys[frozenset(row)].append(row)
    for alike in by_keys.values():
        session.execute(update(Region), alike)


def _supersede(session: Session, codes: list[str], at: datetime) -> None:
    if codes:
        session.execute(
            update(RegionBoundary)
            .where(among(RegionBoundary.region_code, codes), RegionBoundary.superseded_at.is_(None))
            .values(superseded_at=at)
        )


def _add_boundaries(session: Session, dataset_id: int, fresh: list[Incoming], progress: Progress) -> None:
    thin = _outlines(fresh)
    for start in range(0, len(fresh), CHUNK):
        rows = []
        for one in fresh[start : start + CHUNK]:
            inside = one.area.representative_point()
            rows.append(
                {
                    "region_code": one.code, "dataset_id": dataset_id, "area": stored_area(one.area),
                    "outline": stored_area(thin[one.code]), "label_point": stored_point(LonLat(inside.x, inside.y)),
                    "area_km2": area_km2(one.area),
                }
            )  # fmt: skip
        session.execute(insert(RegionBoundary), rows)
        progress("Menyimpan batas", start + len(rows), len(fresh))


def _outlines(fresh: list[Incoming]) -> dict[str, Any]:
    """Outlines of each level as one coverage, so that neighbours keep sharing their lines."""
    levels: dict[int, dict[str, Any]] = defaultdict(dict)
    for one in fresh:
        levels[depth(one.code)][one.code] = one.area
    thin: dict[str, Any] = {}
    for below, areas in levels.items():
        thin |= outlines(areas, OUTLINE_DEGREES[below])
    return thin


def _of_dataset(session: Session, dataset: BoundaryDataset, incoming: Mapping[str, Incoming]) -> dict[str, Any]:
    found = session.execute(
        select(RegionBoundary.id, RegionBoundary.region_code, RegionBoundary.area).where(
            RegionBoundary.dataset_id == dataset.id, among(RegionBoundary.region_code, list(incoming))
        )
    )
    return {row.region_code: row for row in found}


def _same_words(row: Any, one: Incoming) -> bool:
    return (row.name, row.level) == (one.name, str(one.level)) and one.bps_code in (None, row.bps_code)


def _same_area(stored: Any, area: Any) -> bool:
    return stored is not None and bool(read_shape(stored).equals_exact(area, SAME_DEGREES))
