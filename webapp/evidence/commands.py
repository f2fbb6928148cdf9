"""`petabukti media …`: the photo store and the database, held beside each other."""

from __future__ import annotations

import sys
from collections import Counter as Tally

import click
from sqlalchemy.orm import Session, sessionmaker

from media.decoding import Decoder
from media.errors import NotStored, Refused
from media.intake import Intake
from media.limits import Limits
from media.store import Store
from webapp import db
from webapp.evidence import queries, services
from webapp.evidence.services import LOSSES, Finding, What
from webapp.terminal import Counter, Shell

SAID = {
    What.NO_ROW: "berkas tanpa baris",
    What.LEFTOVER: "sisa tulisan yang terputus",
    What.FOREIGN: "berkas asing",
    What.NO_ORIGINAL: "baris tanpa berkas asli",
    What.NO_PICTURES: "baris tanpa gambar",
    What.OTHER_BYTES: "berkas asli berubah",
    What.UNREADABLE: "berkas asli tidak terbaca",
}


@click.group("media")
def media() -> None:
    """Stored photos."""


@media.command("check")
@click.option("--digests", is_flag=True, help="Also read every original and compare its SHA-256; may take hours.")
@click.option("--remove", is_flag=True, help="Remove files that no row needs and that are older than 24 hours.")
@click.option("--remake", is_flag=True, help="Make missing pictures again from their originals.")
@click.pass_context
def check(ctx: click.Context, *, digests: bool, remove: bool, remake: bool) -> None:
    """Compare database and photo store both ways. Rows are never changed.

    Exit code 1 when a row lacks a file, or an original is not what was received.
    """
    shell: Shell = ctx.obj
    settings = shell.settings
    store = Store.open(settings.media_place)
    limits = Limits(max_bytes=settings.max_upload_bytes, max_pixels=settings.max_pixels)
    with shell.sessions() as sessions, Decoder(quick=1) as decoder:
        mended = _Mended(sessions, store, Intake(store, decoder, limits) if remake else None, remove=remove)
        with db.transaction(sessions) as session:
            total = queries.stored_count(session)
        count = Counter()
        tally: Tally[What] = Tally()
        done: Tally[What] = Tally()
        for found in services.compare(sessions, store, reread=digests, progress=lambda at: _tell(count, at, total)):
            is_mended = mended.try_it(found)
            (done if is_mended else tally)[found.what] += 1
            _print(found, is_mended=is_mended)
    _sum_up(total, tally, done)
    ctx.exit(1 if LOSSES & tally.keys() else 0)


class _Mended:
    """What may be put right, if it was asked for."""

    def __init__(self, sessions: sessionmaker[Session], store: Store, intake: Intake | None, *, remove: bool) -> None:
        self._sessions, self._store, self._intake, self._remove = sessions, store, intake, remove

    def try_it(self, found: Finding) -> bool:
        """Whether it is right now."""
        if found.what is What.NO_PICTURES:
            return self._intake is not None and _remade(self._intake, found.place)
        if not self._remove:
            return False
        with db.transaction(self._sessions) as session:
            return services.sweep(session, found, store=self._store, at=db.utcnow())


def _remade(intake: Intake, sha256: str) -> bool:
    try:
        intake.finish(sha256)
    except (Refused, NotStored):
        return False
    return True


def _tell(count: Counter, done: int, total: int) -> None:
    if done:
        count("Memeriksa", min(done, total), total)


def _print(found: Finding, *, is_mended: bool) -> None:
    row = f" (foto {found.photo_id})" if found.photo_id else ""
    since = f" (sejak {found.written:%Y-%m-%d %H:%M} UTC)" if found.written else ""
    becomes = "" if not is_mended else ", dibuat lagi" if found.what is What.NO_PICTURES else ", dibuang"
    moved = "\r\033[K" if sys.stdout.isatty() else ""  # the line of the counter
    click.echo(f"{moved}{SAID[found.what]}: {found.place}{row}{since}{becomes}")


def _sum_up(total: int, tally: Tally[What], done: Tally[What]) -> None:
    counts = [f"{said} {tally[what]}" for what, said in SAID.items()]
    click.echo(f"{total} foto diperiksa; {', '.join(counts)}")
    if done:
        removed = done[What.NO_ROW] + done[What.LEFTOVER]
        click.echo(f"{removed} dibuang, gambar {done[What.NO_PICTURES]} foto dibuat lagi")
