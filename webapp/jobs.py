"""Background tasks, on PostgreSQL alone: no further server to run. Workers may be many, on any machine.

`petabukti run` starts one worker beside the web server; `petabukti worker` starts more. A worker may be killed at any
moment: its jobs are taken up again by whichever worker comes next, and every task is safe to repeat.
"""

import logging
import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.decoding import Decoder
from media.errors import DecoderBusy, ImageTooSlow, Refused, StoreUnavailable
from media.intake import Intake
from media.limits import Limits
from media.store import Store
from webapp import db
from webapp.accounts.rules import SessionLimits
from webapp.accounts.services import forget_ended_sessions
from webapp.bulk import services as bulk
from webapp.bulk.services import Workshop
from webapp.capture.parts import Parts
from webapp.capture.services import forget_expired
from webapp.cluster import libpq_url
from webapp.evidence import services as evidence
from webapp.exchange import services as exchange
from webapp.exchange.shelf import Shelf
from webapp.publication import services as publication
from webapp.reporting import services as reporting
from webapp.signals import services as signals
from webapp.territory.services import forget_drafts
from webapp.trail import services as trail
from webapp.trail.keys import signing_key
from webapp.transmission import services as transmission
from webapp.transmission.centre import Centre
from webapp.verification.services import expire_locks

log = logging.getLogger(__name__)
SCHEMA = "jobs"  # the library's own tables; see migration 0070
PICTURES, SLOW, IMPORTS, SIGNALS, REDACTION, TRAIL, CENTRE, DOWNLOADS, CHORES_LANE = (
    "pictures",
    "slow",
    "imports",
    "signals",
    "redaction",
    "trail",
    "centre",
    "downloads",
    "default",
)  # queues; a lane of the worker each
HEARTBEAT_S, STALLED_S = 5.0, 20.0
ASKED_AGAIN = timedelta(minutes=2)
LOOKED_BACK = timedelta(days=2)  # what was missed longer ago is for `petabukti signals look`
KEPT_HOURS = 24 * 30  # of what failed for good, for whoever looks into it
_PATIENCE = 3  # how often a picture is tried that was too slow: the machine may have been busy
_TRIES, _LONGEST_PAUSE_S = 6, 300
_TOLD = 20  # numbers of photos named in a line of the log


@dataclass(frozen=True)
class Tools:
    """What a task works with. Its sessions own the tables; it opens as many transactions as it needs, all short."""

    settings: Settings
    sessions: sessionmaker[Session]
    intake: Intake


@dataclass(frozen=True)
class Task:
    """Something the web server asks for by a function of the schema `wall`.

    `work(tools, tries, **args)`: how often it was tried before, and what the job says.
    """

    name: str
    work: Callable[..., None]


@dataclass(frozen=True)
class Chore:
    """Something done again and again: when, what, and the line for the log when there was anything to do."""

    name: str
    cron: str
    work: Callable[[Session, Tools], int]
    said: str
    lane: str = CHORES_LANE


def make_pictures(tools: Tools, tries: int, *, photo_id: int) -> None:
    """Open a photo that arrived, store its pictures and note what was learnt. No row is held while it is opened.

    Raises `DecoderBusy`, `StoreUnavailable`, `NotStored`, and at first `ImageTooSlow`: to be tried again.
    """
    with db.transaction(tools.sessions) as session:
        sha256 = evidence.waiting_for_pictures(session, photo_id)
    if sha256 is None:
        return
    try:
        finished = tools.intake.finish(sha256)
    except Refused as why:
        if isinstance(why, DecoderBusy) or (_may_pass(why) and tries < _PATIENCE):
            raise
        log.warning("photo %s cannot be opened: %s %s", photo_id, why.code, why.detail)
        with db.transaction(tools.sessions) as session:
            evidence.refuse_afterwards(session, photo_id, why.code, at=db.utcnow())
        with db.transaction(tools.sessions) as session:
            evidence.forget_unused(session, sha256, store=tools.intake.store)
        return
    with db.transaction(tools.sessions) as session:
        evidence.settle_pictures(session, photo_id, finished, at=db.utcnow())


def _may_pass(why: Refused) -> bool:
    """Whether it may have been the machine, not the photo: too slow, or a decoder that somebody ended."""
    return isinstance(why, ImageTooSlow) or why.detail.get("why") == "decoder_died"


