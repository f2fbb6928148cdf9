"""wapiti, signed in: it walks through the pages and tries every field and parameter it meets."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.attack.results import Result

# Those that need nobody else on the network.
MODULES = "sql,timesql,xss,permanentxss,redirect,file,exec,crlf,csrf,csp,cookieflags,http_headers,methods,backup"
# The demo speaks HTTP on the loopback; under HTTPS the flag is there (tests/doors/test_headers.py).
EXPECTED = {"Secure Flag cookie"}
AT_THE_DOOR = ("/masuk", "/bahasa", "/static/")
# What would end the session, or lock the person out, and with it the walk.
LEFT_OUT = (
    "/keluar", "/akun/sandi", "/akun/sesi*", "/akun/faktor-kedua*", "/akun/orang/1/*", "/static/*",
)  # fmt: skip


def run(program: str, url: str, cookie: str, who: str, *, walk_s: int = 30, module_s: int = 12) -> Result:
    """Walk for `walk_s` seconds, then attack for `module_s` in each module."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [*_command(program, url, Path(folder)), "-o", str(report)]
        command += ["--max-scan-time", str(walk_s), "--max-attack-time", str(module_s)]
        if cookie:
            jar = Path(folder) / "cookie.json"
            jar.write_text(json.dumps(_jar(url, cookie)))
            command += ["--cookie", str(jar)]
        started = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        seconds = time.monotonic() - started
        if not report.exists():
            raise SystemExit(f"wapiti left no report: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return _read(json.loads(report.read_text()), who, seconds)


def _command(program: str, url: str, folder: Path) -> list[str]:
    return [
        program, "-u", f"{url}/", "--scope", "domain", "-m", MODULES, "-f", "json", "-v", "0", "--flush-session",
        "--no-bugreport", "--detailed-report", "1", "--max-files-per-dir", "12",
        "--store-session", str(folder), "--store-config", str(folder),
        *(word for path in LEFT_OUT for word in ("-x", url + path)),
    ]  # fmt: skip


def _jar(url: str, cookie: str) -> dict[str, Any]:
    name, _, value = cookie.partition("=")
    facts = {"value": value, "version": 0, "expires": None, "secure": False, "port": None}
    return {str(urlsplit(url).hostname): {"/": {name: facts}}}


def _read(report: dict[str, Any], who: str, seconds: float) -> Result:
    found = {
        f"{kind}: {one['method']} {one['path']} {one['parameter'] or ''}".strip()
        for kind, ones in report["vulnerabilities"].items()
        for one in ones
        if kind not in EXPECTED
    }
    broken = len(report["anomalies"].get("Internal Server Error", []))
    seen = {urlsplit(one["request"]["url"]).path for one in report["infos"]["crawled_pages"]}
    if who != "visitor" and not any(path.count("/") > 1 and not path.startswith(AT_THE_DOOR) for path in seen):
        raise SystemExit(f"wapiti walked as nobody: {sorted(seen)[:9]}")
    return Result("wapiti", who, f"{len(seen)} addresses", tuple(sorted(found)), broken, 0, seconds)
