"""Recording and deciding through the pages: what is offered, to whom, and that proof is asked before a decision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.accounts.models import Account, OpenSession
from webapp.agreement.models import Agreement, AgreementStep
from webapp.agreement.services import AgreementFields, SetFields, agree, configure
from webapp.db import utcnow


@pytest.fixture
def setda(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.SECRETARIAT, KABUPATEN))


def test_from_the_set_to_the_last_decision(session: Session, setda: Account, opened: Opener) -> None:
    bupati, camat = factories.leader(session), factories.camat(session)
    records = opened(setda)
    sets = records.open("/perjanjian/kumpulan/baru")
    assert "PP 11/2017 Pasal 142 menurut penuturan" in sets.form("").fields["basis"][0]
    assert sets.form("").fields["term_months"] == ["12"]
    bad = records.send(sets, "", name="Tahun 2017", term_months="0")
    assert (bad.status, bad.code) == (422, "number_range")
    assert "Tahun 2017" in records.send(sets, "", name="Tahun 2017").text
    again = records.send(sets, "", name="Tahun 2017")
    assert (again.status, again.code) == (409, "set_named_twice")
    page = records.open("/perjanjian/baru")
    words = {"unit_name": "OPD B", "post": "Kepala OPD B", "targets": "Satu\n\nDua", "agreed_on": "2017-07-04"}
    not_covered = records.send(page, "", **words, holder=camat.username)
    assert (not_covered.status, not_covered.code) == (422, "camat_not_covered")
    shown = records.send(page, "", **words)
    assert "Jatuh tempo, menunggu keputusan" in shown.text
    assert "Rabu, 4 Juli 2018" in shown.text
    assert not shown.offers("/putusan")  # who records does not decide
    decides = opened(bupati)
    page = decides.open(shown.path)
    assert "Akhir masa perbaikan" in page.text
    bare = decides.send(page, "/putusan", kind="missed", reason=" ")
    assert (bare.status, bare.code) == (422, "text_empty")
    skipped = decides.force(f"{page.path}/putusan", page, kind="proposed", reason="Langsung")
    assert (skipped.status, skipped.code) == (409, "step_not_due")
    page = decides.send(page, "/putusan", kind="missed", reason="Target 2 tidak tercapai")
    assert "Masa perbaikan habis, menunggu keputusan" in page.text
    assert bupati.name in page.text
    page = decides.send(page, "/putusan", kind="proposed", reason="Tetap tidak tercapai")
    assert "Wajib seleksi ulang (usulan)" in page.text
    page = decides.send(page, "/putusan", kind="decided", reason="Uji kompetensi")
    assert "Sudah diputuskan" in page.text
    assert not page.offers("/putusan")
    assert "Sudah diputuskan" in records.open("/perjanjian/").text
    # nobody else reads of it
    assert opened(camat).open(shown.path).status == 404
    assert "OPD B" not in opened(camat).open("/perjanjian/").text


def test_a_decision_asks_for_proof_when_the_last_one_is_old(session: Session, setda: Account, opened: Opener) -> None:
    bupati = factories.leader(session)
    made = _agreement(session, setda)
    browser = opened(bupati)
    page = browser.open(f"/perjanjian/{made.id}")
    session.execute(update(OpenSession).values(proved_at=utcnow() - timedelta(minutes=20)))
    session.commit()
    asked = browser.send(page, "/putusan", kind="met", reason="Tercapai")
    assert (asked.status, asked.code) == (403, "proof_needed")
    assert session.query(AgreementStep).count() == 0


def test_a_holder_reads_their_own_agreement_and_cannot_decide_about_it(
    session: Session, setda: Account, opened: Opener
) -> None:
    head = factories.account(session, (Role.AGENCY_HEAD, KABUPATEN))
    sekda = factories.leader(session)
    own, theirs = _agreement(session, setda, holder=head.username), _agreement(session, setda, holder=sekda.username)
    session.commit()
    browser = opened(head)
    assert browser.open(f"/perjanjian/{own.id}").status == 200
    assert browser.open(f"/perjanjian/{theirs.id}").status == 404
    browser = opened(sekda)
    page = browser.open(f"/perjanjian/{theirs.id}")
    assert "orang lain yang harus memutuskan" in page.text
    assert not page.offers("/putusan")
    forced = browser.force(f"/perjanjian/{theirs.id}/putusan", page, kind="met", reason="Berhasil")
    assert (forced.status, forced.code) == (403, "own_agreement")


def _agreement(session: Session, by: Account, holder: str = "") -> Agreement:
    rule = configure(session, SetFields(KABUPATEN, f"Kumpulan {holder}"), actor=by, at=utcnow())
    said = AgreementFields("OPD", "Kepala OPD", ("Satu",), date(2018, 7, 4), holder=holder)
    return agree(session, rule, said, actor=by, at=utcnow())