def open_import(tools: Tools, tries: int, *, upload_id: str) -> None:
    """Open a file of an import that has arrived; see `webapp.bulk.services.opening`."""
    bulk.open_upload(_workshop(tools), uuid.UUID(upload_id), tries=tries)


def look(tools: Tools, tries: int, *, evidence_id: int) -> None:  # noqa: ARG001
    """Work out the signals of a case; see `webapp.signals.services.look`."""
    with db.transaction(tools.sessions) as session:
        signals.look(session, evidence_id, at=db.utcnow())


def look_for_people(tools: Tools, tries: int, *, photo_id: int) -> None:  # noqa: ARG001
    """Suggest what to cover on a photo that is to be public. No row is held while it is looked at.

    Raises `StoreUnavailable`: to be tried again.
    """
    with db.transaction(tools.sessions) as session:
        sha256 = publication.waiting_for_look(session, photo_id)
    if sha256 is None:
        return
    seen = publication.look(tools.intake.store, sha256)
    with db.transaction(tools.sessions) as session:
        publication.settle_look(session, photo_id, seen, at=db.utcnow())


def _look_again(session: Session, _: Tools) -> int:
    now = db.utcnow()
    return signals.look_again(session, since=now - LOOKED_BACK, before=now - ASKED_AGAIN)


def _fold(_: Session, tools: Tools) -> int:
    """Everything there is to fold, in transactions of their own."""
    done = 0
    while True:
        with db.transaction(tools.sessions) as session:
            folded = evidence.fold(session)
        if not folded:
            return done
        done += folded


def _recount(_: Session, tools: Tools) -> int:
    """Compare all sums with the cases, and mend them: a province in a transaction, so that folding waits no longer."""
    wrong: Counter[str] = Counter()
    with db.transaction(tools.sessions) as session:
        codes = evidence.provinces(session)
    for code in codes:
        with db.transaction(tools.sessions) as session:
            wrong.update(evidence.recount(session, code))
    with db.transaction(tools.sessions) as session:
        wrong.update(evidence.recount_country(session))
    if wrong.total():
        log.warning("sums of cases were not what the cases say, and were mended: %s", dict(+wrong))
    return wrong.total()


def make_download(tools: Tools, tries: int, *, download_id: str) -> None:  # noqa: ARG001
    """Make a file that somebody asked for; see `webapp.exchange.services.making`."""
    settings = tools.settings
    shop = exchange.Workshop(tools.sessions, tools.intake.store, Shelf.of(settings), settings.time_zone, db.utcnow)
    exchange.make(shop, uuid.UUID(download_id))


def _workshop(tools: Tools) -> Workshop:
    settings = tools.settings
    return Workshop(tools.sessions, tools.intake, Parts(settings.uploads_dir), settings.max_upload_bytes, db.utcnow)


def _forget_imports(_: Session, tools: Tools) -> int:
    return bulk.forget_old(_workshop(tools), db.utcnow(), timedelta(days=tools.settings.upload_days))


def _forget_sessions(session: Session, tools: Tools) -> int:
    idle, longest = tools.settings.session_idle_minutes, tools.settings.session_hours
    limits = SessionLimits(timedelta(minutes=idle), timedelta(hours=longest))
    return forget_ended_sessions(session, db.utcnow(), limits)


def _take_stock(_: Session, tools: Tools) -> int:
    """Remove files without a row, and tell of rows without a file. A transaction for each file, all short."""
    store, removed, lost = tools.intake.store, 0, 0
    first: list[int | None] = []
    for found in evidence.compare(tools.sessions, store):
        if found.what in evidence.LOSSES:
            lost, first = lost + 1, [*first, found.photo_id][:_TOLD]
        else:
            with db.transaction(tools.sessions) as session:
                removed += evidence.sweep(session, found, store=store, at=db.utcnow())
    if lost:
        log.warning("%s photos lack a file, among them %s; ask: petabukti media check", lost, first)
    return removed


def seal_now(tools: Tools, tries: int) -> None:  # noqa: ARG001
    """Sign a head over what is committed and write it down outside. Raises `StoreUnavailable`, `OtherCheckpoint`."""
    with db.transaction(tools.sessions) as session:
        trail.sign_head(session, signing_key(tools.settings.trail_key_file), at=db.utcnow())
    with db.transaction(tools.sessions) as session:
        _publish(session, tools)


