"""The answer never reaches the phone, or half of it does: it asks again, and there is one photo with one receipt."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import requests

from tests.faults.field import Phone, Scene, Server, Shot
from tests.webapp.capture.sending import WIRE


@contextmanager
def losing(port: int, method: str, kept: int) -> Iterator[str]:
    """The address of a line to that port which passes on `kept` bytes of the answer to each request of that method,
    and is cut then. The request itself arrives whole.
    """

    def lead(near: socket.socket, far: socket.socket) -> None:
        def back() -> None:
            with suppress(OSError):
                while data := far.recv(65_536):
                    if asked.startswith(method.encode()):
                        near.sendall(data[:kept])
                        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", kept == 0, 0))
                        break
                    near.sendall(data)
            for end in (near, far):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

        with suppress(OSError):
            asked = near.recv(65_536)
            far.sendall(asked)
            threading.Thread(target=back, daemon=True).start()
            while data := near.recv(65_536):
                far.sendall(data)

    def listen() -> None:
        with suppress(OSError):
            while True:
                near, far = door.accept()[0], socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=lead, args=(near, far), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        door.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("kept", [0, 25], ids=["none of it", "half of it"])
def test_who_lost_the_answer_to_the_last_piece_asks_again_and_has_one_photo_and_one_receipt(
    scene: Scene, server: Server, kept: int
) -> None:
    shot, phone = Shot.taken(750), Phone(scene, server.address)
    with server.here():
        with losing(server.port, "PATCH", kept) as address:
            assert not Phone(scene, address).goes_on(shot)
        first = receipt(phone, shot)
        assert phone.piece(shot, 0).status_code == 409  # repeated blindly, as some clients do
        assert phone.begin(shot).status_code == 200
        assert phone.goes_on(shot)
        assert receipt(phone, shot) == first
    assert first["shown"] == "received"
    assert first["sha256"] == shot.sha256
    scene.holds(shot)


def test_who_lost_the_answer_to_the_beginning_begins_again_and_goes_on(scene: Scene, server: Server) -> None:
    shot, phone = Shot.taken(751), Phone(scene, server.address)
    with server.here():
        with losing(server.port, "POST", 0) as address, pytest.raises(requests.ConnectionError):
            Phone(scene, address).begin(shot)
        assert scene.rows(shot.number)[0] is not None
        assert phone.begin(shot).status_code == 200
        assert phone.goes_on(shot)
    scene.holds(shot)


def receipt(phone: Phone, shot: Shot) -> dict[str, object]:
    """What the server says of the upload."""
    answer = phone.ask("GET", f"{WIRE}?id={shot.number}")
    assert answer.status_code == 200
    (line,) = answer.json()["uploads"]
    assert line["receipt"]
    return dict(line)
