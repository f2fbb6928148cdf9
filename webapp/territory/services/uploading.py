"""A boundary file through the web: read strictly before anything is kept, shown as a rehearsal, then confirmed.

GeoJSON alone, in lon/lat, and nothing is mended: who sits before a page can put the file right, while the operator's
command (`import_boundaries`) tells what it mended. GDAL opens nothing that came through the web.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from geo.boundaries import BadBoundaryFile, BoundaryRow, ColumnMapping, Limits, RefusedRow
from geo.reading import Rules, read_geojson
from media.names import clean_name
from webapp.access import Actor, Permission, allows
from webapp.errors import NotFound
from webapp.forms.json import read_object
from webapp.territory.errors import (
    SHAPE_CODES,
    BoundaryFileRefused,
    CrsNotSupported,
    EmptyFile,
    FileTooLarge,
    ImportRunning,
    NotGeoJson,
    NothingToImport,
    RowRefusal,
    RowsRefused,
)
from webapp.territory.models import BoundaryDraft
from webapp.territory.services.importing import take_over
from webapp.territory.services.report import DatasetFacts, How, ImportReport, RefusedLine
from webapp.territory.services.sifting import sift

MOST_BYTES = 20 * 1024 * 1024
# 200,000 vertices or 100,000 regions are too many. A parsed list costs some 100 bytes, so that brackets, braces and
# commas are counted before anything is parsed: five times what the largest file within the limits can hold.
STRICT = Rules(strict=True, limits=Limits(MOST_BYTES, features=99_999, vertices=199_999, vertices_each=199_999))
_MOST_SIGNS = {b"[": 1_000_000, b"{": 500_000, b",": 2_500_000, b'"': 2_500_000}
_TOO_MUCH = {"too_many_features", "too_many_vertices"}
_KEPT = timedelta(hours=24)
_ONE_AT_A_TIME = 0x77696C61796168  # the name of the lock: "wilayah"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Upload:
    """What a person says of a file: the dataset, and the columns with code and name."""

    facts: DatasetFacts
    mapping: ColumnMapping

    def as_json(self) -> dict[str, Any]:
        facts = asdict(self.facts) | {"valid_from": None}
        return {"facts": facts, "mapping": asdict(self.mapping)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Upload":
        return cls(DatasetFacts(**kept["facts"]), ColumnMapping(**kept["mapping"]))


def keep_draft(session: Session, data: bytes, file_name: str, upload: Upload, *, actor: Actor, at: datetime) -> None:
    """Keep a file for its rehearsal, in place of the one this person has sent before; a refused one leaves nothing.

    Raises what `read_rows` raises, `DatasetIncomplete`, `ImportRunning`.
    """
    upload.facts.checked()
    _alone(session)
    read_rows(data, upload.mapping)
    discard_draft(session, actor)
    session.add(
        BoundaryDraft(
            account_id=actor.id, received_at=at, file_name=clean_name(file_name), facts=upload.as_json(),
            sha256=hashlib.sha256(data).hexdigest(), packed=gzip.compress(data, 5),
        )
    )  # fmt: skip
    session.flush()


def draft_of(session: Session, actor: Actor, at: datetime) -> BoundaryDraft:
    """The file this person has sent and not yet confirmed. Raises `NotFound` when there is none of the last day."""
    found = session.get(BoundaryDraft, actor.id)
    if found is None or found.received_at < at - _KEPT:
        raise NotFound
    return found


def rehearse(session: Session, draft: BoundaryDraft, *, actor: Actor, at: datetime) -> ImportReport:
    """What confirming would do, refused rows left out; nothing stays. Raises `ImportRunning`, `DatasetDiffers`."""
    return _run(session, draft, How(dry_run=True, skip_refused=True), actor, at)


def confirm(session: Session, draft: BoundaryDraft, *, skip_refused: bool, actor: Actor, at: datetime) -> ImportReport:
    """Import the draft. With refused rows, only where they may be left out: else the report says `applied` False.

    Raises `ImportRunning`, `DatasetDiffers`.
    """
    report = _run(session, draft, How(skip_refused=skip_refused), actor, at)
    if report.applied:
        discard_draft(session, actor)
    return report


def discard_draft(session: Session, actor: Actor) -> None:
    """Forget the file this person has sent."""
    session.execute(delete(BoundaryDraft).where(BoundaryDraft.account_id == actor.id))


def forget_drafts(session: Session, at: datetime) -> int:
    """Forget files nobody has confirmed within a day; answers how many."""
    gone = session.scalars(
        delete(BoundaryDraft).where(BoundaryDraft.received_at < at - _KEPT).returning(BoundaryDraft.account_id)
    )
    return len(gone.all())


def read_rows(data: bytes, mapping: ColumnMapping) -> list[BoundaryRow | RefusedRow]:
    """The rows of a GeoJSON file, all shapes valid, inside the country. Writes nothing.

    Raises `EmptyFile`, `NotGeoJson` (415), `FileTooLarge` (413), `BadJson` (400), `CrsNotSupported`, `RowsRefused`
    (geometry_invalid, coordinates_out_of_range, outside_country), `BoundaryFileRefused`, `NothingToImport`.
    """
    _look_at(data)
    read = read_object(data.removeprefix(_BOM))
    try:
        rows = list(read_geojson(read, mapping, STRICT))
    except BadBoundaryFile as why:
        raise _refused_whole(why) from why
    if not rows:
        raise NothingToImport
    wrong = [RefusedLine.of(row) for row in rows if isinstance(row, RefusedRow) and row.reason in SHAPE_CODES]
    if wrong:
        raise RowsRefused(SHAPE_CODES[wrong[0].reason], wrong[0].whole_sentence, wrong)
    return rows


def _look_at(data: bytes) -> None:
    """What can be said before a parser sees it."""
    if not data:
        raise EmptyFile
    if not data.removeprefix(_BOM).lstrip().startswith(b"{"):
        raise NotGeoJson
    if len(data) > MOST_BYTES or any(data.count(sign) > most for sign, most in _MOST_SIGNS.items()):
        raise FileTooLarge


def _refused_whole(why: BadBoundaryFile) -> Exception:
    if why.code in _TOO_MUCH:
        return FileTooLarge()
    return CrsNotSupported() if why.code == "crs_unknown" else BoundaryFileRefused.of(why)


def _run(session: Session, draft: BoundaryDraft, how: How, actor: Actor, at: datetime) -> ImportReport:
    _alone(session)
    upload = Upload.of(draft.facts)
    rows = read_rows(gzip.decompress(draft.packed), upload.mapping)
    astray = {row.row: row for row in rows if isinstance(row, BoundaryRow) and not _on_duty(actor, row)}
    sifted = sift(session, [row for row in rows if row.row not in astray], None)
    sifted.refused += [RefusedLine.about(row, RowRefusal.OUTSIDE_DUTY) for row in astray.values()]
    return take_over(session, sifted, upload.facts, how, actor_id=actor.id, at=at)


def _alone(session: Session) -> None:
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_ONE_AT_A_TIME))):
        raise ImportRunning


def _on_duty(actor: Actor, row: BoundaryRow) -> bool:
    """Whether this person keeps the boundaries of that region."""
    return allows(actor, Permission.TERRITORY_MANAGE, row.code)
