"""A phone at the wire: text first, then each photo by tus, piece by piece, until each has a receipt."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import Message
from http.client import HTTPConnection, HTTPException, IncompleteRead
from typing import Any

from tests import factories
from webapp import db

WIRE = "/rekam/kirim"
PIECE = 262_144  # bytes of one PATCH, as /rekam/bekal says
SPOKEN = {"Tus-Resumable": "1.0.0"}
Broken = (OSError, HTTPException)
"""What a line that breaks raises."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def offset(self) -> int:
        return int(self.headers["Upload-Offset"])

    @property
    def is_torn(self) -> bool:
        """Whether it ended within its head, which `http.client` takes for a whole one. Our heads are sorted by name."""
        return self.headers.get("X-Frame-Options") != "DENY"


class _Counting(HTTPConnection):
    """Knows how many bytes were handed over on the connection that is open."""

    handed = came_by = 0

    def connect(self) -> None:
        super().connect()
        assert self.sock is not None
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.handed, self.came_by = 0, self.sock.getsockname()[1]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.handed += len(data)
        super().send(data)


class Phone:
    """One person's phone on one connection, kept open as long as it holds. Not for several threads."""

    def __init__(self, port: int, cookies: str, key: str, *, patience_s: float = 120) -> None:
        self._connection = _Counting("127.0.0.1", port, timeout=patience_s)
        self._usual = {"Cookie": cookies, "X-CSRFToken": key, "Accept": "application/json"}
        self.ended: list[tuple[int, int]] = []  # of each connection that ended: its port here, bytes that were no photo
        self._plain = 0

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Raises one of `Broken`; the next question then goes over a new connection."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._connection.sock is None:
            self._leave()
        handed = self._connection.handed
        try:
            self._connection.request(method, path, body or None, {**self._usual, **SPOKEN, **told})
            answer = self._connection.getresponse()
            found = Answer(answer.status, answer.headers, answer.read())
            if found.is_torn:
                raise IncompleteRead(found.body)
        except Broken:
            self._count(handed, method, body)
            self.hang_up()
            raise
        self._count(handed, method, body)
        return found

    def _count(self, before: int, method: str, body: bytes) -> None:
        handed = self._connection.handed - before
        self._plain += max(0, handed - len(body)) if method == "PATCH" else handed

    def hang_up(self) -> None:
        self._connection.close()
        self._leave()

    def _leave(self) -> None:
        """Note what went over the connection that has ended; the next begins at nothing."""
        if self._connection.came_by:
            self.ended.append((self._connection.came_by, self._plain))
        self._connection.handed = self._connection.came_by = self._plain = 0

    def put_case(self, case: Case) -> Answer:
        return self.ask("PUT", f"/api/v1/bukti/{case.number}", case.body, Content_Type="application/json")

    def begin(self, photo: Photo) -> Answer:
        return self.ask("POST", WIRE, Upload_Length=str(photo.size), Upload_Metadata=photo.metadata)

    def offset(self, photo: Photo) -> Answer:
        return self.ask("HEAD", photo.path)

    def piece(self, photo: Photo, offset: int, most: int = PIECE) -> Answer:
        data = photo.data[offset : offset + most]
        kind = {"Content_Type": "application/offset+octet-stream"}
        return self.ask("PATCH", photo.path, data, Upload_Offset=str(offset), **kind)

    def receipts(self, *photos: Photo) -> Answer:
        """What became of at most a hundred of them."""
        return self.ask("GET", f"{WIRE}?" + "&".join(f"id={photo.number}" for photo in photos))


@dataclass(eq=False)
class Case:
    """The text of a case in that kecamatan; the same each time it is said."""

    unit: str
    number: uuid.UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        place = factories.middle(self.unit)
        now = db.utcnow().isoformat(timespec="seconds")
        said = {
            "region_code": self.unit, "title": f"Kampung {self.number}", "activity": "inovasi/kampung_tematik",
            "occurred_from": "2018-08-01", "note": "Gang dicat warga.",
            "place": {"lon": place.lon, "lat": place.lat, "accuracy_m": 8, "at": now},
        }  # fmt: skip
        self.body = json.dumps(said).encode()


@dataclass(eq=False)
class Photo:
    """A photo that is to be sent, and what the phone has seen of its way."""

    case: Case
    data: bytes
    number: uuid.UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        self.taken_at = (db.utcnow() - timedelta(minutes=5)).isoformat()
        self.sha256, self.size = hashlib.sha256(self.data).hexdigest(), len(self.data)

    @property
    def path(self) -> str:
        return f"{WIRE}/{self.number}"

    @property
    def metadata(self) -> str:
        """As tus writes it; the same each time it is said."""
        place = factories.middle(self.case.unit)
        told = {
            "id": self.number, "case": self.case.number, "filename": f"{self.number}.jpg", "filetype": "image/jpeg",
            "source": "camera", "captured_at": self.taken_at, "fix_lon": place.lon, "fix_lat": place.lat,
            "fix_accuracy": 8, "fix_at": self.taken_at, "fix_count": 4,
        }  # fmt: skip
        return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in told.items())
