"""O6: coordination of camat and kades in OKI; an indicator counts only meetings whose case was verified."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import MINE
from tests.webapp.scoring import valuing
from webapp.evidence import services as evidence
from webapp.evidence.rules import Move, State
from webapp.meeting import queries, services
from webapp.meeting.errors import CaseTaken, CaseUnknown
from webapp.meeting.models import Meeting
from webapp.meeting.rules import MeetingKind, UnitKind
from webapp.meeting.services import MeetingFields, SeriesFields, Unit
from webapp.scoring import queries as scoring
from webapp.scoring.rules import ClaimState

DAY = date(2018, 8, 1)
AT = datetime(2018, 8, 6, 3, 0, tzinfo=UTC)
VILLAGES = ("Desa Tebing Suluh", "Desa Cahya Bumi", "Desa Dabuk Rejo")  # of Lempuing


def test_o6_the_indicator_counts_only_verified_meetings(session: Session) -> None:
    meetings = valuing.counted("Rapat koordinasi camat dan kades", each="2", cap="10")
    people = valuing.team(session, valuing.period(session, valuing.aspect("Koordinasi", meetings)))
    run = services.begin(
        session,
        SeriesFields(
            MINE, MeetingKind.CAMAT_KADES, "Rapat koordinasi camat dan kades", DAY,
            units=tuple(Unit(UnitKind.DESA, name) for name in VILLAGES),
        ),
        actor=people.camat, at=AT,
    )  # fmt: skip
    kind = {"kind_code": "rapat", "activity_code": "rapat_koordinasi"}
    verified = factories.case(session, people, State.VERIFIED_DESK, **kind)
    waiting = factories.case(session, people, State.UNDER_REVIEW, **kind)
    other = factories.case(session, people, State.VERIFIED_DESK)  # verified, but no meeting

    def held(case: int | None) -> Meeting:
        made = services.call(session, run, DAY, time(9), "Kantor camat", actor=people.camat, at=AT)
        said = MeetingFields(
            DAY, time(9), None, "Kantor camat", "Sinergi desa", "Gotong royong tiap Jumat", factories.middle(MINE), case
        )
        services.write(session, made, said, actor=people.camat, at=AT)
        services.attend(session, made, {one.id: 2 for one in made.attendance[:2]}, actor=people.camat, at=AT)
        return made

    proven, unproven, pending = held(verified.id), held(None), held(waiting.id)
    for one in (proven, unproven, pending):
        services.close(session, one, actor=people.camat, at=AT)
    # a meeting record with date, place, desa present, decisions
    assert proven.content is not None
    assert (proven.content["held_on"], proven.content["decisions"]) == ("2018-08-01", ["Gotong royong tiap Jumat"])
    assert [one["unit"] for one in proven.content["attendance"] if one["present"]] == list(VILLAGES[:2])
    assert proven.place is not None
    # three meetings were held and closed, one counts
    counted = queries.verified(session, MINE, date(2018, 1, 1), date(2018, 12, 31))
    assert [one.id for one in counted] == [proven.id]
    assert queries.verified(session, MINE, date(2018, 8, 2), date(2018, 12, 31)) == []
    assert queries.verified(session, MINE, DAY, DAY, [MeetingKind.MINGGON]) == []
    # and an indicator that counts them is worth one meeting: the waiting one holds it, and adds once it is verified
    made = valuing.claim(session, people, meetings, verified, waiting)
    known = scoring.standing_of(session, made)
    assert (known.state, known.events, known.value) == (ClaimState.WAITING, 1, 2)
    evidence.move(session, waiting, Move.ACCEPT_AT_DESK, actor=people.desk, at=AT)
    known = scoring.standing_of(session, made)
    assert (known.state, known.events, known.value) == (ClaimState.PROVEN, 2, 4)
    counted = queries.verified(session, MINE, date(2018, 1, 1), date(2018, 12, 31))
    assert [one.id for one in counted] == [proven.id, pending.id]
    # one case proves one meeting, and a case of something else none
    with pytest.raises(CaseTaken):
        held(verified.id)
    with pytest.raises(CaseUnknown):
        held(other.id)
