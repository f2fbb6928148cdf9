"""What a claim is worth by levels, by counted events and by a quorum that lies too far apart; what is taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from tests.webapp.scoring import valuing
from tests.webapp.scoring.valuing import aspect, counted, graded, indicator
from webapp.errors import NotAllowed
from webapp.evidence import services as evidence
from webapp.evidence.errors import NoteMissing
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme.rules import Method, Mode
from webapp.scoring import queries, services
from webapp.scoring.errors import (
    AboveTheClaim,
    EventCounted,
    LevelMissing,
    LevelStays,
    LevelUnknown,
    NothingToClaim,
    NothingToModerate,
    NotInRound,
    NotRated,
    NotSetAside,
    PeriodSealed,
)
from webapp.scoring.models import Claim, ScoreRevision
from webapp.scoring.rules import ClaimState, ClaimStep, ModerationState, ModerationStep, Reason
from webapp.signals.models import Finding


def standing(session: Session, made: Claim) -> queries.ClaimStanding:
    return queries.standing_of(session, made)


def reasons(session: Session, people: factories.Team) -> list[Reason]:
    known = queries.standings(session, people.period)
    return [one.reason for one in queries.blockers(session, people.period, known)]


def refused(session: Session, made: Claim, sql: str) -> None:
    """The database itself says no."""
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(sql), {"claim": made.id})


# ---- levels


def leveled(session: Session) -> tuple[factories.Team, Claim]:
    run = valuing.period(session, aspect("Koordinasi", graded(("Belum ada", "0"), ("Rancangan", "2.5"), ("Ada", "5"))))
    people = valuing.team(session, run)
    case = factories.case(session, people, State.VERIFIED_DESK)
    return people, valuing.claim(session, people, run.instrument.aspects[0].indicators[0], case, level="Rancangan")


def test_an_assessor_grants_the_claimed_level_or_a_lower_one_and_nothing_between(session: Session) -> None:
    people, made = leveled(session)
    for value in ("5", "1", "2.4"):
        with pytest.raises(AboveTheClaim):
            services.score(session, made, Decimal(value), actor=people.assessor, at=NOW)
    for value in ("2.5", "0"):
        assert services.score(session, made, Decimal(value), actor=people.assessor, at=NOW).value == Decimal(value)
    assert standing(session, made).value == 0


def test_the_database_too_grants_no_level_above_the_claimed_one(session: Session) -> None:
    people, made = leveled(session)
    services.score(session, made, Decimal("2.5"), actor=people.assessor, at=NOW)
    session.flush()
    refused(session, made, "UPDATE score SET value = 5 WHERE claim_id = :claim")
    refused(session, made, "UPDATE score SET value = 1 WHERE claim_id = :claim")
    best = next(one.id for one in made.indicator.levels if one.name == "Ada")
    refused(session, made, f"UPDATE claim SET level_id = {best} WHERE id = :claim")


def test_a_level_is_claimed_and_stays_once_somebody_has_valued_it(session: Session) -> None:
    people, made = leveled(session)
    asked = made.indicator
    with pytest.raises(LevelMissing):
        valuing.claim(session, people, asked)
    with pytest.raises(LevelUnknown):
        services.claim(
            session, people.period, made.region_code, asked.id, "x", actor=people.camat, at=NOW, level_id=10**6
        )
    assert valuing.claim(session, people, asked, level="Ada").level_id == asked.levels[2].id
    services.score(session, made, Decimal(5), actor=people.assessor, at=NOW)
    with pytest.raises(LevelStays):
        valuing.claim(session, people, asked, level="Belum ada")
    assert valuing.claim(session, people, asked, level="Ada").id == made.id  # other words, the same level


def test_a_number_is_read_as_the_level_whose_range_holds_it(session: Session) -> None:
    asked = graded(("Kurang dari enam", "1"), ("Enam atau lebih", "3"))
    asked.levels[0].upper, asked.levels[1].lower = Decimal(5), Decimal(6)
    people = valuing.team(session, valuing.period(session, aspect("Rapat Forkopimcam", asked)))
    made = valuing.claim(session, people, asked, quantity="12")
    assert (made.level and made.level.name, made.quantity) == ("Enam atau lebih", Decimal(12))
    with pytest.raises(LevelUnknown):
        valuing.claim(session, people, asked, quantity="5.5")


# ---- counted events


def rounds(session: Session, *states: State, **changes: object) -> tuple[factories.Team, Claim, list[Evidence]]:
    run = valuing.period(session, aspect("Inovasi", counted(**changes)))  # type: ignore[arg-type]
    people = valuing.team(session, run)
    cases = [
        factories.case(session, people, state, kind_code="kegiatan", activity_code="subuh_keliling") for state in states
    ]
    return people, valuing.claim(session, people, run.instrument.aspects[0].indicators[0], *cases), cases


def test_each_verified_event_adds_its_points_and_nobody_rates_or_is_waited_for(session: Session) -> None:
    people, made, _ = rounds(session, State.VERIFIED_DESK, State.VERIFIED_DESK, State.REJECTED)
    known = standing(session, made)
    assert (known.state, known.events, known.value, known.step) == (ClaimState.PROVEN, 2, 4, ClaimStep.VALUED)
    assert reasons(session, people) == []
    with pytest.raises(NotRated):
        services.score(session, made, Decimal(2), actor=people.assessor, at=NOW)
    session.flush()
    refused(
        session, made,
        "INSERT INTO score (period_id, claim_id, indicator_id, mode, assessor_id, value, scored_at, version) SELECT "
        f"period_id, id, indicator_id, 'desk', {people.assessor.id}, 2, now(), 1 FROM claim WHERE id = :claim",
    )  # fmt: skip


def test_an_event_still_being_looked_at_holds_the_gate_and_what_is_verified_counts_already(session: Session) -> None:
    people, made, cases = rounds(session, State.VERIFIED_DESK, State.UNDER_REVIEW)
    known = standing(session, made)
    assert (known.state, known.value, known.step) == (ClaimState.WAITING, 2, ClaimStep.SUPPORTED)
    assert reasons(session, people) == [Reason.CLAIM_WAITING]
    evidence.move(session, cases[1], Move.ACCEPT_AT_DESK, actor=people.desk, at=NOW)
    assert (standing(session, made).value, reasons(session, people)) == (4, [])


def test_the_count_fades_and_stops_at_its_cap(session: Session) -> None:
    _, made, _ = rounds(session, *[State.VERIFIED_DESK] * 4, each="4", fading=Decimal(50), cap="7.25")
    assert standing(session, made).value == Decimal("7.25")  # 4 + 2 + 1 + 0,5 would be 7,5


def test_fewer_events_than_asked_for_are_worth_nothing(session: Session) -> None:
    people, made, _ = rounds(session, State.VERIFIED_DESK, State.REJECTED, evidence_required=2)
    assert (standing(session, made).state, standing(session, made).value) == (ClaimState.UNPROVEN, 0)
    page = standing(session, made)
    assert (len(page.verified), page.least) == (1, 2)
    assert reasons(session, people) == []


def test_the_same_photo_in_two_cases_is_one_event_until_somebody_explains_it(session: Session) -> None:
    people, made, _ = rounds(session, State.VERIFIED_DESK)
    again = factories.case(session, people, kind_code="kegiatan", activity_code="subuh_keliling")
    session.execute(
        text(
            "UPDATE photo SET sha256 = (SELECT sha256 FROM photo WHERE evidence_id = :first) WHERE evidence_id = :again"
        ),
        {"first": made.links[0].evidence_id, "again": again.id},
    )
    evidence.submit(session, again, actor=people.camat, at=NOW)
    until = NOW + timedelta(minutes=30)
    evidence.move(session, again, Move.TAKE, actor=people.desk, at=NOW, until=until)
    evidence.move(session, again, Move.ACCEPT_AT_DESK, actor=people.desk, at=NOW)
    services.tie(session, made, again.id, actor=people.camat, at=NOW)
    assert (len(standing(session, made).verified), standing(session, made).events) == (2, 1)
    told = Finding(
        evidence_id=again.id, other_evidence_id=made.links[0].evidence_id, code="reused_bytes", weight="weak",
        detail={}, found_at=NOW,
    )  # fmt: skip
    session.add(told)
    session.flush()
    assert standing(session, made).value == 2
    told.explained_by, told.explained_at, told.explained_reason = people.desk.id, NOW, "Dua putaran, satu poster."
    session.flush()
    assert (standing(session, made).events, standing(session, made).value) == (2, 4)


def test_a_photo_from_another_case_is_flagged_beside_the_claim_until_explained(session: Session) -> None:
    people, made, cases = rounds(session, State.VERIFIED_DESK)
    found = Finding(evidence_id=cases[0].id, code="reused_bytes", weight="strong", detail={}, found_at=NOW)
    session.add(found)
    session.flush()
    assert queries.doubted(session, queries.cases_of([made])) == {cases[0].id}
    found.explained_by, found.explained_at, found.explained_reason = people.desk.id, NOW, "Foto bersama."
    session.flush()
    assert queries.doubted(session, queries.cases_of([made])) == set()


def test_one_event_earns_its_points_in_one_claim_only(session: Session) -> None:
    run = valuing.period(session, aspect("Inovasi", counted(), counted("Jumat keliling"), indicator("Uraian")))
    people = valuing.team(session, run)
    dawn, friday, told = run.instrument.aspects[0].indicators
    case = factories.case(session, people, State.VERIFIED_DESK)
    valuing.claim(session, people, dawn, case)
    with pytest.raises(EventCounted):
        valuing.claim(session, people, friday, case)
    valuing.claim(session, people, told, case)  # words that assessors rate may rest on it all the same


# ---- which indicators


def test_the_second_round_is_claimed_by_the_shortlisted_alone_and_a_presentation_by_nobody(session: Session) -> None:
    run = valuing.period(
        session, aspect("Awal", indicator(), indicator("Pemaparan", method=Method.PRESENTATION)),
        aspect("Lanjutan", indicator("Wawancara"), part=2),
    )  # fmt: skip
    people = valuing.team(session, run)
    (_, spoken), (further,) = (one.indicators for one in run.instrument.aspects)
    with pytest.raises(NothingToClaim):
        valuing.claim(session, people, spoken)
    with pytest.raises(NotInRound):
        valuing.claim(session, people, further)
    run.participants[0].round = 2
    session.flush()
    assert valuing.claim(session, people, further).indicator_id == further.id


def test_a_rated_claim_with_too_few_cases_waits_for_more_and_says_how_many(session: Session) -> None:
    run = valuing.period(session, aspect("Inovasi", indicator(evidence_required=2, required=True)))
    people = valuing.team(session, run)
    asked = run.instrument.aspects[0].indicators[0]
    made = valuing.claim(session, people, asked, factories.case(session, people, State.VERIFIED_DESK))
    blocker = queries.blockers(session, run, queries.standings(session, run))[0]
    assert (blocker.reason, blocker.have, blocker.need) == (Reason.CLAIM_UNSUPPORTED, 1, 2)
    services.tie(session, made, factories.case(session, people, State.VERIFIED_DESK).id, actor=people.camat, at=NOW)
    assert standing(session, made).state is ClaimState.PROVEN


# ---- moderation


def apart(session: Session, *values: str) -> tuple[factories.Team, Claim, list[factories.Account]]:
    run = valuing.period(session, aspect("Inovasi", indicator()), quorum=3)
    people = valuing.team(session, run)
    asked = run.instrument.aspects[0].indicators[0]
    made = valuing.claim(session, people, asked, factories.case(session, people, State.VERIFIED_DESK))
    judges = [people.assessor, factories.assessor(session), factories.assessor(session)]
    for judge, value in zip(judges, values, strict=False):
        services.score(session, made, Decimal(value), actor=judge, at=NOW)
    return people, made, judges


def test_twenty_points_apart_is_within_the_limit_and_one_hundredth_more_is_not(session: Session) -> None:
    people, made, (_, high, _) = apart(session, "60", "80", "70")
    assert reasons(session, people) == []
    services.score(session, made, Decimal("80.01"), actor=high, at=NOW)
    assert reasons(session, people) == [Reason.SPREAD_OPEN]


def test_before_the_quorum_nobody_speaks_of_a_spread(session: Session) -> None:
    people, made, _ = apart(session, "10", "90")
    assert reasons(session, people) == [Reason.QUORUM_MISSING]
    with pytest.raises(NothingToModerate):
        services.moderate(session, made, ModerationStep.OPEN, "Jauh.", actor=people.chair, at=NOW)


def test_a_moderation_ends_when_the_owner_of_a_value_changes_it_with_a_reason(session: Session) -> None:
    people, made, (low, _, _) = apart(session, "40", "80", "75")
    with pytest.raises(NoteMissing):
        services.moderate(session, made, ModerationStep.OPEN, " ", actor=people.chair, at=NOW)
    with pytest.raises(NotAllowed):
        services.moderate(session, made, ModerationStep.OPEN, "Jauh.", actor=people.assessor, at=NOW)
    step = services.moderate(session, made, ModerationStep.OPEN, "Selisih 40 poin.", actor=people.chair, at=NOW)
    assert services.moderate(
        session, made, ModerationStep.OPEN, "Selisih 40 poin.", actor=people.chair, at=NOW
    ).id == step.id  # fmt: skip
    assert reasons(session, people) == [Reason.SPREAD_OPEN]
    with pytest.raises(NoteMissing):
        services.score(session, made, Decimal(65), actor=low, at=NOW)
    services.score(session, made, Decimal(65), actor=low, at=NOW, reason="Lampiran baru saya baca.")
    assert standing(session, made).moderation is ModerationState.NOT_NEEDED
    assert reasons(session, people) == []
    kept = session.query(ScoreRevision).filter_by(claim_id=made.id).one()
    assert (kept.value, kept.assessor_id, kept.reason) == (Decimal(40), low.id, "Lampiran baru saya baca.")


def test_the_chair_may_let_a_spread_stand_and_no_value_moves(session: Session) -> None:
    people, made, (low, _, _) = apart(session, "40", "80", "75")
    with pytest.raises(NothingToModerate):  # it is opened first
        services.moderate(session, made, ModerationStep.STANDS, "Tetap.", actor=people.chair, at=NOW)
    services.moderate(session, made, ModerationStep.OPEN, "Selisih.", actor=people.chair, at=NOW)
    services.moderate(
        session, made, ModerationStep.STANDS, "Dibahas; tiap nilai beralasan.", actor=people.chair, at=NOW
    )
    assert (reasons(session, people), standing(session, made).value) == ([], 65)
    later = NOW + timedelta(hours=1)
    services.score(session, made, Decimal(30), actor=low, at=later, reason="Berubah lagi.")
    assert reasons(session, people) == [Reason.SPREAD_OPEN]
    session.flush()
    refused(session, made, "UPDATE moderation SET reason = 'lain' WHERE claim_id = :claim")
    refused(session, made, "DELETE FROM moderation WHERE claim_id = :claim")


# ---- set aside and back


def test_what_was_set_aside_is_taken_back_with_a_reason_while_the_period_is_open(session: Session) -> None:
    people = factories.team(session, Mode.DESK)
    made = factories.claim(session, people)
    with pytest.raises(NotSetAside):
        services.restore(session, made, "Keliru.", actor=people.chair, at=NOW)
    services.set_aside(session, made, "Tidak ada bukti.", actor=people.chair, at=NOW)
    with pytest.raises(NoteMissing):
        services.restore(session, made, "", actor=people.chair, at=NOW)
    with pytest.raises(NotAllowed):
        services.restore(session, made, "Keliru.", actor=people.camat, at=NOW)
    services.restore(session, made, "Bukti ternyata terkirim.", actor=people.chair, at=NOW)
    assert reasons(session, people) == [Reason.CLAIM_UNSUPPORTED]
    services.set_aside(session, made, "Tetap tidak ada.", actor=people.chair, at=NOW)
    services.finalise(session, people.period, actor=people.chair, at=NOW)
    with pytest.raises(PeriodSealed):
        services.restore(session, made, "Terlambat.", actor=people.chair, at=NOW)


# ---- one reading, two ways


def test_the_lean_reading_says_the_same_as_the_whole_one(session: Session) -> None:
    run = valuing.period(
        session,
        aspect("A", indicator(), counted(), graded(("Rendah", "1"), ("Tinggi", "4")), weight="60"),
        aspect("B", indicator("Lagi", evidence_required=2), weight="40"),
        quorum=2,
    )
    people = valuing.team(session, run)
    (rated, events, levels), (more,) = (one.indicators for one in run.instrument.aspects)
    second = factories.assessor(session)
    for unit in (people.camat, factories.camat(session, factories.NEXT_DOOR)):
        code = str(unit.grants[0].region_code)
        one = valuing.claim(session, people, rated, by=unit)
        services.tie(
            session, one, factories.case(session, people, State.VERIFIED_DESK, unit=code).id, actor=unit, at=NOW
        )
        for judge, value in ((people.assessor, "33.33"), (second, "90")):
            services.score(session, one, Decimal(value), actor=judge, at=NOW)
    counts = [factories.case(session, people, state) for state in (State.VERIFIED_DESK, State.REJECTED)]
    valuing.claim(session, people, events, *counts)
    valuing.claim(session, people, levels, factories.case(session, people, State.SUBMITTED), level="Tinggi")
    bare = valuing.claim(session, people, more)
    services.set_aside(session, bare, "Tidak ada.", actor=people.chair, at=NOW)
    session.flush()
    whole, lean = queries.standings(session, run), list(queries.lean_standings(session, run))
    told = [
        [(x.region_code, x.indicator_id, x.state, x.exact, x.valued, x.moderation, x.events) for x in one]
        for one in (whole, lean)
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 5
    assert queries.ranking(run, whole) == queries.ranking(run, lean)
    assert {one.moderation for one in lean} == {ModerationState.NEEDED, ModerationState.NOT_NEEDED}


def test_an_aspect_is_told_apart_from_the_total(session: Session) -> None:
    run = valuing.period(
        session, aspect("Kuat", counted(cap="4"), weight="30"), aspect("Lemah", indicator(), weight="70")
    )
    people = valuing.team(session, run)
    cases = [factories.case(session, people, State.VERIFIED_DESK) for _ in range(2)]
    valuing.claim(session, people, run.instrument.aspects[0].indicators[0], *cases)
    first = queries.ranking(run, queries.standings(session, run))[0]
    assert (first.region_code, first.total) == (factories.MINE, Decimal("30.00"))
    assert list(first.aspects.values()) == [Decimal("100.00"), Decimal("0.00")]