def _publish(session: Session, tools: Tools) -> int:
    place = tools.settings.checkpoints
    return trail.publish(session, place, at=db.utcnow()) if place else 0


def _seal(session: Session, tools: Tools) -> int:
    """Number new leaves each minute; sign once the last head is old enough, and at once what must not wait."""
    every = timedelta(minutes=tools.settings.trail_head_minutes)
    if trail.is_head_due(session, at=db.utcnow(), every=every):
        trail.sign_head(session, signing_key(tools.settings.trail_key_file), at=db.utcnow())
        return 1
    trail.seal(session)
    return 0


def _pass_on(_: Session, tools: Tools) -> int:
    """Reports to the centre; nothing while nobody said where it is."""
    settings = tools.settings
    if not settings.centre_url:
        return 0
    return transmission.send_due(tools.sessions, Centre(settings.centre_url, settings.centre_secret), db.utcnow)


TASKS = (
    Task("evidence.make_pictures", make_pictures),
    Task("bulk.open", open_import),
    Task("signals.look", look),
    Task("exchange.make", make_download),
    Task("publication.look_for_people", look_for_people),
    Task("trail.seal_now", seal_now),
)
CHORES = (
    Chore(
        "verification.release_expired_locks", "* * * * *",
        lambda session, _: expire_locks(session, db.utcnow()), "%s desk locks ran out and were released",
    ),
    Chore(
        "evidence.ask_for_pictures_again", "* * * * *",
        lambda session, _: evidence.ask_again(session, before=db.utcnow() - ASKED_AGAIN),
        "%s photos without pictures were asked for again",
    ),
    Chore(
        "evidence.print_photos", "* * * * *",
        lambda _, tools: len(evidence.print_older(tools.sessions, tools.intake)),
        "%s photos of before got a print of what they look like", SLOW,
    ),
    # The sixth field: seconds. Nobody waits for it, see `webapp.evidence.tally_models`; but a short journal is quick.
    Chore("evidence.fold", "* * * * * */5", _fold, "%s changes of cases were added to the sums of the map"),
    Chore("evidence.recount", "17 19 * * *", _recount, "%s sums of cases were wrong and mended", SLOW),
    Chore(
        "accounts.forget_ended_sessions", "17 * * * *",
        _forget_sessions, "%s sessions that were over were forgotten",
    ),
    Chore(
        "territory.forget_drafts", "27 * * * *",
        lambda session, _: forget_drafts(session, db.utcnow()),
        "%s boundary files that nobody confirmed were forgotten",
    ),
    Chore(
        "capture.forget_expired", "37 * * * *",
        lambda session, tools: forget_expired(session, Parts(tools.settings.uploads_dir), db.utcnow()),
        "%s uploads that nobody went on with, or files that nobody needs, were removed",
    ),
    Chore(
        "evidence.take_stock", "47 18 * * *",  # UTC: between two and four in the morning in Indonesia
        _take_stock, "%s stored files without a row were removed",
    ),
    Chore(
        "bulk.ask_again", "* * * * *",
        lambda session, _: bulk.ask_again(session, before=db.utcnow() - ASKED_AGAIN),
        "%s files of imports that nobody had opened were asked for again",
    ),
    Chore("signals.look_again", "*/5 * * * *", _look_again, "%s cases that nobody had looked at were asked for again"),
    Chore(
        "exchange.ask_again", "* * * * *",
        lambda session, _: exchange.ask_again(session, before=db.utcnow() - ASKED_AGAIN),
        "%s downloads that nobody made were asked for again",
    ),
    Chore(
        "exchange.tidy_up", "7,22,37,52 * * * *",
        lambda session, tools: exchange.tidy_up(session, Shelf.of(tools.settings), at=db.utcnow()),
        "%s files that nobody fetches any more were removed",
    ),
    Chore("bulk.forget_old", "47 * * * *", _forget_imports, "%s imports that nobody went on with were forgotten"),
    Chore(
        "reporting.pass_deadlines", "* * * * *",
        lambda session, _: reporting.pass_deadlines(session, db.utcnow()),
        "%s reports stayed silent past their deadline",
    ),
    Chore("trail.seal", "* * * * *", _seal, "%s head of the trail was signed", TRAIL),
    Chore("trail.publish", "* * * * *", _publish, "%s heads of the trail were written down outside", TRAIL),
    Chore("transmission.pass_on", "* * * * *", _pass_on, "%s reports were received by the centre", CENTRE),
)  # fmt: skip


