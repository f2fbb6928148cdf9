"""The product as its users meet it: its programs as processes of their own, people signed in, and what they cost."""

from __future__ import annotations

import itertools
import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from tests import factories
from webapp import db

HOME = Path(__file__).resolve().parent.parent
BOUNDARY = "petabukti-bench"
_serial = itertools.count(1)
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


# --- what processes have used -----------------------------------------------------------------------------------------


def _fields(pid: int) -> list[str]:
    """Of /proc/PID/stat from the state on; [1] is the parent, [11:15] are utime, stime, cutime, cstime in ticks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_ms(pid: int) -> float:
    """Milliseconds of a process, its threads and the children it has buried."""
    return sum(map(int, _fields(pid)[11:15])) * _TICK_MS


def tree_cpu_ms(pid: int) -> float:
    """The same with its living children: PostgreSQL has one for each connection."""
    total = cpu_ms(pid)
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and parent_of(int(entry.name)) == pid:
                total += cpu_ms(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def parent_of(pid: int) -> int | None:
    """None when the process is gone."""
    try:
        return int(_fields(pid)[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def memory_mb(pid: int, line: str) -> float:
    """`VmRSS` (now) or `VmHWM` (the most since the last `forget_peak`)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0]) / 1024


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


# --- the product ------------------------------------------------------------------------------------------------------


class Program:
    """`petabukti <words>` as a process of its own, which may be killed and started again; its output goes to a log."""

    def __init__(self, url: str, home: Path, *words: str) -> None:
        self._words, self._log = words, home / f"{words[0]}.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PETABUKTI_")}
        chosen = {name: os.environ[name] for name in ("PETABUKTI_THREADS", "PETABUKTI_WORKERS") if name in os.environ}
        self._environment = {
            **kept, **chosen, "DATABASE_URL": url, "PETABUKTI_DATA": str(home / "data"), "PYTHONPATH": str(HOME),
            "PETABUKTI_SECRET_KEY": factories.SECRET_KEY,  # cookies are good for whoever comes next, too
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "webapp.cli", *self._words],
                env=self._environment, cwd=HOME, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        """`kill -9`; its decoders end by themselves when their pipes do."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """As an operator ends it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait_for(self, port: int) -> None:
        """Until it listens there. Raises `SystemExit` with its last words when it ends instead."""
        for _ in range(600):
            if not self.lives:
                raise SystemExit(f"The server ended: {self.last_words()}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("The server does not answer.")

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@contextmanager
def server(url: str, home: Path) -> Iterator[tuple[int, int]]:
    """`petabukti serve` on a free port; answers its process id and port."""
    port = free_port()
    program = Program(url, home, "serve", "--port", str(port))
    try:
        program.start()
        program.wait_for(port)
        yield program.pid, port
    finally:
        program.end()


class Browser:
    """One signed-in camat on one connection that is kept open."""

    def __init__(self, port: int, username: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: SimpleCookie = SimpleCookie()
        page = self._ask("GET", "/masuk")[1].decode()
        form = {"csrf_token": _token(page), "username": username, "password": factories.PASSWORD}
        status, answer = self._ask("POST", "/masuk", urlencode(form).encode(), "application/x-www-form-urlencoded")
        if status != 303:
            raise SystemExit(f"{username} cannot sign in: {status} {answer.decode()[-2000:]}")

    def open_case(self, case: int) -> None:
        """Go to the page of a case, where the upload form is; begins a new connection."""
        self._connection.close()
        self._case, self._csrf = case, _token(self._ask("GET", f"/bukti/{case}")[1].decode())

    def upload(self, photo: bytes, extension: str) -> float:
        """Send one photo as the script of the page does; milliseconds until its small picture was seen."""
        started = time.perf_counter()
        status, answer = self.send(photo, extension)
        if status != 201:
            raise SystemExit(f"upload answered {status}: {answer.decode()[-2000:]}")
        number = json.loads(answer)["results"][0]["photo_id"]
        seen, _ = self._ask("GET", f"/bukti/foto/{number}/small")
        if seen != 200:
            raise SystemExit(f"the small picture of photo {number} answered {seen}")
        return 1000 * (time.perf_counter() - started)

    def send(self, photo: bytes, extension: str) -> tuple[int, bytes]:
        """Send one photo, whatever becomes of it: status and body of the answer."""
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self._ask("POST", f"/bukti/{self._case}/foto", self._form(photo, extension), kind)

    def _form(self, photo: bytes, extension: str) -> bytes:
        place = factories.middle(factories.MINE)
        fields = {"csrf_token": self._csrf, "upload_id": str(uuid.uuid4()), "fix_lon": str(place.lon),
                  "fix_lat": str(place.lat), "fix_accuracy": "8", "fix_time": db.utcnow().isoformat()}  # fmt: skip
        head = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="berkas"; filename="f{next(_serial)}.{extension}"'
            f"\r\nContent-Type: {'image/heic' if extension == 'heic' else 'image/jpeg'}\r\n\r\n"
        )
        return head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()

    @property
    def cookies(self) -> str:
        """What this browser is known by, as it says it."""
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())

    def key(self) -> str:
        """The token that scripts send with every change."""
        status, answer = self._ask("GET", "/rekam/kunci")
        if status != 200:
            raise SystemExit(f"/rekam/kunci answered {status}")
        return str(json.loads(answer)["csrf"])

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        accept = "application/json" if "multipart" in kind else "text/html,image/*"
        headers = {"Cookie": self.cookies, "Accept": accept, **({"Content-Type": kind} if kind else {})}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.load(line)
        return answer.status, answer.read()


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise SystemExit(f"no form on this page: {page[:2000]}")
    return found[1]
