"""The same photo sent by eight at once, from the first word to the last: one upload, one photo, one receipt."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.faults.field import Phone, Scene, Server, Shot, until
from tests.webapp.capture.sending import WIRE

THREADS, NUMBERS = 8, 20


def told_of(phone: Phone, *shots: Shot) -> list[dict[str, object]]:
    """What the server says of these uploads, in the order they were asked for."""
    asked = "&".join(f"id={shot.number}" for shot in shots)
    told = {one["id"]: one for one in phone.ask("GET", f"{WIRE}?{asked}").json()["uploads"]}
    return [told[str(shot.number)] for shot in shots]


def test_twenty_photos_sent_by_eight_at_once_are_twenty_photos_with_one_receipt_each(
    scene: Scene, server: Server
) -> None:
    phones = [Phone(scene, server.address) for _ in range(THREADS)]
    shots = [Shot.taken(770 + number) for number in range(NUMBERS)]
    together = threading.Barrier(THREADS)

    def send(phone: Phone) -> list[dict[str, object]]:
        for shot in shots:
            together.wait()
            until(lambda shot=shot: phone.goes_on(shot))  # type: ignore[misc]
        return told_of(phone, *shots)

    with server.here():
        with ThreadPoolExecutor(THREADS) as pool:
            receipts = list(pool.map(send, phones))
        said = sum((phone.said for phone in phones), start=type(phones[0].said)())
        assert {status for _, status in said} <= {200, 201, 204, 409, 423}, said
        assert said["POST", 201] == NUMBERS
        assert said["PATCH", 204] == NUMBERS
        assert all(each == receipts[0] for each in receipts)
        assert len({line["receipt"] for line in receipts[0]}) == NUMBERS
        scene.holds(*shots)
        _other_content_changes_nothing(scene, phones, shots[0], receipts[0][0])
    scene.holds(*shots)


def _other_content_changes_nothing(scene: Scene, phones: list[Phone], shot: Shot, before: dict[str, object]) -> None:
    """Eight at once, under the number of a photo that arrived, and under one that has just begun."""
    going = Shot.taken(790)
    assert phones[0].begin(going).status_code == 201
    assert phones[0].piece(going, 0, 1000).status_code == 204
    for number in (shot.number, going.number):
        other = Shot(Shot.taken(791, 50_000).data, number=number)
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(lambda phone, other=other: phone.begin(other), phones))
        assert {(one.status_code, one.json()["code"]) for one in answers} == {(409, "id_reused")}
    assert told_of(phones[0], shot) == [before]
    assert phones[0].offset(going) == 1000
    row, found = scene.rows(going.number)
    assert row is not None
    assert (row.byte_size, row.arrived_at, found) == (len(going.data), None, [])
