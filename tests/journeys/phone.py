"""A cheap phone with a browser of its own: it keeps its data when it is closed, and has a camera and a position."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Geolocation, Page, Playwright

from tests.factories import PASSWORD
from tests.journeys.conftest import FLAGS
from webapp.accounts.models import Account

CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
DAWN: Geolocation = {"longitude": 107.575, "latitude": -6.975, "accuracy": 12}
READY = "() => document.documentElement.dataset.siap === '1'"
TAKEN = "(count) => document.getElementById('rk-terambil').textContent.startsWith(count)"
WAITING = "() => Number(document.getElementById('rk-hitung').dataset.menunggu)"
# Not what the page does wrong: no network, or a line that was cut, is said in the console by the browser itself.
_OF_THE_LINE = ("net::ERR_", "Failed to load resource")


@dataclass(eq=False)
class Phone:
    """An open browser at the capture page."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def sign_in(self, account: Account, code: str | None = None) -> None:
        """By the real form; with `code` where the account has a second factor."""
        self.page.goto("/masuk")
        self.page.fill("[name=username]", account.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        if code is not None:
            self.page.wait_for_url(re.compile("/masuk/kode"))
            self.page.fill("[name=code]", code)
            self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/")

    def open_capture(self) -> None:
        """Open the page and wait until its camera button may be pressed and its worker can do without a network."""
        self.page.goto("/rekam/")
        self.page.wait_for_function(READY)
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    def shoot(self, times: int) -> None:
        """Take photos with the page's own camera."""
        self.page.click("#rk-foto")
        for number in range(1, times + 1):
            self.page.click("#rk-jepret")
            self.page.wait_for_function(
                f"() => document.getElementById('rk-terambil').textContent.startsWith('{number} ')"
            )
        self.page.click("#rk-tutup")

    def note(self, activity: str, title: str) -> None:
        """Fill in the note of the photos just taken, and hand it to the queue."""
        self.page.select_option("#rk-activity", activity)
        self.page.fill("#rk-title", title)
        self.page.click("#rk-catatan button[type=submit]")

    def kept(self) -> list[dict[str, Any]]:
        """The photos of the queue, as the phone's database holds them."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "async () => (await (await idb.openDB('petabukti')).getAll('photos'))"
        )
        return found

    def until(self, script: str, arg: object) -> None:
        """Until an asynchronous question is answered with yes; `wait_for_function` takes a promise for a yes."""
        for _ in range(300):
            if self.page.evaluate(script, arg):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never so: {script}")

    def wait_until_safe(self, seconds: float = 90) -> None:
        """Until nothing waits on the phone any more."""
        self.page.wait_for_function(f"() => ({WAITING})() === 0", timeout=1000 * seconds)

    def wait_for_waiting(self, count: int) -> None:
        """Until the counter, which follows what the phone holds after a moment, says `count`."""
        self.page.wait_for_function(f"() => ({WAITING})() === {count}")

    @property
    def waiting(self) -> int:
        return int(self.page.evaluate(WAITING))


@contextmanager
def phone(
    playwright: Playwright,
    folder: Path,
    address: str,
    *,
    width: int = 360,
    locale: str = "id-ID",
    at: Geolocation = DAWN,
    **more: Any,
) -> Iterator[Phone]:
    """The phone, switched on. What it holds lies in `folder`."""
    context = playwright.chromium.launch_persistent_context(
        str(folder), executable_path=shutil.which("chromium"), args=[*FLAGS, *CAMERA], base_url=address,
        viewport={"width": width, "height": 780}, locale=locale, geolocation=at,
        permissions=["geolocation", "camera"], **more,
    )  # fmt: skip
    held = Phone(context, context.pages[0] if context.pages else context.new_page())
    held.page.set_default_timeout(30_000)
    held.page.on("pageerror", lambda error: held.complaints.append(str(error)))
    held.page.on(
        "console",
        lambda said: (
            held.complaints.append(said.text)
            if said.type == "error" and not any(one in said.text for one in _OF_THE_LINE)
            else None
        ),
    )
    try:
        yield held
    finally:
        context.close()
