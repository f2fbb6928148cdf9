"""`kill -9` of the web server: what was acknowledged is there once, what was not is sent again, no row lacks a file."""

from __future__ import annotations

import random
import threading

import pytest

from media.store import OF_PHOTOS
from tests.faults.field import Phone, Scene, Server, Shot, heard, kill
from webapp.evidence.services import What, compare

ROUNDS, SIZE = 4, 400_000


def test_a_server_killed_in_the_middle_of_pieces_loses_and_doubles_nothing(
    scene: Scene, server: Server, phone: Phone
) -> None:
    """In each round one photo is acknowledged; then, at once, one has sent a random number of its bytes, and one has
    sent them all: the kill comes a random number of milliseconds later, while that is judged, stored and receipted.
    """
    chance = random.Random(4)
    rounds = [[Shot.taken(700 + 3 * number + each, SIZE) for each in range(3)] for number in range(ROUNDS)]
    acknowledged: list[Shot] = []
    for whole, cut, judged in rounds:
        with server.up() as process:
            for shot in (whole, cut, judged):
                assert phone.begin(shot).status_code == 201
            phone.send(whole)
            lines = [phone.line(cut, 0), phone.line(judged, 0)]
            lines[0].sendall(cut.data[: chance.randint(1, SIZE - 1)])
            lines[1].sendall(judged.data)
            threading.Event().wait(chance.uniform(0, 0.08))
            kill(process)
            answers = [heard(line) for line in lines]
            assert b" 204 " not in answers[0][:20]
            acknowledged += [whole, *([judged] if b" 204 " in answers[1][:20] else [])]
    with server.here():
        for shot in acknowledged:
            assert phone.offset(shot) == SIZE
        scene.holds(*acknowledged, dust=True)
        shots = [shot for each in rounds for shot in each]
        for shot in shots:
            phone.send(shot)
        scene.holds(*shots)


# Deaths at one exact point between the last byte and the answer: a server that kills itself there.

DIE = """
import os, signal
def then_die(owner, name):
    real = getattr(owner, name)
    def done_and_dead(*args, **more):
        real(*args, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, name, done_and_dead)
def die_before(owner, name):
    setattr(owner, name, lambda *args, **more: os.kill(os.getpid(), signal.SIGKILL))
"""
POINTS = {
    "between the file beside its place and its name": "from pathlib import Path\ndie_before(Path, 'rename')",
    "after the file and before the row": "from media.intake import Intake\nthen_die(Intake, 'keep')",
    "after the row and before its commit": (
        "import webapp.capture.services.finishing as finishing\nthen_die(finishing, '_hand_on')"
    ),
    "after the commit and before the part is removed": (
        "from webapp.capture.parts import Parts\nreal = Parts.remove\n"
        "def remove(self, number):\n    if self.path(number).exists(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    real(self, number)\nParts.remove = remove"
    ),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_death_at_one_exact_point_is_made_good_when_the_phone_asks_again(
    scene: Scene, server: Server, phone: Phone, point: str
) -> None:
    shot, before = Shot.taken(720), len(list(scene.store.keys()))
    with server.up(first=DIE + POINTS[point]) as process:
        assert phone.begin(shot).status_code == 201
        with phone.line(shot, 0) as line:
            line.sendall(shot.data)
            assert heard(line) == b""
        process.wait()
    arrived = point.startswith("after the commit")
    row, found = scene.rows(shot.number)
    assert row is not None
    assert (row.arrived_at is not None, len(found)) == (arrived, int(arrived))
    there = point.startswith("after")
    assert scene.store.exists(shot.sha256) == there
    dust = [one.place for one in compare(scene.sessions, scene.store) if one.what is What.NO_ROW]
    assert dust == ([shot.sha256] if there and not arrived else [])
    receipt = row.receipt_code
    with server.here():
        assert phone.offset(shot) == len(shot.data)
        scene.holds(shot)
        row, found = scene.rows(shot.number)
        assert row is not None
        assert receipt in (None, row.receipt_code)
        assert phone.begin(shot).status_code == 200
        assert phone.offset(shot) == len(shot.data)
        assert [one.id for one in scene.rows(shot.number)[1]] == [one.id for one in found]
    assert len(list(scene.store.keys())) == before + 1
    assert [name for name in OF_PHOTOS if scene.store.exists(shot.sha256, name)] == ["original"]
