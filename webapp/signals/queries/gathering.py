"""What the rules are told of a case: its photos, others of the same people and cameras, and photos like them.

For the background: rows of every area are read. A case of 40 photos takes about a dozen statements and two a photo.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, func, literal, or_, select, union
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.orm import Session, aliased

from geo import sql
from geo.values import LonLat
from webapp.access import within
from webapp.evidence.alike import alike
from webapp.evidence.models import Activity, Evidence, Photo
from webapp.evidence.rules import UNDECODABLE, State
from webapp.programme.models import StudyAssignment
from webapp.signals.models import CaseLook
from webapp.signals.rules import CaseFacts, How, Shot, Twin
from webapp.signals.rules.pattern import HERE_M, camera_of
from webapp.territory.models import Region, RegionBoundary
from webapp.territory.queries import kecamatan_of

AROUND = 1_000  # newest photos of the same people, and of the same cameras
MOST_TWINS = 200  # of one case: more says nothing more
LIKE_BITS = 8
BORDER_M = 150.0


@dataclass(frozen=True)
class Gathered:
    """What `rules.of_case` is asked with."""

    case: CaseFacts
    shots: list[Shot]
    around: list[Shot]
    twins: list[Twin]
    neighbours: list[tuple[int, str]]


def gather(session: Session, evidence_id: int) -> Gathered | None:
    """Everything about a case; None when there is none."""
    case = _case(session, evidence_id)
    if case is None:
        return None
    shots = _shots(session, case)
    return Gathered(case, shots, _around(session, shots), _twins(session, case, shots), _neighbours(session, case))


def missed(*, since: datetime, before: datetime) -> Select[int]:
    """Cases with something that came between the two moments and after they were last looked at."""
    seen = func.coalesce(CaseLook.looked_at, func.to_timestamp(0))
    arrived = (
        select(Photo.evidence_id.label("id"))
        .outerjoin(CaseLook, CaseLook.evidence_id == Photo.evidence_id)
        .where(Photo.pictures_at.between(since, before), Photo.pictures_at > seen)
    )
    sent = (
        select(Evidence.id)
        .outerjoin(CaseLook, CaseLook.evidence_id == Evidence.id)
        .where(Evidence.state == State.SUBMITTED, Evidence.submitted_at.between(since, before))
        .where(Evidence.submitted_at > seen)
    )
    return select(union(arrived, sent).subquery().c.id)


def _case(session: Session, evidence_id: int) -> CaseFacts | None:
    border = _border(Evidence.region_code)
    row = session.execute(
        select(
            Evidence, Activity.check_kind, StudyAssignment.country_code.label("study_country"), Region.time_zone,
            Region.boundary_error_m, sql.lon_of(Evidence.place).label("lon"), sql.lat_of(Evidence.place).label("lat"),
            sql.metres_between(RegionBoundary.area, Evidence.place).label("unit_m"),
        )
        .join(Region, Region.code == func.left(Evidence.region_code, 8))
        .outerjoin(Activity, Activity.code == Evidence.activity_code)
        .outerjoin(StudyAssignment, StudyAssignment.id == Evidence.study_assignment_id)
        .outerjoin(RegionBoundary, border)
        .where(Evidence.id == evidence_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    case: Evidence = row.Evidence
    return CaseFacts(
        id=case.id, unit=kecamatan_of(case.region_code), zone=row.time_zone, occurred_from=case.occurred_from,
        occurred_to=case.occurred_to, kind=case.kind_code, activity=case.activity_code, check_kind=row.check_kind,
        place=LonLat.maybe(row.lon, row.lat), place_source=case.place_source, accuracy_m=case.accuracy_m,
        unit_m=row.unit_m, border_m=max(BORDER_M, row.boundary_error_m), place_reason=case.place_reason,
        country=case.country_code, study_country=row.study_country,
    )  # fmt: skip


def _border(code: Any) -> ColumnElement[bool]:
    return and_(RegionBoundary.region_code == func.left(code, 8), RegionBoundary.superseded_at.is_(None))


_EXIF = sql.lon_of(Photo.exif_place).label("exif_lon"), sql.lat_of(Photo.exif_place).label("exif_lat")
_FIX = sql.lon_of(Photo.device_place).label("fix_lon"), sql.lat_of(Photo.device_place).label("fix_lat")


def _shots(session: Session, case: CaseFacts) -> list[Shot]:
    """The photos of the case and of its visits, with how far they were from the unit."""
    rows = session.execute(
        select(
            Photo, *_EXIF, *_FIX, sql.metres_between(RegionBoundary.area, Photo.exif_place).label("unit_exif_m"),
            sql.metres_between(RegionBoundary.area, Photo.device_place).label("unit_fix_m"),
        )
        .outerjoin(RegionBoundary, _border(literal(case.unit)))
        .where(Photo.evidence_id == case.id)
        .order_by(Photo.id)
    ).all()  # fmt: skip
    return [_shot(row, row.unit_exif_m, row.unit_fix_m) for row in rows]


def _shot(row: Any, unit_exif_m: float | None = None, unit_fix_m: float | None = None) -> Shot:
    photo: Photo = row.Photo
    return Shot(
        id=photo.id, evidence_id=photo.evidence_id, account_id=photo.uploaded_by, received_at=photo.received_at,
        visit_id=photo.visit_id, sha256=photo.sha256, original_sha256=photo.original_sha256,
        source=photo.capture_source, captured_at=photo.captured_at, fix=LonLat.maybe(row.fix_lon, row.fix_lat),
        fix_accuracy_m=photo.device_accuracy_m, fix_at=photo.device_at, exif=LonLat.maybe(row.exif_lon, row.exif_lat),
        exif_accuracy_m=photo.exif_accuracy_m, camera_time=photo.camera_time,
        offset_minutes=photo.camera_offset_minutes, taken_at=photo.taken_at, make=photo.camera_make,
        model=photo.camera_model, serial=photo.camera_serial, sub_second=photo.sub_second, software=photo.software,
        digital_source=photo.digital_source, credentials=photo.credentials, preview=photo.preview,
        preview_distance=photo.preview_distance, flags=tuple(photo.flags), progress=photo.progress,
        unit_exif_m=unit_exif_m, unit_fix_m=unit_fix_m,
    )  # fmt: skip


def _around(session: Session, shots: list[Shot]) -> list[Shot]:
    """The unit's photos of the case, the newest of the same accounts, and those of the same cameras."""
    own = [shot for shot in shots if shot.visit_id is None]
    found = {shot.id: shot for shot in own}
    serials = {shot.serial for shot in own if camera_of(shot)}
    accounts = {shot.account_id for shot in own}
    positioned = Photo.uploaded_by.in_(accounts) & Photo.device_place.is_not(None)
    for which in (positioned, Photo.camera_serial.in_(serials)) if own else ():
        rows = session.execute(
            select(Photo, *_EXIF, *_FIX).where(which, Photo.visit_id.is_(None)).order_by(Photo.id.desc()).limit(AROUND)
        )
        for row in rows:
            found.setdefault(row.Photo.id, _shot(row))
    return list(found.values())


