"""Around a case at the desk: the nearest others, the same place over time, claims, and the way through the queue."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from geo.values import LonLat
from tests import factories
from tests.factories import KOTA, MINE, NEXT_DOOR
from tests.webapp.verification.conftest import Browser, line, utcnow
from webapp.accounts.models import Account
from webapp.evidence import services as evidence
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.signals.models import Finding
from webapp.signals.rules import Weight
from webapp.verification import services
from webapp.verification.queries import near

Opener = Callable[[Account | None], Browser]
PLAIN = {"kind_code": "kegiatan", "activity_code": "subuh_keliling"}


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


def east(metres: float) -> LonLat:
    """A point so far east of the middle of the usual kecamatan; at 2° south a degree is 111.25 km."""
    here = factories.middle(MINE)
    return LonLat(here.lon + metres / 111_250, here.lat)


def test_the_nearest_others_come_first_and_none_from_beyond_a_kilometre(
    session: Session, people: factories.Team
) -> None:
    case = line(session, people, MINE, east(0))
    far, close, _beyond = (line(session, people, MINE, east(metres)) for metres in (900, 40, 1_100))
    line(session, people, MINE, None)
    line(session, people, MINE, east(10), state=State.DRAFT, submitted_at=None, submitted_by=None)
    session.flush()
    found = near.nearest(session, people.desk, case)
    assert [one.id for one in found] == [close.id, far.id]
    assert [round(one.metres, -1) for one in found] == [40, 900]


def test_at_most_twenty_others(session: Session, people: factories.Team) -> None:
    case = line(session, people, MINE, east(0))
    for n in range(25):
        line(session, people, MINE, east(n))
    session.flush()
    assert len(near.nearest(session, people.desk, case)) == 20


def test_a_case_without_a_place_has_nothing_around_it(session: Session, people: factories.Team) -> None:
    case = line(session, people, MINE, None)
    session.flush()
    assert near.nearest(session, people.desk, case) == near.same_spot(session, people.desk, case) == []


def test_the_same_place_over_time_is_in_the_order_it_happened(session: Session, people: factories.Team) -> None:
    days = {0: date(2018, 5, 1), 60: date(2018, 3, 1), 90: date(2018, 7, 1), 150: date(2018, 1, 1)}
    made = {m: line(session, people, MINE, east(m), occurred_from=day, occurred_to=day) for m, day in days.items()}
    session.flush()
    spot = near.same_spot(session, people.desk, made[0])
    assert [one.id for one in spot] == [made[60].id, made[0].id, made[90].id]
    assert [one.days for one in spot] == [-61, 0, 61]


def test_the_layer_names_the_others_and_nobody_elses(session: Session, people: factories.Team, browser: Opener) -> None:
    case, other = line(session, people, MINE, east(0)), line(session, people, MINE, east(30), title="<b>Tetangga</b>")
    hidden = line(session, factories.team(session, code=KOTA), factories.FAR, east(20))
    session.flush()
    answer = browser(people.desk).get(f"/verifikasi/{case.id}/sekitar.geojson")
    told = json.loads(answer.data)
    assert [(one["id"], one["properties"]["name"]) for one in told["features"]] == [(other.id, "<b>Tetangga</b>")]
    assert hidden.title not in answer.text
    page = browser(people.desk).get(f"/verifikasi/{case.id}").text
    assert "&lt;b&gt;Tetangga&lt;/b&gt;" in page
    assert "<b>Tetangga" not in page


def test_the_desk_names_the_indicator_a_case_supports(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    case = factories.case(session, people, State.SUBMITTED, at=utcnow())
    desk = browser(people.desk)
    assert "Belum dikaitkan dengan klaim mana pun." in desk.get(f"/verifikasi/{case.id}").text
    factories.claim(session, people, case)
    session.commit()
    page = desk.get(f"/verifikasi/{case.id}").text
    assert "Indikator 1" in page
    assert "Menunggu verifikasi" in page
    assert "Kami lakukan." not in page  # what the unit says there is for assessors


def test_after_a_verdict_comes_the_next_of_the_same_filtered_queue(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    first, other_kind, held, second = (
        factories.case(session, people, State.SUBMITTED, at=utcnow() - timedelta(minutes=9 - n), **kind)
        for n, kind in enumerate((PLAIN, {}, PLAIN, PLAIN))
    )
    services.take(session, held.id, actor=people.second, at=utcnow(), minutes=30)
    desk, query = browser(people.desk), "?jenis=kegiatan"
    assert "2 dari 3" in desk.get(f"/verifikasi/{held.id}{query}").text
    for case, following in ((second, first), (first, None)):  # from the end on to the beginning
        page = f"/verifikasi/{case.id}{query}"
        desk.post(f"/verifikasi/{case.id}/ambil{query}", page)
        answer = desk.post(f"/verifikasi/{case.id}/terima{query}", page, note="")
        expected = f"/verifikasi/{following.id}{query}" if following else f"/verifikasi/{query}"
        assert answer.headers["Location"] == expected
    told = desk.get(f"/verifikasi/{query}").text
    assert f'href="/verifikasi/{first.id}?jenis=kegiatan"' in told
    assert "Tidak ada lagi yang menunggu Anda" in told
    assert other_kind.state == State.SUBMITTED


def test_the_queue_is_narrowed_to_the_flagged_the_plain_and_the_own(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    plain, flagged, explained, mine = (line(session, people, NEXT_DOOR, factories.middle(NEXT_DOOR)) for _ in range(4))
    session.flush()
    said = {"explained_by": people.second.id, "explained_at": utcnow(), "explained_reason": "Kamera kantor."}
    for case, words in ((flagged, {}), (explained, said)):
        found = {"code": "undecodable", "weight": Weight.WEAK, "found_at": utcnow(), "detail": {}, **words}
        session.add(Finding(evidence_id=case.id, **found))
    services.take(session, mine.id, actor=people.desk, at=utcnow(), minutes=30)
    desk = browser(people.desk)

    def shown(query: str) -> set[int]:
        page = desk.get(f"/verifikasi/{query}").text
        return {case.id for case in (plain, flagged, explained, mine) if f'href="/verifikasi/{case.id}?' in page}

    assert shown("?sinyal=ada") == {flagged.id}
    assert shown("?sinyal=tanpa") == {plain.id, explained.id, mine.id}
    assert shown("?pemeriksa=saya") == {mine.id}


def test_whose_lock_ran_out_is_told_so_and_keeps_the_note(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    case: Evidence = factories.case(session, people, State.SUBMITTED, at=utcnow(), **PLAIN)
    services.take(session, case.id, actor=people.desk, at=utcnow(), minutes=-1)
    answer = browser(people.desk).post(
        f"/verifikasi/{case.id}/kembalikan",
        f"/verifikasi/{case.id}",
        note="Tanggal <salah>.",
        reason_code="dates_wrong",
    )
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "not_taken")
    assert "Waktu Anda sudah habis" in answer.text
    assert "readonly>Tanggal &lt;salah&gt;.</textarea>" in answer.text


def test_without_script_a_thumbnail_leads_to_its_photo_and_the_photo_to_the_large_picture(
    session: Session, people: factories.Team, browser: Opener
) -> None:
    case = factories.case(session, people, at=utcnow(), **PLAIN)
    evidence.add_photos(session, case, [factories.incoming()], actor=people.camat, at=utcnow(), intake=people.intake)
    evidence.submit(session, case, actor=people.camat, at=utcnow())
    first, second = (photo.id for photo in case.photos)
    desk = browser(people.desk)
    page = desk.get(f"/verifikasi/{case.id}?jenis=kegiatan").text
    assert f'href="/verifikasi/{case.id}?foto={second}&amp;jenis=kegiatan#foto"' in page
    for chosen, other, asked in ((first, second, ""), (second, first, f"?foto={second}"), (first, second, "?foto=0")):
        page = desk.get(f"/verifikasi/{case.id}{asked}").text
        assert re.search(rf'<div data-foto="{chosen}" [^>]*(?<!hidden)>', page)
        assert re.search(rf'<div data-foto="{other}" [^>]* hidden>', page)
        assert f'href="/bukti/foto/{chosen}/large"' in page
