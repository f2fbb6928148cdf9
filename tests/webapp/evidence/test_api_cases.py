"""A script puts cases under numbers of its own making: once each, however often its network makes it repeat itself."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from tests.corpus.json_door import ADDRESS, BODY, PLACE
from tests.factories import Team
from tests.webapp.browsing import Browser
from tests.webapp.conftest import Opener, token_of
from webapp.evidence import services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State

NUMBER = uuid.UUID("6f1c9a52-7f0e-4d0a-9a3e-0c6f5a2b1d11")


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def put(browser: Browser, number: uuid.UUID = NUMBER, **changes: Any) -> TestResponse:
    token = token_of(browser.client.get("/"))
    body = {**BODY, "place": PLACE, **changes}
    return browser.client.put(ADDRESS.format(number), json=body, headers={"X-CSRFToken": token})


def code_of(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    return answer.status_code, answer.json["code"]


def count(session: Session) -> int:
    return session.scalar(select(func.count(Evidence.id))) or 0


def test_a_case_is_made_once_and_found_again(session: Session, people: Team, opened: Opener) -> None:
    phone = opened(people.camat)
    first, again = put(phone), put(phone)
    assert (first.status_code, first.headers["Location"]) == (201, ADDRESS.format(NUMBER))
    assert (again.status_code, again.json) == (200, first.json)
    assert phone.client.get(ADDRESS.format(NUMBER)).json == first.json
    assert first.json is not None and first.json["place"]["source"] == "device" and first.json["state"] == "draft"
    assert count(session) == 1


def test_the_number_with_other_content_is_a_conflict_and_changes_nothing(
    session: Session, people: Team, opened: Opener
) -> None:
    phone = opened(people.camat)
    put(phone)
    for changes in ({"title": "Lain"}, {"note": "Lain"}, {"place": None}, {"place": {**PLACE, "accuracy_m": 9}}):
        assert code_of(put(phone, **changes)) == (409, "id_reused")
    assert session.scalars(select(Evidence.title)).all() == [BODY["title"]]


def test_what_was_sent_is_still_the_same_after_the_case_was_edited(
    session: Session, people: Team, opened: Opener
) -> None:
    """The repeat of a request whose answer was lost must not fail because somebody went on working meanwhile."""
    phone = opened(people.camat)
    put(phone)
    case = session.scalars(select(Evidence)).one()
    services.edit(session, case, factories.fields(title="Judul baru"), actor=people.camat, at=factories.NOW)
    session.commit()
    again = put(phone)
    assert again.status_code == 200 and again.json is not None and again.json["title"] == "Judul baru"


def test_a_number_of_somebody_else_says_no_more_than_one_of_ones_own(
    session: Session, people: Team, opened: Opener
) -> None:
    """Neither whose it is nor what it holds: the same answer to the same content, to other content, and to reading."""
    put(opened(people.camat))
    same_unit = opened(factories.camat(session))
    next_door = opened(factories.camat(session, factories.NEXT_DOOR))
    own = put(opened(people.camat), title="Lain").json
    assert own is not None
    for stranger, unit in ((same_unit, factories.MINE), (next_door, factories.NEXT_DOOR)):
        for title in (BODY["title"], "Lain"):
            answer = put(stranger, region_code=unit, title=title)
            assert answer.json is not None and answer.status_code == 409
            assert {**answer.json, "request_id": ""} == {**own, "request_id": ""}
        taken, free = (stranger.client.get(ADDRESS.format(one)) for one in (NUMBER, uuid.uuid4()))
        assert code_of(taken) == code_of(free) == (404, "not_found")
        assert stranger.client.get("/api/v1/bukti").json == {"items": [], "next": None}


def test_the_own_list_comes_in_parts_that_neither_skip_nor_repeat(
    session: Session, people: Team, opened: Opener
) -> None:
    phone = opened(people.camat)
    for n in range(5):
        put(phone, uuid.uuid4(), title=f"Bukti {n}")
    factories.case(session, people)
    seen, address = [], "/api/v1/bukti?limit=2"
    while address:
        part = phone.client.get(address).json
        assert part is not None and len(part["items"]) <= 2
        seen += [one["title"] for one in part["items"]]
        address = part["next"]
        put(phone, uuid.uuid4(), title="Baru")  # made while the list is read: it belongs before its beginning
    assert seen[-5:] == [f"Bukti {n}" for n in (4, 3, 2, 1, 0)]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("who", ["leader", "desk", "chair", "assessor"])
def test_those_who_do_not_write_cases_are_refused(people: Team, opened: Opener, who: str) -> None:
    script = opened(getattr(people, who))
    assert code_of(put(script)) == (403, "not_allowed")
    assert code_of(script.client.get("/api/v1/bukti")) == (403, "not_allowed")


def test_nobody_is_told_to_sign_in_as_json(people: Team, opened: Opener) -> None:
    stranger = opened(None)
    for path in ("/api/v1/bukti", ADDRESS.format(NUMBER), "/api/v1/openapi.json"):
        assert code_of(stranger.client.get(path, headers={"Accept": "text/html"})) == (401, "not_signed_in")


def test_without_the_token_nothing_is_written(session: Session, people: Team, opened: Opener) -> None:
    answer = opened(people.camat).client.put(ADDRESS.format(NUMBER), json=BODY)
    assert (*code_of(answer), count(session)) == (400, "csrf_failed", 0)


def test_every_refusal_of_a_form_is_named_at_once(people: Team, opened: Opener) -> None:
    answer = put(opened(people.camat), title=7, score=100, occurred_from="kemarin", place={"lon": 200, "lat": True})
    assert answer.json is not None
    assert {(one["field"], one["code"]) for one in answer.json["fields"]} >= {
        ("score", "field_unknown"), ("title", "field_type"), ("occurred_from", "date_invalid"),
        ("place.lon", "number_range"), ("place.lat", "field_type"),
    }  # fmt: skip


def test_a_page_takes_no_json(people: Team, opened: Opener) -> None:
    """Flask-WTF would feed any form with it, lists and numbers included."""
    browser = opened(people.camat)
    token = token_of(browser.client.get("/"))
    for body in ('{"title": 5, "tags": {"a": 1}}', "[1]", "7", '{"title": ["a"], "activity": null}'):
        answer = browser.client.post(
            "/bukti/baru", data=body, headers={"X-CSRFToken": token, "Content-Type": "application/json"}
        )
        assert answer.status_code == 422


def test_a_leader_neither_reads_nor_finds_personal_numbers(session: Session, people: Team, opened: Opener) -> None:
    nik, phone = "3273014101900001", "0812-3456-7890"
    case = factories.case(
        session, people, State.SUBMITTED, title=f"Gang {phone}", note=f"Ketua {nik}, surel a@contoh.id"
    )
    leader = opened(people.leader)
    unit = factories.MINE
    places = (
        f"/bukti/{case.id}", f"/bukti/{case.id}/peta.geojson", f"/peta/{unit}/daftar", f"/peta/{unit}/kasus.geojson",
    )  # fmt: skip
    for path in places:
        page = leader.client.get(path).text
        assert not any(secret in page for secret in (nik, phone, "a@contoh.id")), path
    assert "••••0001" in leader.client.get(f"/bukti/{case.id}").text
    for word, finds in (("Ketua", True), ("surel", True), ("32730141", False), (nik, False), ("3456-7890", False)):
        assert ("Gang" in leader.client.get(f"/peta/{unit}/daftar?cari={word}").text) is finds, word


def test_the_verifier_reads_them_while_the_case_is_theirs(session: Session, people: Team, opened: Opener) -> None:
    nik = "3273014101900001"
    case = factories.case(session, people, State.SUBMITTED, note=f"Ketua {nik}")
    desk = opened(people.desk)
    assert nik not in desk.client.get(f"/bukti/{case.id}").text
    services.move(session, case, Move.TAKE, actor=people.desk, at=factories.NOW, until=factories.NOW)
    session.commit()
    assert nik in desk.client.get(f"/bukti/{case.id}").text
    assert nik not in opened(people.second).client.get(f"/bukti/{case.id}").text


def test_the_openapi_description_is_json_for_whoever_is_signed_in(people: Team, opened: Opener) -> None:
    answer = opened(people.leader).client.get("/api/v1/openapi.json")
    assert json.loads(answer.data)["openapi"] == "3.1.0"
