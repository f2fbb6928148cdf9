"""Pictures are opened by children of ours that are limited in memory and time; a hostile one takes nothing along.

Two lanes: what opens quickly never waits behind what does not, and of the slow ones only so many are let in that
threads remain for everybody else.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self, get_args

from media.buffers import Buffer
from media.errors import DecoderBusy, ImageDamaged, Refused
from media.exif import read_preview
from media.formats import jpeg
from media.formats.header import Header, Malformed, for_decoder
from media.keeping import Child, ChildDied, Confinement
from media.limits import Limits
from media.pictures import SIZES, Derivatives, Looks, Preview, Print

log = logging.getLogger(__name__)

_QUICK = 150_000_000
"""Effort (pixels × scans × the type's weight) of a picture that is opened within about a second."""
_WEIGHTS = {"image/jpeg": 1, "image/png": 4, "image/webp": 4}
_HEAVY = 20
_PICTURES_PER_CHILD = 500
_MOST_PREVIEW_PIXELS = 2_000_000
_HASH = re.compile(r"[0-9a-f]{64}")
_PREVIEWS = frozenset(get_args(Preview))
_REFUSALS = {refused.code: refused for refused in Refused.__subclasses__()}


def is_quick(header: Header) -> bool:
    """Whether this picture may use the quick lane: by its size, its type, and how often a decoder goes over it."""
    return header.most_pixels * header.scans * _WEIGHTS.get(header.mime, _HEAVY) <= _QUICK


@dataclass
class _Lane:
    """Children of one kind. `places`: how many may be inside or wait for a child; others are sent away in time."""

    niceness: int
    places: threading.Semaphore
    patience_s: float
    inside: set[object] = field(default_factory=set)
    free: queue.Queue[Child] = field(default_factory=queue.Queue)

    @contextmanager
    def place(self) -> Iterator[None]:
        if not self.places.acquire(timeout=self.patience_s):
            raise DecoderBusy
        caller = object()
        self.inside.add(caller)
        try:
            yield
        finally:
            self.inside.discard(caller)
            self.places.release()


class Decoder:
    """Children that open pictures. Safe to use from several threads.

    `callers`: threads that may be here at once; half of them may wait for slow pictures. `start` begins early what the
    first picture would else wait for; `close` ends all children. `start_s`: the longest a child may take to start.
    """

    def __init__(
        self,
        confinement: Confinement = Confinement(),  # noqa: B008  (frozen)
        *,
        quick: int | None = None,
        slow: int = 1,
        callers: int = 8,
        start_s: float = 15.0,
    ) -> None:
        self._confinement, self._start_s = confinement, start_s
        self._quick = _Lane(0, threading.Semaphore(callers), patience_s=20.0)
        self._slow = _Lane(5, threading.Semaphore(max(slow, callers // 2)), patience_s=0.5)
        quick = quick or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._first = [*[self._quick] * quick, *[self._slow] * slow]
        self._wanted: queue.Queue[_Lane | None] = queue.Queue()
        self._alive: set[Child] = set()
        self._guard, self._closing = threading.Lock(), threading.Event()
        self._keeper: threading.Thread | None = None

    def start(self) -> None:
        """Have the children started, without waiting for them. Once is enough."""
        with self._guard:
            if self._keeper is None and not self._closing.is_set():
                for lane in self._first:
                    self._wanted.put(lane)
                # The kernel ties a child to the thread that started it; this one lives as long as we do.
                self._keeper = threading.Thread(target=self._keep, name="decoder keeper", daemon=True)
                self._keeper.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all children, also those at work."""
        self._closing.set()
        self._wanted.put(None)
        if self._keeper is not None:
            self._keeper.join()
        with self._guard:
            for child in self._alive:
                child.end()
            self._alive.clear()

    def children(self) -> list[Child]:
        """Those alive now."""
        with self._guard:
            return list(self._alive)

    @property
    def waiting(self) -> int:
        """How many slow pictures are being opened or wait for it."""
        return len(self._slow.inside)

    def derive(self, data: Buffer, header: Header, orientation: int, limits: Limits) -> Derivatives:
        """The pictures of `data`, made by a child.

        Raises `ImageDamaged`, `TooManyPixels`, `ImageTooHeavy`, `ImageTooSlow`; `DecoderBusy` when it has to be tried
        again later. A child that dies may have been ended by somebody else, so the picture is tried once more.
        """
        self.start()
        question = {
            "mime": header.mime, "orientation": orientation, "max_pixels": limits.pixels_for(header.mime),
            "pixels": header.most_pixels,
        }  # fmt: skip
        parts = [for_decoder(data, header), *_preview(header)]
        lane = self._quick if is_quick(header) else self._slow
        with lane.place():
            for _ in range(2):
                try:
                    return _derivatives(*self._asked(lane, question, parts))
                except ChildDied:
                    log.warning("a decoder died over a picture (%s, %s bytes)", header.mime, len(data))
        raise ImageDamaged(why="decoder_died")

    def _asked(self, lane: _Lane, question: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        child = self._next(lane)
        try:
            return child.ask(question, *parts)
        finally:
            if child.is_fit(_PICTURES_PER_CHILD):
                lane.free.put(child)
            else:
                self._replace(child, lane)

    def _next(self, lane: _Lane) -> Child:
        """A living child of this lane; the dead ones met on the way are replaced."""
        while True:
            try:
                child = lane.free.get(timeout=self._confinement.seconds + self._start_s)
            except queue.Empty as none:
                raise DecoderBusy from none
            if child.is_fit(_PICTURES_PER_CHILD):
                return child
            self._replace(child, lane)

    def _replace(self, child: Child, lane: _Lane) -> None:
        child.end()
        with self._guard:
            self._alive.discard(child)
        self._wanted.put(lane)

    def _keep(self) -> None:
        """Start a child for whichever lane lacks one."""
        pause_s = 1.0
        for lane in iter(self._wanted.get, None):
            if self._closing.is_set():
                return
            try:
                child = Child(self._confinement, lane.niceness)
                child.wait_until_ready(self._start_s)
            except (ChildDied, OSError) as why:
                log.error("a decoder did not start; trying again in %.0f s", pause_s, exc_info=why)
                self._closing.wait(pause_s)
                pause_s = min(pause_s * 2, 60)
                self._wanted.put(lane)
                continue
            pause_s = 1.0
            with self._guard:
                if self._closing.is_set():
                    child.end()
                    return
                self._alive.add(child)
            lane.free.put(child)


def _preview(header: Header) -> list[bytes]:
    """The bytes of the preview as one more part, judged by their header; empty when no decoder should see them."""
    found = read_preview(header.exif)
    if found is None:
        return []
    try:
        small = jpeg.read(found)
    except (Malformed, struct.error):
        return [b""]
    return [for_decoder(found, small) if small.complete and small.most_pixels <= _MOST_PREVIEW_PIXELS else b""]


def _derivatives(said: dict[str, Any], parts: list[bytes]) -> Derivatives:
    """What a child said, taken only as the plain figures and pictures it should be."""
    if "refused" in said:
        refused = _REFUSALS.get(str(said["refused"]), ImageDamaged)
        raise refused(**{str(name): value for name, value in dict(said["detail"]).items()})
    if len(parts) != len(SIZES) or not all(picture.startswith(b"\xff\xd8\xff") for picture in parts):
        raise ImageDamaged(why="decoder_babbled")
    return Derivatives(
        dict(zip(SIZES, parts, strict=True)), int(said["width"]), int(said["height"]), str(said["dhash"]),
        tuple(str(flag) for flag in said["flags"]), _looks(said["looks"]),
    )  # fmt: skip


def _looks(said: dict[str, Any]) -> Looks:
    hashes = {str(name): str(value) for name, value in said["print"]["hashes"].items()}
    distance = said["preview_distance"]
    if "whole" not in hashes or not all(_HASH.fullmatch(value) for value in hashes.values()):
        raise ImageDamaged(why="decoder_babbled")
    if said["preview"] not in _PREVIEWS:
        raise ImageDamaged(why="decoder_babbled")
    found = Print(max(0, min(100, int(said["print"]["quality"]))), hashes)
    return Looks(found, said["preview"], None if distance is None else int(distance))
