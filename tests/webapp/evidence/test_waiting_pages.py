"""What people see of a photo whose pictures are still being made, were made after all, or cannot be made."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from media.intake import Intake
from tests import factories, photos
from tests.factories import NOW
from tests.photos import hostile
from tests.webapp.conftest import Opener
from tests.webapp.working import work_off
from webapp.evidence import services
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Move


@pytest.fixture
def intake(app: Flask) -> Intake:
    """The way into the store that the pages show."""
    found: Intake = app.extensions["petabukti_intake"]
    return found


def waiting(session: Session, people: factories.Team, case: Evidence, intake: Intake, data: bytes) -> Photo:
    file = factories.incoming(
        None, data=data, name="subuh.jpg", capture_source="camera", captured_at=NOW, original_sha256="ab" * 32,
        original_byte_size=9_000_000,
    )  # fmt: skip
    photo = services.receive_photo(session, case, file, actor=people.camat, at=NOW, intake=intake)
    assert isinstance(photo, Photo)
    return photo


def test_a_photo_that_waits_is_shown_with_a_stand_in_and_then_as_it_is(
    session: Session, opened: Opener, intake: Intake
) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    photo = waiting(session, people, case, intake, photos.without_gps(seed=31))
    first = case.photos[0]
    camat = opened(people.camat)
    page = camat.client.get(f"/bukti/{case.id}").text
    assert "gambar sedang dibuat" in page
    assert f'data-gambar="/bukti/{case.id}/gambar"' in page
    assert "Foto yang baru tiba masih diproses" in page
    drawn = camat.client.get(f"/bukti/foto/{photo.id}/small")
    assert (drawn.status_code, drawn.mimetype, drawn.headers["Cache-Control"]) == (200, "image/svg+xml", "no-store")
    assert 'width="320" height="240"' in drawn.text
    assert camat.client.get(f"/bukti/{case.id}/gambar").json == {"ready": [first.id], "waiting": [photo.id]}

    work_off(session, intake)
    page = camat.client.get(f"/bukti/{case.id}").text
    assert "gambar sedang dibuat" not in page
    assert "data-gambar" not in page
    drawn = camat.client.get(f"/bukti/foto/{photo.id}/small")
    assert (drawn.status_code, drawn.mimetype) == (200, "image/jpeg")
    assert "immutable" in drawn.headers["Cache-Control"]
    assert camat.client.get(f"/bukti/{case.id}/gambar").json == {"ready": [first.id, photo.id], "waiting": []}


def test_the_photos_own_page_tells_how_it_was_taken_and_that_its_picture_is_being_made(
    session: Session, opened: Opener, intake: Intake
) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    photo = waiting(session, people, case, intake, photos.without_gps(seed=32))
    page = opened(people.camat).open(f"/bukti/foto/{photo.id}").text
    for words in ("Gambar sedang dibuat", "Kamera halaman ini", "Waktu ponsel", "dari 9,0 MB", "abababababababab"):
        assert words in page
    assert f"/bukti/foto/{photo.id}/large" not in page


def test_a_picture_that_cannot_be_made_is_said_so_and_waited_for_no_longer(
    session: Session, opened: Opener, intake: Intake
) -> None:
    people = factories.team(session)
    case = factories.case(session, people)
    photo = waiting(session, people, case, intake, hostile.short_png())
    services.move(session, case, Move.WITHDRAW, actor=people.camat, at=NOW)
    work_off(session, intake)
    camat = opened(people.camat)
    assert camat.client.get(f"/bukti/foto/{photo.id}/small").mimetype == "image/svg+xml"
    page = camat.open(f"/bukti/{case.id}").text
    assert "gambar sedang dibuat" not in page
    assert "Gambar tidak dapat dibuka; berkas asli tetap tersimpan" in page


def test_strangers_see_neither_the_stand_in_nor_the_list(session: Session, opened: Opener, intake: Intake) -> None:
    people, others = factories.team(session), factories.team(session, code=factories.KOTA)
    case = factories.case(session, people)
    photo = waiting(session, people, case, intake, photos.without_gps(seed=33))
    stranger = opened(others.camat).client
    for address in (f"/bukti/{case.id}/gambar", f"/bukti/foto/{photo.id}/small"):
        assert stranger.get(address).status_code == 404
