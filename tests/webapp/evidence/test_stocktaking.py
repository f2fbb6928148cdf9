"""Stored files and rows held beside each other: what nobody needs goes, what is lost is told, and no row is touched."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.store import OF_PHOTOS, Kept, Store
from tests import factories, photos
from tests.media.test_store import bucket
from tests.webapp.test_jobs import worked
from tests.webapp.working import work_off
from webapp.accounts.models import Account
from webapp.audit import AuditEvent
from webapp.cli import main
from webapp.db import utcnow
from webapp.evidence import commands, queries, services
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.services import What, stocktaking, turns

__all__ = ["bucket"]  # a fixture of the store's own tests

OLD, YOUNG = timedelta(hours=25), timedelta(hours=23)
DUST = b"bukan milik siapa pun"


@dataclass
class House:
    """A database and a store with a few photos: `made` with their pictures, and one that waits for them."""

    engine: Engine
    store: Store
    root: Path  # of the store, where it is on the disk
    made: list[Photo]
    waiting: Photo

    @property
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine, expire_on_commit=False)

    def found(self, *, reread: bool = False) -> list[tuple[What, str, int | None]]:
        all_of_it = services.compare(self.sessions, self.store, reread=reread)
        return [(one.what, one.place, one.photo_id) for one in all_of_it]

    def swept(self, at: datetime | None = None, only: What | None = None) -> list[str]:
        """The places of what a sweeper removed."""
        gone = []
        for one in services.compare(self.sessions, self.store):
            if only not in (None, one.what):
                continue
            with self.sessions() as session, session.begin():
                if services.sweep(session, one, store=self.store, at=at or utcnow()):
                    gone.append(one.place)
        return gone

    def rows(self) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count(Photo.id))) or 0

    def file(self, sha256: str, name: str = "original") -> Path:
        return self.root / sha256[:2] / f"{sha256}.{name}"

    def dust(self, data: bytes = DUST, age: timedelta = OLD) -> str:
        """A file that no row knows; on the disk it is as old as that."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.store.put(sha256, "original", data)
        if self.file(sha256).exists():
            aged(self.file(sha256), age)
        return sha256


def aged(path: Path, age: timedelta) -> None:
    moment = (utcnow() - age).timestamp()
    os.utime(path, (moment, moment))


def furnished(engine: Engine, store: Store, root: Path) -> House:
    with Session(engine, expire_on_commit=False) as session:
        people = factories.team(session)
        people.store = store
        case = factories.case(session, people)

        def receive(seed: int) -> None:
            file = factories.incoming(None, data=photos.without_gps(seed=seed, size=(640, 480)))
            services.receive_photo(session, case, file, actor=people.camat, at=factories.NOW, intake=people.intake)

        for seed in (801, 802, 803):
            receive(seed)
        work_off(session, people.intake)
        receive(804)
        session.commit()
        *made, waiting = session.scalars(select(Photo).order_by(Photo.id)).all()
    return House(engine, store, root, made, waiting)


@pytest.fixture
def house(fresh_database: Engine, tmp_path: Path) -> House:
    root = tmp_path / "media"
    return furnished(fresh_database, Store.open(root.as_uri()), root)


@pytest.fixture(params=["disk", "s3"])
def either(request: pytest.FixtureRequest, fresh_database: Engine, tmp_path: Path) -> House:
    """The same house with its photos on the disk, and in a bucket."""
    url = request.getfixturevalue("bucket") if request.param == "s3" else (tmp_path / "media").as_uri()
    return furnished(fresh_database, Store.open(url), tmp_path / "media")


def test_where_every_row_has_its_files_and_every_file_its_row_nothing_is_said(either: House) -> None:
    assert either.found(reread=True) == []
    assert either.swept() == []


def test_each_thing_that_is_wrong_is_said_with_the_row_it_concerns(either: House) -> None:
    lost, bare, changed, _ = either.made
    either.store.delete(lost.sha256)
    either.store.delete(either.waiting.sha256)
    either.store.delete(bare.sha256, "small")
    either.store.delete(changed.sha256, "original")
    either.store.put(changed.sha256, "original", b"lain")
    unknown = either.dust()
    assert sorted(either.found(reread=True)) == sorted([
        (What.NO_ORIGINAL, lost.sha256, lost.id), (What.NO_ORIGINAL, either.waiting.sha256, either.waiting.id),
        (What.NO_PICTURES, bare.sha256, bare.id), (What.OTHER_BYTES, changed.sha256, changed.id),
        (What.NO_ROW, unknown, None),
    ])  # fmt: skip
    assert What.OTHER_BYTES not in {what for what, *_ in either.found()}


