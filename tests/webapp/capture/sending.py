"""A sender that speaks tus, header by header, so that a test may also speak it wrongly."""

from __future__ import annotations

import base64
import uuid

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tests.webapp.browsing import let_in
from webapp.accounts.models import Account

WIRE = "/rekam/kirim"
PIECE = "application/offset+octet-stream"
SPOKEN = {"Tus-Resumable": "1.0.0"}


def said(**metadata: object) -> str:
    """Metadata as tus writes it."""
    return ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in metadata.items())


class Sender:
    """One person's sender; everything it sends carries the token of its session."""

    def __init__(self, app: Flask, person: Account | None) -> None:
        self.client = app.test_client()
        token = str(URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps("isi"))
        self.usual = {**SPOKEN, "X-CSRFToken": token}
        if person is not None:
            let_in(self.client, person)
        with self.client.session_transaction() as cookie:
            cookie["csrf_token"] = "isi"

    def ask(
        self, method: str, path: str, data: bytes = b"", *, without: str = "", **headers: str | None
    ) -> TestResponse:
        """`Upload_Length="3"` becomes a header; `without` leaves one of the usual ones out."""
        told = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        usual = {name: value for name, value in self.usual.items() if name != without}
        return self.client.open(path, method=method, data=data, headers={**usual, **told})

    def begin(self, length: int | str, **metadata: object) -> TestResponse:
        return self.ask("POST", WIRE, Upload_Length=str(length), Upload_Metadata=said(**metadata))

    def piece(self, path: str, data: bytes, offset: int | str, **headers: str | None) -> TestResponse:
        told: dict[str, str | None] = {"Content_Type": PIECE, "Upload_Offset": str(offset), **headers}
        return self.ask("PATCH", path, data, without="", **told)

    def offset(self, path: str) -> int:
        answer = self.ask("HEAD", path)
        assert answer.status_code == 200, answer.status
        return int(answer.headers["Upload-Offset"])

    def whole(self, data: bytes, case: uuid.UUID, **metadata: object) -> tuple[str, TestResponse]:
        """Begin and send in one piece; the address, and the answer to the piece."""
        begun = self.begin(len(data), case=case, **metadata)
        assert begun.status_code in (200, 201), begun.text
        path = begun.headers["Location"]
        return path, self.piece(path, data, 0)
