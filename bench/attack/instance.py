"""The demo that is attacked: `petabukti run` on scratch data, and people signed in without passing the door."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from http.cookies import SimpleCookie
from pathlib import Path

from sqlalchemy import func, select

from config import Settings
from webapp import db
from webapp.accounts import services
from webapp.accounts.models import Account
from webapp.app import create_app
from webapp.database import database, transaction

HOME = Path(__file__).resolve().parents[2]
_PATIENCE_S = 300
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Instance:
    """A running demo. `url` has no slash at its end; `log` is where the server writes what goes wrong."""

    url: str
    data_dir: Path
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings.from_environ({}, data_dir=self.data_dir).with_secret()

    def signed_in(self, username: str) -> str:
        """The session cookie, name and value, of a session with both factors that is made for this purpose."""
        with database(self.settings) as url:
            app = create_app(Settings.from_environ({"DATABASE_URL": url}, data_dir=self.data_dir))
        with transaction(self.settings) as session:
            account = session.scalars(select(Account).where(func.lower(Account.username) == username)).one()
            _, token = services.begin_session(
                session, account, address="127.0.0.1", browser="bench.attack", at=db.utcnow(), second_factor=True
            )
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = signer.dumps({"_user_id": token, "_permanent": True})
        return f"{app.config['SESSION_COOKIE_NAME']}={value}"

    def form(self, path: str, cookie: str) -> tuple[str, str]:
        """The token of the form on a page, and the cookie that goes with it."""
        request = urllib.request.Request(self.url + path, headers={"Cookie": cookie})  # noqa: S310  (our own port)
        with _direct().open(request, timeout=30) as answer:
            found = _TOKEN.search(answer.read().decode())
            given = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or ()))
        if found is None:
            raise SystemExit(f"no form at {path}: is {cookie[:20]}… signed in?")
        name = cookie.partition("=")[0]
        return found[1], f"{name}={given[name].value}" if name in given else cookie

    def is_inside(self, cookie: str) -> bool:
        """Whether somebody is (still) signed in by that cookie."""
        request = urllib.request.Request(self.url, headers={"Cookie": cookie})  # noqa: S310  (our own port)
        with _direct().open(request, timeout=30) as answer:
            return not answer.url.startswith(f"{self.url}/masuk")

    def crashes(self) -> int:
        """How many requests have failed inside the server."""
        logs = (file.read_text(errors="replace") for file in (self.data_dir / "log").glob("*.log*"))
        return sum(len(re.findall(r"request \S+ failed", text)) for text in logs)


def _direct() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()))


@contextmanager
def instance() -> Iterator[Instance]:
    """Start a demo of its own on a free port of this machine; stop it and forget its data at the end."""
    with tempfile.TemporaryDirectory(prefix="petabukti-attack-") as folder:
        Path(folder).chmod(0o711)  # run as root, the database is another user's and must come through
        out = Path(folder) / "out"
        process, url = _start(Path(folder) / "data", out)
        try:
            _wait_for(process, url, out)
            yield Instance(url, Path(folder) / "data")
        finally:
            process.terminate()
            process.wait(60)


def _start(data: Path, out: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = str(door.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PETABUKTI_", "DATABASE_"))}
    command = [sys.executable, "-P", "-m", "webapp.cli", "run", "--port", port, "--data", str(data)]
    with out.open("wb") as log:
        process = subprocess.Popen(
            command, env={**kept, "PYTHONPATH": str(HOME)}, cwd=HOME, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    return process, f"http://127.0.0.1:{port}"


def _wait_for(process: subprocess.Popen[bytes], url: str, out: Path) -> None:
    for _ in range(_PATIENCE_S):
        if process.poll() is not None:
            break
        try:
            _direct().open(f"{url}/sehat", timeout=5).close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit(f"The demo does not answer: {out.read_text()[-2000:]}")