def test_files_that_nobody_needs_are_removed_and_nothing_else(either: House) -> None:
    before = either.rows()
    lost = either.made[0].sha256
    either.store.delete(lost)
    unknown = either.dust()
    either.store.put(unknown, "small", b"kecil")
    if either.file(unknown, "small").exists():
        aged(either.file(unknown, "small"), OLD)
    there = set(either.store.keys())
    assert either.swept() == [unknown]
    assert there - set(either.store.keys()) == {(unknown, "original"), (unknown, "small")}
    assert either.rows() == before
    with either.sessions() as session:
        swept = session.scalars(select(AuditEvent).where(AuditEvent.action == "photo.sweep")).all()
        assert [(one.actor_id, one.detail) for one in swept] == [(None, {"sha256": unknown})]


def test_what_is_younger_than_a_day_is_said_and_spared(house: House) -> None:
    young = house.dust(age=YOUNG)
    assert house.found() == [(What.NO_ROW, young, None)]
    assert house.swept() == []
    renewed = house.dust(b"lama, dan baru saja ditulis lagi sebagian")
    house.store.put(renewed, "small", b"kecil")
    assert house.swept() == []
    assert set(house.swept(utcnow() + OLD)) == {young, renewed}


def test_what_a_write_left_behind_goes_and_what_strangers_put_there_stays(house: House) -> None:
    sha256 = house.made[0].sha256
    beside = house.file(sha256).with_name(f".{sha256}.original.{'0a' * 8}")
    strangers = [house.root / "catatan.txt", house.root / "00" / f"{sha256}.original", beside.with_name(".nfs0001")]
    for path in (beside, *strangers):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"setengah")
        aged(path, OLD)
    told = {(what, house.root / place) for what, place, _ in house.found()}
    assert told == {(What.LEFTOVER, beside), *((What.FOREIGN, path) for path in strangers)}
    assert house.swept() == [beside.relative_to(house.root).as_posix()]
    assert not beside.exists()
    assert all(path.exists() for path in strangers)


def test_a_file_whose_row_is_about_to_be_written_is_left_alone(house: House) -> None:
    """The bytes lay there as dust for long and are just being sent anew: nothing is written, but a row will come."""
    sha256 = house.dust()
    with house.sessions() as sending, sending.begin():
        turns.keep_from_sweeper(sending, sha256)
        assert house.swept() == []
    assert house.store.exists(sha256)
    assert house.swept() == [sha256]


