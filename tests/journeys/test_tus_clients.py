"""Clients nobody here wrote, tuspy and tus-js-client in Chromium, each send 100 MB over a line cut at random."""

from __future__ import annotations

import base64
import hashlib
import io
import random
import uuid
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tusclient.client import TusClient
from tusclient.uploader.uploader import Uploader

from config import Settings
from media.store import Store
from tests import factories, photos
from tests.factories import SECRET_KEY
from tests.journeys.conftest import Enter, Site, served
from tests.journeys.line import CuttingLine
from webapp.accounts.models import Account
from webapp.capture.models import Upload

SIZE = 100 * 1024 * 1024
PHOTO = photos.without_gps(seed=990, size=(640, 480))  # the rest is a tail, as some cameras append one
CUT_AFTER = (2_000_000, 16_000_000)  # bytes of the sender, at random between
TUS = (Path(__file__).resolve().parents[2] / "node_modules/tus-js-client/dist/tus.min.js").read_text()


@pytest.fixture
def site(fresh_database: Engine, tmp_path: Path) -> Iterator[Site]:
    """An installation that takes large photos."""
    settings = Settings(
        data_dir=tmp_path, secret_key=SECRET_KEY, demo=False, port=0, threads=4, max_upload_mb=110, max_request_mb=160
    )
    with served(fresh_database, settings) as site:
        yield site


@pytest.fixture
def line(site: Site) -> Iterator[CuttingLine]:
    port = int(site.address.rpartition(":")[2])
    line = CuttingLine(("127.0.0.1", port), seed=4, cut_after=CUT_AFTER)
    yield line
    line.door.close()


@pytest.fixture
def case(site: Site) -> tuple[Account, uuid.UUID]:
    """A camat, and the number of a draft of theirs."""
    with site.session() as session:
        people = factories.team(session)
        made = factories.case(session, people)
        session.commit()
        return people.camat, made.client_id


def arrived(site: Site, tmp_path: Path, number: str) -> tuple[str | None, str, int]:
    """The verdict, and what the store holds: digest and size of the bytes themselves."""
    with site.session() as session:
        row = session.get_one(Upload, uuid.UUID(number))
        data = Store.open((tmp_path / "media").as_uri()).get(str(row.sha256), "original")
        return row.verdict, hashlib.sha256(data).hexdigest(), len(data)


def always_further(offsets: list[int]) -> bool:
    """Nothing was acknowledged before the last byte, so that whatever stands here had come with a line that was cut."""
    return offsets[0] > 0 and all(one < next_one for one, next_one in pairwise(offsets))


class Watched(Uploader):
    """tuspy as it is, telling from where it went on."""

    def __init__(self, data: bytes, **options: Any) -> None:
        super().__init__(file_stream=io.BytesIO(data), **options)
        self.went_on_from: list[int] = []

    def get_offset(self) -> int:
        self.went_on_from.append(int(super().get_offset()))
        return self.went_on_from[-1]


def test_tuspy_sends_100_mb_over_a_line_that_is_cut(
    site: Site, line: CuttingLine, enter: Enter, case: tuple[Account, uuid.UUID], tmp_path: Path
) -> None:
    camat, number = enter(case[0]), str(uuid.uuid4())
    key = camat.page.request.get("/rekam/kunci").json()["csrf"]
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in camat.context.cookies())
    data = PHOTO + random.Random(1).randbytes(SIZE - len(PHOTO))
    client = TusClient(f"{line.address}/rekam/kirim", headers={"Cookie": cookies, "X-CSRFToken": key})
    uploader = Watched(
        data, client=client, retries=200, retry_delay=0,
        metadata={"id": number, "case": str(case[1]), "filename": "besar.jpg"},
    )  # fmt: skip
    uploader.upload()
    assert uploader.offset == SIZE
    assert arrived(site, tmp_path, number) == ("received", hashlib.sha256(data).hexdigest(), SIZE)
    assert len(line.passed) >= 5
    assert always_further(uploader.went_on_from)
    came = [after - before for before, after in pairwise([0, *uploader.went_on_from])]
    heads = [passed - body for passed, body in zip(line.passed, came, strict=True)]
    assert all(0 < head < 1500 for head in heads), "not a byte of a piece was lost"


SEND = """async ({photo, size, csrf, metadata, endpoint}) => {
    const bytes = new Uint8Array(size);
    bytes.set(Uint8Array.from(atob(photo), (sign) => sign.charCodeAt(0)));
    for (let at = photo.length, n = 7; at < size; at++) bytes[at] = (n = (n * 48271) % 2147483647) >> 8;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const offsets = [];
    await new Promise((done, failed) => new tus.Upload(new Blob([bytes]), {
        endpoint, metadata, headers: {"X-CSRFToken": csrf}, retryDelays: Array(200).fill(0), onSuccess: done,
        onError: failed, storeFingerprintForResuming: false,
        onAfterResponse: (request, answer) => {
            if (request.getMethod() === "HEAD") offsets.push(Number(answer.getHeader("Upload-Offset")));
        },
    }).start());
    return {offsets, sha256: Array.from(digest, (one) => one.toString(16).padStart(2, "0")).join("")};
}"""


def test_tus_js_client_sends_100_mb_over_a_line_that_is_cut(
    site: Site, line: CuttingLine, enter: Enter, case: tuple[Account, uuid.UUID], tmp_path: Path
) -> None:
    camat, number = enter(case[0]), str(uuid.uuid4())
    page = camat.context.new_page()
    page.set_default_timeout(60_000)
    answer = page.goto(f"{line.address}/rekam/kunci")
    assert answer is not None
    page.evaluate(TUS)
    told = {
        "photo": base64.b64encode(PHOTO).decode(), "size": SIZE, "csrf": answer.json()["csrf"],
        "endpoint": "/rekam/kirim",
        "metadata": {"id": number, "case": str(case[1]), "filename": "besar.jpg"},
    }  # fmt: skip
    outcome = page.evaluate(SEND, told)
    assert arrived(site, tmp_path, number) == ("received", outcome["sha256"], SIZE)
    assert len(line.passed) >= 5
    assert always_further(outcome["offsets"])
