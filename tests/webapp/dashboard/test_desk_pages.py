"""The desk as the leader, the next leader, the camat and nobody get it: its numbers, their lists, and who is silent."""

from __future__ import annotations

import html
import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, Team
from tests.webapp.browsing import let_in
from tests.webapp.counting import statements
from tests.webapp.insight.conftest import HOSTILE, desa, evidence
from webapp import db
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import DISMISSED, UNSEEN, State
from webapp.signals.models import Finding


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def history(session: Session, people: Team, number: int = 60, units: tuple[str, ...] = (MINE, NEXT_DOOR, FAR)) -> None:
    """Cases of every state over three years up to now."""
    dice, now = random.Random(7), db.utcnow()
    for _ in range(number):
        state, sent = dice.choice(list(State)), now - timedelta(days=dice.choice([1, 6, 9, 29, 31, 200, 400, 900]))
        times = {} if state in UNSEEN else {"submitted_at": sent}
        times |= {"verified_at": sent + timedelta(days=2)} if state in ("verified_desk", "verified_field") else {}
        times |= {"dismissed_at": sent + timedelta(days=3)} if state in DISMISSED else {}
        grade = {"grade": dice.choice("ABCD"), "place_source": "pin"}
        placed = dice.random() < 0.8
        evidence(
            session, people, state, dice.choice([*units, desa(session)]), placed=placed,
            **times, **(grade if placed else {}),
        )  # fmt: skip
    session.commit()


def opened(client: FlaskClient, person: Account, path: str) -> str:
    answer = let_in(client, person).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def plain(session: Session, condition: str, upper: str = KABUPATEN) -> int:
    """A count in SQL that knows nothing of the product, of what the region claims."""
    asked = f"""SELECT count(*) FROM evidence WHERE state NOT IN ('draft', 'withdrawn')
        AND (region_code = :upper OR region_code LIKE :upper || '.%') AND ({condition})"""
    return int(session.execute(text(asked), {"upper": upper}).scalar_one())


def numbers_with_lists(page: str) -> list[tuple[str, int]]:
    """(address, number) of every number on the page that is a link to a list."""
    found = re.findall(r'<a href="(/(?:dasbor|peta)/[^"]*daftar[^"]*)">([^<]*)</a>', page)
    tiles = re.findall(
        r'<a href="(/peta/[^"]*daftar[^"]*)"><span class="tile-label">[^<]*</span><span class="tile-value">([^<]*)<',
        page,
    )
    return [
        (html.unescape(href), int(said.replace(".", "")))
        for href, said in [*found, *tiles]
        if re.fullmatch(r"[\d.]+", said)
    ]


def test_every_number_is_just_as_many_cases_and_plain_sql_agrees(
    session: Session, client: FlaskClient, people: Team
) -> None:
    history(session, people)
    page = opened(client, people.leader, f"/dasbor/{KABUPATEN}")
    links = numbers_with_lists(page)
    assert len(links) > 40
    for href, number in links:
        listed = client.get(href).get_data(as_text=True)
        assert f"{number} bukti di balik angka ini." in listed, href
        assert len(re.findall(r'<th scope="row"><a href="/bukti/', listed)) == min(number, 25)
    said = dict(links)
    sides = {
        f"/dasbor/{KABUPATEN}/daftar?tahap=dikirim": "true",
        f"/dasbor/{KABUPATEN}/daftar?tahap=terverifikasi": "state IN ('verified_desk', 'verified_field')",
        f"/dasbor/{KABUPATEN}/daftar?arus=ditolak": "state IN ('rejected', 'mismatch')",
        f"/dasbor/{KABUPATEN}/daftar?tingkat=D": "grade = 'D'",
        f"/dasbor/{KABUPATEN}/daftar?umur=31": "submitted_at <= clock_timestamp() - interval '31 days' AND state"
        " IN ('submitted', 'under_review', 'rejection_proposed', 'awaiting_field', 'objected')",
    }
    assert {href: said[href] for href in sides} == {href: plain(session, sql) for href, sql in sides.items()}


def test_the_months_of_the_chart_add_up_to_the_figures(session: Session, client: FlaskClient, people: Team) -> None:
    history(session, people)
    page = opened(client, people.leader, f"/dasbor/{KABUPATEN}")
    rows = re.findall(r"<tr>(.*?)</tr>", page.split('id="arus"')[1].split("</section>")[0], re.DOTALL)[1:]
    cells = [[re.sub(r"<.*?>", "", one) for one in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)] for row in rows]
    *months, earlier, sums = cells
    assert (earlier[0], sums[0]) == ("Sebelumnya", "Jumlah")
    assert len(months) == 24
    columns = list(zip(*(list(map(int, row[1:])) for row in [*months, earlier]), strict=True))
    assert [sum(column) for column in columns] == list(map(int, sums[1:]))
    verified, rejected = "state IN ('verified_desk', 'verified_field')", "state IN ('rejected', 'mismatch')"
    assert list(map(int, sums[1:])) == [plain(session, one) for one in ("true", verified, rejected)]


