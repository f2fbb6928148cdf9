"""JSON that is broken, of the wrong kind, too much, or says what nobody may say."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from tests import factories
from tests.corpus import Answer, Case, Proof
from tests.corpus.house import House, Person

ADDRESS = "/api/v1/bukti/{}"
KIND = {"Content-Type": "application/json"}
BODY: dict[str, Any] = {
    "region_code": factories.MINE, "title": "Kampung Tematik RW 05", "activity": "inovasi/kampung_tematik",
    "occurred_from": "2018-08-01", "note": "Warga mengecat gang.",
}  # fmt: skip
SOUND = json.dumps(BODY).encode()
_SPOT = factories.middle(factories.MINE)
PLACE = {"lon": _SPOT.lon, "lat": _SPOT.lat, "accuracy_m": 8, "at": "2018-08-01T02:00:00Z"}


def put(person: Person, body: bytes, headers: dict[str, str] = KIND, number: uuid.UUID | None = None) -> Answer:
    return person.raw("PUT", ADDRESS.format(number or uuid.uuid4()), body, headers)


def raw(name: str, build: Callable[[], bytes], status: int, code: str, headers: dict[str, str] = KIND) -> Case:
    return Case("JSON", name, lambda person: put(person, build(), headers), status, code)


def said(name: str, status: int, code: str | None = None, *proofs: Proof, **changes: Any) -> Case:
    body = json.dumps({**BODY, **changes}).encode()
    return Case("JSON", name, lambda person: put(person, body), status, code, proofs=proofs)


def spelled(name: str, value: str, status: int, code: str, field: str = "title") -> Case:
    """A value that Python would not write, put into the text of the body."""
    body = json.dumps({**BODY, field: "@"}).replace('"@"', value).encode()
    return Case("JSON", name, lambda person: put(person, body), status, code, proofs=(blames(field),))


def blames(field: str) -> Proof:
    def look(_house: House, answer: Answer) -> None:
        assert answer.json["field"] == field, answer.json

    return look


def at(place: str) -> Proof:
    """The stored case speaks from this witness, or from none ("")."""

    def look(_house: House, answer: Answer) -> None:
        assert (answer.json["place"] or {"source": ""})["source"] == place, answer.json

    return look


def again(person: Person) -> Answer:
    """The same number twice, the second time with its keys in another order."""
    number = uuid.uuid4()
    assert put(person, SOUND, number=number).status == 201
    return put(person, json.dumps(dict(reversed(BODY.items())), indent=2).encode(), number=number)


def query(name: str, query: str, code: str) -> Case:
    return Case("JSON", name, lambda person: person.raw("GET", f"/api/v1/bukti?{query}"), 422, code)


CASES = [
    said("a whole case", 201, None, at("")),
    said("a case with the device's position", 201, None, at("device"), place=PLACE),
    said("a case with a pin", 201, None, at("pin"), place={"lon": _SPOT.lon, "lat": _SPOT.lat}),
    said("a tiny longitude in scientific notation", 201, None, at("pin"), place={"lon": 1e-7, "lat": 1e-300}),
    said("null for what may be empty", 201, consent=None, place=None, note=None),
    raw("cut", lambda: json.dumps(BODY).encode()[:-7], 400, "json_invalid"),
    raw("empty", bytes, 400, "json_invalid"),
    raw("100,000 lists deep", lambda: b'{"title":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "json_invalid"),
    raw("20,000 objects deep", lambda: b'{"a":' * 20_000 + b"1" + b"}" * 20_000, 400, "json_invalid"),
    raw("bad UTF-8", lambda: b'{"title": "caf\xe9"}', 400, "json_invalid"),
    raw("UTF-16", lambda: json.dumps(BODY).encode("utf-16"), 400, "json_invalid"),
    raw("a byte order mark", lambda: b"\xef\xbb\xbf" + json.dumps(BODY).encode(), 400, "json_invalid"),
    raw("a list", lambda: json.dumps([BODY]).encode(), 400, "json_invalid"),
    raw("a text", lambda: b'"bukti"', 400, "json_invalid"),
    raw("null", lambda: b"null", 400, "json_invalid"),
    raw("a key twice", lambda: b'{"title": "a", "title": "b"}', 400, "json_invalid"),
    raw("a key twice inside", lambda: b'{"place": {"lon": 1, "lon": 2}}', 400, "json_invalid"),
    raw("NaN", lambda: b'{"place": {"lon": NaN}}', 400, "json_invalid"),
    raw("Infinity", lambda: b'{"place": {"lon": -Infinity}}', 400, "json_invalid"),
    raw("a number of 5,000 digits", lambda: b'{"place": {"lon": %s}}' % (b"9" * 5_000), 400, "json_invalid"),
    raw("a comment", lambda: b'{"title": "a" /* b */}', 400, "json_invalid"),
    raw("single quotes", lambda: b"{'title': 'a'}", 400, "json_invalid"),
    raw("a comma at the end", lambda: b'{"title": "a",}', 400, "json_invalid"),
    raw("two documents", lambda: b"{}{}", 400, "json_invalid"),
    raw("a form", lambda: b"title=a", 415, "type_not_allowed", {"Content-Type": "application/x-www-form-urlencoded"}),
    raw(
        "JSON said to be text",
        lambda: json.dumps(BODY).encode(),
        415,
        "type_not_allowed",
        {"Content-Type": "text/plain"},
    ),
    raw("no type said", lambda: json.dumps(BODY).encode(), 415, "type_not_allowed", {}),
    raw("300 kB", lambda: json.dumps({**BODY, "note": "a" * 300_000}).encode(), 413, "request_too_large"),
    spelled("NUL in a text", '"a\\u0000b"', 422, "text_invalid"),
    spelled("a lone surrogate", '"a\\ud800b"', 422, "text_invalid"),
    spelled("a lone surrogate the other way", '"\\udc00"', 422, "text_invalid", "note"),
    spelled("an escape character", '"a\\u001b[2Jb"', 422, "text_invalid", "note"),
    said("a lone surrogate where a choice belongs", 422, "choice_invalid", activity="\ud800"),
    said("a number for a title", 422, "field_type", blames("title"), title=5),
    said("a list for a title", 422, "field_type", blames("title"), title=["a"]),
    said("an object for a title", 422, "field_type", blames("title"), title={"a": 1}),
    said("truth for a title", 422, "field_type", blames("title"), title=True),
    said("a text for tags", 422, "field_type", blames("tags"), tags="warga"),
    said("numbers for tags", 422, "field_type", blames("tags"), tags=[1]),
    said("a number for a day", 422, "field_type", blames("occurred_from"), occurred_from=20180801),
    said("a list for a place", 422, "field_type", blames("place"), place=[107.6, -6.9]),
    said("a text for a longitude", 422, "field_type", blames("place.lon"), place={**PLACE, "lon": "107,6"}),
    said("truth for a latitude", 422, "field_type", blames("place.lat"), place={**PLACE, "lat": True}),
    raw(
        "1e999",
        lambda: json.dumps({**BODY, "place": {**PLACE, "lon": "@"}}).replace('"@"', "1e999").encode(),
        422,
        "number_invalid",
    ),
    said("a longitude of 181", 422, "number_range", blames("place.lon"), place={**PLACE, "lon": 181}),
    said("half a place", 422, "place_incomplete", blames("place.lon"), place={"lon": 100.0}),
    said("a negative accuracy", 422, "number_range", blames("place.accuracy_m"), place={**PLACE, "accuracy_m": -1}),
    said(
        "a moment without a zone", 422, "date_invalid", blames("place.at"), place={**PLACE, "at": "2018-08-01T02:00:00"}
    ),
    said(
        "a moment of the year 1",
        422,
        "date_invalid",
        blames("place.at"),
        place={**PLACE, "at": "0001-01-01T00:00:00+14:00"},
    ),
    said("a day that is none", 422, "date_invalid", blames("occurred_from"), occurred_from="2018-02-30"),
    said("days the wrong way round", 422, "dates_reversed", blames("occurred_to"), occurred_to="2018-07-01"),
    said("another's region", 422, "choice_invalid", blames("region_code"), region_code=factories.NEXT_DOOR),
    said("an unknown activity", 422, "choice_invalid", blames("activity"), activity="inovasi/sulap"),
    said("an unknown tag", 422, "choice_invalid", blames("tags"), tags=["sulap"]),
    said("a title of 201 letters", 422, "text_too_long", blames("title"), title="a" * 201),
    said("no title", 422, "text_empty", blames("title"), title=None),
    said("a role", 422, "field_unknown", blames("role"), role="administrator"),
    said("a score", 422, "field_unknown", blames("score"), score=100),
    said("a state", 422, "field_unknown", blames("state"), state="verified_field"),
    said("an owner", 422, "field_unknown", blames("owner_id"), owner_id=1),
    said("a version", 422, "field_unknown", blames("version"), version=7),
    said("an own number beside the address", 422, "field_unknown", blames("client_id"), client_id=str(uuid.uuid4())),
    said("a prototype", 422, "field_unknown", blames("__proto__"), __proto__={"role": "administrator"}),
    said("an unknown field of the place", 422, "field_unknown", blames("place.grade"), place={**PLACE, "grade": "A"}),
    said("a key of script", 422, "field_unknown", **{"<script>alert(1)</script>" * 10: 1}),
    Case("JSON", "the same again", again, 200),
    Case(
        "JSON",
        "a number that a form has used",
        lambda person: put(person, SOUND, number=person.case.client_id),
        409,
        "id_reused",
    ),
    query("an unknown question", "role=admin", "field_unknown"),
    query("a part before nothing", "before=x", "number_invalid"),
    query("a part of a million", "limit=1000000", "number_range"),
    Case(
        "JSON",
        "a number that is no UUID",
        lambda person: person.raw("PUT", ADDRESS.format("1"), b"{}", KIND),
        404,
        "not_found",
    ),
    Case(
        "JSON",
        "another way of asking",
        lambda person: person.raw("DELETE", ADDRESS.format(uuid.uuid4())),
        405,
        "method_not_allowed",
    ),
]