def lanes(settings: Settings) -> Mapping[str, int]:
    """Queues of a worker, each with how many of its jobs are done at once: what is slow never delays what is quick."""
    quick = settings.workers or os.cpu_count() or 1
    alone = dict.fromkeys((SLOW, IMPORTS, SIGNALS, REDACTION, TRAIL, CENTRE, DOWNLOADS, CHORES_LANE), 1)
    return {PICTURES: quick, **alone}


@contextmanager
def tools_for(settings: Settings) -> Iterator[Tools]:
    """What the tasks of a worker need, decoders included. `settings.database_url` must be set."""
    if settings.database_url is None:
        raise ValueError("a worker needs settings.database_url")
    at_once = sum(lanes(settings).values())
    engine = db.engine_for(settings.database_url, pool_size=at_once)
    limits = Limits(max_bytes=settings.max_upload_bytes, max_pixels=settings.max_pixels)
    with Decoder(quick=lanes(settings)[PICTURES], callers=2 * at_once) as decoder:
        intake = Intake(Store.open(settings.media_place), decoder, limits, settings.trusted_signers)
        yield Tools(settings, sessionmaker(engine, expire_on_commit=False), intake)
    engine.dispose()


def app_for(tools: Tools) -> App:
    """The queue of a database, with every task of the product."""
    url = libpq_url(str(tools.settings.database_url))
    options = {"options": f"-c search_path={SCHEMA},public"}
    app = App(connector=PsycopgConnector(conninfo=url, kwargs=options, min_size=1, max_size=12))
    for task in TASKS:
        _offer(app, task, tools)
    for chore in CHORES:
        _take_on(app, chore, tools)
    _keep_house(app)
    return app


class _Patient(BaseRetryStrategy):
    """Tried again after 2, 4, 8 … seconds: without end while something we need is away, else a few times."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        away = isinstance(exception, DecoderBusy | StoreUnavailable | OperationalError)
        if not away and job.attempts + 1 >= _TRIES:
            return None
        return RetryDecision(retry_in={"seconds": min(2 ** (min(job.attempts, 8) + 1), _LONGEST_PAUSE_S)})


def _offer(app: App, task: Task, tools: Tools) -> None:
    @app.task(name=task.name, retry=_Patient(), pass_context=True)
    def run(context: JobContext, /, **args: Any) -> None:
        task.work(tools, context.job.attempts, **args)


def _take_on(app: App, chore: Chore, tools: Tools) -> None:
    @app.periodic(cron=chore.cron)
    @app.task(name=chore.name, queue=chore.lane, queueing_lock=chore.name.partition(".")[2], pass_context=False)
    def run(timestamp: int) -> None:  # noqa: ARG001  the library hands over the minute it is for
        with db.transaction(tools.sessions) as session:
            done = chore.work(session, tools)
        if done:
            log.info(chore.said, done)


def _keep_house(app: App) -> None:
    """What concerns the queue itself."""

    @app.periodic(cron="* * * * *")
    @app.task(name="jobs.take_up_stalled", queueing_lock="take_up_stalled")
    async def again(timestamp: int) -> None:  # noqa: ARG001
        await take_up_stalled(app)

    @app.periodic(cron="37 3 * * *")
    @app.task(name="jobs.forget_old", queueing_lock="forget_old")
    async def forget(timestamp: int) -> None:  # noqa: ARG001
        await app.job_manager.delete_old_jobs(
            KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )


async def take_up_stalled(app: App) -> int:
    """Hand on the jobs of workers that have not been heard of for a while; answers how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S))
    for job in stalled:
        try:
            await app.job_manager.retry_job(job)
        except ConnectorException:  # the same waits already: a chore of a later minute
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
    if stalled:
        log.warning("%s jobs of a worker that is gone were taken up again", len(stalled))
    return len(stalled)