def test_a_month_is_one_of_the_regions_own_clock(session: Session, client: FlaskClient, people: Team) -> None:
    last_evening = datetime(2018, 6, 30, 17, 30, tzinfo=UTC)  # 00.30 WIB of the first of July
    evidence(session, people, State.SUBMITTED, MINE, submitted_at=last_evening)
    session.commit()
    page = opened(client, people.leader, f"/dasbor/{KABUPATEN}")
    assert "Juli 2018" in page
    assert "Juni 2018" not in page
    assert "1 bukti di balik" in client.get(f"/dasbor/{KABUPATEN}/daftar?arus=dikirim&bulan=2018-07").text
    assert "0 bukti di balik" in client.get(f"/dasbor/{KABUPATEN}/daftar?arus=dikirim&bulan=2018-06").text


def test_the_silent_come_first_with_what_was_expected_of_them(
    session: Session, client: FlaskClient, people: Team
) -> None:
    evidence(session, people, State.VERIFIED_DESK, MINE, submitted_at=db.utcnow() - timedelta(days=40))
    evidence(session, people, State.DRAFT, NEXT_DOOR)  # nobody outside has heard of it
    session.commit()
    page = opened(client, people.leader, f"/dasbor/{KABUPATEN}")
    assert "3 dari 4" in page
    assert page.index('id="diam"') < page.index('id="arus"') < page.index('id="unit"')
    silent = page.split('id="diam"')[1].split("</section>")[0]
    names = re.findall(r'<a href="/dasbor/[\d.]+">(.*?)</a>', silent)
    assert names == [f"Kecamatan {KABUPATEN}.0{n}" for n in (2, 3, 4)]
    assert "belum pernah, peserta sejak 1 Jan 2018" in silent
    active = page.split('id="unit"')[1].split("</section>")[0]
    assert "yang lalu" in active
    assert f"/dasbor/{MINE}" in active


def test_a_unit_that_fell_silent_in_a_period_tells_when_it_was_last_heard(
    session: Session, client: FlaskClient, people: Team
) -> None:
    evidence(session, people, State.VERIFIED_DESK, MINE, submitted_at=db.utcnow() - timedelta(days=100))
    later = factories.period(session)
    session.commit()
    page = opened(client, people.leader, f"/dasbor/{KABUPATEN}?periode={later.id}")
    silent = page.split('id="diam"')[1].split("</section>")[0]
    assert f"Kecamatan {MINE}" in silent
    assert "3 bulan yang lalu" in silent


def test_few_cases_get_no_percentages(session: Session, client: FlaskClient, people: Team) -> None:
    for _ in range(4):
        evidence(session, people, State.VERIFIED_DESK, MINE)
    session.commit()
    page = opened(client, people.leader, f"/dasbor/{KABUPATEN}")
    assert "terlalu sedikit untuk persentase" in page
    assert "%" not in re.sub(r"<.*?>", "", page.split('class="tiles"')[1].split("</main>")[0])
    evidence(session, people, State.SUBMITTED, MINE)
    session.commit()
    page = client.get(f"/dasbor/{KABUPATEN}").get_data(as_text=True)
    assert "terlalu sedikit untuk persentase" not in page
    assert "80\N{NO-BREAK SPACE}%" in page


def test_the_longest_waiting_case_is_named(session: Session, client: FlaskClient, people: Team) -> None:
    now = db.utcnow()
    evidence(session, people, State.SUBMITTED, MINE, submitted_at=now - timedelta(days=3))
    oldest = evidence(session, people, State.AWAITING_FIELD, MINE, submitted_at=now - timedelta(days=50))
    evidence(session, people, State.RETURNED, MINE, submitted_at=now - timedelta(days=90))  # waits for its unit
    session.commit()
    backlog = opened(client, people.leader, f"/dasbor/{KABUPATEN}").split('id="tunggakan"')[1].split("</section>")[0]
    assert f'<a href="/bukti/{oldest.id}">' in backlog
    assert "1 bukti dikembalikan" in backlog


def test_signals_count_the_cases_the_reader_may_see(session: Session, client: FlaskClient, people: Team) -> None:
    mine = [evidence(session, people, State.SUBMITTED, MINE) for _ in range(3)]
    far = evidence(session, people, State.SUBMITTED, FAR)
    _signal(session, [mine[0], mine[1], far], "edited", "weak")
    _signal(session, [mine[2]], "edited", "strong")
    explained = {"explained_at": db.utcnow(), "explained_by": people.desk.id, "explained_reason": "Stempel kantor."}
    _signal(session, [mine[0]], "says_ai", "strong", **explained)
    _signal(session, [mine[0]], "sent_late", "note", gone_at=db.utcnow())
    session.commit()
    told = opened(client, people.leader, f"/dasbor/{KABUPATEN}").split('id="sinyal"')[1].split("</section>")[0]
    assert re.findall(r'<th scope="row">(.*?)</th>', told) == ["Disimpan dengan penyunting gambar"]
    assert re.findall(r"sinyal=edited\">(\d+)<", told) == ["3"]
    assert "Perlu penjelasan" in told  # the heavier of its two weights


