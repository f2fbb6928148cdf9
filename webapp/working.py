"""The worker itself: one process with a lane for each queue, its own decoders, and an orderly end."""

import asyncio
import logging
import signal
import threading
from collections.abc import Mapping

from procrastinate import App

from config import Settings
from webapp import jobs

log = logging.getLogger(__name__)


class WorkerEnded(RuntimeError):
    """A lane of the worker ended without being asked to, as when the database went away."""


async def work(app: App, lanes: Mapping[str, int], *, wait: bool = True) -> None:
    """Work in these lanes (queue: jobs at once) until cancelled, and finish what is under way.

    Without `wait` only what is due now is done.
    Raises `WorkerEnded`, or what a lane ended with: half a worker is none.
    """
    async with app.open_async():
        if wait:
            await jobs.take_up_stalled(app)
        running = [asyncio.create_task(_lane(app, *lane, wait=wait)) for lane in lanes.items()]
        try:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED if wait else asyncio.ALL_COMPLETED)
        finally:
            for task in running:
                task.cancel()
            ends = await asyncio.gather(*running, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end
    if wait:
        raise WorkerEnded


async def _lane(app: App, queue: str, at_once: int, *, wait: bool) -> None:
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=at_once,
        wait=wait,
        delete_jobs="successful",
        install_signal_handlers=False,
        update_heartbeat_interval=jobs.HEARTBEAT_S,
        stalled_worker_timeout=jobs.STALLED_S,
    )


def run_worker(settings: Settings, *, wait: bool = True) -> None:
    """Work until a signal stops it. Raises as `work`."""
    with jobs.tools_for(settings) as tools:
        asyncio.run(_until_signalled(jobs.app_for(tools), jobs.lanes(settings), wait=wait))


async def _until_signalled(app: App, lanes: Mapping[str, int], *, wait: bool) -> None:
    task = asyncio.create_task(work(app, lanes, wait=wait))
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        log.info("the worker stops")
