"""The history as auditors read it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, MINE, NEXT_DOOR, NOW
from tests.webapp.accounts.conftest import ByForm
from tests.webapp.conftest import SignIn
from webapp import audit
from webapp.access import Role
from webapp.accounts import queries
from webapp.accounts.models import Account
from webapp.accounts.queries import EVENTS_PER_PAGE, TrailFilter
from webapp.audit import AuditEvent

ZONE = "Asia/Jakarta"
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'


@pytest.fixture
def auditor(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.AUDITOR, KABUPATEN), name="Inspektorat")


@pytest.fixture
def camat(session: Session) -> Account:
    return factories.account(session, (Role.CAMAT, MINE), name="Ratna Sulastri")


def write(
    session: Session, actor: Account | None, action: str = "evidence.submit", code: str | None = MINE, key: int = 1
) -> None:
    audit.record(
        session, action, at=NOW, actor_id=actor.id if actor else None, on=("evidence", key), region_code=code
    )  # fmt: skip
    session.flush()


def actions(session: Session, auditor: Account, **wanted: object) -> list[str]:
    page = queries.trail(session, auditor, TrailFilter(**wanted), ZONE)  # type: ignore[arg-type]
    return [line.event.action for line in page.lines]


def test_an_auditor_reads_the_lines_of_the_own_area(session: Session, auditor: Account, camat: Account) -> None:
    write(session, camat)
    write(session, camat, "evidence.withdraw", FAR)
    write(session, None, "system.start", None)
    assert actions(session, auditor) == ["evidence.submit"]
    whole = factories.account(session, (Role.AUDITOR, None))
    assert actions(session, whole) == ["system.start", "evidence.withdraw", "evidence.submit"]


def test_no_filter_leads_out_of_the_area(session: Session, auditor: Account, camat: Account) -> None:
    write(session, camat, "evidence.withdraw", FAR, key=7)
    assert actions(session, auditor, region=FAR) == actions(session, auditor, region="") == []
    assert actions(session, auditor, on="evidence:7") == actions(session, auditor, person="Ratna") == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"person": "sulas"}, 2), ({"person": "%"}, 0), ({"action": "evidence.edit"}, 1), ({"on": "evidence"}, 3),
        ({"on": "evidence:2"}, 1), ({"on": " evidence : 2 "}, 1), ({"on": "photo"}, 0), ({"region": NEXT_DOOR}, 1),
        ({"region": KABUPATEN}, 3), ({"region": "99.0"}, 0), ({"region": "%"}, 0),
    ],
)  # fmt: skip
def test_the_history_is_filtered(
    session: Session, auditor: Account, camat: Account, wanted: dict[str, str], found: int
) -> None:
    write(session, camat)
    write(session, camat, "evidence.edit", key=2)
    write(session, auditor, code=NEXT_DOOR)
    assert len(actions(session, auditor, **wanted)) == found


def test_a_day_is_a_day_of_the_region(session: Session, auditor: Account, camat: Account) -> None:
    for hour in (16, 17):  # 23.00 on 5 August and 00.00 on 6 August, WIB
        at = datetime(2018, 8, 5, hour, tzinfo=UTC)
        audit.record(session, f"jam.{hour}", at=at, actor_id=camat.id, region_code=MINE)
    session.flush()
    day = NOW.date()
    assert actions(session, auditor, since=day) == ["jam.17"]
    assert actions(session, auditor, until=day - timedelta(days=1)) == ["jam.16"]
    assert actions(session, auditor, since=day, until=day) == ["jam.17"]


def test_pages_join_without_gap_or_repeat_while_lines_are_added(
    session: Session, auditor: Account, camat: Account
) -> None:
    for number in range(2 * EVENTS_PER_PAGE + 7):
        write(session, camat, key=number)

    def keys(**where: int) -> tuple[list[str], int | None, int | None]:
        page = queries.trail(session, auditor, TrailFilter(), ZONE, **where)  # type: ignore[arg-type]
        return [line.event.object_id for line in page.lines], page.newer, page.older

    first, newer, older = keys()
    assert newer is None
    assert older is not None
    write(session, camat, key=999)  # somebody works while the auditor reads
    second, newer, oldest = keys(before=older)
    assert newer is not None
    assert oldest is not None
    third, _, end = keys(before=oldest)
    assert end is None
    assert [*first, *second, *third] == [str(n) for n in reversed(range(2 * EVENTS_PER_PAGE + 7))]
    assert keys(after=newer)[0] == first
    assert keys(after=keys(after=newer)[1] or 0)[0] == ["999"]


def test_the_page_says_it_in_sentences_with_the_regions_clock(
    session: Session, client: FlaskClient, auditor: Account, camat: Account, sign_in: SignIn
) -> None:
    write(session, camat)
    write(session, camat, "gudang.buka")
    sign_in(client, auditor)
    page = client.get("/akun/jejak").text
    assert "mengirim bukti" in page
    assert "gudang.buka" in page  # no sentence yet: the code itself
    assert "6 Agustus 2018 10.00 WIB" in page
    assert "Ratna Sulastri" in page


def test_the_address_of_the_page_carries_every_filter(
    session: Session, client: FlaskClient, auditor: Account, camat: Account, sign_in: SignIn
) -> None:
    for number in range(EVENTS_PER_PAGE + 1):
        write(session, camat, key=number)
    sign_in(client, auditor)
    asked = (
        "/akun/jejak?orang=ratna&aksi=evidence.submit&objek=evidence&wilayah=99.01&dari=2018-08-06&sampai=2018-08-06"
    )
    page = client.get(asked).text
    older = re.search(r'href="([^"]+sebelum[^"]+)" rel="next"', page)
    assert older
    assert older[1].startswith(asked.replace("&", "&amp;"))
    assert client.get(older[1].replace("&amp;", "&")).text.count('<th scope="row">') == 1


@pytest.mark.parametrize(
    "query", ["sebelum=x", "sebelum=-1", "sebelum=99999999999999999999", "dari=kemarin", "sesudah="]
)
def test_a_strange_address_is_answered_as_the_first_page(
    session: Session, client: FlaskClient, auditor: Account, sign_in: SignIn, query: str
) -> None:
    sign_in(client, auditor)
    assert client.get(f"/akun/jejak?{query}").status_code == 200


def test_hostile_text_in_the_history_is_shown_as_it_is(
    session: Session, client: FlaskClient, auditor: Account, sign_in: SignIn
) -> None:
    audit.record(
        session, HOSTILE, at=NOW, actor_id=None, on=(HOSTILE, HOSTILE), region_code=MINE, address=HOSTILE, note=HOSTILE
    )
    sign_in(client, auditor)
    for page in (client.get("/akun/jejak").text, client.get("/akun/jejak", query_string={"orang": HOSTILE}).text):
        assert "<script>alert" not in page
    assert client.get("/akun/jejak").text.count("&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}") >= 5


def test_the_trail_of_the_sign_in_itself_is_there(
    session: Session, client: FlaskClient, auditor: Account, by_form: ByForm
) -> None:
    by_form(client, auditor)
    session.commit()
    line = session.scalars(select(AuditEvent)).one()
    assert (line.action, line.actor_id, line.address, line.region_code) == (
        "account.sign_in", auditor.id, "127.0.0.1", KABUPATEN,
    )  # fmt: skip
