"""O3: of 18 camat of Ogan Komering Ilir the six best go on; places 6 and 7 are equal, which stops and asks."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from tests.webapp.selection import stage
from webapp.access import Role
from webapp.errors import NotAllowed
from webapp.evidence.errors import NoteMissing
from webapp.programme.rules import TieRule
from webapp.scoring import queries as scoring
from webapp.scoring import services as scoring_services
from webapp.scoring.errors import RoundClosed
from webapp.selection import queries, services
from webapp.selection.errors import FirstRoundWaits, TieUndecided

OKI = "16.02"
# Places 6 and 7 are equal in total and in both aspects: Jejawi and Cengal.
VALUES = {
    "16.02.05": (95, 90), "16.02.02": (90, 90), "16.02.13": (88, 86), "16.02.11": (85, 85), "16.02.14": (84, 80),
    "16.02.17": (80, 80), "16.02.18": (80, 80),
}  # fmt: skip


def test_o3_six_of_eighteen_go_on_and_a_tie_at_place_six_asks(session: Session) -> None:
    units = stage.places(session, OKI)
    assert len(units) == 18
    run = stage.period(session, OKI, units, name="OKI 2017", year=2017, rounds=2, shortlist_size=6)
    people = stage.team(session, run, units[0])
    secretariat = factories.account(session, (Role.SECRETARIAT, OKI))
    last = units[-1]
    claims = {
        code: stage.scored(session, people, code, *VALUES.get(code, (60 - n, 60 - n)))
        for n, code in enumerate(units)
        if code != last
    }
    owner = factories.camat(session, last)
    first = run.instrument.aspects[0].indicators[0]
    open_claim = scoring_services.claim(session, run, last, first.id, "Menyusul.", actor=owner, at=NOW)

    # The last one's claim has no evidence yet: the stage cannot be closed, and says which claim it waits for.
    with pytest.raises(FirstRoundWaits) as stopped:
        services.close_first_round(session, run, actor=people.chair, at=NOW)
    waiting = [(one.region_code, one.claim_id) for one in stopped.value.blockers]
    assert waiting == [(last, None), (last, open_claim.id)], (
        "what it never claimed, and what it claimed without evidence"
    )
    scoring_services.set_aside(session, open_claim, "Tidak mengirim bukti.", actor=people.chair, at=NOW)
    scoring_services.zero_unclaimed(session, run, "Diam dihitung nol.", actor=people.chair, at=NOW)

    # The tie at place 6 stops and asks; the secretariat cannot answer, nor can the chair without a reason.
    with pytest.raises(TieUndecided):
        services.close_first_round(session, run, actor=people.chair, at=NOW)
    with pytest.raises(NotAllowed):
        services.close_first_round(session, run, actor=secretariat, at=NOW, named=["16.02.17"], reason="x")
    with pytest.raises(NoteMissing):
        services.close_first_round(session, run, actor=people.chair, at=NOW, named=["16.02.17"])
    with pytest.raises(TieUndecided):  # two of one free place
        services.close_first_round(
            session, run, actor=people.chair, at=NOW, named=["16.02.17", "16.02.18"], reason="Keduanya."
        )
    services.close_first_round(
        session, run, actor=people.chair, at=NOW, named=["16.02.17"], reason="Pelayanan keliling lebih luas."
    )

    made = queries.shortlist(session, run)
    assert made is not None
    assert (made.tie_rule, made.reason, made.closer.id) == (
        TieRule.ASK, "Pelayanan keliling lebih luas.", people.chair.id
    )  # fmt: skip
    inside = [one.region_code for one in made.places if one.inside]
    assert inside == ["16.02.05", "16.02.02", "16.02.13", "16.02.11", "16.02.14", "16.02.17"]
    tied = {one.region_code: (one.rank, one.total, one.inside, one.why) for one in made.places if one.rank == 6}
    assert tied == {"16.02.17": (6, "80.00", True, "named"), "16.02.18": (6, "80.00", False, "named")}
    assert len(made.places) == 18
    assert {one.region_code for one in run.participants if one.round == 2} == set(inside)
    assert {one.kind: (one.opened_at is not None, one.closed_at is not None) for one in run.stages} == {
        "shortlist": (True, True), "advanced": (True, False),
    }  # fmt: skip

    # What the first round found stays, for the six as for the twelve.
    with pytest.raises(RoundClosed):
        services.close_first_round(session, run, actor=people.chair, at=NOW)
    for attempt in (
        f"UPDATE score SET value = 99 WHERE claim_id = {claims['16.02.18'][0].id}",
        f"UPDATE claim SET statement = 'lain' WHERE id = {claims['16.02.05'][0].id}",
        f"DELETE FROM claim_evidence WHERE claim_id = {claims['16.02.05'][0].id}",
        f"UPDATE evidence SET state = 'awaiting_field' WHERE id = {claims['16.02.18'][0].links[0].evidence_id}",
    ):
        with pytest.raises(IntegrityError, match="round_is_closed"), session.begin_nested():
            session.execute(text(attempt))

    # The second round goes on, and the six stand before the twelve.
    advanced = run.instrument.aspects[2].indicators[0]
    camat = factories.camat(session, "16.02.17")
    case = stage.proof(session, people, "16.02.17")
    claim = scoring_services.claim(session, run, "16.02.17", advanced.id, "Lanjutan.", actor=camat, at=NOW)
    scoring_services.tie(session, claim, case.id, actor=camat, at=NOW)
    scoring_services.score(session, claim, Decimal(97), actor=people.assessor, at=NOW)
    lines = scoring.ranking(run, scoring.standings(session, run))
    assert [lines[0].region_code, lines[0].total, lines[0].first_total] == ["16.02.17", Decimal(97), Decimal(80)]
    assert {line.round for line in lines[:6]} == {2}
