"""A worker that dies when the pictures are stored and the row does not say so yet: they are made again, and the effect
is there once.
"""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from media.store import OF_PHOTOS
from tests.faults.field import Phone, Scene, Server, Shot, running, until
from webapp.audit import AuditEvent
from webapp.evidence.models import Photo

DIES_WITH_PICTURES = """
import os, signal
from media.intake import Intake
finish = Intake.finish
def finish_and_die(self, sha256):
    finish(self, sha256)
    os.kill(os.getpid(), signal.SIGKILL)
Intake.finish = finish_and_die
"""
A_MINUTE_PASSES = text("UPDATE jobs.procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")


def test_a_worker_that_dies_between_pictures_and_row_repeats_nothing_visible(
    scene: Scene, server: Server, phone: Phone
) -> None:
    shot = Shot.taken(730)
    with server.here():
        phone.send(shot)
    with running(scene.engine, scene.data_dir, "worker", first=DIES_WITH_PICTURES) as worker:
        worker.wait(60)
    assert all(scene.store.exists(shot.sha256, name) for name in OF_PHOTOS)
    _, (waiting,) = scene.rows(shot.number)
    assert (waiting.pictures_at, waiting.dhash) == (None, None)
    assert scene.jobs() == 1
    made = {name: scene.store.get(shot.sha256, name) for name in OF_PHOTOS}
    with Session(scene.engine) as session, session.begin():
        lines = session.scalar(select(func.count(AuditEvent.id)))
        session.execute(A_MINUTE_PASSES)
    with running(scene.engine, scene.data_dir, "worker"):
        until(lambda: scene.rows(shot.number)[1][0].pictures_at is not None)
        until(lambda: scene.jobs() == 0)
    scene.holds(shot)
    assert {name: scene.store.get(shot.sha256, name) for name in OF_PHOTOS} == made
    with Session(scene.engine) as session:
        assert session.scalar(select(func.count(AuditEvent.id))) == lines
        assert session.scalar(select(func.count(Photo.id)).where(Photo.sha256 == shot.sha256)) == 1
