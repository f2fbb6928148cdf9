"""The register through its pages, and what a claim names on the pages of the camat and of the assessor."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.evidence.rules import State
from webapp.register.models import Regulation

WORDS = {
    "kind": "perbup", "number": "16", "year": "2016", "title": "Pelimpahan sebagian kewenangan bupati",
    "in_force_from": "2016-05-01", "delegates": "Perizinan mikro kepada camat",
}  # fmt: skip


def test_an_entry_is_made_corrected_and_revoked(session: Session, opened: Opener) -> None:
    factories.territory(session)
    setda = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    camat, far = factories.camat(session), factories.camat(session, factories.FAR)
    browser = opened(setda)
    new = browser.open("/regulasi/baru")
    bad = browser.send(new, "", **WORDS, file_sha256="bukan sidik")
    assert (bad.status, bad.code) == (422, "digest_invalid")
    page = browser.send(new, "", **WORDS)
    assert "Perbup/Perwal 16 Tahun 2016" in page.text
    assert "belum memenuhi indikator pelimpahan" in page.text
    twice = browser.send(new, "", **WORDS)
    assert (twice.status, twice.code) == (409, "registered_twice")
    page = browser.send(page, "/ubah", file_sha256="AB" * 32, ends_on="2017-12-31")
    assert "ab" * 32 in page.text
    assert "Kedaluwarsa" in page.text
    lacking = browser.send(page, "/cabut", revoked_on="2017-01-01")
    assert (lacking.status, lacking.code) == (422, "reason_missing")
    page = browser.send(page, "/cabut", revoked_on="2017-01-01", because="Putusan MA")
    assert "Putusan MA" in page.text
    assert not page.offers("/ubah")
    seen = opened(camat).open(page.path)
    assert seen.status == 200
    assert not seen.offers("/ubah")
    assert opened(far).open(page.path).status == 404
    assert "Perbup" not in opened(far).open("/regulasi/").text


def test_a_claim_names_a_regulation_and_both_pages_flag_it_when_it_has_expired(
    session: Session, opened: Opener
) -> None:
    people = factories.team(session)  # a period of 2018
    factories.claim(session, people, factories.case(session, people, State.VERIFIED_FIELD))
    setda = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    session.commit()
    browser = opened(setda)
    new = browser.open("/regulasi/baru")
    browser.send(new, "", **WORDS, file_sha256="ab" * 32, ends_on="2018-06-30")
    browser.send(new, "", **{**WORDS, "number": "17"}, file_sha256="cd" * 32)
    expired, good = session.query(Regulation).order_by(Regulation.number).all()
    claims, sheet = f"/penilaian/{people.period.id}/klaim", f"/penilaian/{people.period.id}/nilai/{MINE}"
    camat, assessor = opened(people.camat), opened(people.assessor)
    page = camat.send(camat.open(claims), "/regulasi", regulation_id=str(expired.id))
    for shown in (page, assessor.open(sheet)):
        assert "Perbup/Perwal 16 Tahun 2016 Kedaluwarsa" in shown.text
        assert "Tidak satu pun regulasi ini berlaku" in shown.text
    page = camat.send(page, "/regulasi", regulation_id=str(good.id))
    for shown in (page, assessor.open(sheet)):
        assert "Perbup/Perwal 17 Tahun 2016 Berlaku" in shown.text
        assert "Tidak satu pun regulasi ini berlaku" not in shown.text
    assert not assessor.open(sheet).offers("/regulasi")
    unknown = camat.force(next(iter(_actions(page.html))), page, regulation_id="2000000007")
    assert (unknown.status, unknown.code) == (422, "regulation_unknown")


def _actions(html: str) -> list[str]:
    return [found.removesuffix("/lepas") for found in re.findall(r'action="([^"]*/regulasi/lepas)"', html)]
