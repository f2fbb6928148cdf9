"""What is found about real cases on a real database, who reads it, and what stays of it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.signals import queries, services
from webapp.signals.models import Finding
from webapp.signals.rules import Weight


def codes(session: Session, case: Evidence) -> dict[str, str]:
    found = session.scalars(select(Finding).where(Finding.evidence_id == case.id, Finding.gone_at.is_(None)))
    return {one.code: one.weight for one in found}


def copied(session: Session, source: Evidence, target: Evidence, *, later: timedelta = timedelta(hours=1)) -> None:
    """The target's photo becomes the very bytes of the source's."""
    target.photos[0].sha256 = source.photos[0].sha256
    target.photos[0].received_at = source.photos[0].received_at + later
    session.flush()


def test_an_honest_case_has_nothing_open(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    services.look(session, case.id, at=NOW)
    assert [one for one in queries.of_case(session, people.desk, case) if one.is_open] == []
    assert queries.looked_at(session, case.id) == NOW


def test_the_same_file_in_two_kecamatan_is_strong_for_the_later_and_weak_for_the_earlier(session: Session) -> None:
    people = factories.team(session)
    mine = factories.case(session, people, State.SUBMITTED)
    theirs = factories.case(session, people, State.SUBMITTED, unit=f"{factories.KABUPATEN}.02")
    copied(session, mine, theirs)
    for case in (mine, theirs):
        services.look(session, case.id, at=NOW)
    assert codes(session, theirs)["reused_bytes"] == Weight.STRONG
    assert codes(session, mine)["reused_bytes"] == Weight.WEAK
