"""A boundary file becomes boundaries: all of it or, unless refused rows may be left out, nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction, aliased

from geo import sql
from geo.boundaries import BadBoundaryFile, BoundaryRow, ColumnMapping, RefusedRow
from geo.reading import DEFAULT, Rules, reading
from webapp import audit
from webapp.territory.errors import BoundaryFileRefused, NothingToImport, RowRefusal
from webapp.territory.models import BoundaryDataset, RegionBoundary
from webapp.territory.queries import among
from webapp.territory.rules import OVERLAP_BETWEEN_SETS
from webapp.territory.services.report import (
    DatasetFacts,
    How,
    ImportReport,
    Incoming,
    Progress,
    RefusedLine,
    Sifted,
)
from webapp.territory.services.sifting import drop, drop_orphans, sift
from webapp.territory.services.writing import Plan, dataset_for, plan, write


def import_boundaries(
    session: Session, path: Path, facts: DatasetFacts, *, mapping: ColumnMapping | None = None, rules: Rules = DEFAULT,
    how: How | None = None, actor_id: int | None = None, at: datetime,
) -> ImportReport:  # fmt: skip
    """Take over the regions and boundaries of a file (GeoJSON, GeoPackage, zipped Shapefile; any CRS).

    A refused row leaves everything as it was, unless `how.skip_refused`; so does a dry run. Points found earlier keep
    their results. Raises `BoundaryFileRefused`, `DatasetDiffers`, `DatasetIncomplete`, `NothingToImport`.
    """
    chosen = how or How()
    try:
        with reading(path, mapping or ColumnMapping(), rules) as source:
            rows = list(_counted(source.rows, source.count, chosen.progress))
    except BadBoundaryFile as why:
        raise BoundaryFileRefused.of(why) from why
    if not rows:
        raise NothingToImport
    return take_over(session, sift(session, rows, chosen.level), facts, chosen, actor_id=actor_id, at=at)


def take_over(
    session: Session, sifted: Sifted, facts: DatasetFacts, how: How, *, actor_id: int | None, at: datetime
) -> ImportReport:
    """Write what was accepted, look whether it agrees with its neighbours, and keep it or take it back.

    A dry run does the same work inside a savepoint, so that its report is what an import would have said.
    """
    facts.checked()
    with _savepoint(session) as attempt:
        dataset, todo, late = _attempted(session, sifted, facts, how, actor_id, at)
        again = bool(late) and how.skip_refused
        report = _report(sifted, todo, facts).refusing(late)
        kept = not how.dry_run and (how.skip_refused or not report.refused) and bool(report.added or report.changed)
        if again or not kept:
            attempt.rollback()
        else:
            _remember(session, dataset, report, actor_id, at)
    if again:
        drop(sifted, late)
        drop_orphans(session, sifted)
        return take_over(session, sifted, facts, how, actor_id=actor_id, at=at)
    return replace(report, applied=kept, dry_run=how.dry_run)


def _attempted(
    session: Session, sifted: Sifted, facts: DatasetFacts, how: How, actor_id: int | None, at: datetime
) -> tuple[BoundaryDataset, Plan, list[RefusedLine]]:
    """Write, and say which rows should not have been written."""
    dataset = dataset_for(session, facts, at, actor_id)
    todo = plan(session, dataset, sifted.accepted)
    if todo.refused:
        return dataset, todo, list(todo.refused)
    write(session, dataset, facts, sifted.accepted, todo, at, how.progress)
    return dataset, todo, _disagreements(session, dataset, sifted.accepted, todo)


def _remember(
    session: Session, dataset: BoundaryDataset, report: ImportReport, actor_id: int | None, at: datetime
) -> None:
    audit.record(
        session, "territory.import", at=at, actor_id=actor_id, on=("boundary_dataset", dataset.id), name=dataset.name,
        added=len(report.added), changed=len(report.changed), refused=len(report.refused),
    )  # fmt: skip


@contextmanager
def _savepoint(session: Session) -> Iterator[SessionTransaction]:
    """Part of the transaction that can be taken back alone; taken back whole on an error."""
    attempt = session.begin_nested()
    try:
        yield attempt
    except IntegrityError as why:
        attempt.rollback()
        raise BoundaryFileRefused("database_refused", str(why.orig).splitlines()[0][:200]) from why
    except BaseException:
        attempt.rollback()
        raise
    if attempt.is_active:
        attempt.commit()


def _report(sifted: Sifted, todo: Plan, facts: DatasetFacts) -> ImportReport:
    mended = tuple((one.code, one.repaired) for one in sifted.accepted.values() if one.repaired)
    return ImportReport(
        facts.name, todo.added, todo.changed, todo.unchanged, tuple(sifted.refused), repaired=mended
    ).refusing(())


def _disagreements(
    session: Session, dataset: BoundaryDataset, incoming: dict[str, Incoming], todo: Plan
) -> list[RefusedLine]:
    """New boundaries that swallow much of a neighbour from another dataset (approximate neighbours do not count)."""
    mine, other, set_of_other = aliased(RegionBoundary), aliased(RegionBoundary), aliased(BoundaryDataset)
    fresh = [*todo.added, *todo.changed]
    shared = sql.overlap_km2(mine.area, other.area)
    found = session.execute(
        select(mine.region_code, other.region_code, shared)
        .join(other, sql.interiors_meet(mine.area, other.area))
        .join(set_of_other, set_of_other.id == other.dataset_id)
        .where(mine.dataset_id == dataset.id, mine.superseded_at.is_(None), among(mine.region_code, fresh))
        .where(other.dataset_id != dataset.id, other.superseded_at.is_(None), set_of_other.approximate.is_(False))
        .where(func.length(mine.region_code) == func.length(other.region_code))
        .where(shared > OVERLAP_BETWEEN_SETS * func.least(mine.area_km2, other.area_km2))
        .order_by(mine.region_code, other.region_code)
    )
    return [
        RefusedLine.about(incoming[code], RowRefusal.OVERLAP, f"{neighbour}: {km2:.2f} km²")
        for code, neighbour, km2 in found
    ]


def _counted(
    rows: Iterable[BoundaryRow | RefusedRow], count: int, progress: Progress
) -> Iterator[BoundaryRow | RefusedRow]:
    step = max(1, count // 100)
    for number, row in enumerate(rows, start=1):
        if number % step == 0 or number == count:
            progress("Membaca berkas", number, count)
        yield row
