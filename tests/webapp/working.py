"""Work that is done in the background: here on the spot, or by a real worker beside the app."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.intake import Intake
from tests.factories import SECRET_KEY
from webapp.jobs import CENTRE, CHORES_LANE, TASKS, TRAIL, Tools, app_for, lanes
from webapp.working import work

_CHECKOUT = Path(__file__).resolve().parents[2]
_DUE = text(
    "SELECT id, task_name, args FROM jobs.procrastinate_jobs WHERE status = 'todo' AND task_name = ANY (:tasks) "
    "ORDER BY id LIMIT 1"
)
# The library's triggers look for its tables where its own sessions look.
_LOOK = text("SELECT set_config('search_path', :path, true)")
_DONE = text("DELETE FROM jobs.procrastinate_jobs WHERE id = :id")

# Lanes of what is done by the clock.
NO_CHORES = (CHORES_LANE, TRAIL, CENTRE)


def forget_job(session: Session, number: int) -> None:
    """Take a job out of the queue, as a worker that has done it."""
    usual = session.scalar(text("SHOW search_path"))
    session.execute(_LOOK, {"path": "jobs, public"})
    session.execute(_DONE, {"id": number})
    session.execute(_LOOK, {"path": usual})


def work_off(session: Session, intake: Intake, settings: Settings | None = None) -> int:
    """Do everything that has been asked of a worker, inside the test's own transaction; answers how many jobs, but for
    looks at signals, which follow upon much else.

    What the test holds is committed first, and read anew afterwards. A job that fails raises here what it raised.
    """
    session.commit()
    tasks = {task.name: task for task in TASKS}
    bind = session.get_bind()
    mode = "create_savepoint" if isinstance(bind, Connection) else "conditional_savepoint"
    tools = Tools(settings or Settings(), sessionmaker(bind, join_transaction_mode=mode), intake)  # type: ignore[arg-type]
    done = 0
    while (job := session.execute(_DUE, {"tasks": list(tasks)}).one_or_none()) is not None:
        args = job.args if isinstance(job.args, dict) else json.loads(job.args)
        tasks[job.task_name].work(tools, 0, **args)
        forget_job(session, job.id)
        session.commit()
        done += job.task_name != "signals.look"
    session.expire_all()
    return done


@contextmanager
def worker_for(engine: Engine, settings: Settings, intake: Intake) -> Iterator[None]:
    """A worker of this process, in a thread of its own, with the decoders of `intake` (an app's, say).

    It does what it is asked for, and no chores: those would put an end to what a test prepares in a year long past.
    """
    settings = replace(settings, database_url=engine.url.render_as_string(hide_password=False))
    tools = Tools(settings, sessionmaker(engine, expire_on_commit=False), intake)
    loop = asyncio.new_event_loop()
    asked = {queue: at_once for queue, at_once in lanes(settings).items() if queue not in NO_CHORES}
    working = loop.create_task(work(app_for(tools), asked))
    thread = threading.Thread(target=_until_cancelled, args=(loop, working), daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(working.cancel)
        thread.join(30)
        assert not thread.is_alive()


def _until_cancelled(loop: asyncio.AbstractEventLoop, working: asyncio.Task[None]) -> None:
    try:
        loop.run_until_complete(working)
    except asyncio.CancelledError:
        return
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


@contextmanager
def worker_process(engine: Engine, data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`petabukti worker` as an operator starts it; killed in the end, if nobody did so before."""
    environment = {
        **os.environ,
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "PETABUKTI_DATA": str(data_dir),
        "PETABUKTI_SECRET_KEY": SECRET_KEY,
        "PYTHONPATH": str(_CHECKOUT),
    }
    process = subprocess.Popen([sys.executable, "-m", "webapp.cli", "worker"], env=environment, cwd=_CHECKOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def eventually(fact: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until it is so; the time is only for machines that hang."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if fact():
            return
        pause.wait(0.05)
    raise AssertionError(f"not within {seconds} s")
