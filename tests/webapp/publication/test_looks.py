"""The machine looks in the background at what was chosen, suggests, and a person decides."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from media import faces, texts
from media.faces import Face
from tests.factories import NOW
from tests.photos import PORTRAIT
from tests.photos.cards import NIK, street
from tests.webapp.conftest import Opener
from tests.webapp.publication.conftest import Office
from tests.webapp.working import work_off
from webapp.evidence import queries as evidence_queries
from webapp.evidence import services as evidence
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move
from webapp.evidence.services import Incoming
from webapp.publication import queries, services
from webapp.publication.models import RedactionLook, RedactionSuggestion
from webapp.publication.rules import Box
from webapp.publication.written import kind_of


def with_photo(session: Session, office: Office, data: bytes) -> Evidence:
    """A verified case that has this photo too."""
    case = office.case()
    more = Incoming(upload_id=uuid.uuid4(), name="lain.jpg", data=data)
    session.execute(text("SET LOCAL session_replication_role = replica"))
    case.state = "returned"
    session.flush()
    evidence.add_photos(session, case, [more], actor=office.team.camat, at=NOW, intake=office.team.intake)
    case.state = "verified_desk"
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = origin"))
    session.expire_all()
    return case


@pytest.fixture
def portrait(session: Session, office: Office) -> Evidence:
    """A verified case whose second photo shows somebody."""
    return with_photo(session, office, PORTRAIT.read_bytes())


def test_what_was_chosen_is_looked_at_and_the_face_suggested(
    session: Session, office: Office, portrait: Evidence, opened: Opener, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "petabukti_store", office.team.store)
    one = office.prepared(portrait)
    assert work_off(session, office.team.intake) >= 2
    seen = {photo.photo_id: queries.looked(session, photo.photo_id) for photo in one.photos}
    plain, face = (seen[photo.id] for photo in portrait.photos)
    assert plain.look is not None and (plain.look.faces, plain.look.texts, len(plain.suggestions)) == (True, True, 0)
    (suggested,) = face.suggestions
    assert (suggested.found, suggested.score > 0.8) == ("face", True)
    assert one.photos[1].looked_at is None and not one.photos[1].boxes  # suggested, not done
    page = opened(office.officer).open(f"/publikasi/{one.id}/foto/{one.photos[1].photo_id}")
    assert "Saran mesin: 1 kotak" in page.text and "Dicari: wajah, NIK" in page.text
    assert page.form("").fields["found"] == ["face", "hand", "hand", "hand"]
    office.covered(one, suggested.box)
    assert one.photos[1].boxes[0].found == "face"


def test_a_number_and_a_plate_are_suggested_by_their_kind_and_never_kept(
    session: Session, office: Office, opened: Opener, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "petabukti_store", office.team.store)
    one = office.prepared(with_photo(session, office, street()))
    work_off(session, office.team.intake)
    photo = one.photos[1]
    seen = queries.looked(session, photo.photo_id)
    assert sorted(each.found for each in seen.suggestions) == ["nik", "plate"]
    page = opened(office.officer).open(f"/publikasi/{one.id}/foto/{photo.photo_id}")
    assert "Saran mesin: 2 kotak" in page.text and "NIK?" in page.text and "pelat?" in page.text
    assert "tutup seluruh dokumennya" in page.text
    assert NIK not in page.text
    kept = session.scalars(text("SELECT to_jsonb(one)::text FROM redaction_suggestion AS one")).all()
    assert not any(NIK in row for row in kept)
    office.covered(one, *(each.box for each in seen.suggestions))
    said = texts.read(office.team.store.get(str(photo.redacted_sha256), "redacted"))
    assert said and not any(kind_of(line.words) for line in said)


@pytest.mark.parametrize("broken", ["texts", "faces", "both", "absent"])
def test_a_look_that_fails_is_said_and_the_editor_goes_on(
    broken: str, session: Session, office: Office, opened: Opener, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "petabukti_store", office.team.store)
    for name, module in (("texts", texts), ("faces", faces)):
        if broken == "absent":
            monkeypatch.setattr(module, "weights", lambda: None)
        elif broken in {name, "both"}:
            monkeypatch.setattr(module, "_MEMORY", 1_000)
    one = office.prepared(office.case())
    work_off(session, office.team.intake)
    photo = one.photos[0]
    look = queries.looked(session, photo.photo_id).look
    assert look is not None
    assert (look.faces, look.texts) == (broken == "texts", broken == "faces")
    assert (look.failed is None) == (broken == "absent")
    officer = opened(office.officer)
    page = officer.open(f"/publikasi/{one.id}/foto/{photo.photo_id}")
    expected = {"texts": "Tulisan pada foto ini tidak dapat diperiksa", "faces": "wajah tidak"}
    assert expected.get(broken, "Pemeriksaan otomatis tidak terpasang atau gagal") in page.text
    sent = officer.send(page, "", x=["10", "", ""], y=["10", "", ""], w=["20", "", ""], h=["20", "", ""])
    assert "Foto diperiksa" in sent.text


def test_nothing_is_looked_at_twice_nor_what_nobody_chose(session: Session, office: Office) -> None:
    case, other = office.case(), office.case()
    one = office.prepared(case)
    work_off(session, office.team.intake)
    services.edit(session, one, office.wanted(case), actor=office.officer, at=NOW)
    assert session.scalar(text("SELECT wall.defer_redaction(:photo)"), {"photo": case.photos[0].id}) is False
    assert session.scalar(text("SELECT wall.defer_redaction(:photo)"), {"photo": other.photos[0].id}) is False
    assert session.query(RedactionLook).count() == 1


def test_boxes_outside_the_picture_are_cut_or_left_out(session: Session, office: Office) -> None:
    one = office.prepared(office.case())
    photo = one.photos[0].photo_id
    seen = [Face(-0.1, 0.9, 0.3, 0.3, 1.2), Face(1.2, 0.1, 0.2, 0.2, 0.5)]
    services.settle_look(session, photo, services.Seen(seen), at=NOW)
    (kept,) = session.query(RedactionSuggestion)
    assert (kept.x, kept.y, round(kept.w, 3), round(kept.h, 3), kept.score) == (0.0, 0.9, 0.2, 0.1, 1.0)
    assert services.waiting_for_look(session, photo) is None


def test_a_photo_that_left_with_its_case_is_not_waited_for(session: Session, office: Office) -> None:
    one = office.prepared(office.case())
    photo = one.photos[0].photo_id
    evidence.move(session, one.evidence, Move.SEND_TO_FIELD, actor=office.team.desk, at=NOW)
    session.flush()
    session.execute(text("DELETE FROM photo WHERE id = :id"), {"id": photo})
    session.expire_all()
    assert services.waiting_for_look(session, photo) is None
    assert one.photos == []


def test_the_stock_keeps_public_pictures_and_sweeps_those_taken_back(session: Session, office: Office) -> None:
    one = office.published(office.case(), Box(0.1, 0.1, 0.2, 0.2))
    digest = str(one.photos[0].redacted_sha256)
    stock = {kept.sha256 for kept in office.team.store.entries()}
    assert digest in stock
    assert evidence_queries.used(session, [digest]) == {digest}
    services.withdraw(session, one, "Diminta warga.", actor=office.officer, at=NOW)
    assert evidence_queries.used(session, [digest]) == set()
    office.team.store.delete(digest)
    assert not office.team.store.exists(digest, "redacted")
