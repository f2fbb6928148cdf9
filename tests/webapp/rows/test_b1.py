"""B1: a report per criterion, verified online; only what was accepted earns points; competitors stay outside."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.factories import NOW
from tests.webapp.conftest import Opener
from tests.webapp.rows import ground
from tests.webapp.rows.sip import camat, sip
from tests.webapp.scoring import valuing
from webapp.evidence import services as evidence
from webapp.evidence.rules import State
from webapp.scoring import queries, services
from webapp.scoring.rules import ClaimStep
from webapp.verification import services as desk
from webapp.verification.rules import ReturnReason


def test_b1_a_report_under_a_criterion_earns_points_once_the_desk_accepts_it(session: Session, opened: Opener) -> None:
    run = sip(session)
    people = run.people
    case = ground.filed(
        session, people, people.camat, State.SUBMITTED, lat=-6.8849, lon=107.6154, on=date(2017, 3, 6),
        title="Rapat koordinasi camat dan lurah", kind_code="rapat", activity_code="rapat_koordinasi",
    )  # fmt: skip
    made = valuing.claim(session, people, run.general, case)
    assert queries.standing_of(session, made).step is ClaimStep.SUPPORTED
    assert run.total(session) == "0.00"

    desk.take(session, case.id, actor=people.desk, at=NOW, minutes=30)
    desk.return_for_repair(
        session, case.id, actor=people.desk, at=NOW, note="Daftar hadir belum terbaca.",
        reason_code=ReturnReason.PHOTO_UNCLEAR,
    )  # fmt: skip
    assert (case.stands, run.total(session)) == (State.RETURNED, "0.00")
    assert case.moves[-1].note == "Daftar hadir belum terbaca."

    evidence.submit(session, case, actor=people.camat, at=NOW)
    desk.take(session, case.id, actor=people.desk, at=NOW, minutes=30)
    desk.accept(session, case.id, actor=people.desk, at=NOW)
    assert queries.standing_of(session, made).step is ClaimStep.PROVEN
    services.score(session, made, Decimal(80), actor=people.assessor, at=NOW)
    assert (run.group(session, 1), run.total(session)) == ("80.00", "32.00")  # 40 % of the whole, contoh

    rival = camat(session, "32.73.20")
    session.commit()
    at = f"/penilaian/{people.period.id}"
    page = opened(people.camat).open(f"{at}/klaim")
    assert "Dinilai" in page.text
    browser = opened(rival)
    assert browser.open(f"{at}/klaim?unit=32.73.02").status == 404
    assert browser.open(f"/bukti/{case.id}").status == 404
    for door in (f"{at}/nilai/32.73.02", f"{at}/peringkat", f"{at}/gerbang", f"{at}/moderasi/{made.id}"):
        assert browser.open(door).status == 403, door
    assert "Rapat koordinasi" not in browser.open(f"{at}/klaim").text
