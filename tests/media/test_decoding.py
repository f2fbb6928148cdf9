"""The children that open pictures: limited in memory and time, replaced when they die, and never a burden to others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from media.decoding import Decoder, is_quick
from media.errors import DecoderBusy, ImageDamaged, ImageTooHeavy, ImageTooSlow
from media.intake import Intake, TakenPhoto
from media.keeping import Child, Confinement
from media.limits import Limits
from media.sniff import sniff
from media.store import OF_PHOTOS, Store
from tests import factories, photos
from tests.media import take_in
from tests.photos import hostile

T = TypeVar("T")
HOME = Path(__file__).resolve().parent.parent.parent
ENDLESS = hostile.jpeg_of_many_scans(85, (8_000, 6_000))
"""Allowed by its header, and many seconds of work."""


def into(decoder: Decoder, data: bytes) -> TakenPhoto:
    return Intake(Store.open("memory:///"), decoder).take_in(data)


def children_of(decoder: Decoder, count: int = 3) -> list[int]:
    """The process ids of its children, once all have started."""
    return eventually(lambda: [child.pid for child in decoder.children()], lambda pids: len(pids) == count)


def eventually(look: Callable[[], T], fits: Callable[[T], bool]) -> T:
    for _ in range(600):
        if fits(seen := look()):
            return seen
        time.sleep(0.05)
    raise AssertionError(f"never: {seen}")


@pytest.fixture
def patient() -> Iterator[Decoder]:
    """One child for each lane, with the usual limits."""
    with Decoder(quick=1) as decoder:
        yield decoder


@pytest.fixture
def hasty() -> Iterator[Decoder]:
    """One that gives a picture a second."""
    with Decoder(Confinement(seconds=1), quick=1) as decoder:
        yield decoder


@pytest.mark.parametrize(
    "build", [photos.phone_jpeg, photos.png, photos.webp, photos.heic, photos.avif, photos.swapped_colours_jpeg]
)
def test_a_child_makes_the_very_same_pictures(build: photos.Builder) -> None:
    here, there = Store.open("memory:///"), Store.open("memory:///")
    taken = factories.intake(there).take_in(build())
    assert taken == take_in(build(), here)
    assert all(here.get(taken.sha256, name) == there.get(taken.sha256, name) for name in OF_PHOTOS)


def test_a_picture_that_needs_more_memory_than_a_child_has_is_refused_and_the_next_one_taken() -> None:
    with Decoder(Confinement(memory=300_000_000), quick=1) as decoder:
        with pytest.raises(ImageTooHeavy):
            into(decoder, photos.webp(size=(6000, 5000)))
        assert into(decoder, photos.png()).width == 800
        assert into(decoder, photos.phone_jpeg()).width == 1600


def test_a_picture_that_takes_too_long_is_refused_and_the_next_one_taken(hasty: Decoder) -> None:
    with pytest.raises(ImageTooSlow) as slow:
        into(hasty, ENDLESS)
    assert slow.value.detail == {"seconds": 1}
    assert into(hasty, photos.heic()).mime == "image/heic"


def slow_child(decoder: Decoder) -> Child:
    children_of(decoder, 2)
    [slow] = [child for child in decoder.children() if child.niceness]
    return slow


def test_a_slow_picture_keeps_no_quick_one_waiting(patient: Decoder) -> None:
    slow = slow_child(patient)
    os.kill(slow.pid, signal.SIGSTOP)  # slower than any picture
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(into, patient, hostile.png_bomb(8_000))
        eventually(lambda: slow.asked, lambda asked: asked == 1)
        for seed in range(3):
            assert into(patient, photos.phone_jpeg(seed=seed)).width == 1600
        assert not waiting.done()
        os.kill(slow.pid, signal.SIGCONT)
        assert waiting.result().width == 8_000


def test_of_slow_pictures_only_so_many_are_let_in_and_the_others_may_come_again() -> None:
    with Decoder(quick=1, callers=2) as decoder, ThreadPoolExecutor() as pool:
        slow = slow_child(decoder)
        os.kill(slow.pid, signal.SIGSTOP)
        first = pool.submit(into, decoder, hostile.png_bomb(8_000))
        eventually(lambda: decoder.waiting, lambda waiting: waiting == 1)
        with pytest.raises(DecoderBusy):
            into(decoder, ENDLESS)
        os.kill(slow.pid, signal.SIGCONT)
        assert first.result().width == 8_000
        assert into(decoder, hostile.png_bomb(8_000)).width == 8_000


def test_children_that_were_killed_while_idle_are_replaced_unseen(patient: Decoder) -> None:
    for _ in range(3):
        for pid in children_of(patient, 2):
            os.kill(pid, signal.SIGKILL)
        assert into(patient, photos.phone_jpeg()).width == 1600
        assert into(patient, photos.heic(size=(3000, 2000))).width == 3000


def test_a_picture_whose_child_was_killed_is_tried_once_more_and_one_that_kills_twice_is_refused(
    patient: Decoder,
) -> None:
    slow = slow_child(patient)
    os.kill(slow.pid, signal.SIGSTOP)
    with ThreadPoolExecutor() as pool:
        once = pool.submit(into, patient, hostile.png_bomb(8_000))
        eventually(lambda: slow.asked, lambda asked: asked == 1)
        os.kill(slow.pid, signal.SIGKILL)
        assert once.result().width == 8_000
        always = pool.submit(into, patient, ENDLESS)
        while not always.done():
            for child in patient.children():
                if child.niceness and child.asked:
                    with suppress(ProcessLookupError):  # it may have gone by itself meanwhile
                        os.kill(child.pid, signal.SIGKILL)
            time.sleep(0.05)
        with pytest.raises(ImageDamaged) as died:
            always.result()
    assert died.value.detail == {"why": "decoder_died"}
    assert into(patient, photos.png()).width == 800


def test_a_child_is_confined_and_knows_no_secret(patient: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PETABUKTI_SECRET_KEY", "rahasia-sekali")
    with Decoder(quick=1) as decoder:
        for pid in children_of(decoder, 2):
            assert b"rahasia-sekali" not in Path(f"/proc/{pid}/environ").read_bytes()
            limits = Path(f"/proc/{pid}/limits").read_text()
            soft = {line[:25].strip(): line[25:].split()[:2] for line in limits.splitlines()[1:]}
            assert soft["Max address space"] == ["1000000000"] * 2
            assert soft["Max core file size"] == soft["Max file size"] == ["0", "0"]
            assert soft["Max open files"] == ["4", "4"]  # its three pipes and the answers: no other can be opened
            assert len(list(Path(f"/proc/{pid}/fd").iterdir())) == 4


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "at work"])
def test_children_end_with_a_parent_that_is_killed(busy: bool) -> None:
    program = """if True:
        import sys, threading, time
        from tests.media import test_decoding as told
        decoder = told.Decoder(quick=1)
        decoder.start()
        pids = told.children_of(decoder, 2)
        if sys.argv[1] == "True":
            threading.Thread(target=told.into, args=(decoder, told.ENDLESS)).start()
            told.eventually(lambda: decoder.waiting, lambda waiting: waiting == 1)
        print(*pids, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen([sys.executable, "-c", program, str(busy)], cwd=HOME, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as said:
        pids = [int(word) for word in said.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    eventually(lambda: [pid for pid in pids if _lives(pid)], lambda living: living == [])


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_closing_ends_all_children_and_no_thread_stays() -> None:
    before = {thread.name for thread in threading.enumerate()}
    with Decoder(quick=1) as decoder:
        pids = children_of(decoder, 2)
    assert not any(_lives(pid) for pid in pids)
    assert {thread.name for thread in threading.enumerate()} <= before


def test_where_no_child_starts_the_photo_is_not_at_fault() -> None:
    hurried = Confinement(seconds=0.2)
    with Decoder(hurried, quick=1, start_s=0.01) as decoder, pytest.raises(DecoderBusy):
        into(decoder, photos.phone_jpeg())


@pytest.mark.parametrize(
    ("data", "quick"),
    [
        (photos.phone_jpeg(size=(4000, 3000)), True),
        (photos.progressive_jpeg(), True),
        (hostile.jpeg_of_many_scans(90), False),
        (photos.heic(), True),
        (photos.heic(size=(4000, 3000)), False),
        (photos.png(size=(4000, 3000)), True),
        (hostile.png_bomb(10_000), False),
    ],
)
def test_what_opens_quickly_has_a_lane_of_its_own(data: bytes, quick: bool) -> None:
    assert is_quick(sniff(data)) is quick


def test_the_server_itself_loads_no_decoder() -> None:
    program = "import sys, webapp.app; print(*sorted({'PIL', 'pillow_heif', 'media.derive'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=HOME, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_every_size_that_is_allowed_fits_into_a_child() -> None:
    """Of types whose decoders need most: bytes a pixel × the most pixels, and Python itself."""
    needed = {"image/jpeg": 6, "image/png": 6, "image/webp": 15.5, "image/heic": 8, "image/avif": 15.5}
    for mime, each in needed.items():
        assert each * Limits().pixels_for(mime) + 210_000_000 < Confinement().memory
