"""The gate names everything that is open (domain 3.5.8), and what it lets through can be checked by anybody."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW
from tests.webapp.conftest import Opener
from tests.webapp.scoring.sealed import sealed
from webapp.access import Role
from webapp.accounts.models import Appointment
from webapp.errors import NotAllowed
from webapp.evidence.errors import NoteMissing
from webapp.evidence.rules import State
from webapp.minutes import queries as minutes
from webapp.minutes import services as papers
from webapp.minutes.rules import Kind
from webapp.programme.models import PeriodStage
from webapp.programme.rules import Mode, StageKind
from webapp.scoring import queries, services
from webapp.scoring.errors import GateClosed, NotPartial
from webapp.scoring.models import Claim, Score, UnclaimedZero
from webapp.scoring.queries.parts import standing_digest_of
from webapp.scoring.rules import Blocker, Reason, ranks


def waiting(session: Session, people: factories.Team) -> list[Blocker]:
    return queries.blockers(session, people.period, queries.standings(session, people.period), NOW)


def scored(session: Session, people: factories.Team, value: int = 80, unit: str | None = None) -> Claim:
    made = factories.claim(session, people, factories.case(session, people, State.VERIFIED_DESK, unit=unit), unit=unit)
    services.score(session, made, Decimal(value), actor=people.assessor, at=NOW)
    return made


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session, Mode.DESK)


def silence(session: Session, people: factories.Team) -> None:
    """Take back what the factory decided: silence is open again."""
    session.execute(text("ALTER TABLE unclaimed_zero DISABLE TRIGGER history_is_append_only"))
    session.delete(session.get_one(UnclaimedZero, people.period.id))
    session.flush()
    session.execute(text("ALTER TABLE unclaimed_zero ENABLE TRIGGER history_is_append_only"))


def test_invariant_8_what_nobody_claimed_holds_the_gate_until_the_team_lets_it_count_zero(
    session: Session, people: factories.Team
) -> None:
    scored(session, people)
    silence(session, people)
    found = waiting(session, people)
    assert [(one.reason, one.region_code, one.have, one.need) for one in found] == [
        (Reason.CLAIM_MISSING, f"{KABUPATEN}.{n:02d}", 0, 1) for n in (2, 3, 4)
    ]
    with pytest.raises(GateClosed):
        services.finalise(session, people.period, actor=people.chair, at=NOW)
    with pytest.raises(NoteMissing):
        services.zero_unclaimed(session, people.period, " ", actor=people.chair, at=NOW)
    with pytest.raises(NotAllowed):
        services.zero_unclaimed(session, people.period, "Pleno", actor=people.assessor, at=NOW)
    services.zero_unclaimed(session, people.period, "Pleno: diam berarti nol", actor=people.chair, at=NOW)
    made = services.finalise(session, people.period, actor=people.chair, at=NOW)
    assert made.content["period"]["unclaimed"]["reason"] == "Pleno: diam berarti nol"
    assert made.content["region"]["silent"] == [f"{KABUPATEN}.{n:02d}" for n in (2, 3, 4)]


def test_invariant_8_a_score_of_somebody_who_became_partial_is_left_out_with_a_reason_or_replaced(
    session: Session, people: factories.Team
) -> None:
    made = scored(session, people)
    score = session.query(Score).filter_by(claim_id=made.id).one()
    with pytest.raises(NotPartial):
        services.leave_out(session, score, "iri", actor=people.chair, at=NOW)
    people.assessor.appointments.append(
        Appointment(role=Role.CONTRIBUTOR, region_code=MINE, starts_on=date(2018, 8, 1))
    )
    session.flush()
    assert [(one.reason, one.score_id) for one in waiting(session, people)] == [(Reason.SCORE_PARTIAL, score.id)]
    with pytest.raises(GateClosed):
        services.finalise(session, people.period, actor=people.chair, at=NOW)
    services.leave_out(session, score, "Pindah ke kecamatan itu 1 Agustus", actor=people.chair, at=NOW)
    assert [one.reason for one in waiting(session, people)] == [Reason.QUORUM_MISSING]
    with pytest.raises(IntegrityError, match="left_out_score_stays"), session.begin_nested():
        session.execute(text("UPDATE score SET value = 100"))
    other = factories.assessor(session)
    services.score(session, made, Decimal(60), actor=other, at=NOW)
    result = services.finalise(session, people.period, actor=people.chair, at=NOW)
    assert result.content["ranking"][0]["total"] == "60.00"
    kept = queries.sealed_claims(session, result)[0]["scores"]
    assert [(one["value"], one.get("left_out")) for one in kept] == [
        ("80.00", "Pindah ke kecamatan itu 1 Agustus"), ("60.00", None),
    ]  # fmt: skip


def test_invariant_8_stages_that_people_close_are_closed_first(session: Session, people: factories.Team) -> None:
    scored(session, people)
    stage = PeriodStage(period_id=people.period.id, position=1, kind=StageKind.ADVANCED)
    session.add(stage)
    session.flush()
    session.refresh(people.period, ["stages"])
    assert [one.reason for one in waiting(session, people)] == [Reason.STAGE_OPEN]
    stage.opened_at = stage.closed_at = NOW
    stage.opened_by = stage.closed_by = people.chair.id
    session.flush()
    assert waiting(session, people) == []


def drawn_up(session: Session, people: factories.Team, basis: str) -> None:
    team = minutes.team(session, people.period, NOW.date())
    draft = papers.Draft(kind=Kind.PLENARY, facts={"uji": basis}, basis_sha256=basis, team=team)
    made = papers.draw_up(session, people.period, draft, actor=people.chair, at=NOW)
    for one in (people.chair, people.assessor):
        papers.sign(session, made, actor=one, at=NOW)


def test_invariant_8_the_plenary_has_signed_what_still_stands(session: Session, people: factories.Team) -> None:
    made = scored(session, people)
    session.add(PeriodStage(period_id=people.period.id, position=1, kind=StageKind.PLENARY))
    session.flush()
    session.refresh(people.period, ["stages"])
    assert [one.reason for one in waiting(session, people)] == [Reason.MINUTES_OPEN]
    drawn_up(session, people, queries.standing_digest(session, people.period))
    assert waiting(session, people) == []
    services.score(session, made, Decimal(81), actor=people.assessor, at=NOW)
    assert [one.reason for one in waiting(session, people)] == [Reason.MINUTES_OUTDATED]
    with pytest.raises(GateClosed):
        services.finalise(session, people.period, actor=people.chair, at=NOW)
    drawn_up(session, people, queries.standing_digest(session, people.period))
    result = services.finalise(session, people.period, actor=people.chair, at=NOW)
    assert [one["kind"] for one in result.content["minutes"]] == [Kind.PLENARY]


def test_the_page_lists_each_reason_with_its_link_and_the_chair_sets_silence_to_zero_there(
    session: Session, people: factories.Team, opened: Opener
) -> None:
    scored(session, people)
    silence(session, people)
    session.commit()
    chair = opened(people.chair)
    page = chair.open(f"/penilaian/{people.period.id}/gerbang")
    assert page.text.count("Indikator wajib yang tidak diklaim") >= 3
    page = chair.send(page, "/tidak-diklaim", reason="Pleno 6 Agustus")
    assert "Pleno 6 Agustus" in page.text
    assert "Nilai dapat difinalkan" in page.text


def test_invariant_9_the_hash_covers_every_part_and_rank_follows_from_it(session: Session) -> None:
    one = sealed(session)
    content = one.result.content
    assert services.digest(content) == one.result.sha256
    for unit in (MINE, NEXT_DOOR):
        assert services.digest(queries.sealed_part(session, one.result, unit)) == content["units"][unit]
    assert content["standing"] == standing_digest_of(content["units"], content["ranking"])
    totals = {line["region"]: Decimal(line["total"]) for line in content["ranking"]}
    assert {line["region"]: line["rank"] for line in content["ranking"]} == ranks(totals)
    assert services.is_intact(session, one.result)
    session.execute(text("ALTER TABLE result_part DISABLE TRIGGER history_is_append_only"))
    session.execute(text("UPDATE result_part SET content = jsonb_set(content, '{claims,0,value}', '\"99\"')"))
    session.expire_all()
    assert not services.is_intact(session, one.result)


def test_minutes_and_seal_agree_on_what_stands(session: Session, people: factories.Team) -> None:
    scored(session, people)
    standing = queries.standing_digest(session, people.period)
    assert queries.standing_digest(session, people.period) == standing
    result = services.finalise(session, people.period, actor=people.chair, at=NOW)
    assert result.content["standing"] == standing


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.integers(0, 10_000), min_size=4, max_size=4))
def test_ties_share_a_rank_and_decimals_stay_exact_through_the_whole_seal(
    prepared: tuple[Session, factories.Team], values: list[int]
) -> None:
    session, people = prepared
    told = [Decimal(one) / 100 for one in values]
    with session.begin_nested() as again:
        for claim, value in zip(session.query(Claim).order_by(Claim.id), told, strict=True):
            session.execute(
                text("UPDATE score SET value = :value WHERE claim_id = :claim"), {"value": value, "claim": claim.id}
            )
        session.expire_all()
        before = queries.standing_digest(session, people.period)
        result = services.finalise(session, people.period, actor=people.chair, at=NOW)
        lines = result.content["ranking"]
        assert sorted(Decimal(line["total"]) for line in lines) == sorted(told)
        for line in lines:
            assert line["rank"] == 1 + sum(Decimal(one["total"]) > Decimal(line["total"]) for one in lines)
        assert result.content["standing"] == before
        again.rollback()
    session.expire_all()


@pytest.fixture
def prepared(session: Session) -> tuple[Session, factories.Team]:
    people = factories.team(session, Mode.DESK)
    for n in range(1, 5):
        scored(session, people, 50, None if n == 1 else f"{KABUPATEN}.{n:02d}")
    return session, people


@given(
    parts=st.dictionaries(st.text("0123456789.", min_size=1, max_size=8), st.text("0123456789abcdef"), max_size=6),
    turn=st.randoms(use_true_random=False),
)
@settings(max_examples=50)
def test_the_digest_does_not_know_in_which_order_rows_came(parts: dict[str, str], turn: object) -> None:
    shuffled = list(parts.items())
    turn.shuffle(shuffled)  # type: ignore[attr-defined]
    ranking = [{"region": "99.01.01", "total": "80.00"}]
    assert standing_digest_of(dict(shuffled), ranking) == standing_digest_of(parts, ranking)
