"""What the database alone takes for a map of many cases: `.venv/bin/python -m bench.map_sql [cases]` (1,000,000).

Asked as the web server asks: in its role, behind row-level security, for a leader of the whole country; at the densest
town there is; with sums that are kept, and with filters whose sums are not. Goal: P8 of quality.md. Prints Markdown.
"""

from __future__ import annotations

import secrets
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import map as own
from bench.country import LEADER
from geo.tiles import Tile, column_of, row_of
from webapp import db
from webapp.accounts.models import Account, OpenSession
from webapp.cluster import WEB
from webapp.evidence.rules import State, Support, Tag
from webapp.insight import queries
from webapp.insight.rules import Filters, Group, Month

_MONTH = Month.of(datetime.now(UTC).date()).plus(-3)
ROUNDS, ZOOMS = 15, (0, 3, 5, 8, 10, 12, 14, 15, 16)
FILTERS = {
    "nothing": Filters(),
    "kind": Filters(kind="inovasi"),
    "state": Filters(state=State.VERIFIED_FIELD),
    "activity": Filters(kind="inovasi", activity="kampung_tematik"),
    "months": Filters(since=_MONTH, until=_MONTH),
    "support": Filters(support=Support.BUDGET),
    "tag": Filters(tag=Tag.FACES),
    "words of 1 %": Filters(text="nomor 77"),
}


def leader_of(stage: own.Stage) -> tuple[Session, Account]:
    """A session as the web server has it, of the leader of the country, signed in."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    with Session(stage.engine) as session, session.begin():
        account = session.scalars(select(Account).where(Account.username == LEADER)).one()
        session.add(
            OpenSession(
                token_hash=sha256(token.encode()).hexdigest(), account_id=account.id, begun_at=now, seen_at=now,
                proved_at=now, second_factor_at=now, address="127.0.0.1", browser="bench",
            )
        )  # fmt: skip
        number = account.id
    web = Session(db.engine_for(stage.url, role=WEB))
    db.narrow(web, token)
    return web, web.get_one(Account, number).as_of(datetime.now(UTC).date())


def parts(
    stage: own.Stage, session: Session, actor: Account, filters: Filters
) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is asked, and how."""
    wanted = queries.behind(actor, None, filters, Group.CLAIMED)
    known = queries.kept(actor, None, filters)
    yield "figures, country", lambda: queries.figures(session, actor, None, filters)
    for zoom in ZOOMS:
        tile = Tile(zoom, column_of(stage.town.lon, zoom), row_of(stage.town.lat, zoom))
        yield f"tile z{zoom}", lambda tile=tile: queries.tile(session, wanted, tile, known)  # type: ignore[misc]
    for zoom in (5, 8, 12):
        view = own.view(stage.town, zoom)
        yield (
            f"view z{zoom}",
            lambda view=view, zoom=zoom: queries.points(  # type: ignore[misc]
                session, wanted, view, zoom, queries.MOST_IN_VIEW, known
            ),
        )


def in_sql(stage: own.Stage) -> None:
    session, actor = leader_of(stage)
    own.heading(f"{stage.cases:,} cases, inside the database", "filter", "request", "p50 ms", "p90 ms", "kB")
    for name, filters in FILTERS.items():
        for what, ask in parts(stage, session, actor, filters):
            answer = ask()
            taken = [own.timed(ask) for _ in range(ROUNDS)]
            size = len(answer) / 1000 if isinstance(answer, bytes) else "–"
            own.line(name, what, statistics.median(taken), own.percentile(taken, 0.9), size)
    session.close()


if __name__ == "__main__":
    own.run([int(one) for one in sys.argv[1:]] or [1_000_000], (in_sql,))
