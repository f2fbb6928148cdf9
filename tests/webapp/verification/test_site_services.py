"""On site: who stands there with a fix and a camera settles the case; who does not, changes nothing."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.columns import read_point
from geo.values import LonLat
from tests import factories
from tests.factories import KOTA, MINE, NOW
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.errors import NotAllowed, NotFound
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence, Photo, RefusedFile
from webapp.evidence.rules import Move, State
from webapp.evidence.services import Incoming, RefusedResult
from webapp.verification import services
from webapp.verification.errors import (
    AlreadyDecided,
    DeskAndSite,
    NotCheckedIn,
    OwnUnit,
    TooFarAway,
    VisitNotComplete,
)
from webapp.verification.models import FieldVisit
from webapp.verification.rules import Missing, Verdict
from webapp.verification.services import CheckIn

LATER = NOW + timedelta(minutes=5)
ALL = {"object_seen", "same_angle", "in_use"}
RADIUS_M = 100.0


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


@pytest.fixture
def case(session: Session, people: factories.Team) -> Evidence:
    return factories.case(session, people, State.AWAITING_FIELD)


def stand(
    session: Session, case: Evidence, who: Account, place: LonLat | None = None, accuracy_m: float = 8.0
) -> FieldVisit:
    fix = CheckIn(place or factories.middle(MINE), accuracy_m, NOW)
    return services.check_in(session, case.id, fix, actor=who, at=NOW, radius_m=RADIUS_M)


def shoot(
    session: Session, case: Evidence, people: factories.Team, who: Account, *files: Incoming
) -> list[Photo | RefusedResult]:
    return services.add_visit_photos(
        session, case.id, files or [factories.incoming()], actor=who, at=LATER, intake=people.intake
    )


def finish(
    session: Session, case: Evidence, who: Account, verdict: Verdict | None = Verdict.MATCHES, note: str = "",
    checked: set[str] | None = None,
) -> FieldVisit:  # fmt: skip
    return services.complete_visit(
        session, case.id, actor=who, at=LATER, checked=ALL if checked is None else checked, verdict=verdict, note=note
    )


def test_the_whole_visit(session: Session, people: factories.Team, case: Evidence) -> None:
    visit = stand(session, case, people.surveyor)
    assert (visit.metres_off, visit.accuracy_m, visit.fix_at, visit.checked_in_at) == (0.0, 8.0, NOW, NOW)
    assert read_point(visit.place) == factories.middle(MINE)
    [photo] = shoot(session, case, people, people.surveyor)
    assert isinstance(photo, Photo)
    assert (photo.visit_id, photo.uploaded_by) == (visit.id, people.surveyor.id)
    finish(session, case, people.surveyor)
    assert (case.state, case.verified_at, visit.verdict) == (State.VERIFIED_FIELD, LATER, "sesuai")
    assert visit.checklist == dict.fromkeys(ALL, True)
    assert case.moves[-1].move == Move.CONFIRM_ON_SITE


def test_a_photo_of_the_visit_moves_neither_place_nor_grade_of_the_claim(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    before = (case.place_source, case.grade, read_point(case.place))  # type: ignore[arg-type]
    stand(session, case, people.surveyor)
    shoot(session, case, people, people.surveyor, factories.incoming(LonLat(100.01, -1.99)))
    assert (case.place_source, case.grade, read_point(case.place)) == before  # type: ignore[arg-type]


def test_a_visit_from_afar_changes_nothing_and_says_how_far(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    here = factories.middle(MINE)
    with pytest.raises(TooFarAway) as refused:
        stand(session, case, people.surveyor, LonLat(here.lon, here.lat + 0.005))
    assert (refused.value.status, refused.value.code) == (422, "too_far_away")
    assert refused.value.metres_off == pytest.approx(553, abs=2)
    assert "553" in str(refused.value.sentence)
    assert session.scalar(select(FieldVisit.id)) is None
    assert case.state == State.AWAITING_FIELD


def test_a_fix_is_a_circle(session: Session, people: factories.Team, case: Evidence) -> None:
    here = factories.middle(MINE)
    spot = LonLat(here.lon, here.lat + 0.00125)  # 138 m north; the claim itself is good to 8 m
    with pytest.raises(TooFarAway):
        stand(session, case, people.surveyor, spot, accuracy_m=20)
    assert stand(session, case, people.surveyor, spot, accuracy_m=35).metres_off == pytest.approx(138, abs=1)


def test_a_very_vague_fix_counts_as_200_metres(session: Session, people: factories.Team, case: Evidence) -> None:
    here = factories.middle(MINE)
    with pytest.raises(TooFarAway):
        stand(session, case, people.surveyor, LonLat(here.lon, here.lat + 0.003), accuracy_m=50_000)


def test_a_claim_without_a_place_can_be_visited_anywhere(session: Session, people: factories.Team) -> None:
    case = factories.case(session, people, State.DRAFT)
    case.device_place = case.exif_place = None
    evidence_services.settle_place(session, case)
    evidence_services.set_reason(session, case, "Ponsel mati.", actor=people.camat, at=NOW)
    evidence_services.submit(session, case, actor=people.camat, at=NOW)
    services.take(session, case.id, actor=people.desk, at=NOW, minutes=30)
    services.send_to_field(session, case.id, actor=people.desk, at=NOW)
    visit = stand(session, case, people.surveyor, factories.middle(KOTA + ".01"))
    assert visit.metres_off is None


def test_checking_in_anew_moves_the_same_visit(session: Session, people: factories.Team, case: Evidence) -> None:
    first = stand(session, case, people.surveyor)
    here = factories.middle(MINE)
    again = stand(session, case, people.surveyor, LonLat(here.lon, here.lat + 0.0005), 5.0)
    assert again.id == first.id
    assert (again.accuracy_m, round(again.metres_off or 0)) == (5.0, 55)


def test_without_a_check_in_there_are_no_photos_and_no_verdict(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    with pytest.raises(NotCheckedIn):
        shoot(session, case, people, people.surveyor)
    with pytest.raises(NotCheckedIn):
        finish(session, case, people.surveyor)


def test_a_refused_photo_of_a_visit_is_kept_as_a_result(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    visit = stand(session, case, people.surveyor)
    rotten = factories.incoming(data=b"%PDF-1.4 bukan foto")
    good, bad = shoot(session, case, people, people.surveyor, factories.incoming(), rotten)
    assert isinstance(good, Photo)
    assert isinstance(bad, RefusedResult)
    kept = session.scalars(select(RefusedFile)).one()
    assert (kept.visit_id, kept.code) == (visit.id, "type_not_allowed")


def test_sending_a_photo_twice_makes_one_photo(session: Session, people: factories.Team, case: Evidence) -> None:
    stand(session, case, people.surveyor)
    file = factories.incoming(upload_id=uuid.uuid4())
    [first], [second] = (shoot(session, case, people, people.surveyor, file) for _ in range(2))
    assert first is second


def test_the_units_own_photo_proves_no_visit(session: Session, people: factories.Team, case: Evidence) -> None:
    stand(session, case, people.surveyor)
    copied = people.store.get(case.photos[0].sha256, "original")
    shoot(session, case, people, people.surveyor, factories.incoming(data=copied))
    with pytest.raises(VisitNotComplete) as refused:
        finish(session, case, people.surveyor)
    assert refused.value.missing == (Missing.OWN_PHOTO,)


@pytest.mark.parametrize(
    ("verdict", "note", "checked", "missing"),
    [
        (Verdict.MATCHES, "", {"object_seen"}, (Missing.CHECKLIST,)),
        (Verdict.DIFFERS, " ", set(), (Missing.NOTE,)),
        (Verdict.NOT_FOUND, "", set(), (Missing.NOTE,)),
        (None, "", set(), (Missing.VERDICT,)),
    ],
)
def test_an_unfinished_visit_says_what_is_missing(
    session: Session, people: factories.Team, case: Evidence, verdict: Verdict | None, note: str, checked: set[str],
    missing: tuple[Missing, ...],
) -> None:  # fmt: skip
    stand(session, case, people.surveyor)
    shoot(session, case, people, people.surveyor)
    with pytest.raises(VisitNotComplete) as refused:
        finish(session, case, people.surveyor, verdict, note, checked)
    assert (refused.value.status, refused.value.missing) == (422, missing)
    assert case.state == State.AWAITING_FIELD


def test_every_verdict_needs_a_photo(session: Session, people: factories.Team, case: Evidence) -> None:
    stand(session, case, people.surveyor)
    with pytest.raises(VisitNotComplete) as refused:
        finish(session, case, people.surveyor, Verdict.NOT_FOUND, "Lahan kosong.")
    assert refused.value.missing == (Missing.PHOTO,)


@pytest.mark.parametrize("verdict", [Verdict.DIFFERS, Verdict.NOT_FOUND])
def test_what_does_not_hold_on_site_is_a_mismatch(
    session: Session, people: factories.Team, case: Evidence, verdict: Verdict
) -> None:
    stand(session, case, people.surveyor)
    shoot(session, case, people, people.surveyor)
    visit = finish(session, case, people.surveyor, verdict, "Lahan kosong. {{ 7*7 }}", set())
    assert (case.state, visit.verdict, visit.note) == (State.MISMATCH, verdict, "Lahan kosong. {{ 7*7 }}")


def test_what_can_be_repaired_goes_back_to_the_unit_with_the_visit_kept(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    stand(session, case, people.surveyor)
    shoot(session, case, people, people.surveyor)
    visit = services.return_from_site(
        session, case.id, actor=people.surveyor, at=LATER, checked=set(), verdict=Verdict.DIFFERS, note="Titik salah."
    )
    assert (case.state, visit.completed_at) == (State.RETURNED, LATER)
    evidence_services.submit(session, case, actor=people.camat, at=LATER)
    services.take(session, case.id, actor=people.desk, at=LATER, minutes=30)
    services.send_to_field(session, case.id, actor=people.desk, at=LATER)
    assert stand(session, case, people.surveyor).id != visit.id


def test_agreement_leaves_nothing_to_repair(session: Session, people: factories.Team, case: Evidence) -> None:
    stand(session, case, people.surveyor)
    shoot(session, case, people, people.surveyor)
    with pytest.raises(VisitNotComplete):
        services.return_from_site(
            session, case.id, actor=people.surveyor, at=LATER, checked=ALL, verdict=Verdict.MATCHES, note="x"
        )


def test_yesterdays_check_in_does_not_carry_todays_verdict(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    stand(session, case, people.surveyor)
    shoot(session, case, people, people.surveyor)
    with pytest.raises(VisitNotComplete) as refused:
        services.complete_visit(
            session, case.id, actor=people.surveyor, at=NOW + timedelta(hours=13), checked=ALL,
            verdict=Verdict.MATCHES,
        )  # fmt: skip
    assert refused.value.missing == (Missing.FRESH_CHECK_IN,)


def test_who_decided_at_the_desk_does_not_verify_on_site(session: Session, people: factories.Team) -> None:
    both = factories.account(session, (Role.DESK_VERIFIER, "99.01"), (Role.FIELD_VERIFIER, "99.01"))
    people.desk = both
    case = factories.case(session, people, State.AWAITING_FIELD)
    with pytest.raises(DeskAndSite) as refused:
        stand(session, case, both)
    assert (refused.value.status, refused.value.code) == (403, "second_person_needed")
    assert stand(session, case, people.surveyor).id


def test_an_assessor_who_was_camat_there_does_not_visit(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    partial = factories.account(session, (Role.FIELD_VERIFIER, "99.01"), (Role.CAMAT, MINE))
    with pytest.raises(OwnUnit):
        stand(session, case, partial)


def test_the_second_of_two_assessors_is_told_that_it_is_settled(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    late = factories.surveyor(session)
    for who in (people.surveyor, late):
        stand(session, case, who)
        shoot(session, case, people, who)
    finish(session, case, people.surveyor)
    with pytest.raises(AlreadyDecided) as refused:
        finish(session, case, late)
    assert people.surveyor.name in str(refused.value.sentence)


def test_an_assessor_of_another_city_finds_nothing_and_a_leader_may_not(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    with pytest.raises(NotFound):
        stand(session, case, factories.surveyor(session, KOTA))
    for who in (people.leader, people.desk, people.camat):
        with pytest.raises(NotAllowed):
            stand(session, case, who)


def test_the_database_wants_words_for_an_adverse_verdict(
    session: Session, people: factories.Team, case: Evidence
) -> None:
    visit = stand(session, case, people.surveyor)
    with pytest.raises(IntegrityError, match="adverse_verdict_has_note"):
        session.execute(
            text("UPDATE field_visit SET verdict = 'tidak_sesuai', completed_at = now() WHERE id = :id"),
            {"id": visit.id},
        )
