"""The end of downloads: by hand, by time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, event
from sqlalchemy.orm import Session

from webapp.exchange import queries
from webapp.exchange.models import Download
from webapp.exchange.rules import KEPT, REMEMBERED, UNDER_WAY, DownloadState, ended_by_hand
from webapp.exchange.shelf import Shelf

GAVE_UP = "gave_up"
_JUST_NOW = timedelta(hours=1)  # a file this young may be one whose row is being committed


def end(session: Session, made: Download, shelf: Shelf, *, at: datetime) -> DownloadState:
    """Cancel what is being made, or delete what is ready; the row must be held. Raises `AlreadyEnded`."""
    became, number = ended_by_hand(made.stands), made.id
    made.state, made.ended_at = became, at
    event.listen(session, "after_commit", lambda _: shelf.remove(number), once=True)
    return became


def tidy_up(session: Session, shelf: Shelf, *, at: datetime) -> int:
    """Remove files whose time is over and files of no row, give up what never became ready, forget old lines.

    Answers how many files expired.
    """
    expired = queries.old(session, [DownloadState.READY], at, Download.expires_at)
    for one in expired:
        one.state, one.ended_at = DownloadState.EXPIRED, at
        shelf.remove(one.id)
    for one in queries.old(session, sorted(UNDER_WAY), at - KEPT, Download.asked_at):
        one.state, one.code, one.ended_at = DownloadState.FAILED, GAVE_UP, at
    session.execute(delete(Download).where(Download.ended_at < at - REMEMBERED))
    session.flush()
    needed = queries.ready(session)
    for path, written in shelf.entries():
        if path.name not in needed and written < at - (_JUST_NOW if path.suffix == "" else KEPT):
            path.unlink(missing_ok=True)
    return len(expired)
