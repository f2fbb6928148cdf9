"""L3 [S4], Belitung 2019: "jika tidak membuat laporan maka dianggap tidak kerja"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.webapp.reporting.world import Government, Office, government, line
from webapp.errors import NotAllowed
from webapp.reporting import queries, services
from webapp.reporting.errors import ReasonMissing
from webapp.reporting.rules import Result, State, Verdict

D = Decimal
DUE = (10, 10)


def _belitung(session: Session) -> tuple[Government, Office, Office]:
    belitung = government(session, "19.02", 2019)
    silent = belitung.kecamatan("19.02.03", line("Dermaga Selat Nasik"))
    working = belitung.kecamatan("19.02.01", line("Jalan Tanjungpandan"))
    belitung.done(working, date(2019, 9, 2), "20", "20000000")
    belitung.send(working, 3, belitung.at(10, 8))
    return belitung, silent, working


def test_l3_a_unit_without_report_is_considered_not_working_and_counts_zero(session: Session) -> None:
    belitung, silent, working = _belitung(session)
    last_minute, midnight = belitung.at(*DUE, 23, 59), belitung.at(10, 11, 0)
    assert belitung.stands(silent, 3, last_minute).state is State.NOT_REPORTED

    seen = belitung.stands(silent, 3, midnight)  # no job has come by
    assert (seen.state, seen.judgement.verdict, seen.judgement.value) == (State.DEEMED_IDLE, Verdict.IDLE, D(0))
    everybody = queries.standing(session, belitung.year, midnight, [3])
    assert everybody[0].unit.id == silent.unit.id, "the silent first"
    assert queries.value_of(everybody) == D(40), "80 and an explicit 0, not 80 and a gap"

    services.pass_deadlines(session, last_minute)  # of TW I and II
    assert belitung.report(silent, 3).state == State.NOT_REPORTED
    assert services.pass_deadlines(session, midnight) == 1
    assert services.pass_deadlines(session, midnight) == 0
    report = belitung.report(silent, 3)
    assert report.state == State.DEEMED_IDLE
    assert [move.actor_id for move in queries.moves(session, report)] == [None]
    assert belitung.report(working, 3).state == State.SENT


@pytest.mark.parametrize("job_came_by", [True, False])
def test_l3_a_late_report_is_kept_and_stays_late(session: Session, job_came_by: bool) -> None:
    belitung, silent, _ = _belitung(session)
    belitung.done(silent, date(2019, 9, 3), "20", "20000000")
    if job_came_by:
        services.pass_deadlines(session, belitung.at(10, 11, 1))
    belitung.send(silent, 3, belitung.at(10, 20))

    seen = belitung.stands(silent, 3, belitung.at(10, 21))
    assert (seen.state, seen.report.late, seen.judgement.value) == (State.LATE, True, D(0))
    assert seen.result == Result(D(80), D(80)), "what was reported is kept"
    services.mark_received(session, belitung.report(silent, 3), at=belitung.at(10, 21))
    report = belitung.report(silent, 3)
    assert (report.state, report.late) == (State.RECEIVED, True)
    services.submit(session, report, actor=silent.head, at=belitung.at(10, 25), note="Nilai kontrak diperbaiki.")
    assert belitung.report(silent, 3).state == State.LATE


def test_l3_a_leader_may_excuse_with_a_reason_in_the_own_name(session: Session) -> None:
    belitung, silent, working = _belitung(session)
    report, at = belitung.report(silent, 3), belitung.at(10, 12)
    with pytest.raises(NotAllowed):
        services.excuse(session, report, "Kapal tidak berlayar.", actor=belitung.secretariat, at=at)
    with pytest.raises(ReasonMissing):
        services.excuse(session, report, "  ", actor=belitung.leader, at=at)
    services.excuse(session, report, "Kapal tidak berlayar.", actor=belitung.leader, at=at)

    seen = belitung.stands(silent, 3, at)
    assert seen.excuse is not None and (seen.excuse.giver.name, seen.excuse.reason) == (
        "Bupati",
        "Kapal tidak berlayar.",
    )
    assert (seen.state, seen.judgement.verdict, seen.judgement.value) == (State.DEEMED_IDLE, Verdict.EXCUSED, None)
    assert queries.value_of(queries.standing(session, belitung.year, at, [3])) == D(80)
    assert belitung.stands(working, 3, at).judgement.value == D(80)
