"""The disk of the server is full, or does not confirm what was written: the phone is told, and nothing counts that is
not there for good.
"""

from __future__ import annotations

import errno
import os
import resource
import stat
from pathlib import Path

import pytest
import requests

from tests.faults.field import Phone, Scene, Server, Shot

SIZE, ROOM = 400_000, 250_000


def room(pid: int, bytes_: int) -> None:
    """Let no file of that process grow beyond so many bytes: the system then answers it as it does on a full disk."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (bytes_, resource.RLIM_INFINITY))


def files(scene: Scene) -> dict[str, int]:
    """What lies in the store and among the parts, with its size."""
    below = [path for place in ("media", "uploads") for path in (scene.data_dir / place).rglob("*") if path.is_file()]
    return {path.name: path.stat().st_size for path in below}


def test_a_full_disk_says_so_and_the_same_upload_ends_when_there_is_room_again(
    scene: Scene, server: Server, phone: Phone
) -> None:
    """First while pieces come, then while the whole photo is put into the store."""
    cut, whole, small = Shot.taken(740, SIZE), Shot.taken(741, SIZE), Shot.taken(742)
    before = files(scene)
    with server.up() as process:
        for shot in (cut, whole):
            assert phone.begin(shot).status_code == 201
        assert phone.piece(cut, 0, 1000).status_code == 204
        assert (scene.data_dir / "uploads" / f"{whole.number}.part").write_bytes(whole.data) == SIZE
        room(process.pid, ROOM)
        for answer in (phone.piece(cut, 1000), phone.piece(cut, ROOM), phone.piece(whole, SIZE)):
            assert (answer.status_code, answer.json()["code"]) == (507, "store_full")
            assert "penuh" in answer.json()["message"]
        assert phone.offset(cut) == ROOM  # what fitted is kept
        assert phone.head(whole).status_code == 507
        phone.send(small)
        assert requests.get(f"{server.address}/sehat", timeout=60).status_code == 200
        left = {f"{cut.number}.part": ROOM, f"{whole.number}.part": SIZE, f"{small.sha256}.original": len(small.data)}
        assert files(scene) == before | left
        scene.holds(small)
        room(process.pid, resource.RLIM_INFINITY)
        assert phone.piece(cut, ROOM).status_code == 204
        assert phone.offset(whole) == SIZE
    scene.holds(cut, whole, small)


class Sick:
    """A disk that gives an error instead of confirming what was written: files of this place, or its folders alone."""

    def __init__(self, place: Path, *, folders: bool) -> None:
        self.place, self.folders, self.well = place, folders, False
        self.real = {name: getattr(os, name) for name in ("fsync", "fdatasync")}

    def confirm(self, name: str, handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if not self.well and path.is_relative_to(self.place) and self.folders == stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        self.real[name](handle)

    def fsync(self, handle: int) -> None:
        self.confirm("fsync", handle)

    def fdatasync(self, handle: int) -> None:
        self.confirm("fdatasync", handle)


@pytest.mark.parametrize("folders", [False, True], ids=["of the file", "of its name"])
@pytest.mark.parametrize("place", ["uploads", "media"])
def test_what_the_disk_does_not_confirm_has_not_come(
    scene: Scene, server: Server, phone: Phone, place: str, folders: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot, sick = Shot.taken(745), Sick(scene.data_dir / place, folders=folders)
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, getattr(sick, name))
    with server.here():
        assert phone.begin(shot).status_code == 201
        answer = phone.piece(shot, 0)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        row, found = scene.rows(shot.number)
        assert row is not None
        assert (row.arrived_at, found) == (None, [])
        part = scene.data_dir / "uploads" / f"{shot.number}.part"
        assert part.stat().st_size == (0 if place == "uploads" else len(shot.data))
        assert not [path for path in (scene.data_dir / "media").rglob(".*") if path.is_file()]
        sick.well = True
        assert phone.goes_on(shot)
    scene.holds(shot)
