"""The bucket is down or hangs: the phone is told so in time, its bytes are kept, and later the photo arrives."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import requests

from tests.faults.field import Phone, Scene, Server, Shot

PATIENCE_S = 11.0  # of the phone: it is to be told within eight, and a busy machine is given three more


@pytest.fixture(params=["refuses", "never answers"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bucket that is of no use at the moment."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:
        told = {"ENDPOINT": f"http://127.0.0.1:{door.getsockname()[1]}", "REGION": "lokal"}
        for name, value in {**told, "ALLOW_HTTP": "true", "SKIP_SIGNATURE": "true"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        if request.param == "refuses":
            door.close()
        yield "s3://foto"


def test_a_photo_for_a_bucket_that_is_away_is_kept_and_settled_when_it_is_back(
    scene: Scene, server: Server, phone: Phone, bucket: str
) -> None:
    shot = Shot.taken(760)
    phone.patience_s = PATIENCE_S
    with server.here(media_url=bucket):
        assert phone.begin(shot).status_code == 201
        answer = phone.piece(shot, 0)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert "Coba lagi" in answer.json()["message"]
        assert requests.get(f"{server.address}/sehat", timeout=PATIENCE_S).status_code == 200
    row, found = scene.rows(shot.number)
    assert row is not None
    assert (row.arrived_at, found) == (None, [])
    assert (scene.data_dir / "uploads" / f"{shot.number}.part").read_bytes() == shot.data
    with server.here():
        assert phone.offset(shot) == len(shot.data)
        scene.holds(shot)
