"""D1: the coordination meeting of Dharmasraya, Tuesday 4 July 2017, in the hall in Pulau Punjung."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.webapp.rows.places import DHARMASRAYA, regions
from webapp.access import Role
from webapp.meeting import queries, services
from webapp.meeting.errors import ItemSettled, MeetingClosed
from webapp.meeting.rules import ItemState, MeetingKind, UnitKind
from webapp.meeting.services import MeetingFields, SeriesFields, Unit

JULY, AUGUST, SEPTEMBER = date(2017, 7, 4), date(2017, 8, 1), date(2017, 9, 5)
HALL = LonLat(101.5102, -0.9765)
AGENDA = "Evaluasi kinerja kepala OPD\nCapaian program APBD 2017"
AT = datetime(2017, 7, 4, 9, 0, tzinfo=UTC)


def test_d1_coordination_meeting_whose_open_items_come_back(session: Session) -> None:
    regions(session, DHARMASRAYA)
    setda = factories.account(session, (Role.SECRETARIAT, "13.10"), on=JULY)
    camat = factories.account(session, (Role.CAMAT, "13.10.02"), on=JULY)
    invited = (
        Unit(UnitKind.AGENCY, "OPD A"), Unit(UnitKind.AGENCY, "OPD B"), Unit(UnitKind.AGENCY, "OPD C"),
        *services.units_below(session, "13.10"),
    )  # fmt: skip
    run = services.begin(
        session,
        SeriesFields("13.10", MeetingKind.RAKOR, "Rapat koordinasi penyelenggaraan pemerintahan", JULY, units=invited),
        actor=setda, at=AT,
    )  # fmt: skip
    assert JULY.isoweekday() == 2  # a Tuesday, as the article says
    first = services.call(session, run, JULY, time(9), "Auditorium, Pulau Punjung", actor=setda, at=AT)
    services.write(
        session, first, MeetingFields(JULY, time(9), time(12), "Auditorium", AGENDA, "Target ditinjau", HALL),
        actor=setda, at=AT,
    )  # fmt: skip
    # attendance by unit: 3 agencies and 11 kecamatan were expected, OPD C and Asam Jujuhan stayed away
    assert len(first.attendance) == 14
    heads = {one.id: 0 if one.unit_name in ("OPD C", "Asam Jujuhan") else 2 for one in first.attendance}
    services.attend(session, first, heads, actor=setda, at=AT)
    assert sum(one.present for one in first.attendance) == 12
    assert sum(one.heads for one in first.attendance) == 24
    # action items with owner and date
    agency = Unit(UnitKind.AGENCY, "OPD B")
    plan = services.give(session, first, "Rencana perbaikan 6 bulan", agency, AUGUST, actor=setda, at=AT)
    report = services.give(
        session, first, "Lapor kegiatan fisik tanpa kemajuan", Unit(UnitKind.AGENCY, "OPD C"), JULY, actor=setda, at=AT
    )
    services.settle(session, report, ItemState.DONE, "Dilaporkan dalam rapat", actor=setda, at=AT, meeting=first)
    services.close(session, first, actor=setda, at=AT)
    assert services.is_intact(first)
    assert first.content is not None
    assert [one["unit"] for one in first.content["attendance"] if not one["present"]] == ["OPD C", "Asam Jujuhan"]
    # the camat of Pulau Punjung was invited and reads it
    assert queries.get(session, camat, first.id).id == first.id

    # the open item comes back in the next meeting, the closed one does not
    later = datetime(2017, 8, 1, 9, 0, tzinfo=UTC)
    second = services.call(session, run, AUGUST, time(9), "Auditorium", actor=setda, at=later)
    assert [one.id for one in queries.brought_to(session, second)] == [plan.id]
    # and in the one after it, until somebody closes it
    third = services.call(session, run, SEPTEMBER, time(9), "Auditorium", actor=setda, at=later)
    assert [one.id for one in queries.brought_to(session, third)] == [plan.id]
    services.settle(session, plan, ItemState.DROPPED, "OPD B dilebur", actor=setda, at=later, meeting=second)
    assert queries.brought_to(session, third) == []
    assert queries.open_items(session, setda, run.id) == []
    with pytest.raises(ItemSettled):
        services.settle(session, plan, ItemState.DONE, "Selesai", actor=setda, at=later)
    with pytest.raises(MeetingClosed):
        services.give(session, first, "Terlambat", agency, AUGUST, actor=setda, at=later)
