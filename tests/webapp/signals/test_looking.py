"""What is found about real cases on a real database, who reads it, and what stays of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geo.columns import stored_point
from geo.values import LonLat
from tests import factories
from tests.factories import KABUPATEN, NOW, Team
from tests.webapp.counting import statements
from tests.webapp.working import work_off
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.audit import AuditEvent
from webapp.conflict.errors import OwnWork
from webapp.errors import NotAllowed, NotFound
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import State
from webapp.signals import queries, services
from webapp.signals.errors import ExplanationMissing
from webapp.signals.models import CaseLook, Finding, FindingExplanation
from webapp.signals.rules import Weight

LATER = NOW + timedelta(days=3)
NEXT = f"{KABUPATEN}.02"


def found(session: Session, case: Evidence) -> dict[str, Finding]:
    rows = session.scalars(
        select(Finding)
        .where(Finding.evidence_id == case.id, Finding.gone_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {one.code: one for one in rows}


def copied(session: Session, source: Evidence, target: Evidence) -> None:
    """The target's photo becomes the very bytes of the source's, an hour later."""
    target.photos[0].sha256 = source.photos[0].sha256
    target.photos[0].received_at = source.photos[0].received_at + timedelta(hours=1)
    session.flush()


def pair(session: Session, people: Team) -> tuple[Evidence, Evidence]:
    """A case, and one of the next kecamatan with the same file."""
    mine = factories.case(session, people, State.SUBMITTED)
    theirs = factories.case(session, people, State.SUBMITTED, unit=NEXT)
    copied(session, mine, theirs)
    return mine, theirs


def edited(session: Session, case: Evidence, software: str = "GIMP 2.10") -> Finding:
    case.photos[0].software = software
    services.look(session, case.id, at=NOW)
    return found(session, case)["edited" if software.startswith("GIMP") else "generator"]


def test_an_honest_case_has_nothing_open(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    services.look(session, case.id, at=NOW)
    assert [one for one in queries.of_case(session, people.desk, case) if one.is_open] == []
    assert queries.looked_at(session, case.id) == NOW


def test_a_case_that_is_gone_has_no_signals(session: Session) -> None:
    assert services.look(session, 999_999, at=NOW) == 0


def test_the_same_file_in_two_kecamatan_is_strong_for_the_later_and_weak_for_the_earlier(session: Session) -> None:
    mine, theirs = pair(session, factories.team(session))
    for case in (mine, theirs):
        services.look(session, case.id, at=NOW)
    assert found(session, theirs)["reused_bytes"].weight == Weight.STRONG
    assert found(session, mine)["reused_bytes"].weight == Weight.WEAK


def test_a_photo_made_smaller_on_the_phone_is_known_by_its_original(session: Session) -> None:
    people = factories.team(session)
    mine = factories.case(session, people, State.SUBMITTED)
    theirs = factories.case(session, people, State.SUBMITTED, unit=NEXT)
    theirs.photos[0].original_sha256, theirs.photos[0].original_byte_size = mine.photos[0].sha256, 9
    theirs.photos[0].received_at += timedelta(hours=1)
    services.look(session, theirs.id, at=NOW)
    assert found(session, theirs)["reused_original"].weight == Weight.STRONG


def test_looked_at_again_the_same_facts_are_the_same_rows(session: Session) -> None:
    people = factories.team(session)
    _, theirs = pair(session, people)
    services.look(session, theirs.id, at=NOW)
    before = {code: (one.id, one.found_at) for code, one in found(session, theirs).items()}
    services.look(session, theirs.id, at=LATER)
    assert {code: (one.id, one.found_at) for code, one in found(session, theirs).items()} == before
    assert before


def test_what_is_no_longer_true_is_gone_and_comes_back_as_the_same_row(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    number = edited(session, case).id
    case.photos[0].software = None
    services.look(session, case.id, at=LATER)
    assert "edited" not in found(session, case)
    assert session.get_one(Finding, number).gone_at == LATER
    assert edited(session, case).id == number


def test_an_explained_signal_stays_explained_and_is_no_longer_open(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    finding = edited(session, case)
    flagged = select(Evidence.id).where(Evidence.id == case.id, queries.flagged())
    assert session.scalar(flagged) == case.id
    assert session.scalar(select(queries.worst()).where(Evidence.id == case.id)) == "weak"
    services.explain(session, finding.id, actor=people.desk, at=NOW, reason=" Dicerahkan oleh humas. ")
    services.look(session, case.id, at=LATER)
    shown = next(one for one in queries.of_case(session, people.desk, case) if one.code == "edited")
    assert (shown.explained, shown.explained_reason, shown.explained_by) == (
        True, "Dicerahkan oleh humas.", people.desk.name,
    )  # fmt: skip
    assert session.scalar(flagged) is None
    assert session.scalar(select(queries.worst()).where(Evidence.id == case.id)) is None
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "signals.explain")).one()
    assert event.detail["reason"] == "Dicerahkan oleh humas."


def test_an_explanation_is_taken_back_by_another_and_both_stay(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    finding = edited(session, case)
    services.explain(session, finding.id, actor=people.desk, at=NOW, reason="Wajar.")
    services.explain(session, finding.id, actor=people.second, at=LATER, reason="Tidak wajar.", lifted=True)
    assert finding.is_open
    lines = session.scalars(select(FindingExplanation).order_by(FindingExplanation.id)).all()
    assert [(one.reason, one.lifted) for one in lines] == [("Wajar.", False), ("Tidak wajar.", True)]


def test_a_fact_that_grew_heavier_is_no_longer_explained(session: Session) -> None:
    people = factories.team(session)
    mine, theirs = pair(session, people)
    services.look(session, mine.id, at=NOW)
    finding = found(session, mine)["reused_bytes"]
    services.explain(session, finding.id, actor=people.desk, at=NOW, reason="Yang sana menyalin.")
    mine.photos[0].received_at = theirs.photos[0].received_at + timedelta(hours=1)
    services.look(session, mine.id, at=LATER)
    assert found(session, mine)["reused_bytes"].is_open
    assert session.scalars(select(FindingExplanation.lifted).order_by(FindingExplanation.id)).all() == [False, True]


def test_without_a_reason_nothing_is_explained(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    finding = edited(session, case)
    with pytest.raises(ExplanationMissing):
        services.explain(session, finding.id, actor=people.desk, at=NOW, reason="   ")


def test_the_owner_the_neighbour_and_who_only_scores_explain_nothing(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    number = edited(session, case).id
    neighbour, nobody = factories.camat(session, NEXT), factories.account(session)
    refusals: list[tuple[Account, type[Exception]]] = [
        (people.camat, NotAllowed), (neighbour, NotFound), (nobody, NotFound), (people.assessor, NotAllowed),
        (people.leader, NotAllowed),
    ]  # fmt: skip
    for person, refusal in refusals:
        with pytest.raises(refusal):
            services.explain(session, number, actor=person, at=NOW, reason="Wajar.")
    case.owner_id = people.desk.id
    with pytest.raises(OwnWork):
        services.explain(session, number, actor=people.desk, at=NOW, reason="Wajar.")


def test_a_new_copy_has_the_other_case_looked_at_too(session: Session) -> None:
    people = factories.team(session)
    mine, theirs = pair(session, people)
    work_off(session, people.intake)
    assert found(session, mine)["reused_bytes"].other_evidence_id == theirs.id
    assert found(session, theirs)["reused_bytes"].other_evidence_id == mine.id


def test_another_areas_case_is_told_of_and_not_linked(session: Session) -> None:
    people, strangers = factories.team(session), factories.team(session, code=factories.KOTA)
    mine = factories.case(session, people, State.SUBMITTED)
    abroad = factories.case(session, strangers, State.SUBMITTED)
    copied(session, abroad, mine)
    services.look(session, mine.id, at=NOW)
    shown = {one.code: one for one in queries.of_case(session, people.desk, mine)}["reused_bytes"]
    assert (shown.other_evidence_id, shown.other_photo_id, shown.other_title) == (None, None, None)
    assert shown.sentence
    wide = factories.account(session, (Role.DESK_VERIFIER, "99"))
    seen = {one.code: one for one in queries.of_case(session, wide, mine)}["reused_bytes"]
    assert (seen.other_evidence_id, seen.other_title) == (abroad.id, abroad.title)


def test_a_visit_that_shows_the_units_own_file(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.AWAITING_FIELD)
    visit = factories.visit(session, case, people.surveyor, verdict=None)
    shot = factories.incoming(factories.middle(case.region_code))
    photo = evidence_services.add_photo(
        session, case, shot, actor=people.surveyor, at=NOW, intake=people.intake, visit_id=visit.id
    )
    assert isinstance(photo, Photo)
    photo.sha256 = case.photos[0].sha256
    services.look(session, case.id, at=NOW)
    finding = found(session, case)["visit_shows_unit_photo"]
    assert (finding.weight, finding.photo_id) == (Weight.STRONG, photo.id)


def test_the_place_in_a_file_is_held_against_the_units_border(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    case.photos[0].exif_place = stored_point(factories.middle(f"{KABUPATEN}.04"))  # type: ignore[assignment]
    services.look(session, case.id, at=NOW)
    finding = found(session, case)["exif_outside_unit"]
    assert 20_000 < finding.detail["metres"] < 30_000


def test_five_events_on_one_spot(session: Session) -> None:
    people = factories.team(session)
    spot = factories.middle(f"{KABUPATEN}.01")
    words: dict[str, Any] = {"kind_code": "kegiatan", "activity_code": "culinary_night"}
    cases = [
        factories.case(
            session,
            people,
            State.SUBMITTED,
            place=LonLat(spot.lon + step / 1e6, spot.lat),
            title=f"Acara {step}",
            **words,
        )
        for step in range(5)
    ]
    services.look(session, cases[0].id, at=NOW)
    assert found(session, cases[0])["many_here"].weight == Weight.WEAK


def test_arriving_photos_and_sending_ask_for_a_look(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    waiting = "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'signals.look' AND status = 'todo'"
    assert session.scalar(text(waiting)) == 1  # asked twice is asked once
    work_off(session, people.intake)
    assert queries.looked_at(session, case.id) is not None
    assert session.scalar(text(waiting)) == 0


def test_a_chore_looks_again_at_what_was_missed(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    work_off(session, people.intake)
    window = {"since": NOW - timedelta(days=1), "before": NOW + timedelta(days=1)}
    assert services.look_again(session, **window) == 0
    session.get_one(CaseLook, case.id).looked_at = NOW - timedelta(hours=1)
    session.flush()
    assert services.look_again(session, **window) == 1
    assert services.look_again(session, **window) == 0  # somebody has been asked


def test_a_case_of_forty_photos_takes_few_statements(session: Session) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    first = case.photos[0]
    kept = {column.key: getattr(first, column.key) for column in Photo.__table__.columns if column.key != "id"}
    for number in range(39):
        session.add(Photo(**{**kept, "upload_id": uuid.uuid4(), "sha256": f"{number:064x}"}))
    session.flush()
    with statements(session.connection()) as asked:
        services.look(session, case.id, at=NOW)
    assert len(asked) <= 100


def test_the_stage_of_a_work_is_marked_by_the_unit_alone(session: Session) -> None:
    people = factories.team(session)
    words: dict[str, Any] = {"kind_code": "infrastruktur", "activity_code": "pembangunan_bertahap"}
    case = factories.case(session, people, State.DRAFT, **words)
    photo = case.photos[0]
    with pytest.raises(NotAllowed):
        evidence_services.set_progress(session, photo, 50, actor=people.desk, at=NOW)
    evidence_services.set_progress(session, photo, 50, actor=people.camat, at=NOW)
    services.look(session, case.id, at=NOW)
    assert found(session, case)["stage_missing"].detail == {"missing": [0, 100]}


def test_every_sentence_can_be_said_in_both_languages(session: Session, app: Any) -> None:
    people = factories.team(session)
    mine, theirs = pair(session, people)
    theirs.photos[0].software = "GIMP"
    services.look(session, theirs.id, at=NOW)
    with app.test_request_context("/"):
        shown = queries.of_case(session, people.desk, theirs)
    assert all(one.sentence != one.code for one in shown)
    assert datetime.fromisoformat(found(session, theirs)["reused_bytes"].detail["received_at"])
    assert mine.id in {one.other_evidence_id for one in shown}
