"""A small country with cases in it, and ways to look at it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.columns import stored_point
from geo.values import LonLat
from tests import factories
from tests.factories import NOW, Team
from webapp.evidence.models import Evidence
from webapp.evidence.rules import DISMISSED, UNSEEN, VERIFIED, State
from webapp.territory.models import Region

_numbers = itertools.count(1)
DESA = "99.01.01.2001"
HOSTILE = [
    "<script>window.jahat=1</script>",
    "</script><script>window.jahat=1</script>",
    '"><img src=x onerror=window.jahat=1>',
    "{{ 7771*7771 }}",
    "{% raise %}",
    "${window.jahat=1}",
    "`+(window.jahat=1)+`",
    "'; window.jahat=1; '",
    "\u2028window.jahat=1\u2029",
    "<!--",
    "&lt;b&gt;",
]


def evidence(session: Session, people: Team, state: State, unit: str, **changes: Any) -> Evidence:
    """A case as the database keeps it, without its photos: for tests of counting, many and fast."""
    placed = changes.pop("placed", True)
    spot = changes.pop("place", None) or factories.middle(unit[:8])
    known: dict[str, Any] = {
        "client_id": uuid.uuid4(), "period_id": people.period.id, "region_code": unit, "owner_id": people.camat.id,
        "kind_code": "inovasi", "activity_code": "kampung_tematik", "title": f"Bukti {next(_numbers)}",
        "occurred_from": NOW.date(), "occurred_to": NOW.date(), "state": state, "region_result": "tanpa_gps",
    }  # fmt: skip
    if placed:
        known |= {"place": stored_point(spot), "place_source": "pin", "grade": "D", "region_result": "cocok"}
    else:
        known |= {"place_reason": "kamera tanpa GPS"}
    if state not in UNSEEN:
        known |= {"submitted_at": NOW, "submitted_by": people.camat.id, "consent": "not_needed"}
    if state in VERIFIED:
        known |= {"verified_at": NOW}
    if state in DISMISSED:
        known |= {"dismissed_at": NOW}
    if state is State.UNDER_REVIEW:
        known |= {"taken_by": people.desk.id, "taken_until": NOW}
    made = Evidence(**known | changes)
    with placing(session):
        session.add(made)
        session.flush()
    return made


@contextmanager
def placing(session: Session) -> Iterator[None]:
    """Rows may start in the middle of their life here: the table of transitions is tested elsewhere."""
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    yield
    session.execute(text("SET LOCAL session_replication_role = origin"))


def desa(session: Session, code: str = DESA) -> str:
    """A desa of the grid, without a boundary of its own."""
    if session.get(Region, code) is None:
        session.add(
            Region(
                code=code, name=f"Desa {code}", level="desa", parent_code=code[:8], time_zone="Asia/Jakarta",
                boundary_error_m=100,
            )
        )  # fmt: skip
        session.flush()
    return code


SEOUL = LonLat(126.9780, 37.5665)
