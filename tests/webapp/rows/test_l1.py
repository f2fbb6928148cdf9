"""L1 [S4], Belitung, Tuesday 8 October 2019: the leadership meeting sees quarters I to III of every unit at once."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.webapp.reporting.world import Government, government, line
from webapp.meeting import services as meetings
from webapp.meeting.models import Meeting
from webapp.meeting.rules import MeetingKind, UnitKind, digest
from webapp.meeting.services import SeriesFields, Unit
from webapp.recap import queries, services
from webapp.recap.errors import OtherRegion
from webapp.reporting.rules import State

D = Decimal
TUESDAY = date(2019, 10, 8)


def belitung(session: Session) -> Government:
    """TW I–III: Tanjungpandan always, Sijuk below target in money, Selat Nasik never."""
    made = government(session, "19.02", 2019)
    tanjungpandan = made.kecamatan("19.02.01", line("Jalan"))
    sijuk = made.kecamatan("19.02.04", line("Irigasi"))
    made.kecamatan("19.02.03", line("Dermaga"))
    for quarter, month in ((1, 2), (2, 5), (3, 8)):
        made.done(tanjungpandan, date(2019, month, 20), "25", "25000000")
        made.done(sijuk, date(2019, month, 21), "19", "17250000")
        for office in (tanjungpandan, sijuk):
            made.send(office, quarter, made.at(3 * quarter + 1, 3))
    return made


def rapim(session: Session, made: Government) -> Meeting:
    said = SeriesFields(
        region_code="19.02", kind=MeetingKind.RAPIM, name="Rapat pimpinan triwulan", starts_on=date(2019, 1, 1),
        units=(Unit(UnitKind.KECAMATAN, "Tanjungpandan", "19.02.01"),),
    )  # fmt: skip
    run = meetings.begin(session, said, actor=made.secretariat, at=made.begun)
    return meetings.call(session, run, TUESDAY, time(9), "Tanjungpandan", actor=made.secretariat, at=made.at(10, 1))


def test_l1_three_quarters_of_every_unit_on_one_screen_frozen_as_the_meetings_annex(session: Session) -> None:
    made = belitung(session)
    at = made.at(10, 8, 10)  # TW III is over, and may still be reported for two days
    found = queries.recap(session, made.leader, made.year, at)
    assert found.title == "Rekap TW I–III 2019, Kabupaten Belitung"
    assert [(one.name, one.silent_quarters, one.value) for one in found.lines] == [
        ("Selat Nasik", 2, D("0.00")), ("Sijuk", 0, D("72.50")), ("Tanjungpandan", 0, D("100.00")),
    ]  # fmt: skip
    assert [found.lines[0].quarters[quarter].state for quarter in (2, 3)] == [State.DEEMED_IDLE, State.NOT_REPORTED]
    assert [str(side) for side in found.lines[1].quarters[3].judgement.failing] == ["financial"]
    assert found.value == D("64.68"), "zeros of the silent count, what is not due yet does not"

    meeting = rapim(session, made)
    annex = services.attach(session, found, meeting, actor=made.secretariat, at=at)
    before = annex.content
    assert before is not None and digest(before) == annex.sha256
    made.done(made.offices["19.02.03"], date(2019, 9, 30), "25", "25000000")
    made.send(made.offices["19.02.03"], 3, made.at(10, 9))
    session.expire_all()
    later = queries.recap(session, made.leader, made.year, made.at(10, 13))
    assert later.lines[0].quarters[3].state is State.SENT, "the live page moved on"
    assert annex.content == before, "the annex did not"
    assert annex.content["lines"][0]["quarters"]["3"]["state"] == "not_reported"

    assert queries.annex(session, made.leader, annex.id).sha256 == annex.sha256


def test_l1_a_recap_is_no_annex_of_another_regions_meeting(session: Session) -> None:
    made, other = belitung(session), government(session, "13.10", 2019)
    found = queries.recap(session, made.leader, made.year, made.at(10, 11, 0))
    said = SeriesFields(
        region_code="13.10", kind=MeetingKind.RAPIM, name="Rapim", starts_on=date(2019, 1, 1), units=()
    )  # fmt: skip
    run = meetings.begin(session, said, actor=other.secretariat, at=other.begun)
    meeting = meetings.call(session, run, TUESDAY, time(9), "Pulau Punjung", actor=other.secretariat, at=other.begun)
    with pytest.raises(OtherRegion):
        services.attach(session, found, meeting, actor=other.secretariat, at=made.at(10, 11))
