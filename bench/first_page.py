"""The first page on a bad network: `.venv/bin/python -m bench.first_page [rounds]`.

`petabukti serve` as a process of its own and Chromium as a cheap phone: 400 kbit/s each way, 400 ms of latency, a
processor four times slower. Measured are the page of signing in, and the capture page when it is visited for the first
time, again with its service worker installed, and with no network at all. Chromium slows its pages and counts their
bytes (as they come, heads included); a relay before the server carries no more than 400 kbit/s for page and service
worker together, and counts what both need. Usable is when the page says so (`data-siap`). The figures are medians. Ends
with 1 where there is no capture page; nothing listens but on 127.0.0.1.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, sync_playwright
from sqlalchemy.orm import Session

from bench.door import Browser, server
from tests import factories
from webapp import db, schema
from webapp.cluster import Cluster

ROUNDS, PATIENCE_MS, QUIET_S = 3, 60_000, 1.5
BYTES_PER_S, LATENCY_MS, CPU = 400_000 / 8, 400, 4
_AT_ONCE = 2048  # bytes
CAPTURE, SIGN_IN = "/rekam/", "/masuk"
USABLE_S, WIRE_KB = 2.2, 30.0  # goals
_FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
_PLACE = factories.middle(factories.MINE)
_NOTE_WHEN_READY = """(() => {
    const look = () => {
        if (document.documentElement?.dataset.siap === "1") window.usableAfter ??= performance.now();
    };
    new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true});
    document.addEventListener("DOMContentLoaded", () => { look(); window.readAfter = performance.now(); });
})();"""
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_WORKER_READY = "() => navigator.serviceWorker.ready.then((one) => Boolean(one.active))"


class Relay:
    """A port before the server that lets pass so many bytes a second each way, and counts them."""

    def __init__(self, target: int) -> None:
        self.down = self.up = 0
        self.last = time.monotonic()
        self._target, self._ways = target, (threading.Lock(), threading.Lock())
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, far = self._door.accept()[0], socket.create_connection(("127.0.0.1", self._target))
                for ends in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._lead, args=ends, daemon=True).start()

    def _lead(self, here: socket.socket, there: socket.socket, upward: bool) -> None:
        with suppress(OSError):
            while data := here.recv(_AT_ONCE):
                with self._ways[upward]:
                    time.sleep(len(data) / BYTES_PER_S)
                    self.up, self.down = self.up + upward * len(data), self.down + (not upward) * len(data)
                    self.last = time.monotonic()
                there.sendall(data)
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def settle(self, page: Page) -> None:
        """Until nothing has come for a while."""
        while time.monotonic() - self.last < QUIET_S:
            page.wait_for_timeout(100)

    def close(self) -> None:
        self._door.close()


@dataclass(frozen=True)
class Visit:
    """kB of the page itself, and of page and service worker together down and up; times in ms from the click."""

    requests: float
    page: float
    down: float
    up: float
    painted: float
    usable: float


def median(several: Sequence[Visit]) -> Visit:
    return Visit(*map(statistics.median, zip(*map(astuple, several), strict=True)))


class Missing(Exception):
    """There is no such page yet."""


def slow(session: CDPSession, *, offline: bool = False) -> None:
    network = {
        "offline": offline, "latency": LATENCY_MS, "downloadThroughput": BYTES_PER_S, "uploadThroughput": BYTES_PER_S,
    }  # fmt: skip
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", network)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})


def slow_workers(context: BrowserContext, *, offline: bool = False) -> int:
    """The same for the service workers that are there, which are not part of a page. Answers how many there are."""
    browser = context.browser
    if browser is None:
        raise SystemExit("the browser is gone")
    session = browser.new_browser_cdp_session()
    targets = [one for one in session.send("Target.getTargets")["targetInfos"] if one["type"] == "service_worker"]
    network = {
        "offline": offline, "latency": LATENCY_MS, "downloadThroughput": BYTES_PER_S, "uploadThroughput": BYTES_PER_S,
    }  # fmt: skip
    for target in targets:
        attached = session.send("Target.attachToTarget", {"targetId": target["targetId"], "flatten": False})
        for number, (method, told) in enumerate(
            (("Network.enable", {}), ("Network.emulateNetworkConditions", network))
        ):
            message = json.dumps({"id": number + 1, "method": method, "params": told})
            session.send("Target.sendMessageToTarget", {"sessionId": attached["sessionId"], "message": message})
    return len(targets)


def _counted(session: CDPSession) -> tuple[list[Any], list[float]]:
    """Fills as the page goes on: what it asked for, and bytes that came over the network."""
    asked: list[Any] = []
    came: list[float] = []

    def note(told: Any) -> None:
        asked.append(told["requestId"])

    def count(told: Any) -> None:
        came.append(float(told["encodedDataLength"]))

    session.on("Network.requestWillBeSent", note)
    session.on("Network.loadingFinished", count)
    return asked, came


def visit(context: BrowserContext, relay: Relay, path: str, *, offline: bool = False) -> Visit:
    """Open the page in a new tab, and wait until it is usable and nothing comes any more."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(_NOTE_WHEN_READY)
    session = context.new_cdp_session(page)
    slow(session, offline=offline)
    slow_workers(context, offline=offline)
    asked, came = _counted(session)
    down, up = relay.down, relay.up
    answer = page.goto(relay.address + path, wait_until="commit")
    if answer is None or answer.status != 200:
        raise Missing(f"{path} answered {answer.status if answer else 'nothing'}")
    when = "usableAfter" if path == CAPTURE else "readAfter"
    page.wait_for_function(f"() => window.{when} !== undefined")
    page.wait_for_function(f"() => ({_PAINTED})() !== null")
    painted, usable = float(page.evaluate(_PAINTED)), float(page.evaluate(f"() => window.{when}"))
    if path == CAPTURE:
        page.evaluate(_WORKER_READY)
    relay.settle(page)
    both = (relay.down - down) / 1000, (relay.up - up) / 1000
    found = Visit(len(asked), sum(came) / 1000, *both, painted, usable)
    page.close()
    return found


