"""OpenAPI 3.1 of what scripts may ask: made from the URL map, the forms and the answers, so that it cannot be old."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, jsonify
from werkzeug.routing import BaseConverter, IntegerConverter, Rule, UUIDConverter

from webapp.access import signed_in
from webapp.evidence.views.api.blueprint import bp
from webapp.evidence.views.api.shapes import answer_schema
from webapp.forms.described import Described, described, description_of
from webapp.forms.schema import Schema, object_schema, query_parameters

_PLACE = re.compile(r"<(?:[^<>]*:)?([^<>:]+)>")
_VERBS = ("GET", "PUT", "POST", "PATCH", "DELETE")
_TEXT = answer_schema(str)
_TOLD = answer_schema(str | None)

_REFUSAL: Schema = {
    "type": "object",
    "required": ["code", "message", "field", "request_id"],
    "properties": {
        "code": _TEXT | {"description": "Stable; X-Problem-Code carries it as well."},
        "message": _TEXT | {"description": "A sentence in the reader's language."},
        "field": _TOLD,
        "request_id": _TEXT,
        "missing": {
            "type": "array",
            "items": _TEXT,
            "description": "Beside not_ready: what a submission still needs, by codes.",
        },
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {"field": _TOLD, "code": _TEXT, "message": _TEXT},
            },
        },
    },
}
_LAYER: Schema = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": {"type": "object"}}},
}


@bp.get("/openapi.json")
@signed_in
@described(answers={200: {"type": "object", "required": ["openapi", "paths"]}})
def openapi() -> Response:
    """This description, with the choices of the person who asks."""
    return jsonify(document())


def document() -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.startswith(f"{bp.name}.") or rule.rule.endswith(".geojson"):
            verbs = {verb.lower(): _operation(rule, verb) for verb in _VERBS if verb in (rule.methods or ())}
            paths.setdefault(_PLACE.sub(r"{\1}", rule.rule), {}).update(verbs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Petabukti", "version": "1"},
        "paths": paths,
        "security": [{"session": []}],
        "components": {
            "schemas": {"Refusal": _REFUSAL, "Layer": _LAYER},
            "responses": {"Refused": {"description": "Refused.", "content": _json("Refusal")}},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": current_app.config["SESSION_COOKIE_NAME"]},
                "token": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
            },
        },
    }


def _operation(rule: Rule, verb: str) -> dict[str, Any]:
    view = current_app.view_functions[rule.endpoint]
    said = description_of(view)
    made: dict[str, Any] = {
        "operationId": ".".join([rule.endpoint, *sorted(rule.arguments - set(rule.defaults or {})), verb.lower()]),
        "summary": (view.__doc__ or rule.endpoint).strip().splitlines()[0],
        "x-permission": str(getattr(view, "required_permission", "")),
        "parameters": [*_places(rule), *_query(said)],
        "responses": {**_answers(rule, said), "default": {"$ref": "#/components/responses/Refused"}},
    }
    if said.body is not None:
        content = {"application/json": {"schema": object_schema(said.body())}}
        made |= {"requestBody": {"required": True, "content": content}}
    return made if verb == "GET" else made | {"security": [{"session": [], "token": []}]}


def _answers(rule: Rule, said: Described) -> dict[str, Any]:
    if rule.rule.endswith(".geojson"):
        content = {"application/geo+json": {"schema": {"$ref": "#/components/schemas/Layer"}}}
        return {"200": {"description": "GeoJSON.", "content": content}, "304": {"description": "As before."}}
    return {
        str(status): {"description": "Done.", "content": {"application/json": {"schema": schema}}}
        for status, schema in said.answers.items()
    }


def _places(rule: Rule) -> Iterator[Schema]:
    for name, converter in rule._converters.items():  # noqa: SLF001 - werkzeug has no other way to ask
        yield {"name": name, "in": "path", "required": True, "schema": _converted(converter)}


def _converted(converter: BaseConverter) -> Schema:
    if isinstance(converter, UUIDConverter):
        return {"type": "string", "format": "uuid"}
    if isinstance(converter, IntegerConverter):
        return {"type": "integer", "minimum": converter.min or 0, "maximum": converter.max}
    return {"type": "string", "pattern": f"^{converter.regex}$"}


def _query(said: Described) -> list[Schema]:
    form = said.query(formdata=None, meta={"csrf": False}) if said.query else None
    plain = [{"name": name, "in": "query", "required": False, "schema": _TEXT} for name in said.names]
    return [*(query_parameters(form) if form else []), *plain]


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