def test_what_comes_or_goes_while_files_and_rows_are_read_is_neither_lost_nor_dust(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was written behind the reader's back, a row that was, and one that has been removed since."""
    unseen, later = house.made[0].sha256, house.made[1].sha256
    removed = queries.Stored(hashlib.sha256(b"sudah dihapus").hexdigest(), 999_999, has_pictures=True)
    real = queries.stored

    class Listed(Store):
        def entries(self) -> Iterator[Kept]:
            return (one for one in super().entries() if one.sha256 != unseen)

    def read(session: Session, after: str, most: int) -> list[queries.Stored]:
        rows = [row for row in real(session, after, most) if row.sha256 != later]
        return sorted([*rows, *([removed] if removed.sha256 > after else [])], key=lambda row: row.sha256)

    monkeypatch.setattr(stocktaking.queries, "stored", read)
    assert replace(house, store=Listed(house.store._backend)).found() == []


def test_neither_the_order_of_a_listing_nor_the_size_of_a_page_changes_what_is_found(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.store.delete(house.made[1].sha256)
    for number in range(9):
        house.dust(b"%d" % number)
    expected = sorted(house.found())
    assert len(expected) == 10
    monkeypatch.setattr(stocktaking, "_ROWS", 2)
    monkeypatch.setattr(stocktaking, "_FILES", 3)
    assert sorted(house.found()) == expected
    shuffled = list(house.store.entries())
    random.Random(5).shuffle(shuffled)

    class Disordered(Store):
        def entries(self) -> Iterator[Kept]:
            return iter(shuffled)

    found = replace(house, store=Disordered(house.store._backend)).found()
    assert sorted(set(found)) == expected


def test_an_original_that_the_disk_does_not_give_back_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, real = house.made[2], Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path == house.file(bad.sha256):
            raise OSError(errno.EIO, "Input/output error")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert house.found() == []
    assert house.found(reread=True) == [(What.UNREADABLE, bad.sha256, bad.id)]


# The command, and the worker's chore


@pytest.fixture
def command(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`command("--remove")`: `petabukti media check` as an operator types it."""
    monkeypatch.setenv("DATABASE_URL", house.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PETABUKTI_DATA", str(house.root.parent))

    def type_in(*words: str) -> Result:
        return CliRunner().invoke(main, ["media", "check", *words], prog_name="petabukti")

    return type_in


def test_the_command_counts_and_is_content(command: Callable[..., Result]) -> None:
    told = command("--digests")
    assert told.exit_code == 0, told.output
    assert told.output.splitlines() == [
        "Memeriksa: 5/5",
        "5 foto diperiksa; " + ", ".join(f"{said} 0" for said in commands.SAID.values()),
    ]


def test_the_command_names_dust_and_removes_it_only_when_told(house: House, command: Callable[..., Result]) -> None:
    unknown, young = house.dust(), house.dust(b"baru", YOUNG)
    told = command()
    assert told.exit_code == 0, told.output
    assert f"berkas tanpa baris: {unknown}" in told.output
    assert house.store.exists(unknown)
    told = command("--remove")
    assert told.exit_code == 0, told.output
    assert "berkas tanpa baris 1," in told.output
    assert "1 dibuang, " in told.output
    assert (house.store.exists(unknown), house.store.exists(young)) == (False, True)


@pytest.mark.parametrize("name", OF_PHOTOS)
def test_the_command_fails_for_a_row_without_its_files_and_removes_no_row(
    house: House, command: Callable[..., Result], name: str
) -> None:
    lost, before = house.made[0], house.rows()
    house.file(lost.sha256, name).unlink()
    told = command("--remove")
    assert told.exit_code == 1, told.output
    assert f"{lost.sha256} (foto {lost.id})" in told.output
    assert house.rows() == before


def test_the_command_fails_for_an_original_that_was_changed(house: House, command: Callable[..., Result]) -> None:
    changed = house.file(house.made[0].sha256)
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    assert command().exit_code == 0
    told = command("--digests")
    assert told.exit_code == 1
    assert f"berkas asli berubah: {house.made[0].sha256}" in told.output


def test_pictures_that_were_lost_are_made_again_from_their_original(
    house: House, command: Callable[..., Result]
) -> None:
    for name in ("small", "medium", "large"):
        house.store.delete(house.made[1].sha256, name)  # type: ignore[arg-type]
    told = command("--remake")
    assert told.exit_code == 0, told.output
    assert "gambar 1 foto dibuat lagi" in told.output
    assert all(house.store.exists(house.made[1].sha256, name) for name in OF_PHOTOS)
    assert command().exit_code == 0


def test_a_store_that_cannot_be_reached_is_one_sentence(
    command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PETABUKTI_MEDIA_URL", "s3://foto")
    for name, value in {"ENDPOINT": "http://127.0.0.1:9", "ALLOW_HTTP": "true", "REGION": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    told = command()
    assert told.exit_code == 1
    assert "petabukti: Penyimpanan foto sedang tidak dapat dijangkau." in told.output


def test_the_worker_removes_dust_by_night_and_warns_of_losses(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Settings, "media_place", house.root.as_uri())
    unknown, lost = house.dust(), house.made[0]
    house.file(lost.sha256).unlink()
    before = house.rows()
    with caplog.at_level(logging.INFO, "webapp.jobs"):
        worked(house.engine, "evidence.take_stock")
    assert not house.store.exists(unknown)
    assert house.rows() == before
    said = [one.getMessage() for one in caplog.records if one.name == "webapp.jobs"]
    assert f"1 photos lack a file, among them [{lost.id}]; ask: petabukti media check" in said
    assert "1 stored files without a row were removed" in said


def test_many_who_send_the_same_bytes_while_a_sweeper_goes_round_keep_their_file(house: House) -> None:
    """Dust of long ago is swept and sent anew at once, again and again: whenever there is a row there is its file."""
    data = photos.without_gps(seed=805, size=(640, 480))
    sha256 = hashlib.sha256(data).hexdigest()
    over = threading.Event()
    intake = factories.intake(house.store)

    def sweep() -> None:
        while not over.is_set():
            house.swept(utcnow() + OLD, only=What.NO_ROW)  # what is being written is not a day old in truth

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for _ in range(25):
            with house.sessions() as session, session.begin():
                case = session.get_one(Evidence, house.made[0].evidence_id)
                actor = session.get_one(Account, house.made[0].uploaded_by).as_of(factories.TODAY)
                file = factories.incoming(None, data=data)
                photo = services.receive_photo(session, case, file, actor=actor, at=factories.NOW, intake=intake)
                assert isinstance(photo, Photo)
            assert house.store.exists(sha256)
            with house.sessions() as session, session.begin():
                case = session.get_one(Evidence, house.made[0].evidence_id)
                services.remove_photo(session, session.get_one(Photo, photo.id), actor=actor, at=factories.NOW)
    finally:
        over.set()
        sweeper.join()
