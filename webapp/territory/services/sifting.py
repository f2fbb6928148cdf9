"""Which rows of a boundary file may be taken: level, parent, and neighbours that claim the same ground."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from geo.boundaries import BoundaryRow, RefusedRow
from geo.cleaning import area_km2, overlaps
from webapp.territory.errors import RowRefusal
from webapp.territory.queries import known_codes
from webapp.territory.rules import OVERLAP_IN_ONE_SET, Level, depth, level_fits, level_of, parent
from webapp.territory.services.report import Incoming, RefusedLine, Sifted


def sift(session: Session, rows: Iterable[BoundaryRow | RefusedRow], level: Level | None) -> Sifted:
    """The rows sorted into those that may be taken and those that may not."""
    sifted = Sifted()
    for row in rows:
        if isinstance(row, RefusedRow):
            sifted.refused.append(RefusedLine.of(row))
            continue
        found = _level(row, level)
        if isinstance(found, RefusedLine):
            sifted.refused.append(found)
        else:
            sifted.accepted[row.code] = Incoming(
                row.code, row.name, found, row.area, row.row, row.bps_code, repaired=row.repaired
            )
    drop(sifted, contradictions(sifted.accepted))
    drop_orphans(session, sifted)
    return sifted


def drop(sifted: Sifted, lines: Iterable[RefusedLine]) -> None:
    """Move rows from the accepted to the refused."""
    for line in lines:
        if line.code is not None:
            sifted.accepted.pop(line.code, None)
        sifted.refused.append(line)


def drop_orphans(session: Session, sifted: Sifted) -> None:
    """Refuse rows whose parent is neither known nor among the accepted, and what hangs on them."""
    above = {parent(code) for code in sifted.accepted} - {None}
    known = known_codes(session, [code for code in above if code is not None])
    for code in sorted(sifted.accepted):  # parents sort before their children
        upper = parent(code)
        if upper is not None and upper not in known and upper not in sifted.accepted:
            drop(sifted, [RefusedLine.about(sifted.accepted[code], RowRefusal.UNKNOWN_PARENT, upper)])


def contradictions(accepted: Mapping[str, Incoming]) -> list[RefusedLine]:
    """Neighbours of one level that share more ground than simplified lines explain; both are refused."""
    levels: dict[int, dict[str, Any]] = defaultdict(dict)
    for code, one in accepted.items():
        levels[depth(code)][code] = one.area
    lines: list[RefusedLine] = []
    for areas in levels.values():
        for shared in overlaps(areas):
            if shared.km2 <= OVERLAP_IN_ONE_SET * min(area_km2(areas[shared.a]), area_km2(areas[shared.b])):
                continue
            at = (round(shared.at.lon, 5), round(shared.at.lat, 5))
            lines += [
                RefusedLine.about(accepted[one], RowRefusal.OVERLAP, f"{other}: {shared.km2:.2f} km²", at)
                for one, other in ((shared.a, shared.b), (shared.b, shared.a))
            ]
    return lines


def _level(row: BoundaryRow, demanded: Level | None) -> Level | RefusedLine:
    said = (row.level or "").lower() or demanded or level_of(row.code)
    if said not in set(Level):
        return RefusedLine.about(row, RowRefusal.LEVEL_UNKNOWN, str(said)[:40])
    level = Level(said)
    if not level_fits(row.code, level) or (demanded is not None and level is not demanded):
        return RefusedLine.about(row, RowRefusal.LEVEL_MISFIT, f"{level} {row.code}")
    return level
