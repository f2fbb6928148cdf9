"""How many guesses pass the door: `.venv/bin/python -m bench.throttle [seconds of each attack]`.

A private PostgreSQL, three servers on it as `petabukti serve` starts them, eight guessers at each, all on the loopback.
While they guess, one server is ended and started again. A guess has passed when its password was really compared
(422); all others were told to wait (429). Then the rightful person tries, from the usual address and from elsewhere,
and once more when a window has gone by: for that the failures are made 15 minutes older in the database.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bench.door import server
from tests import factories
from webapp import schema
from webapp.accounts.rules import ACCOUNT_LIMIT, ADDRESS_LIMIT
from webapp.cluster import DATABASE, Cluster

SERVERS, GUESSERS, SECONDS = 3, 8, 20.0
USUAL, ELSEWHERE, GUESSING, MANY_NAMES = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"
WRONG = "tebakan-yang-salah"


class Visitor:
    """Somebody at the sign-in page, from an address of the loopback."""

    def __init__(self, port: int, address: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
        self._connection.request("GET", "/masuk")
        page = self._connection.getresponse()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
        assert token, f"no form at /masuk: {page.status}"
        self._token, self._cookie = token[1], str(page.headers["Set-Cookie"]).partition(";")[0]

    def try_password(self, username: str, password: str) -> int:
        """The status of the answer: 303 in, 422 wrong, 429 told to wait."""
        body = urlencode({"csrf_token": self._token, "username": username, "password": password})
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", "/masuk", body, headers)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status


@dataclass
class Attack:
    """Many guessers at all servers; `names` says whom the n-th guess of a guesser is for."""

    ports: list[int]
    address: Callable[[int], str]
    names: Callable[[int, int], str]
    answers: Counter[int] = field(default_factory=Counter)
    broken: int = 0

    def run(self, seconds: float, halfway: Callable[[], None]) -> None:
        until = time.monotonic() + seconds
        guessers = [
            threading.Thread(target=self._guess, args=(number, until)) for number in range(len(self.ports) * GUESSERS)
        ]
        for one in guessers:
            one.start()
        time.sleep(seconds / 2)
        halfway()
        for one in guessers:
            one.join()

    def _guess(self, number: int, until: float) -> None:
        visitor, guess = None, 0
        while time.monotonic() < until:
            try:
                visitor = visitor or Visitor(self.ports[number % len(self.ports)], self.address(number))
                self.answers[visitor.try_password(self.names(number, guess), WRONG)] += 1
                guess += 1
            except (OSError, HTTPException):  # that server is being restarted
                visitor, self.broken = None, self.broken + 1
                time.sleep(0.2)


@contextmanager
def servers(url: str, home: Path) -> Iterator[tuple[list[int], Callable[[], None]]]:
    """The ports of the servers, and how one of them is ended and started again, at another port."""
    with ExitStack() as others, ExitStack() as last:

        def start(stack: ExitStack, name: str) -> int:
            (home / name).mkdir(exist_ok=True)
            return stack.enter_context(server(url, home / name))[1]

        ports = [start(others, str(number)) for number in range(SERVERS - 1)]
        ports.append(start(last, "last"))

        def restart() -> None:
            last.close()
            ports[-1] = start(last, "last")

        yield ports, restart


def main(seconds: float) -> None:
    home = Path(tempfile.mkdtemp(prefix="petabukti-bench-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg", durable=False) as cluster:
            url = cluster.url(DATABASE)
            schema.upgrade(url)
            engine = create_engine(url)
            with Session(engine) as session, session.begin():
                factories.territory(session)
                camat, colleague = factories.camat(session).username, factories.camat(session).username
            with servers(url, home) as (ports, restart):
                _try_out(ports, restart, seconds, camat, colleague)
                with engine.begin() as connection:
                    connection.execute(text("UPDATE failed_sign_in SET at = at - interval '15 minutes'"))
                print("\na window later")
                _person(ports, "the person, from elsewhere", camat, ELSEWHERE, 303)
                _person(ports, "a colleague, from the address that tried many names", colleague, MANY_NAMES, 303)
            engine.dispose()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _try_out(ports: list[int], restart: Callable[[], None], seconds: float, camat: str, colleague: str) -> None:
    print(f"{SERVERS} servers, {SERVERS * GUESSERS} guessers, {seconds:.0f} s each, one server restarted in between\n")
    _person(ports, "the person signs in at the usual address", camat, USUAL, 303)
    one_name = Attack(ports, lambda _: GUESSING, lambda _number, _guess: camat)
    one_name.run(seconds, restart)
    _report("one name, one address", one_name, ACCOUNT_LIMIT)
    _person(ports, "the person, from elsewhere", camat, ELSEWHERE, 429)
    _person(ports, "the person, from the usual address", camat, USUAL, 303)
    scattered = Attack(ports, lambda number: f"127.0.1.{number + 1}", lambda _number, _guess: colleague)
    scattered.run(seconds, restart)
    _report(f"one name, {SERVERS * GUESSERS} addresses", scattered, ACCOUNT_LIMIT)
    many = Attack(ports, lambda _: MANY_NAMES, lambda number, guess: f"nama-{number}-{guess}")
    many.run(seconds, restart)
    _report("many names, one address", many, ADDRESS_LIMIT)
    _person(ports, "the person, from that address", camat, MANY_NAMES, 429)
    _person(ports, "the person, from the usual address", camat, USUAL, 303)


def _report(what: str, attack: Attack, limit: int) -> None:
    sent, passed = attack.answers.total(), attack.answers[422]
    verdict = "held" if passed <= limit and set(attack.answers) <= {422, 429} else f"BROKEN {dict(attack.answers)}"
    cut = f"({attack.broken} cut by the restart)"
    print(f"{what:52}{sent:7} guesses {passed:4} passed, limit {limit:3}  {verdict}  {cut}", flush=True)


def _person(ports: list[int], what: str, username: str, address: str, expected: int) -> None:
    """Each server is asked in turn."""
    found = [Visitor(port, address).try_password(username, factories.PASSWORD) for port in ports]
    print(f"{what:52}{'in' if found[0] == 303 else 'waits':>7}  {'as stated' if set(found) == {expected} else found}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if sys.argv[1:] else SECONDS)
