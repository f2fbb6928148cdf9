"""The desk: take, decide, give back; nobody judges their own, and a rejection needs two people."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW
from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.errors import NotAllowed, NotFound
from webapp.evidence import services as evidence_services
from webapp.evidence.errors import IllegalMove, NoteMissing
from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import Move, State
from webapp.verification import services
from webapp.verification.errors import (
    AlreadyDecided,
    AlreadyTaken,
    FieldNeeded,
    NotTaken,
    OwnUnit,
    OwnWork,
    ReasonMissing,
    SamePerson,
)
from webapp.verification.rules import WhyField

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


def submitted(session: Session, people: factories.Team, **changes: object) -> Evidence:
    """A dawn round: an activity that the desk may verify by itself."""
    usual = {"kind_code": "kegiatan", "activity_code": "subuh_keliling"}
    return factories.case(session, people, State.SUBMITTED, **{**usual, **changes})  # type: ignore[arg-type]


def take(session: Session, case: Evidence, who: Account, at: object = NOW) -> Evidence:
    return services.take(session, case.id, actor=who, at=at, minutes=30)  # type: ignore[arg-type]


def test_who_takes_a_case_holds_it_for_half_an_hour(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    assert (case.state, case.taken_by, case.taken_until) == (
        State.UNDER_REVIEW, people.desk.id, NOW + timedelta(minutes=30),
    )  # fmt: skip


def test_taking_again_gives_the_holder_the_time_anew_without_a_line_of_history(
    session: Session, people: factories.Team
) -> None:
    case = take(session, submitted(session, people), people.desk)
    take(session, case, people.desk, LATER)
    assert case.taken_until == LATER + timedelta(minutes=30)
    assert [line.move for line in case.moves].count(Move.TAKE) == 1


def test_a_colleague_is_told_who_holds_it_and_until_when(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    with pytest.raises(AlreadyTaken) as refused:
        take(session, case, people.second, LATER)
    assert (refused.value.status, refused.value.code) == (409, "already_taken")
    assert people.desk.name in str(refused.value.sentence)
    assert "10.30 WIB" in str(refused.value.sentence)


def test_a_lock_that_ran_out_is_released_by_the_system_and_taken_over(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    take(session, case, people.second, NOW + timedelta(minutes=30))
    assert case.taken_by == people.second.id
    lines = session.scalars(select(EvidenceMove).where(EvidenceMove.evidence_id == case.id).order_by(EvidenceMove.id))
    assert [(line.move, line.actor_id) for line in lines][-3:] == [
        (Move.TAKE, people.desk.id), (Move.RELEASE, None), (Move.TAKE, people.second.id),
    ]  # fmt: skip


def test_who_let_the_lock_run_out_cannot_decide(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    with pytest.raises(NotTaken) as refused:
        services.accept(session, case.id, actor=people.desk, at=NOW + timedelta(minutes=30))
    assert refused.value.status == 409


def test_expired_locks_go_back_to_the_queue_and_running_ones_stay(session: Session, people: factories.Team) -> None:
    old, fresh = submitted(session, people), submitted(session, people)
    take(session, old, people.desk, NOW - timedelta(minutes=31))
    take(session, fresh, people.desk)
    assert services.expire_locks(session, NOW) == 1
    assert (old.state, fresh.state) == (State.SUBMITTED, State.UNDER_REVIEW)
    assert old.moves[-1].actor_id is None
    assert services.expire_locks(session, NOW) == 0


def test_a_case_given_back_is_free_for_the_next(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    services.release(session, case.id, actor=people.desk, at=LATER)
    assert (case.state, case.taken_by) == (State.SUBMITTED, None)
    assert take(session, case, people.second, LATER).taken_by == people.second.id


@pytest.mark.parametrize("verb", ["accept", "release", "send_to_field"])
def test_nothing_is_decided_about_a_case_one_has_not_taken(session: Session, people: factories.Team, verb: str) -> None:
    case = submitted(session, people)
    with pytest.raises(NotTaken):
        getattr(services, verb)(session, case.id, actor=people.desk, at=NOW)
    take(session, case, people.second)
    with pytest.raises(AlreadyTaken):
        getattr(services, verb)(session, case.id, actor=people.desk, at=NOW)


def test_the_desk_accepts_what_it_can_know(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    services.accept(session, case.id, actor=people.desk, at=LATER, note="Jelas.")
    assert (case.state, case.verified_at, case.moves[-1].note) == (State.VERIFIED_DESK, LATER, "Jelas.")


def test_a_themed_neighbourhood_must_be_seen_on_site(session: Session, people: factories.Team) -> None:
    case = take(session, factories.case(session, people, State.SUBMITTED), people.desk)
    with pytest.raises(FieldNeeded) as refused:
        services.accept(session, case.id, actor=people.desk, at=LATER)
    assert refused.value.reasons == (WhyField.MODE,)
    assert refused.value.status == 422
    assert "wajib dicek di lapangan" in str(refused.value.sentence)


def test_a_pin_set_by_hand_must_be_seen_on_site(session: Session, people: factories.Team) -> None:
    case = factories.case(session, people, State.DRAFT, kind_code="kegiatan", activity_code="subuh_keliling")
    evidence_services.set_pin(session, case, factories.middle(MINE), actor=people.camat, at=NOW)
    evidence_services.submit(session, case, actor=people.camat, at=NOW)
    take(session, case, people.desk)
    with pytest.raises(FieldNeeded) as refused:
        services.accept(session, case.id, actor=people.desk, at=LATER)
    assert refused.value.reasons == (WhyField.WEAK_PLACE,)


def test_a_place_outside_the_unit_must_be_seen_on_site(session: Session, people: factories.Team) -> None:
    case = factories.case(
        session, people, State.DRAFT, place=factories.middle(NEXT_DOOR), kind_code="kegiatan",
        activity_code="subuh_keliling",
    )  # fmt: skip
    evidence_services.set_reason(session, case, "Diadakan bersama kecamatan sebelah.", actor=people.camat, at=NOW)
    evidence_services.submit(session, case, actor=people.camat, at=NOW)
    take(session, case, people.desk)
    with pytest.raises(FieldNeeded) as refused:
        services.accept(session, case.id, actor=people.desk, at=LATER)
    assert refused.value.reasons == (WhyField.OUTSIDE,)


def test_a_yes_of_the_desk_can_still_go_to_the_field(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    services.accept(session, case.id, actor=people.desk, at=LATER)
    services.send_to_field(session, case.id, actor=people.second, at=LATER)
    assert (case.state, case.verified_at) == (State.AWAITING_FIELD, None)


HOSTILE = "${alert(1)} {{ 7*7 }} <script>x</script> ' -- \n\N{ZERO WIDTH SPACE}ꦏꦧꦸꦥꦠꦺꦤ꧀"


def test_a_return_needs_words_and_keeps_them_as_written(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    with pytest.raises(NoteMissing):
        services.return_for_repair(session, case.id, actor=people.desk, at=LATER, note="  ")
    assert case.state == State.UNDER_REVIEW
    services.return_for_repair(session, case.id, actor=people.desk, at=LATER, note=HOSTILE)
    assert (case.state, case.moves[-1].note) == (State.RETURNED, HOSTILE)


def proposed(session: Session, people: factories.Team) -> Evidence:
    case = take(session, submitted(session, people), people.desk)
    return services.propose_rejection(
        session, case.id, actor=people.desk, at=LATER, reason_code="duplicate", note="Foto sama dengan bukti lain."
    )


def test_a_rejection_needs_a_reason_of_the_list(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    with pytest.raises(ReasonMissing):
        services.propose_rejection(session, case.id, actor=people.desk, at=LATER, reason_code="malas", note="x")
    assert case.state == State.UNDER_REVIEW


@pytest.mark.parametrize("verb", [services.confirm_rejection, services.decline_rejection])
def test_who_proposes_a_rejection_cannot_settle_it(session: Session, people: factories.Team, verb: object) -> None:
    case = proposed(session, people)
    with pytest.raises(SamePerson) as refused:
        verb(session, case.id, actor=people.desk, at=LATER, note="ya")  # type: ignore[operator]
    assert (refused.value.status, refused.value.code) == (403, "second_person_needed")
    assert case.state == State.REJECTION_PROPOSED


def test_a_second_person_rejects_with_the_proposers_reason(session: Session, people: factories.Team) -> None:
    case = proposed(session, people)
    services.confirm_rejection(session, case.id, actor=people.second, at=LATER, note="Setuju.")
    assert (case.state, case.moves[-1].reason_code) == (State.REJECTED, "duplicate")


def test_a_second_person_may_disagree_and_the_case_waits_again(session: Session, people: factories.Team) -> None:
    case = proposed(session, people)
    services.decline_rejection(session, case.id, actor=people.second, at=LATER, note="Sudutnya berbeda.")
    assert case.state == State.SUBMITTED
    assert take(session, case, people.second, LATER).state == State.UNDER_REVIEW


def test_who_comes_late_is_told_what_was_decided_by_whom(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    services.accept(session, case.id, actor=people.desk, at=LATER)
    with pytest.raises(AlreadyDecided) as refused:
        take(session, case, people.second, LATER)
    assert refused.value.status == 409
    for told in ("Terverifikasi", people.desk.name, "10.05 WIB"):
        assert told in str(refused.value.sentence)


# Nobody judges their own


def with_post(session: Session, role: Role, code: str, ended: date | None) -> Account:
    """A desk verifier who also holds, or held, a post in a unit."""
    person = factories.desk(session)
    person.appointments.append(Appointment(role=role, region_code=code, starts_on=date(2010, 1, 1), ends_on=ended))
    session.flush()
    return person.as_of(NOW.date())


@pytest.mark.parametrize("role", [Role.CAMAT, Role.CONTRIBUTOR])
@pytest.mark.parametrize("ended", [None, date(2018, 8, 1), date(2016, 8, 6)])
def test_who_served_the_unit_within_24_months_does_not_review_it(
    session: Session, people: factories.Team, role: Role, ended: date | None
) -> None:
    case = submitted(session, people)
    with pytest.raises(OwnUnit) as refused:
        take(session, case, with_post(session, role, MINE, ended))
    assert (refused.value.status, refused.value.code) == (403, "own_unit")


def test_a_camat_of_long_ago_may_review(session: Session, people: factories.Team) -> None:
    case = submitted(session, people)
    assert take(session, case, with_post(session, Role.CAMAT, MINE, date(2016, 8, 5))).state == State.UNDER_REVIEW


def test_a_post_in_another_unit_is_no_conflict(session: Session, people: factories.Team) -> None:
    case = submitted(session, people)
    assert take(session, case, with_post(session, Role.CAMAT, NEXT_DOOR, None)).state == State.UNDER_REVIEW


def test_a_conflict_that_arises_under_the_lock_stops_the_verdict(session: Session, people: factories.Team) -> None:
    case = take(session, submitted(session, people), people.desk)
    people.desk.appointments.append(Appointment(role=Role.CAMAT, region_code=MINE, starts_on=date(2018, 8, 1)))
    session.flush()
    with pytest.raises(OwnUnit):
        services.accept(session, case.id, actor=people.desk, at=LATER)


def test_the_owner_does_not_review_even_as_a_verifier_of_the_kabupaten(session: Session) -> None:
    people = factories.team(session)
    case = submitted(session, people)
    people.camat.appointments[0].ends_on = date(2016, 1, 2)  # long ago; the case is theirs all the same
    people.camat.appointments.append(
        Appointment(role=Role.DESK_VERIFIER, region_code=KABUPATEN, starts_on=date(2016, 1, 1))
    )
    session.flush()
    with pytest.raises(OwnWork) as refused:
        take(session, case, people.camat.as_of(NOW.date()))
    assert (refused.value.status, refused.value.code) == (403, "own_work")


def test_who_took_one_of_its_photos_does_not_review(session: Session, people: factories.Team) -> None:
    case = submitted(session, people)
    case.photos[0].uploaded_by = people.desk.id
    session.flush()
    with pytest.raises(OwnWork):
        take(session, case, people.desk)


# Who may not even


def test_a_verifier_of_another_city_finds_nothing(session: Session, people: factories.Team) -> None:
    with pytest.raises(NotFound):
        take(session, submitted(session, people), factories.desk(session, KOTA))


@pytest.mark.parametrize("role", ["leader", "surveyor", "assessor", "chair", "camat"])
def test_who_sees_a_case_without_being_of_the_desk_is_refused(
    session: Session, people: factories.Team, role: str
) -> None:
    with pytest.raises(NotAllowed):
        take(session, submitted(session, people), getattr(people, role))


def test_drafts_do_not_exist_for_the_desk(session: Session, people: factories.Team) -> None:
    with pytest.raises(NotFound):
        take(session, factories.case(session, people, State.DRAFT), people.desk)


# The database says it too


def test_the_database_refuses_an_owners_verdict(session: Session, people: factories.Team) -> None:
    case = submitted(session, people)
    with pytest.raises(IntegrityError, match="nobody_reviews_own_work"):
        evidence_services.move(session, case, Move.TAKE, actor=people.camat, at=NOW, until=LATER)
        session.flush()


def test_the_database_refuses_a_verdict_from_the_same_unit(session: Session, people: factories.Team) -> None:
    case = submitted(session, people)
    with pytest.raises(IntegrityError, match="nobody_reviews_own_unit"):
        evidence_services.move(session, case, Move.TAKE, actor=factories.camat(session, MINE), at=NOW, until=LATER)
        session.flush()


def test_the_database_wants_a_second_person_for_a_rejection(session: Session, people: factories.Team) -> None:
    case = proposed(session, people)
    with pytest.raises(IntegrityError, match="rejection_needs_second_person"):
        evidence_services.move(session, case, Move.CONFIRM_REJECTION, actor=people.desk, at=LATER, note="ya")
        session.flush()


def test_the_database_wants_two_people_for_desk_and_site(session: Session, people: factories.Team) -> None:
    case = factories.case(session, people, State.AWAITING_FIELD)
    with pytest.raises(IntegrityError, match="desk_and_site_are_two_people"):
        evidence_services.move(session, case, Move.CONFIRM_ON_SITE, actor=people.desk, at=LATER)
        session.flush()


def test_a_step_the_table_does_not_know_stays_impossible(session: Session, people: factories.Team) -> None:
    case = submitted(session, people)
    with pytest.raises(IllegalMove):
        evidence_services.move(session, case, Move.CONFIRM_ON_SITE, actor=people.desk, at=NOW)


def test_another_citys_case_is_no_business_of_ours(session: Session, people: factories.Team) -> None:
    other = factories.team(session, code=KOTA)
    case = factories.case(session, other, State.SUBMITTED)
    assert case.region_code == FAR
    with pytest.raises(NotFound):
        services.accept(session, case.id, actor=people.desk, at=NOW)
    assert isinstance(factories.middle(FAR), LonLat)
