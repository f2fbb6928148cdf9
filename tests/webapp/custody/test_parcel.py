"""A case handed over: whoever gets the zip checks it alone, with nothing but Python; one changed byte is named."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from media.store import Store
from tests import factories
from tests.factories import NOW
from webapp.custody import packing, queries
from webapp.custody.verify import ed25519_verifies
from webapp.errors import NotFound
from webapp.evidence.rules import State
from webapp.trail import queries as trail
from webapp.trail import services

# RFC 8032, 7.1: public key, message, signature
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


@dataclass
class Handed:
    """A parcel unpacked in a folder."""

    folder: Path
    zip: bytes
    key: Ed25519PrivateKey
    note: str

    def verify(self, *more: str, place: Path | None = None) -> tuple[int, str]:
        """In a Python that sees no library of ours and no variable."""
        script = self.folder / "verify.py"
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(script), *([str(place)] if place else []), *more],
            capture_output=True, text=True, check=False,
            env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


def packed(engine: Engine, key: Ed25519PrivateKey, folder: Path) -> Handed:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        people = factories.team(session)
        case = factories.case(session, people, State.VERIFIED_FIELD, note='Gang "Mawar" 😀\n')
        factories.visit(session, case, people.surveyor)
        number = case.id
    with Session(engine) as session, session.begin():
        head = services.sign_head(session, key, at=NOW)
        assert head is not None
        scope = queries.scope(session, case_id=number, period_id=None)
        parcel = packing.gather(session, scope, head, at=NOW)
        note = trail.note_of(head).text
    data = b"".join(packing.zipped(parcel, people.store))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return Handed(folder, data, key, note)


@pytest.fixture
def handed(fresh_database: Engine, tmp_path: Path) -> Iterator[Handed]:
    key = Ed25519PrivateKey.generate()
    yield packed(fresh_database, key, tmp_path / "paket")


def test_whoever_gets_the_parcel_checks_it_with_nothing_but_python(handed: Handed, tmp_path: Path) -> None:
    code, said = handed.verify()
    assert (code, said.count("SALAH")) == (0, 0), said
    assert said.rstrip().endswith("UTUH / INTACT")
    whole = tmp_path / "paket.zip"
    whole.write_bytes(handed.zip)
    assert handed.verify(place=whole)[0] == 0
    kinds = {json.loads(line)["kind"] for line in (handed.folder / "history.jsonl").read_text().splitlines()}
    assert kinds == {"audit_event", "evidence_move", "evidence_revision", "field_visit"}
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=handed.folder, check=False)
    assert done.returncode == 0


def test_one_changed_byte_of_any_file_is_found_and_the_file_named(handed: Handed) -> None:
    files = sorted(file for file in handed.folder.rglob("*") if file.is_file())
    assert len(files) >= 8
    for file in files:
        honest = file.read_bytes()
        for at in (0, len(honest) // 2, len(honest) - 1):
            if file.name == "verify.py" and at == 0:
                continue  # a program that no longer runs: see below
            file.write_bytes(honest[:at] + bytes([honest[at] ^ 1]) + honest[at + 1 :])
            code, said = handed.verify()
            assert code != 0, (file, at)
            assert file.relative_to(handed.folder).as_posix() in said, (file, at, said)
        file.write_bytes(honest)
    assert handed.verify()[0] == 0


def test_a_file_that_was_taken_out_or_put_in_is_named(handed: Handed) -> None:
    original = next((handed.folder / "originals").rglob("*.jpg"))
    data = original.read_bytes()
    original.unlink()
    assert f"{original.relative_to(handed.folder).as_posix()}: hilang" in handed.verify()[1]
    original.write_bytes(data)
    (handed.folder / "tambahan.txt").write_text("x")
    code, said = handed.verify()
    assert code == 1
    assert "tambahan.txt: tidak terdaftar" in said


def test_a_forged_line_is_found_even_when_all_sums_are_made_anew(handed: Handed) -> None:
    """Who forges a line can make every list of the parcel anew, but not the path to the signed root."""
    history = handed.folder / "history.jsonl"
    resign(handed, "history.jsonl", history.read_bytes().replace(b"submitted", b"withdrawn", 1))
    code, said = handed.verify()
    assert code == 1
    assert "history.jsonl:" in said


def test_a_foreign_original_is_found_even_when_all_sums_are_made_anew(handed: Handed) -> None:
    name = next((handed.folder / "originals").rglob("*.jpg")).relative_to(handed.folder).as_posix()
    resign(handed, name, b"foto lain")
    code, said = handed.verify()
    assert code == 1
    assert f"{name}: tidak disebut riwayat" in said


def resign(handed: Handed, name: str, data: bytes) -> None:
    import hashlib

    (handed.folder / name).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    manifest = json.loads((handed.folder / "manifest.json").read_text())
    was, manifest["files"][name] = manifest["files"][name], digest
    for photo in manifest["photos"]:
        photo["sha256"] = digest if photo["file"] == name else photo["sha256"]
    old = (handed.folder / "manifest.json").read_bytes()
    new = json.dumps(manifest).encode()
    (handed.folder / "manifest.json").write_bytes(new)
    sums = (handed.folder / "SHA256SUMS").read_text().replace(was, digest)
    sums = sums.replace(hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())
    (handed.folder / "SHA256SUMS").write_text(sums)


def test_a_key_and_a_checkpoint_from_elsewhere_are_held_against_it(handed: Handed, tmp_path: Path) -> None:
    mine, other = handed.key.public_key().public_bytes_raw().hex(), Ed25519PrivateKey.generate()
    kept = tmp_path / "titik.txt"
    kept.write_text(handed.note)
    code, said = handed.verify("--key", mine, "--checkpoint", str(kept))
    assert (code, "titik periksa sama" in said) == (0, True)
    assert handed.verify("--key", other.public_key().public_bytes_raw().hex())[0] == 1


def test_drafts_are_handed_over_to_nobody(session: Session) -> None:
    people = factories.team(session)
    with pytest.raises(NotFound):
        queries.scope(session, case_id=factories.case(session, people).id, period_id=None)
    with pytest.raises(NotFound):
        queries.scope(session, case_id=None, period_id=2_000_000_000)


def test_an_original_that_the_store_has_lost_is_named_by_the_verifier(fresh_database: Engine, tmp_path: Path) -> None:
    with Session(fresh_database, expire_on_commit=False) as session, session.begin():
        people = factories.team(session)
        number = factories.case(session, people, State.SUBMITTED).id
    with Session(fresh_database) as session, session.begin():
        head = services.sign_head(session, Ed25519PrivateKey.generate(), at=NOW)
        assert head is not None
        parcel = packing.gather(session, queries.scope(session, case_id=number, period_id=None), head, at=NOW)
    data = b"".join(packing.zipped(parcel, Store.open("memory:///")))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "paket")
    code, said = Handed(tmp_path / "paket", data, Ed25519PrivateKey.generate(), "").verify()
    assert code == 1
    assert f"{parcel.photos[0]['file']}: hilang" in said


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_verifier_knows_the_vectors_of_the_rfc(public: str, message: str, signature: str) -> None:
    key, said, made = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert ed25519_verifies(key, said, made)
    assert not ed25519_verifies(key, said + b"x", made)


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_the_verifier_agrees_with_the_library(seed: bytes, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(message))
    assert ed25519_verifies(public, message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not ed25519_verifies(public, message, bytes(signature))


def test_the_verifier_needs_nothing_newer_than_python_3_8() -> None:
    import ast

    source = (Path(packing.__file__).parent / "verify.py").read_text()
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    assert imported == {"argparse", "base64", "hashlib", "json", "os", "re", "sys", "zipfile"}
    assert not {"removeprefix", "removesuffix", "bit_count"} & set(source.replace("(", ".").split("."))
