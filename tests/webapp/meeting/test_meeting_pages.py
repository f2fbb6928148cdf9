"""A camat keeps the weekly meeting on a phone; who was invited reads it; nobody else finds it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, MINE, NEXT_DOOR
from tests.webapp.browsing import HOSTILE
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.db import utcnow
from webapp.evidence.rules import State
from webapp.meeting import queries, services
from webapp.meeting.models import Meeting, MeetingItem, MeetingSeries
from webapp.meeting.rules import MeetingKind, UnitKind, digest
from webapp.meeting.services import SeriesFields, Unit


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


def today() -> Any:
    return (utcnow() + timedelta(hours=7)).date()


def weekly(session: Session, by: Account, code: str = MINE, **changes: Any) -> MeetingSeries:
    usual: dict[str, Any] = {
        "region_code": code, "kind": MeetingKind.MINGGON, "name": "Rapat Minggon", "starts_on": today(), "weekday": 2,
        "units": (Unit(UnitKind.DESA, "Desa Sayati"), Unit(UnitKind.DESA, "Desa Sukamenak")),
    }  # fmt: skip
    return services.begin(session, SeriesFields(**{**usual, **changes}), actor=by, at=utcnow())


def called(session: Session, run: MeetingSeries, by: Account) -> Meeting:
    return services.call(session, run, today(), utcnow().time().replace(microsecond=0), "Aula", actor=by, at=utcnow())


def test_a_camat_keeps_a_weekly_meeting_from_its_series_to_its_end(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    browser = opened(people.camat)
    page = browser.open("/rapat/")
    assert "Rapat & Tindak Lanjut" in page.text
    form = browser.open("/rapat/rangkaian/baru")
    refused = browser.send(form, "", kind="minggon", name="Rapat Minggon", weekday="", agencies="Puskesmas")
    assert (refused.status, refused.code) == (422, "weekday_missing")
    run = browser.send(refused, "", weekday="2")
    assert "Rangkaian rapat disimpan" in run.text
    assert "Puskesmas" in run.text
    page = browser.send(run, run.path, held_on=today().isoformat(), starts_at="09:00", venue="Aula kecamatan")
    assert page.path.startswith("/rapat/")
    # nothing is closed that says nothing
    early = browser.send(page, "/tutup")
    assert (early.status, early.code) == (422, "meeting_incomplete")
    heads = next(name for name in page.form("/hadir").fields if name.startswith("orang-"))
    bad = browser.send(page, "/hadir", **{heads: "banyak"})
    assert (bad.status, bad.code) == (422, "heads_impossible")
    page = browser.send(page, "/hadir", **{heads: "3"}, unit_name="Forkopimcam", unit_kind="other", unit_heads="2")
    assert "2 unit, 5 orang" in page.text
    twice = browser.send(page, "/hadir", unit_name="Forkopimcam", unit_heads="2")
    assert (twice.status, twice.code) == (409, "unit_listed_twice")
    number = browser.send(page, "/hadir", unit_name="Budi 3204091708450001", unit_heads="1")
    assert (number.status, number.code) == (422, "nik_refused")
    bad = browser.send(page, "/isi", starts_at="09:00", ends_at="08:00")
    assert (bad.status, bad.code) == (422, "ends_before_it_begins")
    page = browser.send(
        page, "/isi", agenda="Kebersihan\nKeamanan", decisions="Kerja bakti", lon="107,5752", lat="-6,9716"
    )
    assert "6,97160° LS" in page.text
    nowhere = browser.send(page, "/lokasi")
    assert (nowhere.status, nowhere.code) == (422, "place_missing")
    page = browser.send(page, "/lokasi", lon="107.5753", lat="-6.9717", accuracy_m="8")
    assert "6,97170° LS" in page.text
    page = browser.send(
        page, "/tindak-lanjut", what="Perbaiki saluran", due_on=(today() - timedelta(days=1)).isoformat()
    )
    assert "Lewat batas waktu" in page.text
    page = browser.send(page, "/tutup")
    assert "Isi beku cocok dengan sidiknya." in page.text
    assert not page.offers("/isi")
    forced = browser.force(f"{page.path}/isi", page, held_on=today().isoformat(), starts_at="09:00", evidence_id="")
    assert (forced.status, forced.code) == (409, "meeting_closed")
    page = browser.send(page, "/perubahan", body="Ralat: 4 orang dari Puskesmas.")
    assert "Ralat" in page.text
    # the item is on the front page of meetings, and in the next meeting, where it is closed
    assert "Perbaiki saluran" in browser.open("/rapat/").text
    run = browser.open(run.path)
    following = browser.send(run, run.path, held_on=today().isoformat(), starts_at="10:00", venue="")
    assert "Dari rapat sebelumnya" in following.text
    [item] = session.query(MeetingItem).all()
    empty = browser.send(following, f"/tindak-lanjut/{item.id}", state="done", reason=" ")
    assert (empty.status, empty.code) == (422, "text_empty")
    done = browser.send(following, f"/tindak-lanjut/{item.id}", state="done", reason="Sudah dikeruk")
    assert "Sudah dikeruk" in done.text
    assert "Tidak ada tindak lanjut yang terbuka." in browser.open("/rapat/").text
    again = browser.force(f"{following.path}/tindak-lanjut/{item.id}", done, state="done", reason="Lagi")
    assert (again.status, again.code) == (409, "item_settled")


def test_silent_weeks_are_listed(session: Session, people: factories.Team, opened: Opener) -> None:
    run = weekly(session, people.camat, starts_on=today() - timedelta(weeks=5))
    held = called(session, run, people.camat)
    held.held_on, held.agenda = today() - timedelta(weeks=2), "Kebersihan"
    services.attend(session, held, {held.attendance[0].id: 1}, actor=people.camat, at=utcnow())
    before = len(queries.silent(session, run, today()))
    services.close(session, held, actor=people.camat, at=utcnow())
    assert len(queries.silent(session, run, today())) == before - 1
    session.commit()
    page = opened(people.camat).open(f"/rapat/rangkaian/{run.id}")
    assert f"Minggu yang lewat tanpa rapat yang ditutup: {before - 1}." in page.text


def test_who_is_invited_reads_and_does_not_write_and_who_is_not_finds_nothing(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    setda = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    units = tuple(services.units_below(session, KABUPATEN)[:2])  # mine and the neighbour's
    assert [one.code for one in units] == [MINE, NEXT_DOOR]
    run = weekly(session, setda, KABUPATEN, kind=MeetingKind.RAKOR, weekday=None, units=units)
    meeting = called(session, run, setda)
    third, far = factories.camat(session, f"{KABUPATEN}.03"), factories.camat(session, FAR)
    path = f"/rapat/{meeting.id}"
    camat = opened(people.camat)
    page = camat.open(path)  # by row-level security too
    assert page.status == 200
    assert not page.offers("/isi")
    forced = camat.force(f"{path}/tutup", page)
    assert (forced.status, forced.code) == (403, "not_allowed")
    assert opened(people.camat).open(f"/rapat/rangkaian/{run.id}").status == 200
    for stranger in (third, far):
        assert opened(stranger).open(path).status == 404
        assert "Rapat Minggon" not in opened(stranger).open("/rapat/").text
    assert opened(people.leader).open(path).status == 200
    assert opened(setda).open(path).offers("/isi")


def test_a_meeting_shows_whether_its_case_is_verified(session: Session, people: factories.Team, opened: Opener) -> None:
    run = weekly(session, people.camat)
    meeting = called(session, run, people.camat)
    kind = {"kind_code": "rapat", "activity_code": "rapat_minggon"}
    cases = [factories.case(session, people, state, **kind) for state in (State.SUBMITTED, State.VERIFIED_DESK)]
    session.commit()
    browser, path = opened(people.camat), f"/rapat/{meeting.id}"
    page = browser.open(path)
    assert "belum punya bukti" in page.text
    page = browser.send(page, "/isi", evidence_id=str(cases[0].id))
    assert "belum dihitung indikator" in page.text
    page = browser.send(page, "/isi", evidence_id=str(cases[1].id))
    assert "jadi rapat ini dihitung indikator" in page.text


def test_units_of_any_name_are_text(session: Session, people: factories.Team, opened: Opener) -> None:
    browser = opened(people.camat)
    names = "\n".join(HOSTILE)
    run = browser.send(browser.open("/rapat/rangkaian/baru"), "", name="Rapat", weekday="2", agencies=names)
    page = browser.send(run, run.path, held_on=today().isoformat(), starts_at="09:00")
    for shown in (run, page):
        assert all(" ".join(name.split()) in shown.text for name in HOSTILE)
        assert "<script>window" not in shown.html


def test_annexes_are_frozen_with_the_meeting(session: Session, people: factories.Team) -> None:
    run = weekly(session, people.camat)
    meeting = called(session, run, people.camat)
    content = {"triwulan": [1, 2, 3]}
    for _ in range(2):
        services.attach(session, meeting, "Rekap TW I–III", content, digest(content), actor=people.camat, at=utcnow())
    with pytest.raises(services.DigestWrong):
        services.attach(session, meeting, "Lain", {"x": 1}, digest(content), actor=people.camat, at=utcnow())
    meeting.agenda = "Rekap"
    services.attend(session, meeting, {meeting.attendance[0].id: 1}, actor=people.camat, at=utcnow())
    services.close(session, meeting, actor=people.camat, at=utcnow())
    assert meeting.content is not None
    assert meeting.content["annexes"] == [{"title": "Rekap TW I–III", "sha256": digest(content)}]
    with pytest.raises(services.MeetingClosed):
        services.attach(session, meeting, "Lain", None, "0" * 64, actor=people.camat, at=utcnow())


def test_the_database_keeps_what_was_closed(session: Session, people: factories.Team) -> None:
    run = weekly(session, people.camat)
    meeting = called(session, run, people.camat)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO meeting_amendment (meeting_id, body, sha256, actor_id, at) VALUES (:m, 'x', :s, :w, now())"
            ),
            {"m": meeting.id, "s": "0" * 64, "w": people.camat.id},
        )
    meeting.agenda = "Satu"
    services.attend(session, meeting, {meeting.attendance[0].id: 1}, actor=people.camat, at=utcnow())
    services.give(
        session, meeting, "Kerja", Unit(UnitKind.DESA, "Desa Sayati"), today(), actor=people.camat, at=utcnow()
    )
    services.close(session, meeting, actor=people.camat, at=utcnow())
    services.amend(session, meeting, "Ralat", actor=people.camat, at=utcnow())
    for change in (
        "UPDATE meeting SET agenda = 'lain'", "DELETE FROM meeting", "UPDATE meeting_attendance SET heads = 9",
        "DELETE FROM meeting_attendance", "UPDATE meeting_item SET what = 'lain'", "DELETE FROM meeting_item",
        "UPDATE meeting_amendment SET body = 'lain'",
    ):  # fmt: skip
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(change))
    leaves = text("SELECT count(*) FROM trail_leaf WHERE kind IN ('meeting', 'meeting_item', 'meeting_amendment')")
    assert session.scalar(leaves) == 3
    meeting.content = {**meeting.content, "agenda": ["Dua"]} if meeting.content else None
    assert not services.is_intact(meeting)
    session.expunge(meeting)