def _twins(session: Session, case: CaseFacts, shots: list[Shot]) -> list[Twin]:
    """Every photo that is the same as one of the case's: by bytes, by the original's bytes, to the eye."""
    by_id = {shot.id: shot for shot in shots}
    pairs = [*_by_bytes(session, case, shots), *_by_picture(session, case, shots), *_by_likeness(session, case, shots)]
    theirs = _others(session, {pair[1] for pair in pairs})
    return [
        Twin(by_id[ours], shot, how, state, unit == case.unit, _share_days(case, days), distance)
        for ours, other, how, distance in pairs
        if ours in by_id and other in theirs
        for shot, state, unit, days in (theirs[other],)
    ]


_Pair = tuple[int, int, How, int | None]
_Days = tuple[Any, Any]


def _share_days(case: CaseFacts, days: _Days) -> bool:
    return bool(days[0] <= case.occurred_to and case.occurred_from <= days[1])


def _others(session: Session, ids: Collection[int]) -> dict[int, tuple[Shot, str, str, _Days]]:
    if not ids:
        return {}
    rows = session.execute(
        select(Photo, *_EXIF, *_FIX, Evidence.state, Evidence.region_code, Evidence.occurred_from, Evidence.occurred_to)
        .join(Evidence, Evidence.id == Photo.evidence_id)
        .where(Photo.id.in_(ids))
    )
    return {
        row.Photo.id: (
            _shot(row), row.state, kecamatan_of(row.region_code), (row.occurred_from, row.occurred_to),
        ) for row in rows
    }  # fmt: skip


