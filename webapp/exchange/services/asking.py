"""A download that is asked for, and one that is taken."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor
from webapp.errors import NotFound
from webapp.exchange import queries
from webapp.exchange.errors import OriginalsNotAllowed, TooManyRunning
from webapp.exchange.models import Download
from webapp.exchange.queries import TAKEN, Order
from webapp.exchange.rules import RUNNING_EACH, UNDER_WAY, Format, Phrases


def ask(
    session: Session, order: Order, kind: Format, said: Phrases, *, originals: bool, actor: Actor, at: datetime
) -> Download:
    """Have a file made in the background. Raises `NotFound`, `OriginalsNotAllowed`, `TooManyRunning`."""
    inside = queries.areas_of(actor, order)
    if not queries.may_take(actor, order.scope, inside):
        raise NotFound
    if originals and not queries.may_take(actor, order.scope, inside, originals=True):
        raise OriginalsNotAllowed
    # Of two requests at once the second waits here, and then counts the first.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("download", actor.id))))
    if queries.under_way(session, actor.id) >= RUNNING_EACH:
        raise TooManyRunning
    made = Download(
        id=uuid.uuid4(), account_id=actor.id, scope=order.scope, region_code=order.code, areas=list(inside),
        query={name: list(values) for name, values in order.query.items()}, told=asdict(said), format=kind,
        originals=originals, asked_at=at, touched_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _defer(session, made.id)
    return made


def _defer(session: Session, download_id: uuid.UUID) -> bool:
    return bool(session.scalar(select(func.wall.defer_download(download_id))))


def ask_again(session: Session, *, before: datetime) -> int:
    """Ask for what should be under way and was not heard of since; nothing where a job for it still waits or works."""
    lost = queries.old(session, sorted(UNDER_WAY), before, Download.touched_at)
    return sum(_defer(session, one.id) for one in lost)


def note_taken(
    session: Session, made: Download | None, order: Order, kind: Format, *, cases: int | None, inside: Sequence[str],
    actor: Actor, at: datetime, address: str | None,
) -> None:  # fmt: skip
    """Write down who took what out, and how much. `made` None: answered at once, kept nowhere."""
    audit.record(
        session, TAKEN, at=at, actor_id=actor.id, on=("download", made.id if made else ""),
        region_code=inside[0] if len(inside) == 1 else None, address=address, scope=order.scope, format=kind,
        cases=cases, filters={name: list(values) for name, values in order.query.items()}, areas=list(inside),
        **({"byte_size": made.byte_size, "sha256": made.sha256, "originals": made.originals} if made else {}),
    )  # fmt: skip
