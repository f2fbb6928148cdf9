"""What a form carries besides its fields: other people's ids, columns nobody offered, ways out of the site."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import text

from tests import photos
from tests.doors.matrix.asks import Ask, ask
from tests.doors.matrix.table import Cell
from tests.doors.matrix.trying import House
from tests.factories import FAR, KABUPATEN, NEXT_DOOR, PASSWORD

_WORDS = {
    "title", "note", "kind_code", "activity_code", "occurred_from", "occurred_to", "tags", "consent",
    "innovation_stage", "innovation_form", "study_assignment_id", "version",
}  # fmt: skip
_PLACE = {
    "pin_place", "place", "place_source", "accuracy_m", "grade", "place_reason", "region_result", "region_candidates",
    "region_radius_m", "boundary_dataset_id", "found_region_code", "version",
}  # fmt: skip
_DESK = {"state", "taken_by", "taken_until", "verified_at", "dismissed_at", "version"}
# The form, the row it changes, a row whose every column is smuggled along, and the columns the form may change.
SMUGGLED: dict[str, tuple[Cell, str, str, str, set[str]]] = {
    "a camat's words": (
        Cell("POST", "evidence.change", "draft", "C", "ok"), "evidence", "draft", "neighbour", _WORDS
    ),
    "a place": (
        Cell("POST", "evidence.set_place", "draft", "C", "ok"), "evidence", "draft", "neighbour", _PLACE
    ),
    "a submission": (
        Cell("POST", "evidence.submit", "draft", "C", "ok"), "evidence", "draft", "confirmed",
        {"state", "version", "revision", "submitted_at", "submitted_by"},
    ),
    "a desk's yes": (
        Cell("POST", "verification.accept", "held", "D", "ok"), "evidence", "held", "confirmed", _DESK
    ),
    "a desk's return": (
        Cell("POST", "verification.give_back", "held", "D", "ok"), "evidence", "held", "locked",
        _DESK | {"repair_until"},
    ),
    "an administrator's edit": (
        Cell("POST", "accounts.person", "here", "M", "ok"), "account", "desk", "closed", {"name", "email"}
    ),
    "the own profile": (
        Cell("POST", "accounts.profile", "page", "D", "ok"), "account", "D", "closed", {"locale"}
    ),
    "a statement": (
        Cell("POST", "scoring.tie", "waiting", "C", "ok"), "claim", "waiting", "neighbour", set()
    ),
    "a claim set aside": (
        Cell("POST", "scoring.set_aside", "waiting", "H", "ok"), "claim", "waiting", "neighbour",
        {"set_aside_by", "set_aside_at", "set_aside_reason"},
    ),
    "a period opened": (
        Cell("POST", "programme.open_period", "prepared", "S", "ok"), "period", "prepared", "final",
        {"state", "opened_at"},
    ),
}  # fmt: skip


def number_of(house: House, table: str, name: str) -> int:
    world = house.world
    known = {"evidence": world.cases, "claim": world.claims, "period": world.periods}
    return world.people[name].id if table == "account" else known[table][name]


def row(house: House, table: str, number: int) -> dict[str, Any]:
    """A row as it is inside the transaction that runs."""
    asked = text(f"SELECT to_jsonb(one) FROM {table} AS one WHERE id = :id")
    found: dict[str, Any] = house.connections[False].execute(asked, {"id": number}).scalar_one()
    return found


@pytest.mark.parametrize("what", SMUGGLED)
def test_a_form_changes_its_own_fields_and_nothing_else(house: House, what: str) -> None:
    cell, table, own, other, may_change = SMUGGLED[what]
    wanted = ask(house.world, house.site, cell)
    with house.alone(wall=False) as seen:
        before = row(house, table, number_of(house, table, own))
        smuggled = {key: value for key, value in row(house, table, number_of(house, table, other)).items() if value}
        form = {**{key: str(value) for key, value in smuggled.items()}, **wanted.form}
        answer = house.send(cell.person, Ask(wanted.method, wanted.path, form), seen)
        after = row(house, table, number_of(house, table, own))
    assert answer.status == 303, answer.body.decode()
    changed = {column for column in before if before[column] != after[column]}
    assert changed <= may_change
    assert changed or not may_change


def test_a_new_case_is_its_makers_and_a_draft_whatever_the_form_says(house: House) -> None:
    wanted = ask(house.world, house.site, Cell("POST", "evidence.create", "here", "C", "ok"))
    with house.alone(wall=False) as seen:
        smuggled = row(house, "evidence", house.world.cases["confirmed"])
        foreign = {"owner_id": house.world.people["neighbour_camat"].id, "period_id": house.world.periods["away"]}
        form = {**{key: str(value) for key, value in {**smuggled, **foreign}.items() if value}, **wanted.form}
        answer = house.send("C", Ask("POST", wanted.path, form), seen)
        assert answer.status == 303, answer.body.decode()
        made = row(house, "evidence", int(answer.location.rsplit("/", 1)[1]))
    stands = {key: made[key] for key in ("state", "owner_id", "period_id", "verified_at", "locked_at", "submitted_at")}
    assert stands == {
        "state": "draft", "owner_id": house.world.people["C"].id, "period_id": house.world.periods["open"],
        "verified_at": None, "locked_at": None, "submitted_at": None,
    }  # fmt: skip
    assert (made["place"], made["grade"], made["version"]) == (None, None, 1)


def test_a_score_is_the_assessors_own_and_of_the_claim_in_the_address(house: House) -> None:
    wanted = ask(house.world, house.site, Cell("POST", "scoring.score", "proven", "A", "ok"))
    people, claims = house.world.people, house.world.claims
    smuggled = {
        "assessor_id": people["assessor"].id, "claim_id": claims["neighbour"], "mode": "desk", "visit_id": "1",
        "finalised_at": "2018-01-01T00:00:00Z", "period_id": house.world.periods["final"],
    }  # fmt: skip
    with house.alone(wall=False) as seen:
        answer = house.send("A", Ask("POST", wanted.path, {**smuggled, **wanted.form}), seen)
        asked = text("SELECT claim_id, period_id, finalised_at, visit_id FROM score WHERE assessor_id = :who")
        given = house.connections[False].execute(asked, {"who": people["A"].id}).all()
    assert answer.status == 303
    assert [tuple(one) for one in given] == [(claims["proven"], house.world.periods["open"], None, None)]


@pytest.mark.parametrize("whose", ["neighbour", "away", "unknown"])
def test_a_case_takes_no_study_of_another_unit(house: House, whose: str) -> None:
    wanted = ask(house.world, house.site, Cell("POST", "evidence.change", "draft", "C", "ok"))
    study = str(house.world.studies.get(whose, 2_000_000_007))
    answer = house.ask("C", Ask("POST", wanted.path, {**wanted.form, "study_assignment": study}))
    assert (answer.status, answer.writes) == (422, set())
    assert b"kata-studi" not in answer.body


@pytest.mark.parametrize("whose", ["neighbour", "away"])
def test_a_photo_sent_under_somebody_elses_number_shows_nothing_of_theirs(house: House, whose: str) -> None:
    """The number is taken, and nothing more is said; the picture stays where it is."""
    with house.alone(wall=False) as seen:
        theirs = row(house, "photo", house.world.photos[whose])
        files = {"berkas": (io.BytesIO(photos.phone_jpeg(seed=5, size=(640, 480))), "baru.jpg", "image/jpeg")}
        path = f"/bukti/{house.world.cases['draft']}/foto"
        answer = house.send("C", Ask("POST", path, {**files, "upload_id": theirs["upload_id"]}), seen)
        assert row(house, "photo", house.world.photos[whose]) == theirs
    assert (answer.status, answer.headers["X-Problem-Code"]) == (409, "id_reused")
    assert house.told("C", answer) == set()


def test_a_period_takes_no_participants_of_another_region(house: House) -> None:
    wanted = ask(house.world, house.site, Cell("POST", "programme.new", "here", "S", "ok"))
    answer = house.ask("S", Ask("POST", wanted.path, {**wanted.form, "participants": [NEXT_DOOR, FAR]}))
    assert (answer.status, answer.writes) == (422, set())


def test_nobody_is_appointed_twice_over_by_a_second_region_in_the_form(house: House) -> None:
    """Fields that are sent twice are read once, and what was checked is what is written."""
    wanted = ask(house.world, house.site, Cell("POST", "accounts.appoint", "here", "M", "ok"))
    with house.alone(wall=False) as seen:
        answer = house.send("M", Ask("POST", wanted.path, {**wanted.form, "region": [KABUPATEN, ""]}), seen)
        given = house.connections[False].execute(
            text("SELECT region_code FROM appointment WHERE account_id = :who AND role = 'information_officer'"),
            {"who": house.world.people["desk"].id},
        )
        assert (answer.status, given.scalars().all()) == (303, [KABUPATEN])


@pytest.mark.parametrize(
    "onward", ["https://jahat.contoh/", "//jahat.contoh", "/\\jahat.contoh", "javascript:alert(1)", "/\t/jahat.contoh"]
)
def test_nothing_leads_out_of_the_site(house: House, onward: str) -> None:
    fields = {"username": house.world.people["C"].username, "password": PASSWORD}
    with house.alone() as seen:
        client = house.browser("V")
        inside = client.post("/masuk", query_string={"next": onward}, data={**fields, "csrf_token": house.tokens["V"]})
        assert (inside.status_code, inside.location) == (303, "/")
        spoken = house.send("C", Ask("POST", "/bahasa", {"locale": "en", "next": onward}), seen)
        assert spoken.location == "/"