def _by_bytes(session: Session, case: CaseFacts, shots: Iterable[Shot]) -> list[_Pair]:
    """By sha256 of what was sent, and of what it was before the phone made it smaller."""
    digests = {digest for shot in shots for digest in (shot.sha256, shot.original_sha256) if digest}
    if not digests:
        return []
    ours, theirs = aliased(Photo), aliased(Photo)
    rows = session.execute(
        select(ours.id, theirs.id, ours.sha256 == theirs.sha256)
        .join(theirs, or_(
            theirs.sha256 == ours.sha256, theirs.sha256 == ours.original_sha256,
            theirs.original_sha256 == ours.sha256, theirs.original_sha256 == ours.original_sha256,
        ))
        .where(
            ours.evidence_id == case.id, _elsewhere(ours, theirs),
            or_(theirs.sha256.in_(digests), theirs.original_sha256.in_(digests)),
        )
        .order_by(theirs.id)
        .limit(MOST_TWINS)
    )  # fmt: skip
    return [(row[0], row[1], How.BYTES if row[2] else How.ORIGINAL, None) for row in rows]


def _elsewhere(ours: type[Photo], theirs: type[Photo]) -> ColumnElement[bool]:
    """In another case, or one of a visit and one of the unit."""
    return or_(theirs.evidence_id != ours.evidence_id, theirs.visit_id.is_distinct_from(ours.visit_id))


def _by_picture(session: Session, case: CaseFacts, shots: Iterable[Shot]) -> list[_Pair]:
    found: list[_Pair] = []
    for shot in shots:
        if UNDECODABLE not in shot.flags and len(found) < MOST_TWINS:
            found += [
                (shot.id, one.photo_id, How.PICTURE, one.distance)
                for one in alike(session, shot.id)
                if one.evidence_id != case.id or one.visit_id != shot.visit_id
            ]
    return found[:MOST_TWINS]


def _by_likeness(session: Session, case: CaseFacts, shots: Iterable[Shot]) -> list[_Pair]:
    """Very like by dHash, among the photos of the unit and of the same people: elsewhere it says nothing."""
    of_unit = select(Evidence.id).where(within(Evidence.region_code, [case.unit]))
    near = (
        Photo.evidence_id.in_(of_unit),
        Photo.uploaded_by.in_({shot.account_id for shot in shots if shot.visit_id is None}),
    )
    wanted = (Photo.evidence_id != case.id, Photo.visit_id.is_(None), Photo.dhash.is_not(None))
    theirs = union(*(select(Photo.id, Photo.dhash).where(which, *wanted) for which in near)).subquery()
    distance = func.bit_count(_bits(Photo.dhash).op("#")(_bits(theirs.c.dhash)))
    rows = session.execute(
        select(Photo.id, theirs.c.id, distance)
        .join(theirs, distance <= LIKE_BITS)
        .where(Photo.evidence_id == case.id, Photo.visit_id.is_(None), Photo.dhash.is_not(None))
        .order_by(distance, theirs.c.id)
        .limit(MOST_TWINS)
    )
    return [(row[0], row[1], How.LIKE, int(row[2])) for row in rows]


def _bits(dhash: Any) -> ColumnElement[Any]:
    """A fingerprint of 16 hexadecimal digits as 64 bits."""
    return cast(func.concat("x", dhash), BIT(64))


def _neighbours(session: Session, case: CaseFacts) -> list[tuple[int, str]]:
    """The unit's cases of other titles and activities around the place of this one, which is among them."""
    if case.place is None:
        return []
    rows = session.execute(
        select(Evidence.id, Evidence.kind_code, Evidence.title, Evidence.activity_code)
        .where(
            sql.within_metres(Evidence.place, case.place, HERE_M), func.left(Evidence.region_code, 8) == case.unit,
            Evidence.state != State.WITHDRAWN,
        )
        .order_by(Evidence.id != case.id, Evidence.id)
        .limit(200)
    )  # fmt: skip
    seen: dict[tuple[str, str | None], tuple[int, str]] = {}
    for number, kind, title, activity in rows:
        seen.setdefault((title.strip().lower(), activity), (number, kind))
    return list(seen.values())
