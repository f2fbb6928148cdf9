"""B2: what asks for the field counts once a verifier stood there, with an own photo, a checklist and a verdict."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.factories import NOW
from tests.webapp.rows import ground
from tests.webapp.rows.sip import sip
from tests.webapp.scoring import valuing
from webapp.evidence.rules import State
from webapp.scoring import queries, services
from webapp.scoring.errors import ClaimNotProven, GateClosed
from webapp.scoring.models import Score
from webapp.scoring.rules import Reason
from webapp.verification import services as field
from webapp.verification.errors import TooFarAway, VisitNotComplete
from webapp.verification.rules import Verdict, checklist_of
from webapp.verification.services import CheckIn


def test_b2_without_the_visit_the_claim_does_not_count_and_nothing_is_final(session: Session) -> None:
    run = sip(session)
    people = run.people
    case = ground.filed(
        session, people, people.camat, State.VERIFIED_DESK, lat=-6.8846, lon=107.6150, on=date(2017, 5, 2),
        title="Kebersihan saluran dan taman kelurahan", kind_code="infrastruktur", activity_code="kebersihan_keindahan",
    )  # fmt: skip
    made = valuing.claim(session, people, run.order, case)
    with pytest.raises(ClaimNotProven):  # the desk's yes alone is not enough
        services.score(session, made, Decimal(90), actor=people.assessor, at=NOW)
    with pytest.raises(GateClosed):
        services.finalise(session, people.period, actor=people.chair, at=NOW)
    assert run.total(session) == "0.00"

    field.send_to_field(session, case.id, actor=people.desk, at=NOW)
    far = CheckIn(LonLat(107.70, -6.95), 8.0, NOW)
    with pytest.raises(TooFarAway):
        field.check_in(session, case.id, far, actor=people.surveyor, at=NOW, radius_m=100)
    there = CheckIn(LonLat(107.6151, -6.8846), 8.0, NOW)
    visit = field.check_in(session, case.id, there, actor=people.surveyor, at=NOW, radius_m=100)
    assert visit.metres_off is not None
    assert visit.metres_off < 20
    ticked = [item.code for item in checklist_of(case.activity.check_kind if case.activity else None)]
    with pytest.raises(VisitNotComplete):  # no own photo yet
        field.complete_visit(
            session, case.id, actor=people.surveyor, at=NOW, checked=ticked, verdict=Verdict.MATCHES, note="Bersih."
        )
    field.add_visit_photos(
        session, case.id, [factories.incoming(there.place)], actor=people.surveyor, at=NOW, intake=people.intake
    )
    field.complete_visit(
        session, case.id, actor=people.surveyor, at=NOW, checked=ticked, verdict=Verdict.MATCHES, note="Bersih."
    )
    assert case.stands is State.VERIFIED_FIELD
    services.score(session, made, Decimal(90), actor=people.assessor, at=NOW)
    assert (run.group(session, 2), run.total(session)) == ("90.00", "27.00")  # 30 % of the whole, contoh

    given = session.query(Score).filter_by(claim_id=made.id).one()
    assert given.visit_id == visit.id
    session.flush()
    with pytest.raises(IntegrityError, match="final_needs_visit"), session.begin_nested():
        session.execute(text("UPDATE score SET visit_id = NULL, finalised_at = now() WHERE id = :id"), {"id": given.id})
    sealed = services.finalise(session, people.period, actor=people.chair, at=NOW)
    assert queries.sealed_claims(session, sealed)[0]["scores"][0]["visit"] == visit.id


def test_b2_a_visit_that_finds_something_else_leaves_the_claim_without_points(session: Session) -> None:
    run = sip(session)
    people = run.people
    case = ground.filed(  # BDG-10: the pavement is taken again
        session, people, people.camat, State.MISMATCH, lat=-6.8841, lon=107.6124, on=date(2017, 5, 9),
        title="Penertiban trotoar", kind_code="infrastruktur", activity_code="kebersihan_keindahan",
    )  # fmt: skip
    made = valuing.claim(session, people, run.order, case)
    with pytest.raises(ClaimNotProven):
        services.score(session, made, Decimal(90), actor=people.assessor, at=NOW)
    known = queries.standings(session, people.period)
    assert [one.reason for one in queries.blockers(session, people.period, known)] == []
    assert Reason.CLAIM_WAITING not in {one.state for one in known}
    assert run.total(session) == "0.00"
