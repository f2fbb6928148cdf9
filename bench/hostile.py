"""What hostile pictures cost, with our limits and without: `.venv/bin/python -m bench.hostile`.

Each picture is taken in as the product does it (header, then a confined child), and opened by plain Pillow in a process
with no limit but a fence of 4 GB and 60 s. Then eight of them at a time are sent to a real server, and somebody else
asks for `/sehat` all the while. Takes some five minutes; nothing listens but on 127.0.0.1.
"""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from pillow_heif import from_pillow

from bench.door import Browser
from bench.intake import machine, new_case, people_and_server
from media.decoding import Decoder
from media.errors import Refused
from media.intake import Intake
from media.store import Store
from tests import photos
from tests.photos import hostile
from tests.photos.raw import PNG_SIGNATURE, chunk, ihdr, zeros_deflated

FENCE_BYTES, FENCE_S = 4_000_000_000, 60
AT_ONCE = 8
LARGE = (12_000, 9_900)
_NAIVE = f"""if True:
    import io, resource, sys
    resource.setrlimit(resource.RLIMIT_AS, ({FENCE_BYTES}, {FENCE_BYTES}))
    import pillow_heif
    from PIL import Image
    pillow_heif.register_heif_opener()
    data = sys.stdin.buffer.read()
    try:
        picture = Image.open(io.BytesIO(data))
        picture.load()
        picture.convert("RGB").save(io.BytesIO(), "JPEG")
    except Exception as why:
        sys.exit(type(why).__name__)
"""


@dataclass(frozen=True)
class Picture:
    """Something that wants our memory or our time."""

    name: str
    build: Callable[[], bytes]
    extension: str = "jpg"


class Cost(NamedTuple):
    """`mb` is the most memory of the process that opened it; None where none was asked."""

    mb: float | None
    seconds: float
    became: str


