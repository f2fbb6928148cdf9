"""Visits made without a network: each arrives once, with both times, and none is lost because somebody was faster."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories, photos
from tests.factories import KOTA, MINE, NOW
from tests.webapp.browsing import browser_of
from tests.webapp.capture.sending import Sender
from webapp.access import Role
from webapp.audit import AuditEvent
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Move, State
from webapp.evidence.services import move
from webapp.scoring.queries.results import proving_visits
from webapp.verification.models import FieldVisit
from webapp.verification.rules import CLOCK_SLACK, VISIT_LASTS, Verdict, between

ALL = ["object_seen", "same_angle", "in_use"]
THERE = NOW - timedelta(hours=5)


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


@pytest.fixture
def case(session: Session, people: factories.Team) -> Evidence:
    made = factories.case(session, people, State.AWAITING_FIELD)
    session.commit()
    return made


@pytest.fixture
def phone(app: Flask, people: factories.Team, case: Evidence) -> Sender:
    """The assessor's, back where there is a network."""
    return Sender(app, people.surveyor)


def kept(**changes: Any) -> dict[str, Any]:
    """A visit as the phone kept it: on the spot, an hour from check-in to verdict."""
    here = factories.middle(MINE)
    usual = {
        "lon": here.lon, "lat": here.lat, "accuracy_m": 9.0, "fix_at": THERE.isoformat(),
        "happened_at": THERE.isoformat(), "decided_at": (THERE + timedelta(hours=1)).isoformat(),
        "checked": ALL, "verdict": "sesuai", "note": "",
    }  # fmt: skip
    return usual | changes


def put(phone: Sender, case: Evidence, number: uuid.UUID, told: dict[str, Any]) -> Any:
    path = f"/lapangan/bekal/kunjungan/{case.id}/{number}"
    return phone.client.put(path, json=told, headers=phone.usual)


def settle(phone: Sender, case: Evidence, number: uuid.UUID) -> Any:
    return phone.client.post(f"/lapangan/bekal/kunjungan/{case.id}/{number}/selesai", headers=phone.usual)


def send_photo(phone: Sender, number: uuid.UUID, seed: int = 1, **more: object) -> uuid.UUID:
    data, upload = photos.phone_jpeg(lon=100.05, lat=-1.95, seed=seed, size=(640, 480)), uuid.uuid4()
    begun = phone.begin(len(data), id=upload, purpose="visit", visit=number, filename="lokasi.jpg", **more)
    assert begun.status_code == 201, begun.text
    assert phone.piece(begun.headers["Location"], data, 0).status_code == 204
    return upload


def state_of(session: Session, case: Evidence) -> State:
    session.expire_all()
    return session.get_one(Evidence, case.id).stands


def test_a_visit_arrives_with_the_times_of_both_clocks_and_settles_the_case(
    session: Session, people: factories.Team, case: Evidence, phone: Sender
) -> None:
    number, claimed = uuid.uuid4(), case.photos[0].id
    first, again = put(phone, case, number, kept()), put(phone, case, number, kept(sent_at=NOW.isoformat()))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["state"] == "open" and first.json["received_at"] == again.json["received_at"]
    send_photo(phone, number, answers=claimed)
    assert settle(phone, case, number).json["state"] == "settled"
    assert settle(phone, case, number).json["state"] == "settled"
    visit = session.scalars(select(FieldVisit)).one()
    assert (visit.happened_at, visit.decided_at, visit.fix_at) == (THERE, THERE + timedelta(hours=1), THERE)
    assert visit.received_at is not None and visit.received_at - visit.stood_at > timedelta(days=1)
    assert (visit.assessor_id, visit.verdict, visit.left_aside) == (people.surveyor.id, "sesuai", None)
    assert [photo.answers_photo_id for photo in visit.photos] == [claimed]
    assert state_of(session, case) == State.VERIFIED_FIELD


def test_the_same_number_for_another_visit_is_refused(case: Evidence, phone: Sender) -> None:
    number = uuid.uuid4()
    assert put(phone, case, number, kept()).status_code == 201
    other = put(phone, case, number, kept(verdict="tidak_sesuai", note="Sudah berubah."))
    assert (other.status_code, other.json["code"]) == (409, "id_reused")


def test_a_number_of_a_colleague_is_refused_and_their_visit_stays_unseen(
    session: Session, app: Flask, case: Evidence, phone: Sender
) -> None:
    number = uuid.uuid4()
    put(phone, case, number, kept())
    colleague = factories.surveyor(session)
    session.commit()
    other = Sender(app, colleague)
    assert put(other, case, number, kept()).status_code == 409
    assert settle(other, case, number).status_code == 404
    assert other.begin(1000, purpose="visit", visit=number).status_code == 404


def test_what_was_decided_meanwhile_stays_and_the_visit_is_kept_and_told(
    session: Session, people: factories.Team, case: Evidence, phone: Sender
) -> None:
    number = uuid.uuid4()
    put(phone, case, number, kept())
    send_photo(phone, number)
    colleague = factories.surveyor(session)
    move(session, session.get_one(Evidence, case.id), Move.REFUTE_ON_SITE, actor=colleague, at=NOW, note="Tidak ada.")
    session.commit()
    told = settle(phone, case, number).json
    assert told["state"] == "left_aside"
    assert colleague.name in told["message"]
    assert state_of(session, case) == State.MISMATCH
    visit = session.scalars(select(FieldVisit)).one()
    assert (visit.verdict, visit.left_aside, len(visit.photos)) == ("sesuai", "already_decided", 1)
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("visit.%"))).all()
    assert list(actions) == ["visit.arrive", "visit.left_aside"]