def _signal(session: Session, cases: list[Evidence], code: str, weight: str, **further: object) -> None:
    for one in cases:
        session.add(Finding(evidence_id=one.id, code=code, weight=weight, detail={}, found_at=db.utcnow(), **further))
    session.flush()


def test_a_region_with_nothing_is_a_whole_page(session: Session, client: FlaskClient, people: Team) -> None:
    session.commit()
    page = opened(client, people.leader, f"/dasbor/{KABUPATEN}")
    assert "4 dari 4" in page
    assert "Belum ada bukti yang dikirim." in page
    assert "Tidak ada yang menunggu verifikator." in page
    assert "Tidak ada sinyal yang belum dijelaskan." in page


def test_a_kecamatan_without_desa_has_no_units_and_leads_to_its_profile(
    session: Session, client: FlaskClient, people: Team
) -> None:
    evidence(session, people, State.SUBMITTED, MINE)
    session.commit()
    page = opened(client, people.leader, f"/dasbor/{MINE}")
    assert 'id="diam"' not in page
    assert f'href="/dasbor/{MINE}/profil"' in page


def test_the_filter_of_the_map_holds_for_every_number(session: Session, client: FlaskClient, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, MINE)
    evidence(session, people, State.SUBMITTED, NEXT_DOOR, kind_code="rapat", activity_code=None)
    session.commit()
    page = opened(client, people.leader, f"/dasbor/{KABUPATEN}?jenis=rapat")
    links = numbers_with_lists(page)
    assert all("jenis=rapat" in href for href, _ in links)
    assert dict(links)[f"/dasbor/{KABUPATEN}/daftar?jenis=rapat&tahap=dikirim"] == 1
    assert client.get(f"/dasbor/{KABUPATEN}?jenis=tidak_ada").headers["X-Problem-Code"] == "unknown_filter"


@pytest.mark.parametrize(
    "asked",
    ["tahap=x", "umur=1", "antrean=x", "tingkat=E", "sinyal=a%27b", "arus=x", "bulan=2018-07", "arus=dikirim&bulan=1",
     "arus=dikirim&bulan=2018-13", "arus=dikirim&bulan=0000-01", "hal=0"],
)  # fmt: skip
def test_an_address_nobody_gave_out_is_refused_by_name(
    session: Session, client: FlaskClient, people: Team, asked: str
) -> None:
    session.commit()
    answer = let_in(client, people.leader).get(f"/dasbor/{KABUPATEN}/daftar?{asked}")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "unknown_filter")


def test_who_has_a_desk_and_where(session: Session, client: FlaskClient, people: Team) -> None:
    several = factories.account(session, (Role.LEADER, KABUPATEN), (Role.LEADER, KOTA))
    everything = factories.account(session, (Role.AUDITOR, None))
    team = factories.account(session, (Role.PROVINCIAL_TEAM, "99"))
    session.commit()
    assert client.get("/dasbor/").location.split("?")[0] == "/masuk"
    let_in(client, people.leader)
    assert client.get("/dasbor/").location == f"/dasbor/{KABUPATEN}"
    answers = {code: client.get(f"/dasbor/{code}").status_code for code in (KABUPATEN, MINE, KOTA, FAR, "99", "98")}
    assert answers == {KABUPATEN: 200, MINE: 200, KOTA: 404, FAR: 404, "99": 404, "98": 404}
    assert client.get(f"/dasbor/{KOTA}/daftar").status_code == 404
    assert client.get("/dasbor/daftar").status_code == 404
    let_in(client, several)
    choice = client.get("/dasbor/").get_data(as_text=True)
    assert f'href="/dasbor/{KABUPATEN}"' in choice
    assert f'href="/dasbor/{KOTA}"' in choice
    let_in(client, everything)
    assert "Dasbor Indonesia" in client.get("/dasbor/").get_data(as_text=True)
    assert client.get("/dasbor/daftar").status_code == 200
    for outside in (people.camat, team):
        assert let_in(client, outside).get(f"/dasbor/{KABUPATEN}").status_code == 403


def test_more_cases_and_units_need_no_more_statements(
    session: Session, client: FlaskClient, people: Team, connection: Connection
) -> None:
    history(session, people, 12)
    let_in(client, people.leader)
    client.get(f"/dasbor/{KABUPATEN}")
    with statements(connection) as few:
        client.get(f"/dasbor/{KABUPATEN}")
    history(session, people, 80, (*(f"{KABUPATEN}.0{n}" for n in range(1, 5)), FAR))
    with statements(connection) as many:
        client.get(f"/dasbor/{KABUPATEN}")
    assert len(many) == len(few)
    assert len(many) <= 24, "\n".join(many)


def test_hostile_titles_and_names_are_text(session: Session, client: FlaskClient, people: Team) -> None:
    for bad in HOSTILE:
        evidence(session, people, State.SUBMITTED, MINE, title=bad)
    people.period.name = HOSTILE[0]
    session.commit()
    for path in (f"/dasbor/{KABUPATEN}", f"/dasbor/{MINE}", f"/dasbor/{KABUPATEN}/daftar?tahap=dikirim"):
        page = opened(client, people.leader, path)
        assert "<script>window" not in page
        assert "<img src=x" not in page
        assert str(7771 * 7771) not in page
