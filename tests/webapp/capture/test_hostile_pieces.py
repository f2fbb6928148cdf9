"""Files that would cost whoever opened them dearly: on the wire nobody does, their heads are read and that is all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from media.decoding import Decoder
from media.keeping import Child
from tests.photos import hostile
from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import Sender
from webapp.capture.models import Upload

JOBS = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'evidence.make_pictures'")


def never(*_: object, **__: object) -> None:
    raise AssertionError("somebody asked for this to be opened")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (hostile.webp_bomb_32_bytes, "too_many_pixels"), (hostile.png_bomb, "too_many_pixels"),
        (hostile.ztxt_bomb, "image_damaged"), (hostile.animated_webp, "animated_not_allowed"),
        (hostile.tiny, "image_too_small"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)  # fmt: skip
def test_what_is_too_large_to_open_is_refused_by_its_head_and_opened_by_nobody(
    app: Flask,
    sender: Sender,
    draft: Draft,
    session: Session,
    made: Callable[[], bytes],
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for owner, name in ((Decoder, "derive"), (Child, "__init__"), (Child, "ask")):
        monkeypatch.setattr(owner, name, never)
    data = made()
    uploads: Path = app.extensions["petabukti_settings"].uploads_dir
    jobs, kept = session.scalar(JOBS), set(app.extensions["petabukti_store"].keys())
    path = sender.begin(len(data), case=draft.case.client_id, filename="foto.webp").headers["Location"]
    assert sender.piece(path, data[:16], 0).status_code == 204
    assert sender.piece(path, data[16:], 16).status_code == 204
    number = uuid.UUID(path.rpartition("/")[2])
    session.commit()
    row = session.get_one(Upload, number, populate_existing=True)
    assert (row.verdict, row.refused_code, row.photo_id) == ("refused", code, None)
    assert row.receipt_code
    assert session.scalar(JOBS) == jobs
    assert set(app.extensions["petabukti_store"].keys()) == kept
    assert not (uploads / f"{number}.part").exists()
