"""A sealed result is opened again by two people, for what they named; all else stays locked (domain 3.5.9, 3.5.10)."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, MINE, NEXT_DOOR, NOW
from tests.webapp.browsing import HOSTILE
from tests.webapp.conftest import Opener
from tests.webapp.scoring.sealed import BASIS, LATER, Sealed
from tests.webapp.scoring.sealed import sealed as made_sealed
from webapp.access import Role
from webapp.conflict.models import CoiDeclaration, CoiTie
from webapp.errors import NotAllowed
from webapp.evidence import services as evidence
from webapp.evidence.errors import Locked, NoteMissing, OutsideReopening
from webapp.evidence.rules import Move, State
from webapp.programme.rules import PeriodState
from webapp.scoring import queries, services
from webapp.scoring.errors import (
    GateClosed,
    NotFinal,
    OwnRequest,
    PartialDecider,
    PeriodSealed,
    ReopeningDecided,
    ReopeningWaits,
    ScopeUnknown,
)
from webapp.scoring.services import About

PRESSED = "; ".join(HOSTILE)


@pytest.fixture
def sealed(session: Session) -> Sealed:
    return made_sealed(session)


def refused(session: Session, statement: str, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(text(statement))


def test_invariant_10_reopening_names_asker_reason_basis_scope_and_another_approver(sealed: Sealed) -> None:
    asked = sealed.ask(About(MINE))
    assert (asked.reason, asked.legal_basis, asked.version) == ("Foto tertukar", BASIS, 1)
    assert [(one.region_code, one.indicator_id) for one in asked.scope] == [(MINE, None)]
    assert sealed.period.state == PeriodState.FINAL, "asking unlocks nothing"
    sealed.grant(asked)
    assert (asked.granted, asked.decided_by) == (True, sealed.people.leader.id)
    assert (sealed.period.state, sealed.period.version, sealed.period.finalised_at) == (PeriodState.OPEN, 2, None)


def test_nobody_grants_their_own_request_even_with_both_posts(sealed: Sealed) -> None:
    both = factories.account(sealed.session, (Role.CHAIR, KABUPATEN), (Role.LEADER, KABUPATEN))
    asked = sealed.ask(by=both)
    with pytest.raises(OwnRequest):
        sealed.grant(asked, by=both)
    with pytest.raises(NotAllowed):
        sealed.grant(asked, by=sealed.people.chair)
    refused(
        sealed.session,
        f"UPDATE reopening SET decided_by = asked_by, decided_at = now(), granted = true WHERE id = {asked.id}",
        "nobody_grants_their_own",
    )


def test_a_leader_who_declared_a_tie_to_the_unit_does_not_decide(sealed: Sealed) -> None:
    leader = sealed.people.leader
    said = CoiDeclaration(account_id=leader.id, period_id=sealed.period.id, statement_version="2026-1", made_at=NOW)
    said.ties = [CoiTie(region_code=MINE, kind="kin", added_at=NOW)]
    sealed.session.add(said)
    sealed.session.flush()
    asked = sealed.ask()
    with pytest.raises(PartialDecider):
        sealed.grant(asked)
    sealed.grant(asked, by=factories.leader(sealed.session))


def test_only_a_sealed_result_is_asked_about_with_reason_basis_and_a_scope_of_its_own(sealed: Sealed) -> None:
    for about in (About(FAR), About(MINE, 999_999), About(MINE, None, sealed.other_case.id)):
        with pytest.raises(ScopeUnknown):
            sealed.ask(about)
    for reason, basis in ((" ", BASIS), ("Foto tertukar", " ")):
        with pytest.raises(NoteMissing):
            services.ask(
                sealed.session, sealed.period, [About(MINE)], reason=reason, legal_basis=basis,
                actor=sealed.people.chair, at=LATER,
            )  # fmt: skip
    with pytest.raises(NotAllowed):
        sealed.ask(by=sealed.people.assessor)
    asked = sealed.ask()
    with pytest.raises(ReopeningWaits):
        sealed.ask()
    sealed.grant(asked)
    with pytest.raises(NotFinal):
        sealed.ask()


def test_granting_twice_is_once_and_a_refusal_leaves_everything_locked(sealed: Sealed) -> None:
    first = sealed.ask()
    services.decide(
        sealed.session, sealed.period, first, grants=False, answer="Tidak ada dasar", actor=sealed.people.leader,
        at=LATER,
    )  # fmt: skip
    assert (sealed.period.state, sealed.period.version) == (PeriodState.FINAL, 1)
    with pytest.raises(ReopeningDecided):
        sealed.grant(first)
    second = sealed.ask()
    sealed.grant(second)
    with pytest.raises((ReopeningDecided, NotFinal)):
        sealed.grant(second)
    assert sealed.period.version == 2


def test_exactly_the_scope_is_unlocked_and_the_database_keeps_the_rest(sealed: Sealed) -> None:
    session = sealed.session
    sealed.grant(sealed.ask(About(MINE)))
    assert (sealed.case.locked_at, sealed.case.stands) == (None, State.SUBMITTED)
    assert [one.move for one in sealed.case.moves][-1] == Move.REOPEN
    assert sealed.other_case.locked_at == NOW
    assert session.scalar(text(f"SELECT finalised_at FROM score WHERE claim_id = {sealed.claim.id}")) is None
    assert session.scalar(text(f"SELECT finalised_at FROM score WHERE claim_id = {sealed.other_claim.id}")) == NOW
    for statement, rule in (
        (f"UPDATE evidence SET title = 'lain' WHERE id = {sealed.other_case.id}", "evidence_is_locked"),
        (f"UPDATE evidence SET locked_at = NULL WHERE id = {sealed.other_case.id}", "evidence_is_locked"),
        (f"UPDATE score SET value = 1 WHERE claim_id = {sealed.other_claim.id}", "outside_the_reopening"),
        (f"UPDATE score SET finalised_at = NULL WHERE claim_id = {sealed.other_claim.id}", "outside_the_reopening"),
        (f"UPDATE claim SET statement = 'x' WHERE id = {sealed.other_claim.id}", "outside_the_reopening"),
        (f"DELETE FROM claim_evidence WHERE claim_id = {sealed.other_claim.id}", "outside_the_reopening"),
        ("UPDATE period SET quorum = 1, version = 3", "version_moves_by_reopening"),
        ("UPDATE period SET quorum = 9 WHERE version = 2", "reopened_period_keeps_its_rules"),
        ("UPDATE reopening SET granted = false", "history_is_append_only"),
        ("DELETE FROM reopening_scope", "history_is_append_only"),
        ("UPDATE result_part SET sha256 = 'x'", "history_is_append_only"),
        (
            f"INSERT INTO reopening_scope (reopening_id, region_code) SELECT id, '{NEXT_DOOR}' FROM reopening",
            "scope_is_settled_when_asked",
        ),
    ):
        refused(session, statement, rule)
    session.execute(text(f"UPDATE score SET value = 81 WHERE claim_id = {sealed.claim.id}"))


def test_outside_the_scope_the_services_say_so_in_words(sealed: Sealed) -> None:
    session, people = sealed.session, sealed.people
    sealed.grant(sealed.ask(About(MINE)))
    neighbour = sealed.other_claim
    with pytest.raises(OutsideReopening):
        services.score(session, neighbour, Decimal(99), actor=people.assessor, at=LATER)
    with pytest.raises(Locked):
        evidence.move(session, sealed.other_case, Move.SEND_TO_FIELD, actor=people.desk, at=LATER)
    draft = factories.case(session, people, unit=NEXT_DOOR)
    with pytest.raises(OutsideReopening):
        evidence.submit(session, draft, actor=session.merge(draft.owner).as_of(NOW.date()), at=NOW)
    refused(session, f"UPDATE evidence SET state = 'submitted' WHERE id = {draft.id}", "outside_the_reopening")
    evidence.submit(session, factories.case(session, people), actor=people.camat, at=NOW)


def test_a_case_alone_is_reopened_with_the_claims_it_supports(sealed: Sealed) -> None:
    session = sealed.session
    asked = sealed.ask(About(MINE, None, sealed.case.id))
    assert [(one.indicator_id, one.evidence_id) for one in asked.scope] == [(sealed.claim.indicator_id, sealed.case.id)]
    sealed.grant(asked)
    assert sealed.case.locked_at is None
    session.execute(text(f"UPDATE score SET value = 81 WHERE claim_id = {sealed.claim.id}"))


def test_invariant_9_the_new_result_is_version_2_and_the_old_one_stays_readable(sealed: Sealed) -> None:
    session, people, first = sealed.session, sealed.people, sealed.result
    before, old_hash = dict(first.content), first.sha256
    sealed.grant(sealed.ask(About(MINE)))
    with pytest.raises(GateClosed):
        services.finalise(session, sealed.period, actor=people.chair, at=LATER)
    sealed.verify_again()
    services.score(session, sealed.claim, Decimal("65.50"), actor=people.assessor, at=LATER)
    second = services.finalise(session, sealed.period, actor=people.chair, at=LATER)
    assert (first.version, second.version) == (1, 2)
    assert (first.content, first.sha256) == (before, old_hash)
    assert services.is_intact(session, first)
    assert services.is_intact(session, second)
    assert [(one["region"], one["total"], one["rank"]) for one in second.content["ranking"]][:2] == [
        (NEXT_DOOR, "70.00", 1), (MINE, "65.50", 2),
    ]  # fmt: skip
    assert second.content["period"]["reopening"]["reason"] == "Foto tertukar"
    assert second.content["units"][NEXT_DOOR] == first.content["units"][NEXT_DOOR], "nothing of it was touched"
    with pytest.raises(PeriodSealed):
        services.score(session, sealed.claim, Decimal(1), actor=people.assessor, at=LATER)


def test_the_page_shows_both_versions_and_what_changed(sealed: Sealed, opened: Opener) -> None:
    session, people, at = sealed.session, sealed.people, f"/penilaian/{sealed.period.id}"
    chair, leader = opened(people.chair), opened(people.leader)
    page = chair.open(f"{at}/buka-kembali")
    page = chair.send(page, "/buka-kembali", units=MINE, reason=PRESSED, legal_basis=PRESSED)
    assert page.text.count(" ".join(PRESSED.split())) >= 2, "hostile words are text, wherever they are shown"
    assert "Menunggu jawaban" in page.text
    asked = queries.waiting_reopening(session, sealed.period)
    assert asked is not None
    page = leader.open(f"{at}/buka-kembali")
    page = leader.send(page, f"/buka-kembali/{asked.id}", verdict="ya", reason="Setuju")
    assert "versi 2" in page.text
    session.expire_all()
    sealed.verify_again()
    services.score(session, sealed.claim, Decimal("65.50"), actor=people.assessor, at=LATER)
    services.finalise(session, sealed.period, actor=people.chair, at=LATER)
    session.commit()
    page = leader.open(f"{at}/hasil")
    assert "Final (versi 2)" in page.text
    assert "Yang berubah dari versi 1 ke versi 2" in page.text
    assert "-14,50" in page.text.replace("−", "-").replace("\N{MINUS SIGN}", "-")
    assert "Keabsahan versi 1" in page.text
    assert chair.open(f"{at}/gerbang").status == 200
    assert opened(people.camat).open(f"{at}/buka-kembali").status == 403
