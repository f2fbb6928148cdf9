"""A day of presentations in the browser: the secretariat plans and notes who came, assessors value, all see times."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW
from tests.webapp.browsing import HOSTILE, Browser
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.conflict.models import CoiDeclaration, CoiTie
from webapp.presentation.models import PresentationSlot
from webapp.programme.models import Period
from webapp.scoring.models import Score

BAD = f"{HOSTILE[0]} {HOSTILE[2]}"


def plan(browser: Browser, period: Period, **changes: str) -> None:
    page = browser.open(f"/pemaparan/{period.id}")
    said = {
        "place": "Aula",
        "day_1": "2018-08-07",
        "day_2": "2018-08-08",
        "begins": "09:00",
        "minutes": "30",
        **changes,
    }
    page = browser.send(page, "/jadwal", **said)
    assert page.status == 200, page.text


def slots(session: Session) -> list[PresentationSlot]:
    session.expire_all()
    return list(session.scalars(select(PresentationSlot).order_by(PresentationSlot.starts_at)))


def test_a_day_from_the_plan_to_the_closed_stage(session: Session, period: Period, opened: Opener) -> None:
    first, second = (factories.account(session, (Role.ASSESSOR, KABUPATEN), name=f"Penilai {n}") for n in "AB")
    office = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    plan(office, period)
    mine, next_door = slots(session)
    assert mine.starts_at == datetime(2018, 8, 7, 2, 0, tzinfo=UTC)  # 09.00 WIB
    camat = opened(factories.camat(session))
    shown = camat.open("/pemaparan/")
    assert "Jadwal unit saya" in shown.text
    assert "Aula" in shown.text
    assert NEXT_DOOR in camat.open(f"/pemaparan/{period.id}").text  # the schedule is no secret
    assert camat.open(f"/penilaian/{period.id}/pemaparan/{mine.id}").status == 403

    page = office.open(f"/penilaian/{period.id}/pemaparan/{mine.id}")
    page = office.send(page, "/hadir", attendance="present", there=[str(first.id), str(second.id)])
    assert page.status == 200, page.text
    reads = opened(first)
    page = reads.open(f"/penilaian/{period.id}/pemaparan/{mine.id}")
    isi, tanya = period.instrument.aspects[0].indicators
    refused = reads.send(page, "/nilai", **{f"nilai{isi.id}-value": "83,25", f"nilai{tanya.id}-value": "101"})
    assert refused.status == 422
    assert session.scalars(select(Score)).all() == []
    page = reads.send(page, "/nilai", **{f"nilai{isi.id}-value": "83,25", f"nilai{tanya.id}-value": "77"})
    assert page.status == 200, page.text
    assert "83,25" in page.html

    other = opened(second)
    page = other.open(f"/penilaian/{period.id}/pemaparan/{mine.id}")
    assert "83,25" not in page.html
    assert "1 dari 2" in office.open(f"/pemaparan/{period.id}").text
    assert "83,25" not in office.open(f"/pemaparan/{period.id}").html
    told = office.open(f"/program/{period.id}")
    assert "Belum dapat ditutup: 2 hal" in told.text
    other.send(page, "/nilai", **{f"nilai{isi.id}-value": "80", f"nilai{tanya.id}-value": "80"})
    assert "83,25" not in other.open(f"/penilaian/{period.id}/pemaparan/{mine.id}").html

    page = office.open(f"/penilaian/{period.id}/pemaparan/{next_door.id}")
    silent = office.send(page, "/hadir", attendance="absent", reason="")
    assert (silent.status, silent.code) == (422, "reason_missing")
    page = office.send(page, "/hadir", attendance="absent", reason="Banjir menutup jalan.")
    assert "Banjir menutup jalan." in page.text
    assert "Banjir" not in camat.open(f"/pemaparan/{period.id}").text
    page = office.open(f"/program/{period.id}")
    page = office.send(page, "/tahap/presentation", step="close")
    assert "Tahap ditutup." in page.text
    late = reads.open(f"/penilaian/{period.id}/pemaparan/{mine.id}")
    refused = reads.send(late, "/nilai", **{f"nilai{isi.id}-value": "99", f"nilai{tanya.id}-value": "99"})
    assert (refused.status, refused.code) == (409, "stage_not_running")


def test_slots_move_and_change_places_for_a_reason(session: Session, period: Period, opened: Opener) -> None:
    office = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    plan(office, period, day_2="")
    mine, next_door = slots(session)
    before = mine.starts_at
    page = office.open(f"/pemaparan/{period.id}/{mine.id}/ubah")
    for changes, code in (
        ({"begins": "09:30", "because": "Camat menghadap bupati."}, "place_taken"),
        ({"begins": "11:00", "because": ""}, "reason_missing"),
        ({"swap_with": str(next_door.id)}, "reason_missing"),
    ):
        refused = office.send(page, "", **changes)
        assert (refused.status in (409, 422), refused.code) == (True, code)
    office.send(page, "", swap_with=str(next_door.id), because="Bertukar atas permintaan.", deck="Margahayu ayo pilah")
    next_door_now, mine_now = slots(session)
    assert (mine_now.region_code, next_door_now.starts_at) == (MINE, before)
    assert (mine_now.moved_from, mine_now.deck) == (before, "Margahayu ayo pilah")
    page = office.open(f"/pemaparan/{period.id}")
    assert "Bertukar atas permintaan." in page.text
    page = office.send(page, "/jadwal", place="Aula", day_1="2018-08-09", begins="08:00", minutes="1000")
    assert page.status == 422
    page = office.send(page, "/jadwal", place="Aula", day_1="2018-08-09", begins="23:00", minutes="60")
    assert page.code == "day_too_short"


def test_hostile_words_of_a_slot_are_only_words(session: Session, period: Period, opened: Opener) -> None:
    office = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    plan(office, period)
    mine, _ = slots(session)
    page = office.open(f"/pemaparan/{period.id}/{mine.id}/ubah")
    page = office.send(page, "", begins="13:00", place=f"a{BAD}", because=f"b{BAD}", deck=f"c{BAD}")
    for one in "abc":
        assert f"{one}{BAD}" in page.text
    assert BAD not in page.html
    page = office.open(f"/penilaian/{period.id}/pemaparan/{mine.id}")
    page = office.send(page, "/hadir", attendance="absent", reason=f"d{BAD}")
    assert f"d{BAD}" in page.text
    assert BAD not in page.html
    page = office.open(f"/program/{period.id}")
    page = office.send(page, "/salin")
    assert page.path != f"/program/{period.id}"


def test_who_has_a_tie_is_not_among_the_present(session: Session, period: Period, opened: Opener) -> None:
    kin = factories.account(session, (Role.ASSESSOR, KABUPATEN), name="Kerabat Camat")
    office = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    plan(office, period)
    mine, next_door = slots(session)
    factories.declared(session, [kin.id], [period.id])
    made = session.scalars(select(CoiDeclaration).where(CoiDeclaration.account_id == kin.id)).one()
    session.add(CoiTie(declaration_id=made.id, region_code=MINE, kind="kin", added_at=NOW))
    session.flush()
    assert "Kerabat Camat" not in office.open(f"/penilaian/{period.id}/pemaparan/{mine.id}").text
    page = office.open(f"/penilaian/{period.id}/pemaparan/{next_door.id}")
    assert "Kerabat Camat" in page.text
    office.send(page, "/hadir", attendance="present", there=[str(kin.id)])
    assert [one.account_id for one in slots(session)[1].there] == [kin.id]
