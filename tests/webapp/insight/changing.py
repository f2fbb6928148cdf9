"""What may happen to cases and to what was found about them, as raw as it can be: for tests of sums."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.columns import stored_point
from geo.values import LonLat
from tests import factories
from tests.factories import FAR, MINE, NEXT_DOOR, Team
from tests.webapp.insight.conftest import DESA, desa, evidence, placing
from webapp.evidence import services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import DISMISSED, UNSEEN, VERIFIED, State, Support, Tag
from webapp.signals.models import Finding

UNITS = [MINE, NEXT_DOOR, FAR, DESA]
SPOTS = [LonLat(100.01 + 0.03 * x, -1.95 + 0.03 * y) for x, y in product(range(4), range(3))]


def _decide(session: Session, case: Evidence, to: Any) -> None:
    state = State(to)
    case.state = state
    if state not in UNSEEN:
        case.submitted_at = case.submitted_at or factories.NOW
        case.submitted_by, case.consent = case.owner_id, "not_needed"
    case.verified_at = factories.NOW if state in VERIFIED else None
    case.dismissed_at = factories.NOW if state in DISMISSED else None
    under_review = state is State.UNDER_REVIEW
    case.taken_by, case.taken_until = (case.owner_id, factories.NOW) if under_review else (None, None)


def _place(session: Session, case: Evidence, to: Any) -> None:
    case.place, case.place_source, case.grade, case.place_reason = (
        (stored_point(to), "pin", "D", "") if to else (None, None, None, "hilang")
    )


def _title(session: Session, case: Evidence, to: Any) -> None:
    case.title = f"Bukti {to}"


def _send_abroad(session: Session, case: Evidence, to: Any) -> None:
    case.region_result = "luar_negeri" if to else "cocok"


def _kind(session: Session, case: Evidence, to: Any) -> None:
    case.kind_code, case.activity_code = to, None


def _unit(session: Session, case: Evidence, to: Any) -> None:
    case.region_code = to


def _support(session: Session, case: Evidence, to: Any) -> None:
    case.support = to


def _send(session: Session, case: Evidence, to: Any) -> None:
    case.submitted_at = factories.NOW - timedelta(days=to)


def _settle(session: Session, case: Evidence, to: Any) -> None:
    case.verified_at = case.dismissed_at = factories.NOW + timedelta(days=to)


def _when(session: Session, case: Evidence, to: Any) -> None:
    case.occurred_from, case.occurred_to = to, max(to, date(2018, 7, 31))


def _tags(session: Session, case: Evidence, to: Any) -> None:
    case.tags = [to] if to else []


def _grade(session: Session, case: Evidence, to: Any) -> None:
    case.grade = to if case.place is not None else None


def _find(session: Session, case: Evidence, to: Any) -> None:
    code, weight, other = to
    known = session.scalar(
        select(Finding).where(
            Finding.evidence_id == case.id, Finding.code == code, Finding.other_evidence_id.is_not_distinct_from(other)
        )
    )
    if known is None:
        session.add(Finding(evidence_id=case.id, code=code, weight=weight, detail={}, found_at=factories.NOW))
    else:
        known.weight, known.gone_at = weight, None if known.gone_at else factories.NOW


def _explain(session: Session, case: Evidence, to: Any) -> None:
    for one in session.scalars(select(Finding).where(Finding.evidence_id == case.id)):
        one.explained_at = None if one.explained_at else factories.NOW
        one.explained_by, one.explained_reason = (case.owner_id, "-") if one.explained_at else (None, None)


def _remove(session: Session, case: Evidence, to: Any) -> None:
    for one in session.scalars(select(Finding).where(Finding.evidence_id == case.id)):
        session.delete(one)
    session.flush()
    session.delete(case)


CHANGES = some.one_of(
    some.tuples(some.just(_decide), some.sampled_from(list(State))),
    some.tuples(some.just(_place), some.sampled_from([None, *SPOTS])),
    some.tuples(some.just(_title), some.integers(0, 9)),
    some.tuples(some.just(_send_abroad), some.booleans()),
    some.tuples(some.just(_kind), some.sampled_from(["inovasi", "rapat"])),
    some.tuples(some.just(_unit), some.sampled_from(UNITS)),
    some.tuples(some.just(_support), some.sampled_from([None, *Support])),
    some.tuples(some.just(_send), some.integers(-2, 500)),
    some.tuples(some.just(_settle), some.integers(-400, 2)),
    some.tuples(some.just(_tags), some.sampled_from([None, *Tag])),
    some.tuples(some.just(_when), some.dates(date(2018, 6, 1), date(2018, 9, 30))),
    some.tuples(some.just(_grade), some.sampled_from("ABCD")),
    some.tuples(
        some.just(_find),
        some.tuples(
            some.sampled_from(["edited", "says_ai"]), some.sampled_from(["strong", "weak", "note"]), some.none()
        ),
    ),
    some.tuples(some.just(_explain), some.none()),
    some.tuples(some.just(_remove), some.none()),
)
Change = tuple[Callable[[Session, Evidence, Any], None], Any]
Made = tuple[State, str, LonLat | None, date, int, list[Tag]]
Step = tuple[int, Change, int]
CASES = some.lists(
    some.tuples(
        some.sampled_from(list(State)), some.sampled_from(UNITS), some.sampled_from([None, *SPOTS]),
        some.dates(date(2018, 6, 1), date(2018, 9, 30)), some.integers(0, 70), some.sampled_from([[], [Tag.CHILDREN]]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip
STEPS = some.lists(some.tuples(some.integers(0, 30), CHANGES, some.sampled_from([0, 0, 1, 1000])), max_size=8)


def happened(session: Session, people: Team, cases: list[Made], steps: list[Step]) -> None:
    """Make those cases, and let that happen to them; some of it is folded into the sums."""
    desa(session)
    made = [
        evidence(
            session, people, state, unit, placed=spot is not None, place=spot, occurred_from=day,
            occurred_to=day + timedelta(days), tags=tags,
        )
        for state, unit, spot, day, days, tags in cases
    ]  # fmt: skip
    for number, (change, to), folded in steps:
        case = made[number % len(made)]
        if case in session:
            with placing(session):
                change(session, case, to)
                session.flush()
        services.fold(session, folded)
