"""The officer's pages without a script: choose, draw boxes as numbers, hand over to a second person."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from media.store import Store
from tests import factories
from tests.webapp.browsing import HOSTILE
from tests.webapp.conftest import Opener
from tests.webapp.publication.conftest import Office, officer
from webapp.publication.models import Publication


@pytest.fixture
def store(app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The photos of the office are in the app's store."""
    monkeypatch.setitem(app.extensions, "petabukti_store", office.team.store)
    return office.team.store


def test_an_officer_prepares_draws_by_numbers_and_a_second_one_approves(
    session: Session, office: Office, opened: Opener, store: Store
) -> None:
    case = office.case(tags=["children"])
    first, second = opened(office.officer), opened(office.second)
    assert str(case.title) in first.open("/publikasi/").text
    begun = first.open(f"/publikasi/baru/{case.id}")
    assert begun.form("").fields["precision"] == ["grid"]
    photo = case.photos[0].id
    page = first.send(begun, "", title="Kampung warna", photos=[str(photo)])
    assert "Kampung warna" in page.text and "belum diperiksa" in page.text.lower()
    one = session.query(Publication).one()
    address = f"/publikasi/{one.id}/foto/{photo}"
    shown = first.open(address)
    assert "Pemeriksaan otomatis belum selesai" in shown.text
    assert first.send(shown, "").code == "nothing_covered"
    done = first.send(
        shown, "", x=["10", "", "50,5"], y=["10", "", "50"], w=["20", "", "10"], h=["20", "", "10"], alt="Gang berwarna"
    )
    assert "Foto diperiksa" in done.text
    session.expire_all()
    assert [(box.x, box.w) for box in one.photos[0].boxes] == [(0.1, 0.2), (0.505, 0.1)]
    assert first.client.get(f"{address}/hasil").data[:3] == b"\xff\xd8\xff"
    own = first.open(f"/publikasi/{one.id}")
    assert not own.offers("/setujui") and "menunggu orang kedua" in own.text
    assert first.force(f"/publikasi/{one.id}/setujui", own).code == "second_person_needed"
    second.send(second.open(f"/publikasi/{one.id}"), "/setujui")
    assert "Terbit untuk umum." in first.send(first.open(f"/publikasi/{one.id}"), "/terbitkan").text
    session.expire_all()
    assert (one.state, one.approved_by) == ("published", office.second.id)
    first.send(first.open(f"/publikasi/{one.id}"), "/tarik", note="Diminta warga.")
    session.expire_all()
    assert one.state == "withdrawn"


def test_the_second_person_sends_back_with_a_note(
    session: Session, office: Office, opened: Opener, store: Store
) -> None:
    one = office.prepared(office.case())
    office.covered(one, clear=True)
    who = opened(office.second)
    page = who.open(f"/publikasi/{one.id}")
    assert who.send(page, "/kembalikan", note="").code == "note_missing"
    assert "Papan nama terbaca." in who.send(page, "/kembalikan", note="Papan nama terbaca.").text


def test_personal_numbers_are_refused_where_they_were_typed(
    session: Session, office: Office, opened: Opener, store: Store
) -> None:
    case = office.case(title="Hubungi 0812 3456 7890")
    who = opened(office.officer)
    page = who.open(f"/publikasi/baru/{case.id}")
    assert "0812" not in page.html
    refused = who.send(page, "", title="Hubungi 0812 3456 7890")
    assert (refused.status, refused.code) == (422, "public_text_phone")
    assert not session.query(Publication).count()


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        (("10", "10", "x", "10"), "box_invalid"),
        (("-5", "10", "0", "10"), "box_invalid"),
        (("100", "10", "10", "10"), "box_invalid"),
        (("nan", "10", "10", "10"), "box_invalid"),
        (("inf", "10", "10", "10"), "box_invalid"),
    ],
)
def test_numbers_that_are_no_box_are_refused_by_name(
    session: Session, office: Office, opened: Opener, store: Store, numbers: tuple[str, ...], code: str
) -> None:
    one = office.prepared(office.case())
    who = opened(office.officer)
    page = who.open(f"/publikasi/{one.id}/foto/{one.photos[0].photo_id}")
    sent = {side: [number, "", ""] for side, number in zip("xywh", numbers, strict=True)}
    refused = who.send(page, "", **sent)
    assert (refused.status, refused.code) == (422, code)


def test_nobody_draws_more_boxes_than_can_be_looked_at(
    session: Session, office: Office, opened: Opener, store: Store
) -> None:
    one = office.prepared(office.case())
    who = opened(office.officer)
    page = who.open(f"/publikasi/{one.id}/foto/{one.photos[0].photo_id}")
    crowd = {side: ["10"] * 61 for side in "xywh"} | {"found": ["hand"] * 61}
    assert who.send(page, "", **crowd).code == "too_many_boxes"
    assert who.send(page, "", **crowd | {"x": ["10"]}).code == "box_invalid"


def test_another_regions_officer_finds_nothing_and_a_verifier_is_turned_away(
    session: Session, office: Office, opened: Opener, store: Store
) -> None:
    case = office.case()
    one = office.prepared(case)
    photo = one.photos[0].photo_id
    addresses = [f"/publikasi/{one.id}", f"/publikasi/{one.id}/foto/{photo}", f"/publikasi/{one.id}/foto/{photo}/hasil"]
    far, desk = opened(officer(session, factories.KOTA)), opened(office.team.desk)
    for address in [*addresses, f"/publikasi/baru/{case.id}"]:
        assert far.open(address).status == 404
        assert desk.open(address).status == 403


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(session: Session, office: Office, opened: Opener, store: Store, words: str) -> None:
    one = office.prepared(office.case(title=words, note=words), title=words, note=words)
    office.covered(one, clear=True)
    who = opened(office.officer)
    photo = one.photos[0].photo_id
    for address in ("/publikasi/?keadaan=prepared", f"/publikasi/{one.id}", f"/publikasi/{one.id}/foto/{photo}"):
        page = who.open(address)
        assert page.status == 200
        assert "<script>window" not in page.html and "<img src=x" not in page.html
