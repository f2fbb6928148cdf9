"""Leaves get their place without anybody waiting; heads are signed, written down outside once, and printed."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.store import Store
from tests import factories
from tests.conftest import web_sessions
from tests.factories import NOW
from tests.webapp.trail.conftest import SIGNED_AT, Archive
from webapp import audit, db
from webapp.cli import main
from webapp.jobs import Tools, _publish, _seal, app_for, seal_now
from webapp.trail import keys, merkle, notes, outside, queries, services
from webapp.trail.errors import NoTrailKey, OtherCheckpoint
from webapp.trail.models import TrailHead, TrailLeaf
from webapp.working import run_worker


def write(session: Session, count: int = 1) -> None:
    for _ in range(count):
        audit.record(session, "evidence.edit", at=NOW, actor_id=None, on=("evidence", 1))
    session.flush()


def tools(engine: Engine, tmp_path: Path, **more: object) -> Tools:
    settings = Settings(data_dir=tmp_path, database_url=engine.url.render_as_string(hide_password=False), demo=False)
    store = factories.intake(Store.open("memory:///"))
    return Tools(replace(settings, **more), sessionmaker(engine, expire_on_commit=False), store)  # type: ignore[arg-type]


def test_a_line_that_began_earlier_and_ended_later_gets_its_place_later_and_nobody_waits(archive: Archive) -> None:
    """Two requests at once: the sealer numbers what is committed, and never holds up the one still open."""
    with Session(archive.engine) as slow, Session(archive.engine) as quick:
        write(slow)
        write(quick)
        quick.commit()
        with Session(archive.engine) as sealer:
            assert services.seal(sealer) == 1
            sealer.commit()
        slow.commit()
    with Session(archive.engine) as sealer:
        assert services.seal(sealer) == 1
        sealer.commit()
    order = "SELECT array_agg(id ORDER BY position) FROM (SELECT * FROM trail_leaf ORDER BY position DESC LIMIT 2) AS t"
    first, second = archive.ask(order)
    assert first > second
    archive.sign(hours=3)
    assert archive.check().findings == []


def test_sealers_at_once_leave_no_gap_and_no_place_twice(archive: Archive) -> None:
    def work() -> None:
        for _ in range(5):
            with Session(archive.engine) as session, session.begin():
                write(session, 3)
            with Session(archive.engine) as session, session.begin():
                services.sign_head(session, archive.key, at=SIGNED_AT + timedelta(hours=4))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    verdict = archive.check()
    assert verdict.findings == []
    assert verdict.size == archive.ask("SELECT max(position) + 1 FROM trail_leaf")


def test_a_request_that_fails_leaves_no_leaf(archive: Archive) -> None:
    before = archive.ask("SELECT count(*) FROM trail_leaf")
    with Session(archive.engine) as session:
        write(session)
        session.rollback()
    assert archive.ask("SELECT count(*) FROM trail_leaf") == before


def test_every_leaf_has_its_proof_under_every_head(archive: Archive) -> None:
    with Session(archive.engine) as session:
        tree = queries.Tree(session)
        heads = queries.heads(session, None, 10)
        leaves = session.execute(select(TrailLeaf.position, TrailLeaf.leaf_hash)).all()
        for head in heads:
            for position, leaf_hash in leaves:
                if position < head.size and position % 7 == 0:
                    path = merkle.inclusion(position, head.size, tree.node)
                    assert merkle.includes(leaf_hash, position, head.size, path, head.root)
        last = heads[0]
        for head in heads:
            proof = merkle.consistency(head.size, last.size, tree.node)
            assert merkle.extends(head.size, last.size, head.root, last.root, proof)


def test_tiles_of_every_height_are_made_and_used(archive: Archive) -> None:
    archive.alter(
        "INSERT INTO trail_leaf (kind, key, form, salt, leaf_hash) "
        "SELECT 'x', n::text, 1, '', sha256(n::text::bytea) FROM generate_series(1, 66000) AS n"
    )
    archive.sign(hours=3)
    heights = archive.ask("SELECT array_agg(DISTINCT height ORDER BY height) FROM trail_tile")
    assert heights == [8, 16]
    with Session(archive.engine) as session:
        head = queries.latest_head(session)
        assert head is not None
        hashes = list(session.scalars(select(TrailLeaf.leaf_hash).order_by(TrailLeaf.position)))
        whole = merkle.root(len(hashes), lambda height, n: merkle.complete(hashes[n << height : (n + 1) << height]))
        assert whole == head.root


def test_nothing_new_needs_no_new_head(archive: Archive) -> None:
    count = archive.ask("SELECT count(*) FROM trail_head")
    archive.sign(hours=9)
    assert archive.ask("SELECT count(*) FROM trail_head") == count


def test_a_head_is_due_after_an_hour_or_at_once_for_a_sealed_result(fresh_database: Engine, tmp_path: Path) -> None:
    with_hands = tools(fresh_database, tmp_path)
    with Session(fresh_database) as session, session.begin():
        assert _seal(session, with_hands) == 1  # the first one ever
        assert _seal(session, with_hands) == 0
        write(session)
        assert _seal(session, with_hands) == 0  # numbered, not signed
        assert session.scalar(select(TrailLeaf.id).where(TrailLeaf.position.is_(None))) is None
    with Session(fresh_database) as session:
        hour = timedelta(minutes=60)
        assert not services.is_head_due(session, at=db.utcnow(), every=hour)
        assert services.is_head_due(session, at=db.utcnow() + hour, every=hour)
        period = factories.period(session)
        chair = factories.chair(session)
        session.execute(
            text("INSERT INTO result_snapshot (period_id, version, content, sha256, finalised_at, finalised_by) "
                 "VALUES (:period, 1, '{}', '', now(), :chair)"), {"period": period.id, "chair": chair.id},
        )  # fmt: skip
        assert services.is_head_due(session, at=db.utcnow(), every=hour)


def test_a_finalisation_asks_for_a_head_and_the_worker_signs_it(archive: Archive, tmp_path: Path) -> None:
    asked = archive.ask("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'trail.seal_now'")
    assert asked == 1
    archive.add_lines(1)
    before = archive.ask("SELECT max(size) FROM trail_head")
    folder = tmp_path / "luar"
    hands = tools(archive.engine, tmp_path, checkpoints=str(folder))
    seal_now(hands, 0)
    assert archive.ask("SELECT max(size) FROM trail_head") == before + 1
    names = sorted(one.name for one in folder.iterdir())
    assert names[-1] == f"{before + 1:012d}.txt"
    assert len(names) == archive.ask("SELECT count(*) FROM trail_head")
    assert archive.ask("SELECT count(*) FROM trail_head WHERE published_at IS NULL") == 0


def test_the_worker_seals_in_a_lane_of_its_own(fresh_database: Engine, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=fresh_database.url.render_as_string(hide_password=False), workers=1, demo=False
    )
    hands = tools(fresh_database, tmp_path)
    with app_for(hands).open() as app:
        app.configure_task("trail.seal", queue="trail").defer(timestamp=0)
    worker = threading.Thread(target=run_worker, args=(settings,), kwargs={"wait": False})
    worker.start()
    worker.join()
    with Session(fresh_database) as session:
        assert queries.latest_head(session) is not None
    assert (tmp_path / "trail.key").exists()


def test_what_was_written_down_outside_is_never_written_over(archive: Archive, tmp_path: Path) -> None:
    shelf = outside.Shelf(str(tmp_path / "luar"))
    shelf.put(7, "satu")
    shelf.put(7, "satu")
    with pytest.raises(OtherCheckpoint):
        shelf.put(7, "dua")
    assert list(shelf.notes()) == [("000000000007.txt", "satu")]
    size = archive.ask("SELECT min(size) FROM trail_head")
    shelf.put(size, "kepala lain")
    with pytest.raises(OtherCheckpoint), Session(archive.engine) as session:
        _publish(session, tools(archive.engine, tmp_path, checkpoints=(tmp_path / "luar").as_uri()))


def test_the_web_server_can_neither_write_nor_take_away_a_leaf(archive: Archive) -> None:
    for statement in (
        "UPDATE trail_leaf SET position = 1", "DELETE FROM trail_leaf", "SELECT content FROM trail_leaf",
        "INSERT INTO trail_leaf (kind, key, form, salt, leaf_hash) VALUES ('x', 'y', 1, '', '')",
        "INSERT INTO trail_head SELECT * FROM trail_head", "UPDATE trail_form SET form = 2",
        "SELECT wall.cover('photo', '{id}')", "DELETE FROM trail_tile",
    ):  # fmt: skip
        with web_sessions(archive.engine)() as session, pytest.raises(DBAPIError, match="permission denied"):
            session.execute(text(statement))


def test_the_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    made = keys.signing_key(tmp_path / "di" / "sini.key")
    assert stat.S_IMODE((tmp_path / "di" / "sini.key").stat().st_mode) == 0o600
    assert keys.signing_key(tmp_path / "di" / "sini.key").private_bytes_raw() == made.private_bytes_raw()
    assert [one.name for one in (tmp_path / "di").iterdir()] == ["sini.key"]
    public = made.public_key().public_bytes_raw()
    assert keys.read_public(keys.public_pem(public)) == keys.read_public(public.hex()) == public
    (tmp_path / "lain").write_text("bukan kunci")
    with pytest.raises(NoTrailKey):
        keys.signing_key(tmp_path / "lain")
    for junk in ("", "zz", "00" * 31, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        with pytest.raises(NoTrailKey):
            keys.read_public(junk)


def test_a_note_reads_back_as_it_was_written() -> None:
    key = Ed25519PrivateKey.generate()
    note = notes.sign(key, "petabukti/abc", 12, bytes(range(32)), NOW)
    assert notes.parse(note.text) == note
    assert notes.parse(note.text.replace("\n", "\r\n")) == note
    assert note.is_signed_by(key.public_key().public_bytes_raw())
    assert not note.is_signed_by(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    for junk in ("", note.text[:-1], note.text.replace("\n12\n", "\n-1\n"), note.text + "\n", note.text * 2):
        with pytest.raises(notes.BadNote):
            notes.parse(junk)


# --- the commands ---------------------------------------------------------------------------------------------------


def run(archive: Archive, folder: Path, *arguments: str, **more: str) -> Result:
    url = archive.engine.url.render_as_string(hide_password=False)
    key = folder / "trail.key"
    if not key.exists():
        from cryptography.hazmat.primitives import serialization as form

        pem = archive.key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        key.write_bytes(pem)
    environ = {"DATABASE_URL": url, "PETABUKTI_DATA": str(folder), **more}
    return CliRunner(env=environ).invoke(main, arguments)


def test_an_auditor_verifies_keeps_a_checkpoint_and_is_told_the_first_altered_record(
    archive: Archive, tmp_path: Path
) -> None:
    honest = run(archive, tmp_path, "audit", "verify", "--media")
    assert (honest.exit_code, "UTUH" in honest.output) == (1, True)  # the photos of this archive are in no store
    assert run(archive, tmp_path, "audit", "verify").exit_code == 0
    kept = tmp_path / "titik.txt"
    assert run(archive, tmp_path, "audit", "checkpoint", "--to", str(kept)).exit_code == 0
    assert run(archive, tmp_path, "audit", "checkpoint", "--to", str(kept)).exit_code == 1  # never written over
    assert run(archive, tmp_path, "audit", "checkpoint").output == kept.read_text()
    public = tmp_path / "publik.txt"
    public.write_text(run(archive, tmp_path, "audit", "key", "--pem").output)
    arguments = ("audit", "verify", "--checkpoint", str(kept), "--key", str(public))
    assert run(archive, tmp_path, *arguments).exit_code == 0
    archive.alter("UPDATE audit_event SET actor_id = NULL, action = 'score.give' WHERE id = 11")
    told = run(archive, tmp_path, *arguments)
    assert told.exit_code == 1
    assert "BERUBAH: catatan pertama audit_event 11" in told.output
    assert "isi berubah" in told.output


def test_checkpoints_in_the_configured_place_are_compared_too(archive: Archive, tmp_path: Path) -> None:
    place = tmp_path / "luar"
    with Session(archive.engine) as session, session.begin():
        assert services.publish(session, str(place), at=SIGNED_AT) == 3
    setting = {"PETABUKTI_CHECKPOINTS": str(place)}
    assert "3 titik periksa" in run(archive, tmp_path, "audit", "verify", **setting).output
    size = archive.ask("SELECT max(size) FROM trail_head")
    archive.alter(
        "DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)",
        "DELETE FROM trail_leaf WHERE position >= :size - 1", "DELETE FROM trail_head WHERE size = :size", size=size,
    )  # fmt: skip
    assert run(archive, tmp_path, "audit", "verify").exit_code == 0
    told = run(archive, tmp_path, "audit", "verify", **setting)
    assert (told.exit_code, "lebih pendek" in told.output) == (1, True)


def test_a_period_is_exported_by_the_command_once(archive: Archive, tmp_path: Path) -> None:
    period = archive.ask("SELECT min(id) FROM period")
    to = tmp_path / "periode.zip"
    done = run(archive, tmp_path, "custody", "export", "--period", str(period), "--to", str(to))
    assert done.exit_code == 0, done.output
    assert to.stat().st_size > 0
    assert run(archive, tmp_path, "custody", "export", "--period", str(period), "--to", str(to)).exit_code == 1
    assert archive.ask("SELECT count(*) FROM audit_event WHERE action = 'custody.export'") >= 1
    assert run(archive, tmp_path, "custody", "export", "--case", "999999", "--to", str(tmp_path / "x")).exit_code == 1
    assert run(archive, tmp_path, "custody", "export", "--to", str(tmp_path / "x")).exit_code == 2
    assert archive.check().findings == []


def test_heads_keep_what_they_said(archive: Archive) -> None:
    with Session(archive.engine) as session:
        for head in session.scalars(select(TrailHead)):
            assert queries.note_of(head).is_signed_by(archive.public)
