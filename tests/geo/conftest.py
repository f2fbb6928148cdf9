"""A browser and a small site for it: the map shell, peta.js and the answers a test chooses, under the strict policy."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from geo.maps import SiteMap, parts

STATIC = Path(__file__).resolve().parents[2] / "webapp" / "static"
KINDS = {".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-uji'; style-src 'self' 'nonce-uji'; img-src 'self' data: blob:;"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
HERE = {"longitude": 107.6105, "latitude": -6.9008, "accuracy": 18.0}
LIBRARIES = """{"cluster": ["/static/vendor/leaflet.markercluster/MarkerCluster.css",
 "/static/vendor/leaflet.markercluster/leaflet.markercluster.js"]}"""
PAGE = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Uji</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/vendor/leaflet/leaflet.css">
<link rel="stylesheet" href="/static/css/petabukti.css"><link rel="stylesheet" href="/static/css/peta.css"></head>
<body><div class="peta-kotak" data-pustaka='{libraries}'>{html}</div>{body}
<script src="/static/vendor/leaflet/leaflet.js"></script>
<script src="/static/js/peta.js"></script><script nonce="uji">{script}</script></body></html>"""


@dataclass
class Site:
    """What the site answers: text by path, and the status of it where that is not 200. `asked` is what it was asked."""

    texts: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            path = self.path.partition("?")[0]
            status, kind, body = 200, "application/geo+json", site.texts.get(path, "").encode()
            if path.startswith("/static/"):
                file = STATIC / path.removeprefix("/static/")
                kind, body = KINDS[file.suffix], file.read_bytes()
            elif not path.endswith(".geojson"):
                kind, body = "text/html; charset=utf-8", body or b"<h1>Tujuan</h1>"
            self.send_response(site.statuses.get(path, status))
            for name, value in {
                "Content-Type": kind,
                "Content-Security-Policy": POLICY,
                "Content-Length": len(body),
            }.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 900, "height": 700}, geolocation=HERE, permissions=["geolocation"], reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def show(site: Site, context: BrowserContext) -> Iterator[Callable[..., Page]]:
    """Show a map and wait until all its layers have come or failed. No script error and no broken policy is borne."""
    troubles: list[str] = []

    def open_map(shell: SiteMap, body: str = "", *, phone: bool = False) -> Page:
        made = parts(shell)
        site.texts["/uji"] = PAGE.format(html=made.html, libraries=LIBRARIES, script=made.script, body=body)
        page = context.new_page()
        if phone:
            page.set_viewport_size({"width": 360, "height": 740})
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{site.address}/uji")
        page.wait_for_selector(".folium-map[data-ready=true]")
        return page

    yield open_map
    assert troubles == []
