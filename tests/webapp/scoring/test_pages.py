"""Claims, scores and the gate in the browser: each person does their part, and sees no more than their part."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW
from tests.webapp.browsing import HOSTILE, Page
from tests.webapp.conftest import Opener
from tests.webapp.counting import statements
from webapp.access import Role
from webapp.evidence import services as evidence
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme.rules import Mode, PeriodState
from webapp.scoring import services
from webapp.scoring.models import Claim, ResultSnapshot, Score


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session, Mode.FIELD)


def proven(session: Session, people: factories.Team, **changes: Any) -> tuple[Evidence, Claim]:
    """A claim whose one case was found on site."""
    case = factories.case(session, people, State.AWAITING_FIELD, **changes)
    made = factories.claim(session, people, case)
    factories.visit(session, case, people.surveyor)
    evidence.move(session, case, Move.CONFIRM_ON_SITE, actor=people.surveyor, at=NOW)
    session.flush()
    return case, made


def pages(people: factories.Team) -> dict[str, str]:
    """The addresses of the period, and one unit's sheet."""
    at = f"/penilaian/{people.period.id}"
    return {"claims": f"{at}/klaim", "sheet": f"{at}/nilai", "unit": f"{at}/nilai/{MINE}", "gate": f"{at}/gerbang",
            "result": f"{at}/hasil"}  # fmt: skip


def shown(page: Page, text: str) -> bool:
    """Whether people can read the text on the page, letter by letter (blanks aside)."""
    return " ".join(text.split()) in page.text


# --- the camat ---