@contextmanager
def phone(playwright: Playwright, relay: Relay, cookie: str = "") -> Iterator[BrowserContext]:
    """A phone that was never here, but for the cookie of somebody signed in."""
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, locale="id-ID",
        geolocation={"longitude": _PLACE.lon, "latitude": _PLACE.lat, "accuracy": 8},
        permissions=["geolocation", "camera"],
    )  # fmt: skip
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": relay.address}])
    try:
        yield context
    finally:
        browser.close()


def visits(playwright: Playwright, relay: Relay, cookie: str) -> Iterator[tuple[str, Visit]]:
    """All of one round. Raises `Missing` where there is no capture page."""
    with phone(playwright, relay) as context:
        yield "sign-in page, first visit", visit(context, relay, SIGN_IN)
        yield "sign-in page, again", visit(context, relay, SIGN_IN)
    with phone(playwright, relay, cookie) as context:
        yield "capture page, first visit", visit(context, relay, CAPTURE)
        yield "capture page, installed", visit(context, relay, CAPTURE)
        yield "capture page, no network", visit(context, relay, CAPTURE, offline=True)


@contextmanager
def house() -> Iterator[tuple[Relay, str]]:
    """A server with a relay before it, and the cookie of a camat who is signed in."""
    home = Path(tempfile.mkdtemp(prefix="petabukti-bench-"))
    home.chmod(0o711)  # as root the database server is another user and must get through
    try:
        with Cluster(home / "pg", durable=False) as cluster:
            url = cluster.url("petabukti")
            schema.upgrade(url)
            with Session(db.engine_for(url)) as session, session.begin():
                factories.period(session)
                name = factories.camat(session).username
            with server(url, home) as (_, port):
                relay = Relay(port)
                yield relay, Browser(port, name).cookies
                relay.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def show(found: dict[str, list[Visit]]) -> None:
    columns = ("requests", "page kB", "all kB", "kB up", "paint ms", "usable ms")
    print(f"\n{'visit':28}" + "".join(f"{column:>11}" for column in columns) + f"{'ratio':>8}")
    yard = median(found["sign-in page, first visit"])
    for what, several in found.items():
        one = median(several)
        print(
            f"{what:28}{one.requests:11.0f}{one.page:11.1f}{one.down:11.1f}{one.up:11.1f}{one.painted:11.0f}"
            f"{one.usable:11.0f}{one.usable / yard.usable:8.2f}"
        )
    first = [median(several) for what, several in found.items() if "first" in what]
    for what, one in zip(("sign-in page", "capture page"), first, strict=False):
        late, large = one.usable / 1000 > USABLE_S, one.page > WIRE_KB
        print(
            f"P14, {what}: {one.usable / 1000:.1f} s, goal ≤ {USABLE_S} s, {'NOT met' if late else 'met'}; "
            f"{one.page:.0f} kB, goal ≤ {WIRE_KB:.0f} kB, {'NOT met' if large else 'met'}"
        )


def main(rounds: int = ROUNDS) -> int:
    print(
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; {rounds} rounds; 400 kbit/s, 400 ms, CPU / 4"
    )
    found: dict[str, list[Visit]] = {}
    missing = ""
    with house() as (relay, cookie), sync_playwright() as playwright:
        for _ in range(rounds):
            try:
                for what, one in visits(playwright, relay, cookie):
                    found.setdefault(what, []).append(one)
            except Missing as why:
                missing = str(why)
    show(found)
    print(f"load average {os.getloadavg()[0]:.1f}")
    if missing:
        print(f"There is no capture page to measure: {missing}.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
