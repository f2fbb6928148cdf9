"""Blind pairs in the browser: nobody learns of the other, names are the chair's, two values go to the third."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.doors.robot import ALL, LINES
from tests.factories import KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW
from tests.webapp.conftest import Opener
from tests.webapp.scoring.pairing import Blind, fifth_kecamatan
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.programme.models import Indicator
from webapp.scoring import services
from webapp.scoring.models import Adjudication, Reader, ScoreRevision


@pytest.fixture
def blind(session: Session) -> Blind:
    return Blind(session)


def at(blind: Blind, rest: str) -> str:
    return f"/penilaian/{blind.people.period.id}/{rest}"


SECRET_NOTE, SECRET_VALUE = "Rahasia penilai pertama", "43,21"


def first_has_scored(session: Session, blind: Blind) -> tuple[Account, Account]:
    """The pair; the first has given a value that nobody else can have thought of."""
    blind.draw()
    first, second = blind.pair()
    first.name = "Nama Sangat Rahasia"
    services.score(session, blind.claim, Decimal("43.21"), actor=first, at=NOW, remark=SECRET_NOTE)
    return first, second


def assessors_pages(blind: Blind) -> list[str]:
    case = blind.claim.links[0].evidence_id
    return ["/", "/penilaian/", at(blind, "tugas"), at(blind, "nilai"), at(blind, f"nilai/{MINE}"), f"/bukti/{case}",
            f"/program/{blind.people.period.id}"]  # fmt: skip


def _unnumbered(page: str) -> str:
    """A page without the number of its request, which an error page tells."""
    return re.sub(r"not_found · [0-9a-f]{12}", "not_found", page)


@pytest.mark.parametrize(
    ("who", "hidden"),
    # The team of the province judges nominees in a period of its own, and opens nothing of this one.
    [("second", 0), ("third", 0), ("province", 5)],
)
def test_no_page_of_another_assessor_changes_when_the_first_has_scored(
    session: Session, blind: Blind, opened: Opener, who: str, hidden: int
) -> None:
    blind.draw()
    first, second = blind.pair()
    first.name = "Nama Sangat Rahasia"
    province = factories.account(session, (Role.PROVINCIAL_TEAM, "99"))
    browser = opened({"second": second, "third": blind.third(), "province": province}[who])
    before = [browser.open(path).text for path in assessors_pages(blind)]
    services.score(session, blind.claim, Decimal("43.21"), actor=first, at=NOW, remark=SECRET_NOTE)
    session.commit()
    after = [browser.open(path) for path in assessors_pages(blind)]
    assert [page.status for page in after] == [200] * (len(after) - hidden) + [404] * hidden
    assert [_unnumbered(page.text) for page in after] == [_unnumbered(text) for text in before]
    for page in after:
        assert not [word for word in (first.name, SECRET_NOTE, SECRET_VALUE, "43.21") if word in page.html]
    for path in ("pasangan", "gerbang", "hasil", "kesepakatan"):
        assert browser.open(at(blind, path)).status in (403, 404)
    assert browser.open(at(blind, f"penengah/{blind.claim.id}")).status == 404
    assert browser.open("/akun/jejak").status == 403


def test_who_was_not_drawn_finds_no_form_and_forces_none(session: Session, blind: Blind, opened: Opener) -> None:
    blind.draw()
    browser = opened(blind.third())
    page = browser.open(at(blind, f"nilai/{MINE}"))
    assert "Klaim ini dinilai oleh dua penilai yang diundi." in page.text
    assert not page.offers(f"/nilai/{blind.claim.id}")
    refused = browser.force(at(blind, f"nilai/{blind.claim.id}"), page, value="80")
    assert (refused.status, refused.code) == (403, "not_drawn")
    assert "Belum ada klaim yang diundi untuk Anda." in browser.open(at(blind, "tugas")).text


def test_a_reader_scores_changes_it_for_a_reason_and_no_longer_when_both_are_in(
    session: Session, blind: Blind, opened: Opener
) -> None:
    blind.draw()
    first, second = blind.pair()
    browser = opened(first)
    tasks = browser.open(at(blind, "tugas"))
    assert "Menunggu nilai Anda" in tasks.text
    page = browser.open(next(link for link in tasks.links if "/nilai/" in link).split("#")[0])
    page = browser.send(page, f"/nilai/{blind.claim.id}", value="80")
    assert "Nilai Anda tersimpan" in browser.open(at(blind, "tugas")).text
    refused = browser.send(page, f"/nilai/{blind.claim.id}", value="70")
    assert (refused.status, refused.code) == (422, "note_missing")
    page = browser.send(page, f"/nilai/{blind.claim.id}", value="70", reason="Salah baca.")
    assert session.scalars(select(ScoreRevision.reason)).one() == "Salah baca."
    services.score(session, blind.claim, Decimal(72), actor=second, at=NOW)
    session.commit()
    late = browser.send(page, f"/nilai/{blind.claim.id}", value="72", reason="x")
    assert (late.status, late.code) == (409, "pair_complete")
    page = browser.open(at(blind, f"nilai/{MINE}"))
    assert "nilai Anda tidak berubah lagi" in page.text
    assert not page.offers(f"/nilai/{blind.claim.id}")


def test_the_chair_draws_replaces_and_names_the_third_on_one_page(
    session: Session, blind: Blind, opened: Opener
) -> None:
    browser = opened(blind.people.chair)
    gate = browser.open(at(blind, "gerbang"))
    assert "Pasangan penilai belum diundi" in gate.text
    assert at(blind, f"pasangan#klaim-{blind.claim.id}") in gate.links
    page = browser.send(browser.open(at(blind, "pasangan")), "/pasangan/undi")
    assert "1 klaim mendapat pasangan penilai." in page.text
    first, second = blind.pair()
    assert first.name in page.text
    assert not page.offers("/pasangan/undi")
    again = browser.force(at(blind, "pasangan/undi"), page)
    assert again.status == 303
    assert blind.pair() == [first, second]
    page = browser.send(page, f"/pasangan/{blind.claim.id}/1", reason="Cuti.", who=str(blind.third().id))
    assert "Cuti." in page.text
    first, second = blind.pair()
    services.score(session, blind.claim, Decimal(10), actor=first, at=NOW)
    services.score(session, blind.claim, Decimal(90), actor=second, at=NOW)
    session.commit()
    page = browser.open(at(blind, "pasangan"))
    assert "Menunggu penengah" in page.text
    assert not page.offers(f"/pasangan/{blind.claim.id}/1")
    page = browser.send(page, f"/pasangan/{blind.claim.id}/penengah")
    assert session.scalars(select(Reader.assessor_id).where(Reader.place == 3)).one() == blind.third().id
    assert not page.offers(f"/pasangan/{blind.claim.id}/penengah")


def test_hostile_reasons_are_only_text(session: Session, blind: Blind, opened: Opener) -> None:
    blind.draw()
    chair = opened(blind.people.chair)
    page = chair.send(chair.open(at(blind, "pasangan")), f"/pasangan/{blind.claim.id}/1", reason=ALL)
    assert escape(LINES[0]) in page.html
    assert LINES[0] not in page.html
    first, second = blind.pair()
    services.score(session, blind.claim, Decimal(10), actor=first, at=NOW)
    session.commit()
    own = opened(first)
    own.send(own.open(at(blind, f"nilai/{MINE}")), f"/nilai/{blind.claim.id}", value="11", reason=ALL)
    kept = session.scalars(select(ScoreRevision.reason)).one()
    assert LINES[0] in kept
    services.score(session, blind.claim, Decimal(93), actor=second, at=NOW)
    services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW)
    session.commit()
    (third,) = session.scalars(
        select(Account).join(Reader, Reader.assessor_id == Account.id).where(Reader.place == 3)
    ).all()
    judge = opened(third)
    judge.send(judge.open(at(blind, f"penengah/{blind.claim.id}")), "", value="50", reasoning=ALL)
    done = judge.open(at(blind, f"penengah/{blind.claim.id}"))
    assert escape(LINES[0]) in done.html
    assert LINES[0] not in done.html


def test_the_secretariat_sees_names_but_neither_values_nor_the_choice_of_the_third(
    session: Session, blind: Blind, opened: Opener
) -> None:
    blind.value(11, 93)
    browser = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    page = browser.open(at(blind, "pasangan"))
    assert blind.pair()[0].name in page.text
    assert "Catatan 11" not in page.html
    assert not page.offers(f"/pasangan/{blind.claim.id}/penengah")
    assert browser.force(at(blind, f"pasangan/{blind.claim.id}/penengah"), page).status == 403
    assert browser.open(at(blind, "kesepakatan")).status == 403


def test_the_third_sees_both_values_without_names_and_decides_once(
    session: Session, blind: Blind, opened: Opener
) -> None:
    blind.value(11, 93)
    first, second = blind.pair()
    first.name, second.name = "Nama Rahasia Satu", "Nama Rahasia Dua"
    services.assign_adjudicator(session, blind.claim, actor=blind.people.chair, at=NOW)
    browser = opened(blind.third())
    assert "Menunggu putusan Anda" in browser.open(at(blind, "tugas")).text
    page = browser.open(at(blind, f"penengah/{blind.claim.id}"))
    for told in ("11,00", "93,00", "Catatan 11", "Catatan 93"):
        assert told in page.text
    assert "Nama Rahasia" not in page.html
    refused = browser.send(page, "", value="120", reasoning="")
    assert refused.status == 422
    assert "Belum tersimpan" in refused.text
    done = browser.send(page, "", value="88,5", reasoning="Foto membuktikan hampir semuanya.")
    assert "Putusan Anda tersimpan" in done.text
    assert session.scalars(select(Adjudication.value)).one() == Decimal("88.50")
    twice = browser.send(page, "", value="88,5", reasoning="Foto membuktikan hampir semuanya.")
    assert twice.status == 200
    other = browser.send(page, "", value="10", reasoning="Lain.")
    assert (other.status, other.code) == (409, "pair_settled")
    assert "88,50" in browser.open(at(blind, f"penengah/{blind.claim.id}")).text
    for reader in (first, second):
        assert opened(reader).open(at(blind, f"penengah/{blind.claim.id}")).status == 404
    assert "Nilai dapat difinalkan." in opened(blind.people.chair).open(at(blind, "gerbang")).text


def test_chair_and_auditor_read_how_readers_agree_and_below_five_claims_nothing_is_told(
    session: Session, blind: Blind, opened: Opener
) -> None:
    blind.value(60, 70)
    chair = opened(blind.people.chair)
    page = chair.open(at(blind, "kesepakatan"))
    assert page.text.count("terlalu sedikit klaim") == 3, "one indicator, two assessors"
    assert at(blind, "kesepakatan") in chair.open("/penilaian/").links
    auditor = opened(factories.account(session, (Role.AUDITOR, KABUPATEN)))
    assert auditor.open(at(blind, "kesepakatan")).status == 200
    assert auditor.open(at(blind, "pasangan")).status == 403
    assert opened(blind.people.leader).open(at(blind, "kesepakatan")).status == 403
    assert opened(factories.chair(session, KOTA)).open(at(blind, "kesepakatan")).status == 404


def test_with_five_claims_the_figures_are_told_with_their_number_and_a_warning(
    session: Session, opened: Opener
) -> None:
    fifth_kecamatan(session)
    blind = Blind(session, readers=2, units=5)
    claims = [blind.claim, *(blind.prove(f"{KABUPATEN}.{n:02d}") for n in range(2, 6))]
    blind.draw()
    low, high = sorted(blind.readers, key=lambda one: one.id)
    for n, claim in enumerate(claims):
        services.score(session, claim, Decimal(50 + n), actor=low, at=NOW)
        services.score(session, claim, Decimal(60 + n), actor=high, at=NOW)
    page = opened(blind.people.chair).open(at(blind, "kesepakatan"))
    assert "10,00" in page.text
    assert "cenderung lebih tinggi" in page.text
    assert "cenderung lebih rendah" in page.text
    assert page.text.count("sedikit") >= 3
    assert page.html.count('role="img"') == 2
    assert "style=" not in page.html.split("<main")[1]


def test_a_camat_learns_nothing_of_the_pair(session: Session, blind: Blind, opened: Opener) -> None:
    first, _ = first_has_scored(session, blind)
    browser = opened(blind.people.camat)
    for path in ("/penilaian/", at(blind, "klaim"), f"/bukti/{blind.claim.links[0].evidence_id}"):
        html = browser.open(path).html
        assert not [word for word in (first.name, SECRET_NOTE, SECRET_VALUE) if word in html]
    for path in ("pasangan", "tugas", "kesepakatan", f"penengah/{blind.claim.id}"):
        assert browser.open(at(blind, path)).status == 403


def test_a_claim_of_another_period_is_not_found_under_this_one(session: Session, blind: Blind, opened: Opener) -> None:
    blind.draw()
    browser = opened(blind.people.chair)
    page = browser.open(at(blind, "pasangan"))
    assert browser.force(at(blind, "pasangan/999999999/1"), page, reason="x").status == 404
    assert browser.force(at(blind, f"pasangan/{blind.claim.id}/7"), page, reason="x").status == 404
    elsewhere = opened(factories.chair(session, KOTA))
    assert elsewhere.open(at(blind, "pasangan")).status == 404


def test_the_secretariat_says_how_an_indicator_is_read_while_the_instrument_is_open(
    session: Session, opened: Opener
) -> None:
    tool = factories.instrument(session)
    browser = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    own = f"aspek{tool.aspects[0].id}-"
    page = browser.open(f"/program/instrumen/{tool.id}")
    fields = {f"{own}indicator_name": "Dibaca buta", f"{own}indicator_weight": "5", f"{own}reading": "blind_pair",
              f"{own}spread_limit": "12,5"}  # fmt: skip
    page = browser.send(page, "/indikator", **fields)
    assert "batas selisih 12,5 poin" in page.text
    made = session.scalars(select(Indicator).where(Indicator.name == "Dibaca buta")).one()
    assert (made.reading, made.spread_limit) == ("blind_pair", Decimal("12.50"))
    refused = browser.send(page, "/indikator", **{**fields, f"{own}spread_limit": "101"})
    assert refused.status == 422


def test_claims_that_came_later_are_drawn_too(session: Session, blind: Blind, opened: Opener) -> None:
    blind.draw()
    blind.prove(NEXT_DOOR)
    browser = opened(blind.people.chair)
    page = browser.send(browser.open(at(blind, "pasangan")), "/pasangan/undi")
    assert "1 klaim mendapat pasangan penilai." in page.text