def test_a_camat_claims_ties_a_case_and_lets_it_go_again(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    case = factories.case(session, people, title="Gang Pelangi")
    indicator = people.period.instrument.aspects[0].indicators[0].id
    browser = opened(people.camat)
    page = browser.open(pages(people)["claims"])
    assert shown(page, "0 dari 1")
    page = browser.send(page, f"/klaim/{MINE}/{indicator}", statement="  Kami mengecat gang.\nBersama warga. ")
    assert shown(page, "Kami mengecat gang. Bersama warga.")
    assert shown(page, "Diajukan, belum ada bukti terkirim")
    made = session.scalars(select(Claim)).one()
    assert made.statement.splitlines() == ["Kami mengecat gang.", "Bersama warga."]
    page = browser.send(page, f"/klaim/{made.id}/bukti", evidence_id=str(case.id))
    assert f"/bukti/{case.id}" in page.links
    assert not page.offers("/bukti"), "the only case is tied already"
    page = browser.send(page, f"/klaim/{made.id}/lepas")
    assert f"/bukti/{case.id}" not in page.links
    assert page.offers("/bukti")


def test_the_camat_next_door_cannot_reach_the_claim(session: Session, people: factories.Team, opened: Opener) -> None:
    case, made = proven(session, people)
    indicator, at = made.indicator_id, f"/penilaian/{people.period.id}"
    neighbour = opened(factories.camat(session, NEXT_DOOR))
    page = neighbour.open(pages(people)["claims"])
    assert page.status == 200
    assert not shown(page, made.statement)
    assert not shown(page, case.title)
    assert neighbour.open(pages(people)["claims"] + f"?unit={MINE}").status == 404
    for path, fields in (
        (f"{at}/klaim/{MINE}/{indicator}", {"statement": "rebut"}),
        (f"{at}/klaim/{made.id}/bukti", {"evidence_id": case.id}),
        (f"{at}/klaim/{made.id}/lepas", {"evidence_id": case.id}),
    ):
        assert neighbour.force(path, page, **fields).status == 404
    for path in (pages(people)["sheet"], pages(people)["unit"], pages(people)["gate"], pages(people)["result"]):
        assert neighbour.open(path).status == 403
    assert neighbour.force(f"{at}/nilai/{made.id}", page, value="100").status == 403
    assert neighbour.force(f"{at}/final", page).status == 403
    assert neighbour.force(f"{at}/klaim/{made.id}/kesampingkan", page, reason="x").status == 403


def test_a_camat_of_another_kabupaten_finds_no_such_period(
    people: factories.Team, session: Session, opened: Opener
) -> None:
    stranger = opened(factories.camat(session, FAR))
    assert stranger.open(pages(people)["claims"]).status == 404
    assert not shown(stranger.open("/penilaian/"), people.period.name)


def test_a_camat_cannot_tie_a_neighbours_case_nor_untie_a_judged_one(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    case, made = proven(session, people)
    theirs = factories.case(session, people, unit=NEXT_DOOR)
    browser = opened(people.camat)
    page = browser.open(pages(people)["claims"])
    at = f"/penilaian/{people.period.id}/klaim/{made.id}"
    refused = browser.force(f"{at}/bukti", page, evidence_id=theirs.id)
    assert (refused.status, refused.code) == (422, "foreign_evidence")
    refused = browser.force(f"{at}/lepas", page, evidence_id=case.id)
    assert (refused.status, refused.code) == (409, "evidence_settled")
    for nonsense in ("99999999999999", "-1", "abc", ""):
        for verb in ("bukti", "lepas"):
            assert browser.force(f"{at}/{verb}", page, evidence_id=nonsense).status in (404, 422)


def test_an_empty_statement_is_refused_with_words(session: Session, people: factories.Team, opened: Opener) -> None:
    browser = opened(people.camat)
    page = browser.open(pages(people)["claims"])
    indicator = people.period.instrument.aspects[0].indicators[0].id
    page = browser.send(page, f"/klaim/{MINE}/{indicator}", statement=" \N{ZERO WIDTH SPACE} ")
    assert shown(page, "Isian ini tidak boleh kosong.")
    assert session.scalars(select(Claim)).all() == []


# --- the assessor ---


def test_an_assessor_scores_with_a_comma_and_changes_the_own_score(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    _, made = proven(session, people)
    browser = opened(people.assessor)
    listed = browser.open(pages(people)["sheet"])
    assert pages(people)["unit"] in listed.links
    page = browser.open(pages(people)["unit"])
    page = browser.send(page, f"/nilai/{made.id}", value="81,5", note="Gang bersih.")
    assert shown(page, "Nilai Anda: 81,50")
    assert page.form(f"/nilai/{made.id}").fields["value"] == ["81,50"]
    browser.send(page, f"/nilai/{made.id}", value="82.25")
    given = session.scalars(select(Score)).one()
    assert (given.value, given.note, given.visit_id is not None) == (Decimal("82.25"), "Gang bersih.", True)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("100,01", "Harus antara 0 dan 100."),
        ("-1", "Harus antara 0 dan 100."),
        ("80,005", "Paling banyak 2 angka di belakang koma."),
        ("NaN", "Harus angka, misalnya 75,5."),
        ("", "Isian ini wajib."),
    ],
)
def test_a_score_that_is_none_is_refused_beside_its_field_and_keeps_the_note(
    session: Session, people: factories.Team, opened: Opener, value: str, sentence: str
) -> None:
    _, made = proven(session, people)
    browser = opened(people.assessor)
    page = browser.send(browser.open(pages(people)["unit"]), f"/nilai/{made.id}", value=value, note="jangan hilang")
    assert page.status == 422
    assert shown(page, sentence)
    assert page.form(f"/nilai/{made.id}").fields["note"] == ["jangan hilang"]
    assert page.form(f"/nilai/{made.id}").fields["value"] == [value]
    assert session.scalars(select(Score)).all() == []


def test_no_assessor_sees_what_another_gave(session: Session, people: factories.Team, opened: Opener) -> None:
    _, made = proven(session, people)
    services.score(session, made, Decimal("63.21"), actor=people.assessor, at=NOW, remark="catatan rahasia")
    second = factories.assessor(session)
    browser = opened(second)
    for path in (pages(people)["sheet"], pages(people)["unit"]):
        page = browser.open(path)
        assert page.status == 200
        assert "63,21" not in page.html
        assert "63.21" not in page.html
        assert "catatan rahasia" not in page.html
        assert not shown(page, people.assessor.name)
    for path in (pages(people)["gate"], pages(people)["result"]):
        assert browser.open(path).status == 403


def test_a_claim_that_is_not_proven_offers_no_score_and_takes_none(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    made = factories.claim(session, people, factories.case(session, people, State.VERIFIED_DESK))
    browser = opened(people.assessor)
    page = browser.open(pages(people)["unit"])
    assert shown(page, "indikator ini meminta cek lapangan")
    assert not page.offers(f"/nilai/{made.id}")
    refused = browser.force(f"/penilaian/{people.period.id}/nilai/{made.id}", page, value="80")
    assert (refused.status, refused.code) == (409, "claim_not_proven")


def test_a_draft_of_the_unit_is_nobodys_business(session: Session, people: factories.Team, opened: Opener) -> None:
    factories.claim(session, people, factories.case(session, people, title="Belum selesai"))
    for person in (people.assessor, people.chair):
        browser = opened(person)
        for path in (pages(people)["unit"] if person is people.assessor else pages(people)["gate"],):
            assert not shown(browser.open(path), "Belum selesai")


def test_who_served_in_the_unit_is_told_so_and_cannot_score_it(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    _, made = proven(session, people)
    insider = factories.account(session, (Role.ASSESSOR, KABUPATEN), (Role.CONTRIBUTOR, f"{MINE}"))
    browser = opened(insider)
    assert shown(browser.open(pages(people)["sheet"]), "Tidak boleh Anda nilai")
    page = browser.open(pages(people)["unit"])
    assert not page.offers(f"/nilai/{made.id}")
    refused = browser.force(f"/penilaian/{people.period.id}/nilai/{made.id}", page, value="80")
    assert (refused.status, refused.code) == (403, "conflict_of_interest")


def test_a_score_changed_in_another_window_is_not_overwritten_but_a_double_click_is_one_score(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    _, made = proven(session, people)
    browser = opened(people.assessor)
    empty = browser.open(pages(people)["unit"])
    browser.send(empty, f"/nilai/{made.id}", value="70")
    assert browser.send(empty, f"/nilai/{made.id}", value="70").status == 200
    refused = browser.send(empty, f"/nilai/{made.id}", value="90")
    assert (refused.status, refused.code) == (409, "score_changed")
    assert session.scalars(select(Score.value)).one() == 70


@pytest.mark.parametrize("version", ["²", "abc", "9" * 40, "-1"])
def test_a_version_that_is_none_harms_nothing(
    session: Session, people: factories.Team, opened: Opener, version: str
) -> None:
    _, made = proven(session, people)
    browser = opened(people.assessor)
    page = browser.open(pages(people)["unit"])
    assert browser.send(page, f"/nilai/{made.id}", value="70", version=version).status == 200


def test_an_assessor_of_the_city_scores_nothing_here(session: Session, people: factories.Team, opened: Opener) -> None:
    proven(session, people)
    browser = opened(factories.assessor(session, KOTA))
    for path in (pages(people)["sheet"], pages(people)["unit"]):
        assert browser.open(path).status == 404
    own = opened(people.assessor)
    assert own.open(f"{pages(people)['sheet']}/{FAR}").status == 404


# --- the chair ---


def test_the_chair_sees_every_blocker_with_a_link_that_works(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    waiting = factories.case(session, people, State.AWAITING_FIELD, title="Menunggu lapangan")
    loose = factories.case(session, people, State.SUBMITTED, title="Tanpa klaim")
    factories.claim(session, people, waiting)
    bare = factories.claim(session, people, unit=NEXT_DOOR)
    browser = opened(people.chair)
    page = browser.open(pages(people)["gate"])
    assert shown(page, "Belum dapat difinalkan: 3 hal masih menunggu.")
    for case in (waiting, loose):
        assert shown(page, case.title)
        assert f"/bukti/{case.id}" in page.links
        assert shown(browser.open(f"/bukti/{case.id}"), case.title)
    assert f"#klaim-{bare.id}" in page.links
    assert f"klaim-{bare.id}" in page.ids
    anchors = [link.removeprefix("#") for link in page.links if link.startswith("#") and link != "#isi"]
    assert set(anchors) <= set(page.ids)


def test_finalisation_is_refused_with_the_list_and_then_allowed(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    case, made = proven(session, people)
    chair, assessor = opened(people.chair), opened(people.assessor)
    refused = chair.send(chair.open(pages(people)["gate"]), "/final")
    assert (refused.status, refused.code) == (409, "gate_closed")
    assert shown(refused, "Kuorum penilai belum terpenuhi (0 dari 1)")
    assert f"#klaim-{made.id}" in refused.links
    session.expire_all()
    assert people.period.state == PeriodState.OPEN

    assessor.send(assessor.open(pages(people)["unit"]), f"/nilai/{made.id}", value="81,50")
    page = chair.open(pages(people)["gate"])
    assert shown(page, "Nilai dapat difinalkan.")
    result = chair.send(page, "/final")
    assert result.path == pages(people)["result"]
    assert shown(result, "Nilai sudah final dan terkunci.")
    assert shown(result, "Isi cocok dengan sidik jari")
    assert re.search(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", "".join(result.text.split()))
    assert shown(result, "Kecamatan 99.01.01 1 81,50")
    session.expire_all()
    assert case.locked_at is not None
    again = chair.force(f"/penilaian/{people.period.id}/final", result)
    assert (again.status, again.code) == (409, "period_final")


def test_a_result_that_does_not_match_its_hash_says_so(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    _, made = proven(session, people)
    services.score(session, made, Decimal(50), actor=people.assessor, at=NOW)
    sealed = services.finalise(session, people.period, actor=people.chair, at=NOW)
    slipped_in = {**sealed.content, "ranking": [{**sealed.content["ranking"][0], "total": "99.99"}]}
    session.add(
        ResultSnapshot(
            period_id=people.period.id, version=2, content=slipped_in, sha256=sealed.sha256, finalised_at=NOW,
            finalised_by=people.chair.id,
        )
    )  # fmt: skip
    page = opened(people.chair).open(pages(people)["result"])
    assert shown(page, "99,99")
    assert shown(page, "Isi hasil ini tidak cocok dengan sidik jarinya.")


def test_the_leader_sees_the_result_only_after_it_is_final(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    _, made = proven(session, people)
    services.score(session, made, Decimal("77.70"), actor=people.assessor, at=NOW)
    leader = opened(people.leader)
    assert leader.open(pages(people)["result"]).status == 404
    assert leader.open(pages(people)["gate"]).status == 403
    assert pages(people)["result"] not in leader.open("/penilaian/").links
    services.finalise(session, people.period, actor=people.chair, at=NOW)
    session.commit()
    assert pages(people)["result"] in leader.open("/penilaian/").links
    page = leader.open(pages(people)["result"])
    assert shown(page, "77,70")
    stranger = opened(factories.leader(session, KOTA))
    assert stranger.open(pages(people)["result"]).status == 404


def test_the_secretariat_sees_what_waits_but_neither_scores_nor_the_button(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    _, made = proven(session, people)
    services.score(session, made, Decimal("63.21"), actor=people.assessor, at=NOW)
    browser = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    page = browser.open(pages(people)["gate"])
    assert page.status == 200
    assert "63,21" not in page.html
    assert not page.offers("/final")
    assert browser.force(f"/penilaian/{people.period.id}/final", page).status == 403


def test_a_claim_is_set_aside_for_a_reason_and_a_proven_one_is_not(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    _, good = proven(session, people)
    bare = factories.claim(session, people, unit=NEXT_DOOR)
    chair = opened(people.chair)
    page = chair.open(pages(people)["gate"])
    assert not page.offers(f"/{good.id}/kesampingkan")
    refused = chair.send(page, f"/{bare.id}/kesampingkan", reason="  ")
    assert (refused.status, refused.code) == (422, "note_missing")
    page = chair.send(page, f"/{bare.id}/kesampingkan", reason="Pleno 6 Agustus: tanpa bukti")
    assert shown(page, "Pleno 6 Agustus: tanpa bukti")
    refused = chair.force(f"/penilaian/{people.period.id}/klaim/{good.id}/kesampingkan", page, reason="iri")
    assert (refused.status, refused.code) == (409, "claim_settled")


def test_after_the_seal_no_page_offers_a_change_and_none_is_taken(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    case, made = proven(session, people)
    services.score(session, made, Decimal(50), actor=people.assessor, at=NOW)
    services.finalise(session, people.period, actor=people.chair, at=NOW)
    at = f"/penilaian/{people.period.id}"
    camat, assessor, chair = opened(people.camat), opened(people.assessor), opened(people.chair)
    page = camat.open(pages(people)["claims"])
    assert not any(page.offers(ending) for ending in ("/bukti", "/lepas", f"/{made.indicator_id}"))
    for path, fields in (
        (f"{at}/klaim/{MINE}/{made.indicator_id}", {"statement": "terlambat"}),
        (f"{at}/klaim/{made.id}/bukti", {"evidence_id": case.id}),
        (f"{at}/klaim/{made.id}/lepas", {"evidence_id": case.id}),
    ):
        assert camat.force(path, page, **fields).code == "period_final"
    page = assessor.open(pages(people)["unit"])
    assert not page.offers(f"/nilai/{made.id}")
    assert assessor.force(f"{at}/nilai/{made.id}", page, value="99").code == "period_final"
    page = chair.open(pages(people)["gate"])
    assert not page.offers("/final")
    assert chair.force(f"{at}/klaim/{made.id}/kesampingkan", page, reason="x").code == "period_final"


# --- everybody ---


def test_nobody_is_led_to_the_door(people: factories.Team, opened: Opener) -> None:
    nobody = opened(None)
    for path in ("/penilaian/", *pages(people).values()):
        answer = nobody.client.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/masuk")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_shown_as_they_were_written(
    session: Session, people: factories.Team, opened: Opener, text: str
) -> None:
    _, made = proven(session, people, title=f"Judul {text}")
    made.statement = f"Uraian {text}"
    bare = factories.claim(session, people, unit=NEXT_DOOR)
    bare.statement = f"Lain {text}"
    people.period.name = f"Periode {text}"
    services.score(session, made, Decimal(50), actor=people.assessor, at=NOW, remark=f"Catatan {text}")
    services.set_aside(session, bare, f"Alasan {text}", actor=people.chair, at=NOW)
    seen = {
        "claims": (people.camat, ["Judul", "Uraian", "Periode"]),
        "unit": (people.assessor, ["Judul", "Uraian", "Catatan", "Periode"]),
        "gate": (people.chair, ["Alasan", "Periode"]),
    }
    for name, (person, words) in seen.items():
        page = opened(person).open(pages(people)[name])
        assert page.status == 200
        assert "<img src=x" not in page.html
        assert "<script>window" not in page.html
        for word in words:
            assert shown(page, f"{word} {text}"), (name, word)
    chair = opened(people.chair)
    result = chair.send(chair.open(pages(people)["gate"]), "/final")
    assert shown(result, f"Periode {text}")
    assert shown(result, "Isi cocok dengan sidik jari")


def test_every_page_speaks_english_too(session: Session, people: factories.Team, opened: Opener) -> None:
    """A page in English opens with decimal points; the words themselves are counted by a door test."""
    _, made = proven(session, people)
    services.score(session, made, Decimal("81.50"), actor=people.assessor, at=NOW)
    people_by_page = {"claims": people.camat, "sheet": people.assessor, "unit": people.assessor, "gate": people.chair}
    for name, person in people_by_page.items():
        browser = opened(person)
        browser.force("/bahasa", browser.open("/"), locale="en", next="/")
        page = browser.open(pages(people)[name])
        assert (page.status, '<html lang="en">' in page.html) == (200, True)
        assert ("81.50" in page.html) is (name in ("unit", "gate"))


def test_the_pages_ask_as_often_for_many_claims_as_for_few(
    session: Session, people: factories.Team, opened: Opener, connection: Connection
) -> None:
    """No page loads its lines one by one."""
    browsers = {"sheet": opened(people.assessor), "unit": opened(people.assessor), "gate": opened(people.chair),
                "claims": opened(people.camat)}  # fmt: skip

    def asked() -> dict[str, int]:
        session.commit()
        told = {}
        for name, browser in browsers.items():
            with statements(connection) as seen:
                assert browser.open(pages(people)[name]).status == 200
            told[name] = len(seen)
        return told

    proven(session, people)
    few = asked()
    for unit in (NEXT_DOOR, "99.01.03", "99.01.04"):
        cases = [factories.case(session, people, State.AWAITING_FIELD, unit=unit) for _ in range(2)]
        factories.claim(session, people, *cases, unit=unit)
    more = [factories.case(session, people, State.AWAITING_FIELD) for _ in range(2)]
    made = factories.claim(session, people, *more)
    assert len(made.links) == 3
    assert asked() == few
    assert max(few.values()) <= 24


def test_finalisation_reads_everything_in_a_few_questions(
    session: Session, people: factories.Team, connection: Connection
) -> None:
    _, made = proven(session, people)
    services.score(session, made, Decimal(50), actor=people.assessor, at=NOW)
    for _ in range(6):
        factories.case(session, people, State.REJECTED)
    session.commit()
    with statements(connection) as seen:
        services.finalise(session, people.period, actor=people.chair, at=NOW)
    questions = [one for one in seen if one.startswith("SELECT")]
    assert len(questions) <= 32, "\n\n".join(questions)
