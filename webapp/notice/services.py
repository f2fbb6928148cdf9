"""The one verb of notices."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.notice.models import NoticeMark


def mark_read(session: Session, up_to: int, *, actor: Actor, at: datetime) -> None:
    """Call everything up to that move read. A mark never goes back, so that an old page unreads nothing."""
    known = session.get(NoticeMark, actor.id, with_for_update=True)
    if known is None:
        session.add(NoticeMark(account_id=actor.id, read_up_to=up_to, read_at=at))
    elif up_to > known.read_up_to:
        known.read_up_to, known.read_at = up_to, at
    session.flush()
