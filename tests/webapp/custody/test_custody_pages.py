"""The trail and the parcel in the browser: the auditor of the area, and nobody else."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, KOTA, NOW
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.audit import AuditEvent
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.trail import merkle, notes, services


def sealed(session: Session) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    services.sign_head(session, key, at=NOW)
    session.commit()
    return key


@pytest.fixture
def case(app: Flask, session: Session) -> Evidence:
    people = factories.team(session)
    people.store = app.extensions["petabukti_store"]
    return factories.case(session, people, State.SUBMITTED)


def test_an_auditor_takes_a_lines_proof_away_and_checks_it_without_us(
    session: Session, case: Evidence, opened: Opener
) -> None:
    auditor = opened(factories.account(session, (Role.AUDITOR, KABUPATEN))).client
    event = session.scalars(select(AuditEvent.id).where(AuditEvent.object_id == str(case.id))).first()
    assert "menunggu segel" in auditor.get(f"/akun/jejak?objek=evidence:{case.id}").text
    waiting = auditor.get(f"/akun/jejak/{event}/bukti.json")
    assert (waiting.status_code, waiting.headers["X-Problem-Code"]) == (409, "nothing_sealed")
    key = sealed(session)
    page = auditor.get(f"/akun/jejak?objek=evidence:{case.id}").text
    assert f"/akun/jejak/{event}/bukti.json" in page
    proof = json.loads(auditor.get(f"/akun/jejak/{event}/bukti.json").data)
    note, record = notes.parse(proof["head"]["note"]), proof["record"]
    assert note.is_signed_by(key.public_key().public_bytes_raw())
    path = [bytes.fromhex(one) for one in record["path"]]
    leaf = merkle.leaf_hash(record["content"].encode())
    assert merkle.includes(leaf, record["position"], note.size, path, note.root)
    heads = auditor.get("/akun/jejak/kepala")
    assert note.root.hex()[:16] in heads.text
    assert auditor.get(f"/akun/jejak/kepala/{note.size}.txt").text == note.text


def test_the_parcel_goes_to_the_auditor_of_the_area_and_that_is_written_down(
    session: Session, case: Evidence, opened: Opener
) -> None:
    auditor = factories.account(session, (Role.AUDITOR, KABUPATEN))
    sealed(session)
    answer = opened(auditor).client.get(f"/penyerahan/bukti/{case.id}.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert {"manifest.json", "verify.py", "history.jsonl", "SHA256SUMS", "head.txt"} <= set(names)
    assert any(name.startswith(f"originals/{case.id}/") for name in names)
    line = session.scalars(select(AuditEvent).where(AuditEvent.action == "custody.export")).one()
    assert (line.actor_id, line.object_id, len(line.detail["manifest_sha256"])) == (auditor.id, str(case.id), 64)


def test_others_find_no_parcel(session: Session, case: Evidence, opened: Opener) -> None:
    sealed(session)
    elsewhere = factories.account(session, (Role.AUDITOR, KOTA))
    # Reads history there and originals here: never both in one place.
    crossed = factories.account(session, (Role.AUDITOR, KOTA), (Role.DESK_VERIFIER, KABUPATEN))
    for person in (elsewhere, crossed):
        assert opened(person).client.get(f"/penyerahan/bukti/{case.id}.zip").status_code == 404
    for person in (factories.desk(session), case.owner.as_of(factories.TODAY)):
        assert opened(person).client.get(f"/penyerahan/bukti/{case.id}.zip").status_code == 403