def heavy_png(depth: int, colour: int, samples: int) -> bytes:
    width, height = LARGE
    rows = zeros_deflated(height * (width * samples * depth // 8 + 1) // 1_000_000 + 1)
    return PNG_SIGNATURE + ihdr(width, height, depth=depth, colour=colour) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def flat(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, "teal")


def heic(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    from_pillow(flat(size)).save(out, quality=40)
    return out.getvalue()


REFUSED_BY_HEADER = (
    Picture("WebP of 32 bytes claiming 13000²", hostile.webp_bomb_32_bytes, "webp"),
    Picture("PNG of 13000² in 20 kB", hostile.png_bomb, "png"),
    Picture("PNG of 30000²", lambda: hostile.png_bomb(30_000), "png"),
    Picture("80 MB in a zTXt chunk", hostile.ztxt_bomb, "png"),
    Picture("80 MB in an iCCP chunk", hostile.iccp_bomb, "png"),
    Picture("JPEG of 400 scans, 12 MP", lambda: hostile.jpeg_of_many_scans(400, (4000, 3000))),
    Picture("HEIC of tiles claiming 20000²", hostile.heic_grid_claiming_much, "heic"),
    Picture("boxes in boxes, 3000 deep", hostile.nested_boxes, "heic"),
    Picture("AVIF claiming 20000²", hostile.avif_claiming_much, "avif"),
)
ALLOWED_BY_HEADER = (
    Picture("JPEG, progressive, 119 MP, 60 scans", lambda: hostile.jpeg_of_many_scans(50, LARGE)),
    Picture("JPEG, progressive 4:4:4, 119 MP",
            lambda: photos.encoded(flat(LARGE), progressive=True, subsampling=0)),
    Picture("PNG, 119 MP, 16 bits, clear parts, 1 MB", lambda: heavy_png(16, 6, 4), "png"),
    Picture("PNG, 119 MP, grey, 0.1 MB", lambda: heavy_png(8, 0, 1), "png"),
    Picture("WebP, lossless, 39 MP", lambda: photos.encoded(flat((7_000, 5_600), "RGBA"), "WEBP", lossless=True),
            "webp"),
    Picture("HEIC, 79 MP", lambda: heic((10_000, 7_900)), "heic"),
    Picture("AVIF, 4:4:4, 39 MP", lambda: photos.encoded(flat((7_000, 5_600)), "AVIF", speed=10, subsampling="4:4:4"),
            "avif"),
)  # fmt: skip


# --- one picture ------------------------------------------------------------------------------------------------------


def with_limits(data: bytes) -> Cost:
    """As the product takes it in."""
    with Decoder(quick=1) as decoder:
        while len(decoder.children()) < 2:
            time.sleep(0.05)
        watch = Watch(lambda: [child.pid for child in decoder.children() if child.asked])
        started = time.perf_counter()
        try:
            Intake(Store.open("memory:///"), decoder).take_in(data)
            became = "taken"
        except Refused as why:
            became = why.code
        took = time.perf_counter() - started
        return Cost(watch.stop(), took, became)


class Watch:
    """Follows the memory of processes, which may be gone when the answer is there.

    What the system tells after their end is of no use: it counts the memory of whoever started them too.
    """

    def __init__(self, pids: Callable[[], list[int]]) -> None:
        self._pids, self._most, self._done = pids, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(0.01):
            self._note()

    def _note(self) -> None:
        for pid in self._pids():
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if "VmHWM:" in status:
                self._most = max(self._most, int(status.partition("VmHWM:")[2].split()[0]) / 1024)

    def stop(self) -> float | None:
        self._done.set()
        self._thread.join()
        self._note()
        return self._most or None


def without_limits(data: bytes) -> Cost:
    """Plain Pillow, as installed: open, load, save as a JPEG. Only the fence holds it."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", _NAIVE], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    fence = threading.Timer(FENCE_S, process.kill)
    fence.start()
    watch = Watch(lambda: [process.pid])
    assert process.stdin is not None and process.stderr is not None
    with process.stdin as pipe:
        pipe.write(data)
    said = process.stderr.read().decode().strip().rpartition("\n")[2]
    most = watch.stop()
    process.wait()
    fence.cancel()
    process.stderr.close()
    became = "opened" if process.returncode == 0 else f"stopped at {FENCE_S} s" if process.returncode < 0 else said
    return Cost(most, time.perf_counter() - started, became)


def table(pictures: Sequence[Picture]) -> str:
    lines = [
        "| picture | bytes | with limits | s | MB | plain Pillow | s | MB | seconds saved | MB saved |",
        "|---|--:|---|--:|--:|---|--:|--:|--:|--:|",
    ]
    for picture in pictures:
        data = picture.build()
        ours, plain = with_limits(data), without_limits(data)
        memory = f"{ours.mb:.0f}" if ours.mb else "no child asked"
        times = plain.seconds / max(ours.seconds, 0.001)
        share = f"{plain.mb / ours.mb:.1f} ×" if ours.mb and plain.mb else "all"
        lines.append(
            f"| {picture.name} | {len(data):,} | {ours.became} | {ours.seconds:.2f} | {memory} "
            f"| {plain.became} | {plain.seconds:.2f} | {plain.mb:.0f} | {times:.1f} × | {share} |"
        )
        print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines)


# --- eight at a time, and somebody else -------------------------------------------------------------------------------


def others_wait(port: int, until: threading.Event) -> list[float]:
    """Seconds that each `GET /sehat` took, one after another on new connections, until told to stop."""
    took = []
    while not until.is_set():
        started = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request("GET", "/sehat")
        assert connection.getresponse().read()
        connection.close()
        took.append(time.perf_counter() - started)
        time.sleep(0.02)
    return sorted(took)


def eight(port: int, browsers: Sequence[Browser], name: str, kinds: Sequence[Picture]) -> str:
    """Send eight at once; a line about the answers and about everybody else."""
    sent = [kinds[number % len(kinds)] for number in range(AT_ONCE)]
    bodies = {picture.name: picture.build() for picture in kinds}
    done = threading.Event()
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        others = pool.submit(others_wait, port, done)
        started = time.perf_counter()
        answers = list(pool.map(lambda one, who: who.send(bodies[one.name], one.extension)[0], sent, browsers))
        took = time.perf_counter() - started
        done.set()
    waits = others.result()
    seen = ", ".join(f"{count} × {status}" for status, count in sorted(Counter(answers).items()))
    p95 = waits[int(0.95 * (len(waits) - 1))]
    return f"| {name} | {seen} | {took:.1f} | {len(waits)} | {1000 * p95:.0f} | {1000 * waits[-1]:.0f} |"


def main() -> None:
    print(machine())
    print(table([*REFUSED_BY_HEADER, *ALLOWED_BY_HEADER]), flush=True)
    print("\n| eight at a time | answers | s until all answered | others asked | others' p95 ms | others' worst ms |")
    print("|---|---|--:|--:|--:|--:|")
    with people_and_server(AT_ONCE) as (engine, port, names):
        browsers = [Browser(port, name) for name in names]
        for number, browser in enumerate(browsers, start=1):
            browser.open_case(new_case(engine, number))
        rounds = {
            "refused by their headers": REFUSED_BY_HEADER[:8], "allowed by their headers": ALLOWED_BY_HEADER,
            "the slowest, eight times": ALLOWED_BY_HEADER[:1], "ordinary 12 MP JPEGs": (ORDINARY,),
        }  # fmt: skip
        for name, kinds in rounds.items():
            print(eight(port, browsers, name, kinds), flush=True)
    print(machine())


ORDINARY = Picture("JPEG, 12 MP", lambda: photos.phone_jpeg(size=(4000, 3000)))


if __name__ == "__main__":
    main()
