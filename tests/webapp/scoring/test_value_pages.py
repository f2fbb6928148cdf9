"""Levels, counts, moderation and the standing in the browser: what each person is shown, and what nobody is."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NEXT_DOOR, NOW
from tests.webapp.browsing import HOSTILE
from tests.webapp.conftest import Opener
from tests.webapp.counting import statements
from tests.webapp.scoring import valuing
from tests.webapp.scoring.test_values import apart, leveled
from tests.webapp.scoring.valuing import aspect, counted, graded, indicator
from webapp.evidence.rules import State
from webapp.programme.rules import Method
from webapp.scoring import services
from webapp.scoring.models import Claim, Moderation, Score


def test_a_camat_claims_a_level_and_a_number_and_sees_what_is_missing(session: Session, opened: Opener) -> None:
    ranged = graded(("Sampai lima", "1"), ("Enam atau lebih", "3"))
    ranged.name, ranged.levels[0].upper, ranged.levels[1].lower = "Rapat", Decimal(5), Decimal(6)
    named = graded(("Belum ada", "0"), ("Ada", "5"))
    run = valuing.period(
        session,
        aspect("Koordinasi", named, ranged, counted(), indicator("Paparan", method=Method.PRESENTATION)),
        aspect("Lanjutan", indicator("Wawancara mendalam"), part=2),
    )
    people = valuing.team(session, run)
    session.commit()
    at = f"/penilaian/{run.id}/klaim"
    browser = opened(people.camat)
    page = browser.open(at)
    assert "0 dari 3" in page.text
    assert "Belum diklaim: 3 indikator" in page.text
    assert "Dinilai pada pemaparan" in page.text
    assert "Wawancara mendalam" not in page.text
    assert "2 poin tiap kegiatan, paling banyak 10" in page.text
    page = browser.send(
        page, f"/klaim/{factories.MINE}/{named.id}", statement="Perbup terbit.", level=named.levels[1].id
    )
    assert "Tingkat yang diklaim: Ada (5 poin)" in page.text
    page = browser.send(page, f"/klaim/{factories.MINE}/{ranged.id}", statement="Dua belas rapat.", quantity="12")
    assert "Enam atau lebih (3 poin) · angka 12" in page.text
    refused = browser.send(browser.open(at), f"/klaim/{factories.MINE}/{ranged.id}", statement="x", quantity="5,5")
    assert refused.code == "level_unknown"
    assert session.query(Claim).filter_by(indicator_id=ranged.id).one().quantity == 12


def test_an_assessor_is_offered_the_claimed_level_and_the_lower_ones(session: Session, opened: Opener) -> None:
    people, made = leveled(session)
    session.commit()
    browser = opened(people.assessor)
    page = browser.open(f"/penilaian/{people.period.id}/nilai/{made.region_code}")
    assert "Rancangan (2,5 poin)" in page.text
    assert "Ada (5 poin)" not in page.text
    browser.send(page, f"/nilai/{made.id}", value="2,50")
    assert session.query(Score).one().value == Decimal("2.50")
    refused = browser.send(page, f"/nilai/{made.id}", value="5")
    assert refused.code == "above_the_claim"


def test_counted_events_are_shown_to_both_and_rated_by_nobody(session: Session, opened: Opener) -> None:
    run = valuing.period(session, aspect("Inovasi", counted(evidence_required=2)))
    people = valuing.team(session, run)
    asked = run.instrument.aspects[0].indicators[0]
    cases = [factories.case(session, people, state) for state in (State.VERIFIED_DESK, State.UNDER_REVIEW)]
    made = valuing.claim(session, people, asked, *cases)
    session.commit()
    page = opened(people.camat).open(f"/penilaian/{run.id}/klaim")
    assert "1 kegiatan terhitung" in page.text
    assert "1 dari 2 bukti yang diminta sudah terverifikasi" in page.text
    page = opened(people.assessor).open(f"/penilaian/{run.id}/nilai/{made.region_code}")
    assert "Dihitung dari kegiatan yang terverifikasi" in page.text
    assert not page.offers(f"/nilai/{made.id}")


def test_a_chair_moderates_and_assessors_see_the_reason_but_no_other_value(session: Session, opened: Opener) -> None:
    people, made, (low, _, _) = apart(session, "41", "83", "77")
    session.commit()
    at = f"/penilaian/{people.period.id}"
    chair = opened(people.chair)
    gate = chair.open(f"{at}/gerbang")
    assert f"{at}/moderasi/{made.id}" in gate.links
    page = chair.open(f"{at}/moderasi/{made.id}")
    assert all(f"{value},00" in page.text for value in (41, 83, 77))
    page = chair.send(page, "", reason="")
    assert page.status == 422
    page = chair.send(page, "", reason=HOSTILE[0])
    assert HOSTILE[0] in page.text
    assert "<script>window.jahat" not in page.html
    sheet = opened(low).open(f"{at}/nilai/{made.region_code}")
    assert "Ketua tim membuka moderasi" in sheet.text
    assert HOSTILE[0] in sheet.text
    assert "83,00" not in sheet.text
    assert "77,00" not in sheet.text
    assert "Sedang dimoderasi" in opened(low).open(f"{at}/nilai").text
    page = chair.send(page, "", reason="Sudah dibahas; tiap penilai tetap pada nilainya.")
    assert "Selisih tetap berlaku menurut keputusan ketua" in page.text
    assert f"{at}/moderasi/{made.id}" not in chair.open(f"{at}/gerbang").links
    assert [one.step for one in session.query(Moderation).order_by(Moderation.id)] == ["open", "stands"]


def test_what_was_set_aside_can_be_taken_back_on_the_gate(session: Session, opened: Opener) -> None:
    people = factories.team(session)
    made = factories.claim(session, people)
    services.set_aside(session, made, "Tidak ada bukti.", actor=people.chair, at=NOW)
    session.commit()
    chair = opened(people.chair)
    page = chair.open(f"/penilaian/{people.period.id}/gerbang")
    chair.send(page, f"/klaim/{made.id}/kembalikan", reason="Bukti terkirim.")
    session.expire_all()
    assert made.set_aside_at is None


def test_the_standing_shows_pools_rounds_grades_and_each_aspect_to_the_chair_alone(
    session: Session, opened: Opener
) -> None:
    run = valuing.period(
        session, aspect("Kuat", counted(cap="4"), weight="30"), aspect("Lemah", indicator(), weight="70"),
        aspect("Lanjutan", indicator("Wawancara"), part=2), carry_share=Decimal(40),
        grades=(("Baik", "30"), ("Cukup", "0")),
    )  # fmt: skip
    people = valuing.team(session, run)
    cases = [factories.case(session, people, State.VERIFIED_DESK) for _ in range(2)]
    valuing.claim(session, people, run.instrument.aspects[0].indicators[0], *cases)
    next(one for one in run.participants if one.region_code == NEXT_DOOR).round = 2
    session.commit()
    at = f"/penilaian/{run.id}/peringkat"
    page = opened(people.chair).open(at)
    assert page.status == 200
    assert "Belum final" in page.text
    names = [f"Kecamatan {code}" for code in (NEXT_DOOR, factories.MINE)]
    assert page.text.index(names[0]) < page.text.index(names[1])  # the second round stands before the first
    assert "100,00" in page.text  # the strong aspect, apart from the total of 30
    assert "30,00 pertama Baik 100,00" in page.text
    assert "Cukup" in page.text
    for who in (people.leader, people.camat, people.assessor):
        assert opened(who).open(at).status == 403
    assert opened(people.chair).open(f"{at}?kelompok=lain").status == 404


def test_a_page_of_the_standing_costs_the_same_for_few_and_for_many(session: Session, opened: Opener) -> None:
    run = valuing.period(session, aspect("Inovasi", indicator(), counted()))
    people = valuing.team(session, run)
    rated, events = run.instrument.aspects[0].indicators
    valuing.claim(session, people, rated, factories.case(session, people, State.VERIFIED_DESK))
    session.commit()
    chair, at = opened(people.chair), f"/penilaian/{run.id}/peringkat"
    chair.open(at)
    with statements(session.connection()) as few:
        chair.open(at)
    valuing.claim(session, people, events, *(factories.case(session, people, State.VERIFIED_DESK) for _ in range(3)))
    for code in (NEXT_DOOR, "99.01.03"):
        valuing.claim(session, people, rated, by=factories.camat(session, code))
    session.commit()
    with statements(session.connection()) as many:
        chair.open(at)
    assert len(many) == len(few)
