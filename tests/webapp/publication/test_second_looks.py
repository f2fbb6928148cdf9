"""Who gives the second look, and what is said in it: "nothing to cover" where people must be covered is said by two."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, NOW
from tests.webapp.conftest import Opener
from tests.webapp.publication.conftest import Office
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.errors import NotAllowed
from webapp.evidence.rules import Consent
from webapp.publication import services
from webapp.publication.errors import ClearUnconfirmed, OwnCase
from webapp.publication.models import Publication
from webapp.publication.rules import Box, Stand

APPROVE = text("UPDATE publication SET state = 'approved', approved_by = :who, approved_at = now()")


def secretary(session: Session, *more: tuple[Role, str], code: str = KABUPATEN) -> Account:
    """Of a kabupaten, with further posts."""
    return factories.account(session, (Role.SECRETARIAT, code), *more)


def without_boxes(office: Office, **case: object) -> Publication:
    """Prepared by one person, who says of its photo that there is nothing to cover."""
    one = office.prepared(office.case(**case))
    office.covered(one, clear=True)
    return one


@pytest.mark.parametrize("tag", ["children", "disability", "id_document"])
def test_that_nothing_is_to_be_covered_is_said_by_two(session: Session, office: Office, tag: str) -> None:
    one = without_boxes(office, tags=[tag], consent=Consent.GIVEN)
    photo = one.photos[0]
    with pytest.raises(ClearUnconfirmed):
        services.approve(session, one, actor=office.second, at=NOW)
    with pytest.raises(ClearUnconfirmed):
        services.approve(session, one, actor=office.second, at=NOW, clear=[photo.photo_id + 1000])
    with pytest.raises(IntegrityError, match="nothing_to_cover_is_said_by_two"), session.begin_nested():
        session.execute(APPROVE, {"who": office.second.id})
    services.approve(session, one, actor=office.second, at=NOW, clear=[photo.photo_id])
    assert (one.state, photo.cleared_by) == (Stand.APPROVED, office.second.id)
    assert one.steps[-1].facts["photos"][0]["cleared_by"] == office.second.id


def test_a_word_given_once_counts_for_no_other_person_nor_for_another_picture(session: Session, office: Office) -> None:
    one = without_boxes(office, tags=["children"])
    photo = one.photos[0]
    services.approve(session, one, actor=office.second, at=NOW, clear=[photo.photo_id])
    services.send_back(session, one, "Periksa lagi.", actor=office.second, at=NOW)
    other = secretary(session)
    with pytest.raises(IntegrityError, match="nothing_to_cover_is_said_by_two"), session.begin_nested():
        session.execute(APPROVE, {"who": other.id})
    office.covered(one, clear=True)
    assert photo.cleared_by is None
    with pytest.raises(IntegrityError, match="cleared_was_clear"), session.begin_nested():
        session.execute(text("UPDATE publication_photo SET clear = false, cleared_by = :who"), {"who": other.id})


@pytest.mark.parametrize(
    ("tags", "consent"), [([], Consent.NOT_NEEDED), (["faces"], Consent.GIVEN), (["worship"], Consent.GIVEN)]
)
def test_where_nobody_must_be_covered_one_word_is_enough(
    session: Session, office: Office, tags: list[str], consent: Consent
) -> None:
    one = without_boxes(office, tags=tags, consent=consent)
    services.approve(session, one, actor=office.second, at=NOW)
    assert one.photos[0].cleared_by is None


def test_without_consent_two_say_so_and_boxes_need_no_word(session: Session, office: Office) -> None:
    with pytest.raises(ClearUnconfirmed):
        services.approve(
            session, without_boxes(office, tags=["faces"], consent=Consent.MISSING), actor=office.second, at=NOW
        )
    drawn = office.prepared(office.case(tags=["children"]))
    office.covered(drawn, Box(0.1, 0.1, 0.2, 0.2))
    services.approve(session, drawn, actor=office.second, at=NOW)
    assert drawn.state == Stand.APPROVED


def test_the_secretariat_of_the_area_gives_the_second_look_and_does_nothing_else(
    session: Session, office: Office
) -> None:
    one = office.prepared(office.case(tags=["poor_household"]), precision="grid")
    office.covered(one, Box(0.1, 0.1, 0.2, 0.2))
    with pytest.raises(NotAllowed):
        services.approve(session, one, actor=secretary(session, code=FAR[:5]), at=NOW)
    here = secretary(session)
    services.approve(session, one, actor=here, at=NOW)
    for verb in (services.publish, lambda *a, **k: services.withdraw(a[0], a[1], "Tidak jadi.", **k)):
        with pytest.raises(NotAllowed):
            verb(session, one, actor=here, at=NOW)


def test_who_answers_for_the_unit_does_not_give_the_second_look(session: Session, office: Office) -> None:
    one = office.prepared(office.case(tags=["faces"]))
    office.covered(one, Box(0.1, 0.1, 0.2, 0.2))
    unit = one.region_code
    for role in (Role.CAMAT, Role.CONTRIBUTOR):
        with pytest.raises(OwnCase):
            services.approve(session, one, actor=secretary(session, (role, unit)), at=NOW)
    with pytest.raises(IntegrityError, match="second_look_is_a_strangers"), session.begin_nested():
        session.execute(APPROVE, {"who": one.evidence.owner_id})
    elsewhere = secretary(session, (Role.CAMAT, FAR))
    services.approve(session, one, actor=elsewhere, at=NOW)
    assert one.approved_by == elsewhere.id


def test_the_page_of_the_second_person_asks_for_the_word(
    session: Session, office: Office, opened: Opener, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "petabukti_store", office.team.store)
    one = without_boxes(office, tags=["children"])
    photo = one.photos[0].photo_id
    reader = opened(secretary(session))
    listed = reader.open("/publikasi/")
    assert one.title in listed.text and "Belum disiapkan" not in listed.text
    page = reader.open(f"/publikasi/{one.id}")
    assert not page.offers("/ubah") and not page.offers("/tarik")
    assert f"/publikasi/{one.id}/foto/{photo}/hasil" in reader.client.get(f"/publikasi/{one.id}").get_data(as_text=True)
    assert reader.client.get(f"/publikasi/{one.id}/foto/{photo}/hasil").mimetype == "image/jpeg"
    assert reader.client.get(f"/publikasi/{one.id}/foto/{photo}").status_code == 403
    assert reader.send(page, "/setujui").code == "clear_unconfirmed"
    done = reader.send(page, "/setujui", clear=[str(photo)])
    assert "Disetujui." in done.text and not done.offers("/terbitkan")
    own = opened(office.officer).open(f"/publikasi/{one.id}")
    assert own.offers("/terbitkan")
