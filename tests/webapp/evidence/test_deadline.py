"""The deadline: an instant by the server's clock; what was taken before it may come after it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.corpus.json_door import ADDRESS, BODY, PLACE
from tests.factories import Team
from tests.webapp.browsing import Browser
from tests.webapp.conftest import Opener, token_of
from webapp.db import utcnow
from webapp.evidence import services
from webapp.evidence.errors import DeadlinePassed
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State

CLOSES = factories.NOW + timedelta(days=1)
SECOND, DAY, WEEK = timedelta(seconds=1), timedelta(days=1), timedelta(days=7)


@pytest.fixture
def people(session: Session) -> Team:
    made = factories.team(session)
    made.period.closes_at = CLOSES
    session.flush()
    return made


def draft(
    session: Session, people: Team, *, said: datetime | None, received: datetime = CLOSES + timedelta(hours=1)
) -> Evidence:
    """A case whose one photo says it was taken then, and came when the server says it came."""
    case = factories.case(session, people)
    (photo,) = case.photos
    photo.captured_at, photo.device_at, photo.taken_at, photo.received_at = said, None, None, received
    session.flush()
    return case


def submit(session: Session, people: Team, case: Evidence, at: datetime) -> None:
    services.submit(session, case, actor=people.camat, at=at, late_for=WEEK)


def test_the_last_moment_is_in_time_and_the_next_is_late(session: Session, people: Team) -> None:
    at_the_end, after = (draft(session, people, said=CLOSES - DAY) for _ in range(2))
    submit(session, people, at_the_end, CLOSES)
    submit(session, people, after, CLOSES + timedelta(microseconds=1))
    assert (at_the_end.sent_late, after.sent_late) == (False, True)
    assert ["late" in case.revisions[-1].content for case in (at_the_end, after)] == [False, True]
    assert after.revisions[-1].content["late"] is True


@pytest.mark.parametrize(("said", "taken"), [(CLOSES, True), (CLOSES + SECOND, False), (None, False)])
def test_after_the_deadline_only_what_was_taken_before_it(
    session: Session, people: Team, said: datetime | None, taken: bool
) -> None:
    case = draft(session, people, said=said)
    if taken:
        submit(session, people, case, CLOSES + DAY)
        assert case.stands is State.SUBMITTED
        return
    with pytest.raises(DeadlinePassed):
        submit(session, people, case, CLOSES + DAY)
    assert case.stands is State.DRAFT


@pytest.mark.parametrize(("at", "taken"), [(CLOSES + WEEK, True), (CLOSES + WEEK + SECOND, False)])
def test_the_days_of_grace_end(session: Session, people: Team, at: datetime, taken: bool) -> None:
    case = draft(session, people, said=CLOSES - DAY)
    if taken:
        submit(session, people, case, at)
        return
    with pytest.raises(DeadlinePassed):
        submit(session, people, case, at)


def test_an_installation_without_grace_takes_nothing_late(session: Session, people: Team) -> None:
    case = draft(session, people, said=CLOSES - DAY)
    with pytest.raises(DeadlinePassed):
        services.submit(session, case, actor=people.camat, at=CLOSES + SECOND)


def test_one_photo_taken_after_holds_back_the_whole_case(session: Session, people: Team) -> None:
    case = draft(session, people, said=CLOSES - DAY)
    late = factories.incoming(captured_at=CLOSES + SECOND, fix_at=None)
    services.add_photos(session, case, [late], actor=people.camat, at=CLOSES + DAY, intake=people.intake)
    with pytest.raises(DeadlinePassed):
        submit(session, people, case, CLOSES + DAY)


def test_of_several_clocks_the_shutter_speaks_first_then_the_fix_then_the_camera(
    session: Session, people: Team
) -> None:
    case = draft(session, people, said=None)
    (photo,) = case.photos
    photo.captured_at, photo.device_at, photo.taken_at = CLOSES + SECOND, CLOSES - DAY, CLOSES - DAY
    with pytest.raises(DeadlinePassed):
        submit(session, people, case, CLOSES + DAY)
    photo.captured_at, photo.device_at = None, CLOSES + SECOND
    with pytest.raises(DeadlinePassed):
        submit(session, people, case, CLOSES + DAY)
    photo.device_at = None
    submit(session, people, case, CLOSES + DAY)


@pytest.mark.parametrize("wrong", [DAY, -DAY])
def test_a_clock_that_is_a_day_off_decides_nothing_for_what_came_in_time(
    session: Session, people: Team, wrong: timedelta
) -> None:
    """Sent in time it is in time; and a photo the server had before the deadline was taken before it."""
    prompt = draft(session, people, said=CLOSES - SECOND + wrong, received=CLOSES - SECOND)
    submit(session, people, prompt, CLOSES)
    assert not prompt.sent_late
    later = draft(session, people, said=CLOSES - SECOND + wrong, received=CLOSES - SECOND)
    submit(session, people, later, CLOSES + DAY)
    assert later.sent_late


def test_a_clock_that_lies_gets_the_case_in_but_late_it_stays(session: Session, people: Team, opened: Opener) -> None:
    case = draft(session, people, said=CLOSES - DAY, received=CLOSES + DAY)
    submit(session, people, case, CLOSES + DAY)
    services.move(session, case, Move.TAKE, actor=people.desk, at=CLOSES + DAY, until=CLOSES + 2 * DAY)
    for person, page in ((people.camat, "/bukti"), (people.leader, "/bukti"), (people.desk, "/verifikasi")):
        text = opened(person).open(f"{page}/{case.id}").text
        assert "Difoto sebelum batas waktu, dikirim sesudahnya." in text, page
    assert "Terlambat" in opened(people.desk).open("/verifikasi/").text
    photo = opened(people.desk).open(f"/bukti/foto/{case.photos[0].id}")
    assert "Difoto sebelum batas waktu, tiba sesudahnya" in photo.text


@pytest.mark.parametrize(
    ("zone", "clock"), [("Asia/Jakarta", "23.59 WIB"), ("Asia/Makassar", "23.59 WITA"), ("Asia/Jayapura", "23.59 WIT")]
)
def test_midnight_is_midnight_where_the_period_is(
    session: Session, people: Team, opened: Opener, zone: str, clock: str
) -> None:
    closes_at = datetime(2018, 8, 7, 23, 59, tzinfo=ZoneInfo(zone))
    people.period.closes_at, people.period.time_zone = closes_at, zone
    case = draft(session, people, said=closes_at, received=closes_at + SECOND)
    submit(session, people, case, closes_at + SECOND)
    assert clock in opened(people.camat).open(f"/bukti/{case.id}").text


def test_what_was_sent_in_time_wears_no_badge(session: Session, people: Team, opened: Opener) -> None:
    case = draft(session, people, said=CLOSES - DAY, received=CLOSES - DAY)
    submit(session, people, case, CLOSES)
    for person, page in ((people.camat, f"/bukti/{case.id}"), (people.desk, "/verifikasi/")):
        assert "Terlambat" not in opened(person).open(page).text


# The door for scripts


def put(browser: Browser, number: uuid.UUID) -> None:
    token = token_of(browser.client.get("/"))
    answer = browser.client.put(
        ADDRESS.format(number), json={**BODY, "place": PLACE, "consent": "not_needed"}, headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 201, answer.text


def send(browser: Browser, number: uuid.UUID) -> tuple[int, dict[str, object]]:
    token = token_of(browser.client.get("/"))
    answer = browser.client.post(f"{ADDRESS.format(number)}/kirim", headers={"X-CSRFToken": token})
    assert answer.json is not None
    return answer.status_code, answer.json


def with_photo(session: Session, people: Team, number: uuid.UUID) -> Evidence:
    case = session.scalars(select(Evidence).where(Evidence.client_id == number)).one()
    services.add_photos(
        session, case, [factories.incoming()], actor=people.camat, at=factories.NOW, intake=people.intake
    )
    session.commit()
    return case


@pytest.fixture
def number(session: Session, people: Team) -> uuid.UUID:
    people.period.closes_at = None
    return uuid.uuid4()


def test_a_script_sends_a_case_once_however_often_it_asks(
    session: Session, people: Team, opened: Opener, number: uuid.UUID
) -> None:
    phone = opened(people.camat)
    put(phone, number)
    case = with_photo(session, people, number)
    first, again = send(phone, number), send(phone, number)
    assert (first[0], first[1]["state"]) == (200, "submitted")
    assert again == first
    session.refresh(case)
    assert (case.revision, len([one for one in case.moves if one.move == Move.SUBMIT])) == (1, 1)


def test_a_repeat_does_not_send_again_what_was_returned_meanwhile(
    session: Session, people: Team, opened: Opener, number: uuid.UUID
) -> None:
    phone = opened(people.camat)
    put(phone, number)
    case = with_photo(session, people, number)
    send(phone, number)
    session.refresh(case)
    services.move(session, case, Move.TAKE, actor=people.desk, at=utcnow(), until=utcnow() + DAY)
    services.move(session, case, Move.RETURN, actor=people.desk, at=utcnow(), note="kurang jelas")
    session.commit()
    status, told = send(phone, number)
    assert (status, told["state"]) == (200, "returned")


def test_what_is_missing_is_named_by_codes(people: Team, opened: Opener, number: uuid.UUID) -> None:
    phone = opened(people.camat)
    put(phone, number)
    status, told = send(phone, number)
    assert (status, told["code"], told["missing"]) == (422, "not_ready", ["photo"])


def test_after_the_deadline_a_script_is_told_so(
    session: Session, people: Team, opened: Opener, number: uuid.UUID
) -> None:
    phone = opened(people.camat)
    put(phone, number)
    case = with_photo(session, people, number)
    people.period.closes_at = utcnow() - 8 * DAY
    session.commit()
    status, told = send(phone, number)
    assert (status, told["code"]) == (422, "deadline_passed")
    people.period.closes_at = utcnow() - DAY  # within the days of grace; its photo was here long before
    session.commit()
    status, told = send(phone, number)
    session.refresh(case)
    assert (status, case.sent_late) == (200, True)


def test_unknown_numbers_and_those_of_others_are_404(
    session: Session, people: Team, opened: Opener, number: uuid.UUID
) -> None:
    put(opened(people.camat), number)
    stranger = opened(factories.camat(session))
    assert send(stranger, number)[0] == send(opened(people.camat), uuid.uuid4())[0] == 404
