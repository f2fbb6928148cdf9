"""The worker opens what came: wicked files are named and harm nobody, and a worker may be killed at any moment."""

from __future__ import annotations

import subprocess
import tracemalloc
import uuid
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.buffers import Buffer
from media.errors import DecoderBusy, ImageDamaged, ImageTooSlow
from media.formats.header import Header
from media.intake import Intake
from media.limits import Limits
from media.pictures import Decoding, Derivatives
from media.store import Store
from tests import factories, photos
from tests.webapp.bulk.conftest import Office
from tests.webapp.bulk.making import encrypted, photo, zipped
from tests.webapp.working import eventually, forget_job, worker_process
from webapp import db
from webapp.bulk import services
from webapp.bulk.models import ImportFile, ImportGroup, ImportItem, PhotoImport
from webapp.bulk.services import Workshop, open_upload
from webapp.capture.models import Upload
from webapp.capture.parts import Parts
from webapp.capture.services import forget_expired
from webapp.evidence import queries as evidence
from webapp.evidence.services import forget_unused


def test_each_photo_that_cannot_be_taken_says_why_and_the_others_are_taken(office: Office) -> None:
    good, cut = photo(1, "2018-08-01 05:00"), photo(2, "2018-08-01 05:00")
    wicked = {
        "baik.jpg": good, "potong.jpg": cut[: len(cut) // 2], "kosong.jpg": b"",
        "kecil.jpg": photos.without_exif(size=(100, 80)), "arsip.zip": zipped({"1.jpg": good}),
        "bom.jpg": bytes(20_000_000), "../../naik.jpg": photo(3, "2018-08-01 05:05"),
        "halaman.html": b"<script>alert(1)</script>",
    }  # fmt: skip
    office.opened({"campur.zip": zipped(wicked), "sandi.zip": encrypted("1.jpg", good)})
    codes = {item.path: item.code for item in office.items()}
    assert codes == {
        "baik.jpg": None, "potong.jpg": "image_damaged", "kosong.jpg": "empty_file", "kecil.jpg": "image_too_small",
        "arsip.zip": "nested_archive", "bom.jpg": "member_swells", "naik.jpg": None, "halaman.html": "type_not_allowed",
        "1.jpg": "member_encrypted",
    }  # fmt: skip
    assert [len(row.items) for row in office.groups()] == [2]
    page = office.page().text
    assert "2 foto diterima, 7 tidak diterima" in page
    assert "arsip di dalam arsip tidak dibuka" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 rusak", "Zip ini rusak atau tidak lengkap"),
        (zipped({"1.jpg": b"x"})[:-10], "Zip ini rusak atau tidak lengkap"),
    ],
)
def test_a_file_that_cannot_be_opened_at_all_is_named(office: Office, data: bytes, words: str) -> None:
    office.opened({"rusak.zip": data, "baik.jpg": photo(1, "2018-08-01 05:00")})
    assert f"rusak.zip : {words}" in office.page().text
    assert len(office.groups()) == 1


def test_bytes_are_kept_until_they_were_read_and_no_longer(office: Office) -> None:
    parts, late = Parts(office.settings.uploads_dir), db.utcnow() + timedelta(days=30)
    office.bring({"1.jpg": photo(1, "2018-08-01 05:00")})
    number = office.session.scalars(select(Upload.id)).one()
    forget_expired(office.session, parts, late)
    office.session.commit()
    assert parts.path(number).exists()
    office.work()
    assert not parts.path(number).exists()
    assert office.session.get_one(Upload, number).read_at is not None


def test_a_file_whose_job_was_lost_is_asked_for_again(office: Office) -> None:
    office.bring({"1.jpg": photo(1, "2018-08-01 05:00")})
    for number in office.session.scalars(text("SELECT id FROM jobs.procrastinate_jobs")).all():
        forget_job(office.session, number)
    assert office.work() == 0
    assert services.ask_again(office.session, before=db.utcnow()) == 1
    assert services.ask_again(office.session, before=db.utcnow()) == 0
    office.work()
    assert len(office.groups()) == 1
    assert services.ask_again(office.session, before=db.utcnow()) == 0


