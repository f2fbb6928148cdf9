"""What a script is told of a case: the fields below are the answer, and its description is read off them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from flask import url_for

from webapp.evidence.models import Evidence
from webapp.evidence.services import point_of
from webapp.forms.schema import Schema


@dataclass(frozen=True)
class PlaceSeen:
    """The place that speaks for a case, EPSG:4326 degrees."""

    lon: float
    lat: float
    accuracy_m: float | None
    source: str
    grade: str
    region_result: str

    @classmethod
    def of(cls, case: Evidence) -> PlaceSeen | None:
        if case.place is None:
            return None
        at = point_of(case.place)
        return cls(at.lon, at.lat, case.accuracy_m, str(case.place_source), str(case.grade), case.region_result)


@dataclass(frozen=True)
class CaseSeen:
    """A case as its writer sees it. `id` is the number the client made, `number` ours (for /bukti/<number>/foto)."""

    id: str
    number: int
    state: str
    region_code: str
    title: str
    activity: str
    note: str
    occurred_from: str
    occurred_to: str
    tags: list[str]
    consent: str | None
    innovation_stage: str | None
    innovation_form: str | None
    study_assignment: str | None
    place: PlaceSeen | None
    place_reason: str
    flags: list[str]
    photos: int
    created_at: str
    submitted_at: str | None
    href: str

    @classmethod
    def of(cls, case: Evidence) -> CaseSeen:
        return cls(
            str(case.client_id), case.id, case.state, case.region_code, case.title,
            f"{case.kind_code}/{case.activity_code or ''}", case.note, case.occurred_from.isoformat(),
            case.occurred_to.isoformat(), list(case.tags), case.consent, case.innovation_stage, case.innovation_form,
            str(case.study_assignment_id) if case.study_assignment_id else None, PlaceSeen.of(case), case.place_reason,
            sorted(case.personal), len(case.photos), case.created_at.isoformat(),
            case.submitted_at.isoformat() if case.submitted_at else None,
            url_for("evidence.show", evidence_id=case.id),
        )  # fmt: skip


@dataclass(frozen=True)
class CasePage:
    """A part of the own cases, newest first; `next` is the address of the part that follows."""

    items: list[CaseSeen]
    next: str | None


_PLAIN: Mapping[Any, str] = {str: "string", int: "integer", float: "number", NoneType: "null"}


def answer_schema(shape: Any) -> Schema:
    """JSON Schema of a dataclass of plain values, lists and dataclasses."""
    if shape in _PLAIN:
        return {"type": _PLAIN[shape]}
    if get_origin(shape) is list:
        return {"type": "array", "items": answer_schema(get_args(shape)[0])}
    if get_origin(shape) is UnionType:
        return {"anyOf": [answer_schema(one) for one in get_args(shape)]}
    if not is_dataclass(shape):
        raise TypeError(shape)
    kinds = get_type_hints(shape)
    made = {one.name: answer_schema(kinds[one.name]) for one in fields(shape)}
    return {"type": "object", "properties": made, "required": list(made), "additionalProperties": False}