def test_presence_is_judged_by_the_fix_as_ever(case: Evidence, phone: Sender) -> None:
    far = put(phone, case, uuid.uuid4(), kept(lat=factories.middle(MINE).lat + 0.01))
    assert (far.status_code, far.json["code"]) == (422, "too_far_away")
    blind = put(phone, case, uuid.uuid4(), kept(accuracy_m=None))
    assert (blind.status_code, blind.json["code"]) == (422, "fix_missing")


@pytest.mark.parametrize(("hours", "code"), [(11.9, None), (12.1, "visit_not_complete"), (-1, "visit_not_complete")])
def test_a_check_in_runs_out_after_twelve_hours_of_the_phone_not_of_the_way_here(
    case: Evidence, phone: Sender, hours: float, code: str | None
) -> None:
    number = uuid.uuid4()
    put(phone, case, number, kept(decided_at=(THERE + timedelta(hours=hours)).isoformat()))
    send_photo(phone, number)
    assert settle(phone, case, number).json.get("code") == code


def test_without_a_photo_of_the_place_nothing_is_settled(session: Session, case: Evidence, phone: Sender) -> None:
    number = uuid.uuid4()
    put(phone, case, number, kept())
    assert settle(phone, case, number).json["code"] == "visit_not_complete"
    send_photo(phone, number)
    assert settle(phone, case, number).json["state"] == "settled"
    late = phone.begin(1000, purpose="visit", visit=number)
    assert (late.status_code, late.json["code"]) == (409, "visit_closed")


def test_a_photo_answers_only_a_photo_of_the_unit_in_the_same_case(
    session: Session, people: factories.Team, case: Evidence, phone: Sender
) -> None:
    other = factories.case(session, people, State.AWAITING_FIELD)
    session.commit()
    number = uuid.uuid4()
    put(phone, case, number, kept())
    send_photo(phone, number, seed=1, answers=other.photos[0].id)
    send_photo(phone, number, seed=2, answers=99_999_999)
    found = session.scalars(select(Photo.answers_photo_id).where(Photo.visit_id.is_not(None))).all()
    assert list(found) == [None, None]


def test_a_case_that_is_returned_for_repair_goes_back_to_the_unit(
    session: Session, case: Evidence, phone: Sender
) -> None:
    number = uuid.uuid4()
    told = kept(verdict="tidak_sesuai", note="Titiknya salah.", afterwards="kembalikan")
    put(phone, case, number, told)
    send_photo(phone, number)
    assert settle(phone, case, number).json["state"] == "settled"
    assert state_of(session, case) == State.RETURNED


def test_a_hostile_note_is_text_on_every_page(
    app: Flask, people: factories.Team, case: Evidence, phone: Sender
) -> None:
    number, hostile = uuid.uuid4(), "<img src=x onerror=alert(1)>{{ 7*7 }}"
    put(phone, case, number, kept(verdict="tidak_sesuai", note=hostile))
    send_photo(phone, number)
    settle(phone, case, number)
    for who, page in ((people.surveyor, "/kunjungan"), (people.desk, "")):
        seen = browser_of(app, who).open(f"/verifikasi/{case.id}{page}")
        assert hostile in seen.text
        assert "<img src=x" not in seen.html


def test_who_may_not_judge_it_sends_no_visit_and_takes_nothing_along(
    session: Session, app: Flask, people: factories.Team, case: Evidence
) -> None:
    partial = factories.account(session, (Role.FIELD_VERIFIER, factories.KABUPATEN), (Role.CONTRIBUTOR, MINE))
    elsewhere = factories.account(session, (Role.FIELD_VERIFIER, KOTA))
    session.commit()
    for who, status in ((partial, 403), (elsewhere, 404), (people.desk, 403)):
        assert put(Sender(app, who), case, uuid.uuid4(), kept()).status_code == status
    for who, cases in ((people.surveyor, [case.id]), (partial, []), (elsewhere, [])):
        pack = Sender(app, who).client.get("/lapangan/bekal").json
        assert [one["id"] for one in pack["cases"]] == cases
    assert session.scalar(select(func.count(FieldVisit.id))) == 0


def test_the_pack_says_its_size_and_holds_no_originals(
    session: Session, app: Flask, people: factories.Team, case: Evidence, phone: Sender
) -> None:
    sha256 = case.photos[0].sha256
    app.extensions["petabukti_store"].put(sha256, "medium", people.store.get(sha256, "medium"))
    pack = phone.client.get("/lapangan/bekal").json
    [one] = pack["cases"]
    [photo] = one["photos"]
    picture = phone.client.get(photo["href"])
    assert photo["href"].endswith("/medium")
    assert pack["bytes"] == photo["bytes"] == len(picture.data)
    assert (pack["photos"], pack["planned"], len(pack["area"])) == (1, False, 1)
    assert one["place"]["lon"] == pytest.approx(factories.middle(MINE).lon)


@given(st.timedeltas(min_value=-2 * VISIT_LASTS, max_value=3 * VISIT_LASTS))
def test_a_clock_put_right_on_the_way_costs_nothing_and_one_turned_back_tells_nothing(passed: timedelta) -> None:
    found = between(NOW, NOW + passed)
    assert found > VISIT_LASTS if passed < -CLOCK_SLACK else found == passed


def test_a_visit_kept_aside_proves_no_score(session: Session, people: factories.Team) -> None:
    case = factories.case(session, people, State.VERIFIED_FIELD)
    claim = factories.claim(session, people, case)
    visit = factories.visit(session, case, people.surveyor, Verdict.MATCHES)
    assert proving_visits(session, [claim]) == {claim.id: visit}
    visit.client_id, visit.sent, visit.left_aside = uuid.uuid4(), {}, "already_decided"
    visit.happened_at = visit.decided_at = visit.received_at = NOW
    session.flush()
    assert proving_visits(session, [claim]) == {}