def test_an_import_given_up_lets_its_bytes_go_and_is_forgotten_with_its_stored_files(office: Office) -> None:
    parts, intake = Parts(office.settings.uploads_dir), office.app.extensions["petabukti_intake"]
    office.opened({"1.jpg": photo(901, "2018-08-01 05:00")})
    digest = office.items()[0].sha256 or ""
    office.bring({"2.jpg": photo(902, "2018-08-01 05:00")})
    waiting = office.session.scalars(select(Upload.id).where(Upload.read_at.is_(None))).one()
    page = office.browser.send(office.page(), "/batal")
    assert "Impor dibatalkan" in page.text
    assert not parts.path(waiting).exists()
    office.work()  # the job that was asked for finds nothing to do
    shop = workshop(office)
    assert intake.store.exists(digest)
    assert services.forget_old(shop, db.utcnow(), timedelta(days=7)) == 1
    office.session.expire_all()
    assert office.session.get(PhotoImport, office.number) is None
    assert not intake.store.exists(digest)
    assert services.forget_old(shop, db.utcnow(), timedelta(days=7)) == 0


def workshop(office: Office) -> Workshop:
    bind = office.session.get_bind()
    office.session.commit()
    made = sessionmaker(bind, join_transaction_mode="create_savepoint")  # type: ignore[arg-type]
    intake = office.app.extensions["petabukti_intake"]
    return Workshop(made, intake, Parts(office.settings.uploads_dir), office.settings.max_upload_bytes, db.utcnow)


def test_an_old_import_is_forgotten_but_for_the_drafts_and_files_others_use(office: Office) -> None:
    """A done one keeps its line; photos of drafts keep their files, those left out do not."""
    store: Store = office.app.extensions["petabukti_store"]
    office.opened({"1.jpg": photo(903, "2018-08-01 05:00"), "2.jpg": photo(904, "2018-08-01 05:10")})
    used, unused = office.items()
    digests = str(used.sha256), str(unused.sha256)
    key = office.key(1, "activity")
    office.send("buat", **{key: "kegiatan/subuh_keliling", f"foto-{unused.id}": "buang"})
    later = db.utcnow() + timedelta(days=8)
    assert services.forget_old(workshop(office), db.utcnow(), timedelta(days=7)) == 0
    assert services.forget_old(workshop(office), later, timedelta(days=7)) == 1
    assert services.forget_old(workshop(office), later, timedelta(days=7)) == 0
    assert [store.exists(digest) for digest in digests] == [True, False]
    assert office.page().status == 200
    assert "Bukti yang sudah dibuat" in office.page().text
    assert len(office.items()) == 0


def test_a_stored_file_of_an_import_counts_as_used(office: Office) -> None:
    store: Store = office.app.extensions["petabukti_store"]
    office.opened({"1.jpg": photo(905, "2018-08-01 05:00")})
    digest = str(office.items()[0].sha256)
    assert evidence.used(office.session, [digest])
    forget_unused(office.session, digest, store=store)
    assert store.exists(digest)
    office.session.delete(office.items()[0])
    office.session.flush()
    assert not evidence.used(office.session, [digest])
    forget_unused(office.session, digest, store=store)
    assert not store.exists(digest)


class Troubled:
    """Opens pictures as ever, but raises what it is told to at the n-th."""

    def __init__(self, decoder: Decoding, **at: Exception) -> None:
        self.decoder, self.at, self.asked = decoder, at, 0

    def derive(self, data: Buffer, header: Header, orientation: int, limits: Limits) -> Derivatives:
        self.asked += 1
        if trouble := self.at.pop(f"n{self.asked}", None):
            raise trouble
        return self.decoder.derive(data, header, orientation, limits)


def troubled(office: Office, **at: Exception) -> tuple[Workshop, Troubled, uuid.UUID]:
    """A workshop with a decoder in trouble, and the one upload that waits to be opened."""
    shop = workshop(office)
    decoder = Troubled(factories.decoder(), **at)
    number = office.session.scalars(select(Upload.id).where(Upload.read_at.is_(None))).one()
    return (
        Workshop(shop.sessions, Intake(shop.intake.store, decoder), shop.parts, shop.largest, db.utcnow),
        decoder,
        number,
    )


PILE = {f"{number}.jpg": photo(number, f"2018-08-01 05:0{number}") for number in range(4)}


def test_what_was_done_before_a_break_is_not_done_again_and_nothing_is_doubled(office: Office) -> None:
    office.bring({"pile.zip": zipped(PILE)})
    shop, decoder, number = troubled(office, n3=DecoderBusy())
    with pytest.raises(DecoderBusy):
        open_upload(shop, number, tries=0)
    assert office.browser.client.get(f"{office.path}/keadaan").get_json()["done"] == 2
    open_upload(shop, number, tries=1)
    assert decoder.asked == 5  # the third was asked for twice
    assert [len(row.items) for row in office.groups()] == [4]
    open_upload(shop, number, tries=0)
    assert (decoder.asked, len(office.items())) == (5, 4)


