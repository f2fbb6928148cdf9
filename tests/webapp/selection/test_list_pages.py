"""The page of a period: who may close, award and nominate, what others read, and what a refusal says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW
from tests.webapp.browsing import HOSTILE
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.evidence.rules import State
from webapp.programme.models import Period
from webapp.programme.rules import Mode, TieRule
from webapp.scoring import services as scoring
from webapp.selection import queries, services
from webapp.selection.services.awarding import Decree

PRESSED = "; ".join(HOSTILE)[:180]


def run(session: Session, *values: int, rule: TieRule = TieRule.ASK) -> factories.Team:
    """A period of four kecamatan, the first of which were given those values; two go on, one is awarded."""
    people = factories.team(session, Mode.DESK)
    people.period.shortlist_size, people.period.award_size = 2, 1
    with factories.beyond_the_rules(session):  # its instrument is frozen already
        people.period.instrument.tie_rule = rule
    for number, value in enumerate(values, start=1):
        unit = f"{KABUPATEN}.{number:02d}"
        case = factories.case(session, people, State.VERIFIED_DESK, unit=unit)
        scoring.score(
            session, factories.claim(session, people, case, unit=unit), Decimal(value), actor=people.assessor, at=NOW
        )
    return people


def secretariat(session: Session, code: str = KABUPATEN) -> factories.Account:
    return factories.account(session, (Role.SECRETARIAT, code))


@pytest.fixture
def tied(session: Session) -> factories.Team:
    """Places 2 and 3 are equal; the instrument leaves it to the team."""
    return run(session, 90, 80, 80, 70)


def test_the_chair_is_asked_who_of_the_equals_goes_on(session: Session, opened: Opener, tied: factories.Team) -> None:
    chair, address = opened(tied.chair), f"/seleksi/{tied.period.id}"
    page = chair.open(address)
    assert "2 kecamatan untuk 1 tempat" in page.text
    assert "80,00" in page.text
    silent = chair.send(page, "/daftar-pendek", reason="")
    assert (silent.status, silent.code) == (409, "tie_undecided")
    assert "Pilih siapa yang maju" in silent.text
    wordless = chair.send(page, "/daftar-pendek", named=NEXT_DOOR, reason="")
    assert (wordless.status, wordless.code) == (422, "note_missing")
    shown = chair.send(page, "/daftar-pendek", named=NEXT_DOOR, reason=PRESSED)
    assert "Tahap 1 ditutup" in shown.text
    assert " ".join(PRESSED.split()) in shown.text
    assert "Maju ke tahap 2" in shown.text
    assert not shown.offers("/daftar-pendek")


def test_the_secretariat_sees_what_it_waits_for_and_no_values(
    session: Session, opened: Opener, tied: factories.Team
) -> None:
    waiting = factories.case(session, tied, State.UNDER_REVIEW)
    session.flush()
    factories.claim(session, tied, waiting)
    page = opened(secretariat(session)).open(f"/seleksi/{tied.period.id}")
    assert "1 hal masih menunggu" in page.text
    assert waiting.title in page.text
    assert "80,00" not in page.text
    assert not page.offers("/daftar-pendek")


def test_a_camat_reads_the_own_place_alone_and_no_value(session: Session, opened: Opener, tied: factories.Team) -> None:
    address = f"/seleksi/{tied.period.id}"
    before = opened(tied.camat).open(address)
    assert "Belum ada keputusan" in before.text
    assert "80,00" not in before.text
    services.close_first_round(session, tied.period, actor=tied.chair, at=NOW, named=[NEXT_DOOR], reason="Lebih rapi.")
    after = opened(tied.camat).open(address)
    assert f"Kecamatan {MINE}" in after.text
    assert "Maju ke tahap 2" in after.text
    for hidden in (f"Kecamatan {NEXT_DOOR}", "80,00", "90,00"):
        assert hidden not in after.text


def test_nothing_of_the_first_round_is_written_any_more(session: Session, opened: Opener, tied: factories.Team) -> None:
    services.close_first_round(session, tied.period, actor=tied.chair, at=NOW, named=[NEXT_DOOR], reason="Lebih rapi.")
    page = opened(tied.camat)
    form = page.open(f"/penilaian/{tied.period.id}/klaim")
    assert form.status == 200
    indicator = tied.period.instrument.aspects[0].indicators[0].id
    sent = page.force(f"/penilaian/{tied.period.id}/klaim/{MINE}/{indicator}", form, statement="Kata lain.")
    assert (sent.status, sent.code) == (409, "round_closed")


@pytest.mark.parametrize("rule", [TieRule.EXTEND, TieRule.LOTS, TieRule.ASPECTS])
def test_the_rule_of_the_instrument_decides_without_the_team(session: Session, rule: TieRule) -> None:
    people = run(session, 90, 80, 80, 70, rule=rule)
    if rule is TieRule.ASPECTS:  # its one aspect is equal too: the team is asked after all
        made = services.close_first_round(
            session, people.period, actor=people.chair, at=NOW, named=[NEXT_DOOR], reason="Lebih rapi."
        )
    else:
        made = services.close_first_round(session, people.period, actor=people.chair, at=NOW, seed="b" * 32)
    inside = [one.region_code for one in made.places if one.inside]
    assert len(inside) == (3 if rule is TieRule.EXTEND else 2)
    assert made.seed == ("b" * 32 if rule is TieRule.LOTS else None)
    if rule is TieRule.LOTS:
        pools = queries.first_round_pools(people.period, queries.lists.scoring.standings(session, people.period))
        ((_, again),) = services.proposal(pools, 2, rule, seed=made.seed or "")
        assert again.inside == set(inside)


def final(session: Session, *values: int) -> factories.Team:
    people = run(session, *values)
    scoring.finalise(session, people.period, actor=people.chair, at=NOW)
    return people


def test_the_best_are_named_by_decree_and_sent_abroad_on_pages(session: Session, opened: Opener) -> None:
    people = final(session, 90, 80, 70, 60)
    chair, office, address = opened(people.chair), opened(secretariat(session)), f"/seleksi/{people.period.id}"
    page = chair.open(address)
    nameless = chair.send(page, "/penghargaan", number="", decided_on="2018-08-01")
    assert nameless.status == 422
    done = chair.send(page, "/penghargaan", number=PRESSED, decided_on="2018-08-01", reason=PRESSED)
    assert "1 terbaik ditetapkan." in done.text
    assert " ".join(PRESSED.split()) in done.text
    assert "90,00" in done.text
    page = office.open(address)
    assert f"Kecamatan {MINE} Peraih penghargaan" in page.text  # who, and no value
    assert f"Kecamatan {NEXT_DOOR} Peserta" in page.text
    assert "90,00" not in page.text
    words = {"starts_on": "2018-09-07", "ends_on": "2018-09-11", "city": PRESSED, "country_code": "KR"}
    assert office.send(page, "/studi", **{**words, "ends_on": "2018-09-01"}).code == "dates_reversed"
    assert office.send(page, "/studi", **{**words, "country_code": PRESSED}).status == 422
    shown = office.send(page, "/studi", **words, topics=["trotoar", "sungai"])
    assert "0/2 topik terisi" in shown.text
    assert " ".join(PRESSED.split()) in shown.text


def test_a_nominee_is_sent_on_the_page_and_a_second_one_is_told_why_not(session: Session, opened: Opener) -> None:
    people = final(session, 90, 80)
    above = factories.period(session, code="99", units=0)
    office, upper = opened(secretariat(session)), opened(secretariat(session, "99"))
    address = f"/seleksi/{people.period.id}"
    dossier = office.send(office.open(address), "/calon", unit=MINE, target_id=str(above.id), reason=PRESSED)
    assert dossier.path.startswith("/seleksi/calon/")
    assert f"Kecamatan {MINE}" in dossier.text
    assert " ".join(PRESSED.split()) in dossier.text
    assert "90,00" not in dossier.text
    second = {"unit": NEXT_DOOR, "target_id": str(above.id)}
    assert office.send(office.open(address), "/calon", **second).code == "too_many_nominees"
    received = upper.open(f"/seleksi/{above.id}")
    assert f"Kecamatan {MINE}" in received.text
    assert "Jatah calon disimpan" in upper.send(received, "/jatah-calon", most="2").text
    assert f"Kecamatan {NEXT_DOOR}" in office.send(office.open(address), "/calon", **second).text


def test_a_new_version_of_the_result_is_awarded_anew(session: Session) -> None:
    people = final(session, 90, 80)
    made = services.make_award(session, people.period, Decree("SK 1", date(2018, 8, 1)), actor=people.chair, at=NOW)
    assert [one.region_code for one in made.places if one.inside] == [MINE]
    award = queries.award(session, people.period)
    assert award is not None
    assert award.result_id == queries.lists.scoring.latest_result(session, people.period).id  # type: ignore[union-attr]


def test_a_first_round_of_a_new_version_can_be_closed_again(session: Session, tied: factories.Team) -> None:
    services.close_first_round(session, tied.period, actor=tied.chair, at=NOW, named=[NEXT_DOOR], reason="Lebih rapi.")
    with factories.beyond_the_rules(session):
        tied.period.version = 2  # as reopening leaves it
    third = f"{KABUPATEN}.03"
    services.close_first_round(session, tied.period, actor=tied.chair, at=NOW, named=[third], reason="Dinilai ulang.")
    made = queries.shortlist(session, tied.period)
    assert made is not None
    assert (made.version, {one.region_code for one in made.places if one.inside}) == (2, {MINE, third})
    rounds = {one.region_code: one.round for one in session.get_one(Period, tied.period.id).participants}
    assert (rounds[NEXT_DOOR], rounds[third]) == (1, 2)
