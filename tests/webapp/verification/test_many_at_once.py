"""Accepting many at once: only plain cases, each with an outcome of its own, nothing lost silently."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NOW
from tests.webapp.verification.conftest import Browser, utcnow
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade, Move, State
from webapp.signals.models import Finding
from webapp.signals.rules import Weight
from webapp.verification import services
from webapp.verification.errors import (
    AlreadyDecided,
    AlreadyTaken,
    ChangedMeanwhile,
    NoneChosen,
    NotAmongMany,
    OwnUnit,
    TooMany,
)
from webapp.verification.rules import MANY, Alone, why_alone
from webapp.verification.services import Chosen, Outcome

Opener = Callable[[Account | None], Browser]
PLAIN = {"kind_code": "kegiatan", "activity_code": "subuh_keliling"}  # the desk may accept it by itself


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


def plain(session: Session, people: factories.Team, **changes: object) -> Evidence:
    return factories.case(session, people, State.SUBMITTED, **{**PLAIN, **changes})  # type: ignore[arg-type]


def accept(session: Session, who: Account, *cases: Evidence, note: str = "") -> list[Outcome]:
    chosen = [Chosen(case.id, case.version) for case in cases]
    return services.accept_many(session, chosen, actor=who, at=NOW, minutes=30, note=note)


def signal(session: Session, case: Evidence, weight: Weight = Weight.STRONG) -> Finding:
    found = Finding(evidence_id=case.id, code="undecodable", weight=weight, found_at=NOW, detail={})
    session.add(found)
    session.flush()
    return found


def test_plain_cases_are_accepted_each_with_its_own_line_of_history(session: Session, people: factories.Team) -> None:
    cases = [plain(session, people) for _ in range(3)]
    outcomes = accept(session, people.desk, *cases, note="Dilihat semua.")
    assert [(one.evidence_id, one.problem) for one in outcomes] == [(case.id, None) for case in cases]
    for case in cases:
        assert case.state == State.VERIFIED_DESK
        steps = [(line.move, line.actor_id, line.note) for line in case.moves][-2:]
        assert steps == [(Move.TAKE, people.desk.id, ""), (Move.ACCEPT_AT_DESK, people.desk.id, "Dilihat semua.")]


def test_what_one_is_refused_for_keeps_no_other_back(session: Session, people: factories.Team) -> None:
    """Taken by another, decided by another, changed, flagged, for the field, and one that is simply fine."""
    taken, decided, changed, flagged, fine = (plain(session, people) for _ in range(5))
    field = factories.case(session, people, State.SUBMITTED)
    shown = [Chosen(case.id, case.version) for case in (taken, decided, changed, flagged, field, fine)]
    services.take(session, taken.id, actor=people.second, at=NOW, minutes=30)
    services.take(session, decided.id, actor=people.second, at=NOW, minutes=30)
    services.accept(session, decided.id, actor=people.second, at=NOW)
    changed.title = "Judul lain"
    session.flush()
    signal(session, flagged)
    outcomes = services.accept_many(session, shown, actor=people.desk, at=NOW, minutes=30)
    said = {one.evidence_id: type(one.problem) for one in outcomes}
    assert said == {
        taken.id: AlreadyTaken, decided.id: AlreadyDecided, changed.id: ChangedMeanwhile, flagged.id: NotAmongMany,
        field.id: NotAmongMany, fine.id: type(None),
    }  # fmt: skip
    states = [session.get_one(Evidence, one.evidence_id).state for one in outcomes]
    assert states == ["under_review", "verified_desk", "submitted", "submitted", "verified_desk", "submitted"]
    assert taken.taken_by == people.second.id


def test_a_signal_that_was_explained_or_is_only_a_note_is_no_obstacle(session: Session, people: factories.Team) -> None:
    explained, noted = plain(session, people), plain(session, people)
    found = signal(session, explained)
    found.explained_by, found.explained_at, found.explained_reason = people.second.id, NOW, "Kamera kantor."
    signal(session, noted, Weight.NOTE)
    session.flush()
    assert [one.problem for one in accept(session, people.desk, explained, noted)] == [None, None]


def test_nobody_accepts_their_own_unit_among_many(session: Session, people: factories.Team) -> None:
    partial = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), (Role.CAMAT, MINE))
    case = plain(session, people)
    (outcome,) = accept(session, partial, case)
    assert isinstance(outcome.problem, OwnUnit)
    assert case.state == State.SUBMITTED


def test_a_case_sent_late_wants_a_look_of_its_own(session: Session, people: factories.Team) -> None:
    case = plain(session, people)
    people.period.closes_at = NOW - timedelta(hours=1)
    session.flush()
    (outcome,) = accept(session, people.desk, case)
    assert isinstance(outcome.problem, NotAmongMany)
    assert outcome.problem.reasons == (Alone.LATE,)


def test_at_least_one_and_at_most_fifty(session: Session, people: factories.Team) -> None:
    with pytest.raises(NoneChosen):
        services.accept_many(session, [], actor=people.desk, at=NOW, minutes=30)
    with pytest.raises(TooMany):
        more = [Chosen(n, 1) for n in range(1, MANY + 2)]
        services.accept_many(session, more, actor=people.desk, at=NOW, minutes=30)


@given(
    st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from([*Grade, None]), st.booleans(),
    st.booleans(),
)  # fmt: skip
def test_only_what_nothing_speaks_against_goes_among_many(
    waits: bool, held: bool, partial: bool, field: bool, grade: Grade | None, flagged: bool, late: bool
) -> None:
    reasons = why_alone(
        waits=waits, held_by_other=held, partial=partial, field=field, grade=grade, flagged=flagged, late=late
    )
    clean = waits and grade in (Grade.A, Grade.B) and not (held or partial or field or flagged or late)
    assert (reasons == ()) is clean


# The pages


def test_chosen_looked_over_and_accepted_by_plain_forms(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    cases = [plain(session, people, at=utcnow()) for _ in range(2)]
    flagged = plain(session, people, at=utcnow())
    signal(session, flagged)
    desk = browser(people.desk)
    queue = desk.get("/verifikasi/?pilih=1&jenis=kegiatan").text
    assert all(f'name="bukti" value="{case.id}"' in queue for case in cases)
    assert f'name="bukti" value="{flagged.id}"' not in queue
    assert "ada sinyal yang belum dijelaskan" in queue
    page = f"/verifikasi/terima-sekaligus?jenis=kegiatan&bukti={cases[0].id}&bukti={cases[1].id}&bukti={flagged.id}"
    shown = desk.get(page).text
    assert "Terima 2 bukti" in shown
    assert "Diperiksa tersendiri" in shown
    sent = [f"{case.id}-{case.version}" for case in cases]
    answer = desk.post("/verifikasi/terima-sekaligus?jenis=kegiatan", page, bukti=sent, note="Baik.")
    assert answer.status_code == 200
    assert "2 dari 2 bukti diterima." in answer.text
    again = desk.post("/verifikasi/terima-sekaligus", "/verifikasi/?pilih=1", bukti=sent)
    assert (again.status_code, again.headers["X-Problem-Code"]) == (409, "already_decided")
    assert "0 dari 2 bukti diterima." in again.text
    for case in cases:
        session.refresh(case)
        assert case.state == State.VERIFIED_DESK


def test_another_citys_cases_are_not_there(session: Session, people: factories.Team, browser: Opener) -> None:
    case = plain(session, people, at=utcnow())
    stranger = browser(factories.desk(session, factories.KOTA))
    assert stranger.get(f"/verifikasi/terima-sekaligus?bukti={case.id}").status_code == 404
    answer = stranger.post("/verifikasi/terima-sekaligus", "/verifikasi/", bukti=[f"{case.id}-{case.version}"])
    assert answer.status_code == 404