def test_a_photo_too_slow_for_a_busy_machine_is_refused_only_after_some_tries(office: Office) -> None:
    office.bring({"pile.zip": zipped(PILE)})
    shop, _, number = troubled(office, n1=ImageTooSlow(seconds=20), n2=ImageTooSlow(seconds=20))
    with pytest.raises(ImageTooSlow):
        open_upload(shop, number, tries=0)
    digest = str(office.items()[0].sha256)
    open_upload(shop, number, tries=3)
    assert [item.code for item in office.items()] == ["image_too_slow", None, None, None]
    assert not shop.intake.store.exists(digest)


def test_a_picture_that_cannot_be_opened_is_refused_with_its_code(office: Office) -> None:
    office.bring({"pile.zip": zipped(PILE)})
    shop, _, number = troubled(office, n2=ImageDamaged(why="undecodable"))
    open_upload(shop, number, tries=0)
    assert [item.code for item in office.items()] == [None, "image_damaged", None, None]


def test_a_fault_nobody_foresaw_is_tried_again_and_then_said(office: Office) -> None:
    office.bring({"pile.zip": zipped(PILE)})
    shop, _, number = troubled(office, n2=ZeroDivisionError(), n3=ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        open_upload(shop, number, tries=0)
    open_upload(shop, number, tries=3)
    assert "Berkas ini tidak dapat dibuka karena gangguan di server; kirim ulang." in office.page().text
    assert office.browser.client.get(f"{office.path}/keadaan").get_json()["opening"] == 0


def test_a_large_archive_is_opened_with_little_memory(office: Office, tmp_path: Path) -> None:
    """72 MB of photos of 12 MB each; only what is looked at is in memory."""
    filler = bytes(12_000_000)
    pile = {f"{n}.jpg": photos.without_gps(seed=n, size=(640, 480)) + filler for n in range(6)}
    office.bring({"pile.zip": zipped(pile, zipfile.ZIP_STORED)})
    del pile
    shop, _, number = troubled(office)
    shop = replace(shop, intake=Intake(Store.open(f"file://{tmp_path}/media"), factories.decoder()))
    tracemalloc.start()
    open_upload(shop, number, tries=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.code for item in office.items()] == [None] * 6
    assert peak < 10_000_000


def test_a_worker_killed_in_the_middle_is_followed_by_another_and_each_photo_is_there_once(
    fresh_database: Engine, tmp_path: Path
) -> None:
    """Real workers, real `kill -9`, real commits."""
    settings = Settings(data_dir=tmp_path)
    data = zipped({f"{number}.jpg": photos.without_gps(seed=number, size=(2400, 1800)) for number in range(12)})
    number, upload = uuid.uuid4(), uuid.uuid4()
    with Session(fresh_database) as session, session.begin():
        people = factories.team(session)
        services.begin(session, number, actor=people.camat, at=db.utcnow())
        session.add(
            Upload(
                id=upload, account_id=people.camat.id, purpose="import", import_id=number, sent_digest="-",
                file_name="foto.zip", claimed_type="", byte_size=len(data), created_at=db.utcnow(),
                expires_at=db.utcnow(), arrived_at=db.utcnow(), sha256="0" * 64, verdict="received",
                receipt_code="AAAA-AAAA-AAAA-AAAA",
            )
        )  # fmt: skip
        session.flush()
        settings.uploads_dir.mkdir(parents=True)
        Parts(settings.uploads_dir).path(upload).write_bytes(data)
        session.scalar(select(func.wall.defer_import(upload)))
    done = select(func.count(ImportItem.id)).where(ImportItem.pictures_at.is_not(None))

    def count() -> int:
        with fresh_database.connect() as connection:
            return connection.scalar(done) or 0

    for least in (1, 4):
        with worker_process(fresh_database, tmp_path) as worker:
            eventually(lambda least=least: count() >= least)  # type: ignore[misc]
            kill(worker)
        with fresh_database.begin() as connection:
            connection.execute(
                text("UPDATE jobs.procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
            )
    with worker_process(fresh_database, tmp_path), Session(fresh_database) as session:
        eventually(lambda: session.scalar(select(func.count(ImportGroup.id))) == 1 or session.rollback(), 120)  # type: ignore[arg-type, func-returns-value]
        session.rollback()
        assert session.scalar(select(func.count(ImportItem.id))) == 12
        assert session.scalar(done) == 12
        assert session.scalars(select(ImportFile.state)).one() == "opened"
        assert {item.group_id for item in session.scalars(select(ImportItem))} == set(
            session.scalars(select(ImportGroup.id))
        )


def kill(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()
