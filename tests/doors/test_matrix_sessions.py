"""Photo addresses that somebody kept: what they open once the person has left, lost the post, or serves elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.doors.matrix.asks import Ask
from tests.doors.matrix.trying import House
from tests.factories import KABUPATEN, KOTA
from webapp.cluster import WEB

WAYS = ("", "/small", "/medium", "/large", "/asli")


def addresses(house: House, name: str) -> list[str]:
    return [f"/bukti/foto/{house.world.photos[name]}{way}" for way in WAYS]


def opened(house: House, person: str, name: str, seen: list[str]) -> list[int]:
    """What each address of the photo answers, also to a browser that has the picture already."""
    plain = [house.send(person, Ask("GET", path), seen) for path in addresses(house, name)]
    known = house.browser(person).get(addresses(house, name)[1], headers={"If-None-Match": _tag(house, name)})
    return [*(one.status for one in plain), known.status_code]


def _tag(house: House, name: str) -> str:
    asked = text("SELECT sha256 FROM photo WHERE id = :id")
    with house.app.extensions["petabukti_sessions"].kw["bind"].engine.connect() as looking:
        looking.execute(text("SET ROLE NONE"))
        return f'"{looking.scalar(asked, {"id": house.world.photos[name]})}-small"'


def as_owner(house: House, statement: str, **values: object) -> None:
    """Something done by somebody else, in the transaction that runs."""
    connection = house.connections[True]
    connection.execute(text("SET LOCAL ROLE NONE"))
    connection.execute(text(statement), values)
    connection.execute(text(f"SET LOCAL ROLE {WEB}"))


OPEN, GONE, DOOR = [200] * 5 + [304], [404] * 6, [303] * 6


def test_after_signing_out_no_photo_address_opens(house: House) -> None:
    with house.alone() as seen:
        assert opened(house, "D", "sent", seen) == OPEN
        assert house.send("D", Ask("POST", "/keluar"), seen).status == 303
        assert opened(house, "D", "sent", seen) == DOOR


@pytest.mark.parametrize("verb", ["cabut", "akhir"])
def test_after_a_change_of_role_no_photo_address_opens(house: House, verb: str) -> None:
    """An administrator takes the post away; the browser that is open is closed with it."""
    who, post = house.world.people["D"].id, house.world.appointments["D"][0]
    with house.alone() as seen:
        assert opened(house, "D", "sent", seen) == OPEN
        changed = Ask("POST", f"/akun/orang/{who}/jabatan/{post}/{verb}", {"ends_on": "2020-01-01"})
        assert house.send("M", changed, seen).status == 303
        assert opened(house, "D", "sent", seen) == DOOR


CHANGES: dict[str, tuple[str, dict[str, object]]] = {
    "serves elsewhere": ("UPDATE appointment SET region_code = :code WHERE account_id = :who", {"code": KOTA}),
    "is a camat's contributor elsewhere": (
        "UPDATE appointment SET role = 'contributor', region_code = :code WHERE account_id = :who",
        {"code": f"{KABUPATEN}.02"},
    ),
    "serves no longer since yesterday": (
        "UPDATE appointment SET ends_on = current_date - 2 WHERE account_id = :who", {},
    ),
    "serves not before next week": ("UPDATE appointment SET starts_on = current_date + 7 WHERE account_id = :who", {}),
    "was taken the post": ("UPDATE appointment SET revoked_at = now() WHERE account_id = :who", {}),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_very_next_request_knows_the_new_area(house: House, change: str) -> None:
    """Even where the session goes on, as after a change made in the database itself."""
    statement, values = CHANGES[change]
    with house.alone() as seen:
        assert opened(house, "D", "sent", seen) == OPEN
        as_owner(house, statement, who=house.world.people["D"].id, **values)
        assert opened(house, "D", "sent", seen) == GONE
        there = opened(house, "D", "elsewhere", seen)
    assert there == (OPEN if change == "serves elsewhere" else GONE)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE account SET deactivated_at = now() WHERE id = :who",
        "UPDATE open_session SET ended_at = now(), ended_because = 'by_administrator' WHERE account_id = :who",
    ],
    ids=["closed account", "ended session"],
)
def test_a_closed_account_and_an_ended_session_open_nothing(house: House, statement: str) -> None:
    with house.alone() as seen:
        as_owner(house, statement, who=house.world.people["D"].id)
        assert opened(house, "D", "sent", seen) == DOOR


def test_a_session_that_still_owes_something_opens_no_photo(house: House) -> None:
    """Before the own password is chosen, and before the code of the second factor is given."""
    owing: dict[str, Callable[[], None]] = {
        "password": lambda: as_owner(
            house, "UPDATE account SET must_change_password = true WHERE id = :who", who=house.world.people["D"].id
        ),
        "code": lambda: as_owner(
            house, "UPDATE open_session SET second_factor_at = NULL WHERE account_id = :who",
            who=house.world.people["D"].id,
        ),
    }  # fmt: skip
    for owe in owing.values():
        with house.alone() as seen:
            owe()
            assert opened(house, "D", "sent", seen) == DOOR
