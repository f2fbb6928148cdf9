"""Two clicks at the same moment, on two connections that truly commit."""

from __future__ import annotations

import threading
import uuid

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import factories
from webapp.accounts.models import Account
from webapp.bulk import queries, services
from webapp.bulk.models import ImportFile, ImportGroup, ImportItem
from webapp.bulk.rules import ImportState
from webapp.capture.models import Upload
from webapp.db import utcnow
from webapp.evidence.models import Evidence, Photo


def prepared(engine: Engine, photos: int = 3) -> tuple[uuid.UUID, int]:
    """An import with one proposed case of opened photos; its number, and whose it is."""
    number, upload, now = uuid.uuid4(), uuid.uuid4(), utcnow()
    with Session(engine) as session, session.begin():
        person = factories.team(session).camat
        services.begin(session, number, actor=person, at=now)
        came = Upload(
            id=upload, account_id=person.id, purpose="import", import_id=number, sent_digest="-", file_name="a.zip",
            claimed_type="", byte_size=9, created_at=now, expires_at=now, arrived_at=now, read_at=now,
            sha256="0" * 64, verdict="received", receipt_code="AAAA-AAAA-AAAA-AAAA",
        )  # fmt: skip
        file = ImportFile(upload_id=upload, import_id=number, kind="archive", state="opened")
        group = ImportGroup(
            import_id=number, client_id=uuid.uuid4(), position=1, because="time", title="Subuh keliling",
            activity="kegiatan/subuh_keliling", region_code=factories.MINE, occurred_from=factories.TODAY,
        )  # fmt: skip
        for row in (came, file, group):
            session.add(row)
            session.flush()
        for position in range(1, photos + 1):
            item = ImportItem(
                import_id=number, upload_id=upload, position=position, number=uuid.uuid4(), path=f"{position}.jpg",
                byte_size=9, sha256=f"{position:064x}", mime="image/jpeg", width=640, height=480, dhash="0" * 16,
                received_at=now, pictures_at=now, group_id=group.id,
            )  # fmt: skip
            session.add(item)
        return number, person.id


def test_two_clicks_at_once_make_one_set(fresh_database: Engine) -> None:
    number, person = prepared(fresh_database)
    together, states = threading.Barrier(4), list[str]()

    def press() -> None:
        with Session(fresh_database) as session, session.begin():
            actor = session.get_one(Account, person).as_of(utcnow().date())
            together.wait(30)
            found = queries.held(session, actor, number)
            states.append(found.state)
            if found.state == ImportState.OPEN:
                services.make(session, found, {}, actor=actor, at=utcnow())

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(states) == ["done", "done", "done", "open"]
    with Session(fresh_database) as session:
        assert session.scalar(select(func.count(Evidence.id))) == 1
        assert session.scalar(select(func.count(Photo.id))) == 3
