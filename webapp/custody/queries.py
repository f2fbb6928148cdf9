"""What belongs to a case or a period that is handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from geo.columns import read_point
from webapp.access import Actor, Permission, allows
from webapp.capture.models import Upload
from webapp.errors import NotFound
from webapp.evidence import queries as evidence
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import UNSEEN
from webapp.programme.models import Period
from webapp.trail import queries as trail
from webapp.trail.queries import Record

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}
# Which rows of a covered table belong to the cases. A table with a column `evidence_id` needs no line here: what comes
# under the trail later comes along by itself.
_OF_CASES = {
    "audit_event": """
        (t.object_type = 'evidence' AND t.object_id = ANY (:texts)) OR t.detail ->> 'evidence_id' = ANY (:texts)
        OR (t.object_type = 'claim' AND t.object_id IN (
            SELECT claim_id::text FROM claim_evidence WHERE evidence_id = ANY (:cases)
        )) OR (t.object_type = 'period' AND t.object_id = :period)
    """,
    "score": "t.claim_id IN (SELECT claim_id FROM claim_evidence WHERE evidence_id = ANY (:cases))",
    "result_snapshot": "t.period_id = CAST(:period AS integer)",
}


@dataclass(frozen=True)
class Scope:
    """What is handed over: one case or all of a period that were sent."""

    kind: str  # "evidence" or "period"
    number: int
    region_code: str
    period_id: int
    cases: Sequence[int]


def scope(session: Session, *, case_id: int | None, period_id: int | None) -> Scope:
    """For the operator. Raises `NotFound`, also for a case that was never sent."""
    if case_id is not None:
        case = session.get(Evidence, case_id)
        if case is None or case.stands in UNSEEN:
            raise NotFound
        return Scope("evidence", case.id, case.region_code, case.period_id, [case.id])
    period = session.get(Period, period_id)
    if period is None:
        raise NotFound
    sent = select(Evidence.id).where(Evidence.period_id == period.id, Evidence.state.not_in(UNSEEN))
    return Scope("period", period.id, period.region_code, period.id, list(session.scalars(sent.order_by(Evidence.id))))


def scope_of_case(session: Session, actor: Actor, case_id: int) -> Scope:
    """For who may read both originals and the history there. Raises `NotFound` for everybody else."""
    case = evidence.visible(session, actor, case_id)
    needed = (Permission.AUDIT_READ, Permission.ORIGINAL_READ)
    if not all(allows(actor, one, case.region_code) for one in needed):
        raise NotFound
    return Scope("evidence", case.id, case.region_code, case.period_id, [case.id])


def history(session: Session, wanted: Scope) -> list[Record]:
    """Every covered row of the cases, in the order of the tree; those that wait for it last."""
    values = {
        "cases": list(wanted.cases), "texts": [str(one) for one in wanted.cases], "period": str(wanted.period_id),
    }  # fmt: skip
    found: list[Record] = []
    for kind, forms in trail.forms(session).items():
        condition = _OF_CASES.get(kind)
        if condition is None and "evidence_id" in forms[-1].columns:
            condition = "t.evidence_id = ANY (:cases)"
        if condition is not None:
            found += trail.records(session, forms, condition, values)
    return sorted(found, key=lambda one: (one.position is None, one.position or 0))


def cases(session: Session, wanted: Scope) -> list[dict[str, Any]]:
    """The cases as they stand now."""
    rows = session.scalars(
        select(Evidence).where(Evidence.id.in_(wanted.cases)).options(joinedload(Evidence.period)).order_by(Evidence.id)
    )
    return [
        {
            "id": one.id, "title": one.title, "state": one.state, "region_code": one.region_code,
            "period": one.period.name, "kind": one.kind_code, "activity": one.activity_code,
            "occurred": [one.occurred_from.isoformat(), one.occurred_to.isoformat()],
            "place": _place(one.place), "accuracy_m": one.accuracy_m, "grade": one.grade, "revision": one.revision,
            "locked_at": _at(one.locked_at),
        }
        for one in rows
    ]  # fmt: skip


def photos(session: Session, wanted: Scope) -> list[dict[str, Any]]:
    """The photos with what their files said and the receipts of their arrival."""
    rows = session.execute(
        select(Photo, Upload.receipt_code, Upload.arrived_at)
        .outerjoin(Upload, Upload.photo_id == Photo.id)
        .where(Photo.evidence_id.in_(wanted.cases))
        .order_by(Photo.evidence_id, Photo.id)
    )
    return [_photo(photo, code, arrived) for photo, code, arrived in rows]


def _photo(photo: Photo, code: str | None, arrived: Any) -> dict[str, Any]:
    extension = _EXTENSIONS.get(photo.mime, "heic")
    return {
        "file": f"originals/{photo.evidence_id}/{photo.id}.{extension}", "id": photo.id,
        "evidence_id": photo.evidence_id, "visit_id": photo.visit_id, "sha256": photo.sha256,
        "byte_size": photo.byte_size, "mime": photo.mime, "name": photo.file_name,
        "received_at": _at(photo.received_at), "uploaded_by": photo.uploaded_by,
        "receipt": {"code": code, "arrived_at": _at(arrived)} if code else None,
        "exif": {
            "camera_time": _at(photo.camera_time), "offset_minutes": photo.camera_offset_minutes,
            "taken_at": _at(photo.taken_at), "make": photo.camera_make, "model": photo.camera_model,
            "software": photo.software, "place": _place(photo.exif_place), "accuracy_m": photo.exif_accuracy_m,
        },
        "device": {
            "place": _place(photo.device_place), "accuracy_m": photo.device_accuracy_m, "at": _at(photo.device_at),
            "captured_at": _at(photo.captured_at), "source": photo.capture_source,
        },
        "before_reduction_sha256": photo.original_sha256, "flags": list(photo.flags),
    }  # fmt: skip


def _at(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


def _place(point: WKBElement | None) -> list[float] | None:
    if point is None:
        return None
    found = read_point(point)
    return [found.lon, found.lat]
