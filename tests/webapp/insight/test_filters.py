"""What the filters of the map find, for whom, and that nobody finds by searching what they may not read."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, Team
from tests.webapp.browsing import let_in
from tests.webapp.conftest import Opener
from tests.webapp.insight.conftest import evidence
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State, Tag
from webapp.insight import queries
from webapp.insight.errors import UnknownFilter
from webapp.insight.rules import Filters, Group, Month, month

NIK, PHONE = "3273014101900001", "0812-3456-7890"


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def titles(session: Session, people: Team, **asked: object) -> set[str]:
    filters = Filters(**asked)  # type: ignore[arg-type]
    return {
        row.title for row in queries.cases(session, queries.behind(people.leader, KABUPATEN, filters, Group.CLAIMED))
    }


def test_an_event_is_of_every_month_it_touches(session: Session, people: Team) -> None:
    for title, start, end in (
        ("januari", (1, 31), (1, 31)), ("lintas", (1, 28), (2, 3)), ("februari", (2, 1), (2, 1)),
        ("panjang", (1, 1), (4, 30)), ("maret", (3, 1), (3, 31)),
    ):  # fmt: skip
        evidence(
            session, people, State.SUBMITTED, MINE, title=title, occurred_from=date(2026, *start),
            occurred_to=date(2026, *end),
        )  # fmt: skip

    def between(since: str | None, until: str | None) -> set[str]:
        return titles(session, people, since=since and month(since), until=until and month(until))

    assert between("2026-02", "2026-02") == {"lintas", "februari", "panjang"}
    assert between("2026-03", None) == {"panjang", "maret"}
    assert between(None, "2026-01") == {"januari", "lintas", "panjang"}
    assert between("2025-01", "2025-12") == set() == between("2026-05", "2027-01")
    assert len(between("2026-01", "2026-04")) == 5


def test_a_tag_finds_the_cases_that_show_it(session: Session, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, MINE, title="berdua", tags=["faces", "children"])
    evidence(session, people, State.SUBMITTED, MINE, title="wajah", tags=["faces"])
    evidence(session, people, State.SUBMITTED, MINE, title="tanpa")
    assert titles(session, people, tag=Tag.FACES) == {"berdua", "wajah"}
    assert titles(session, people, tag=Tag.CHILDREN, text="wajah") == set()
    assert titles(session, people, tag=Tag.CHILDREN, text="berdua") == {"berdua"}


def test_an_indicator_finds_what_is_tied_to_claims_on_it_for_who_reads_claims(session: Session, people: Team) -> None:
    first, second, loose = (factories.case(session, people, State.SUBMITTED) for _ in range(3))
    factories.claim(session, people, first, second)
    factories.claim(session, people, second, number=1)
    one, other = [part.id for part in people.period.instrument.aspects[0].indicators]
    assert titles(session, people, indicator=one) == {first.title, second.title}
    assert titles(session, people, indicator=other) == {second.title}
    assert titles(session, people, indicator=other + 1000) == set()
    desk = queries.behind(people.desk, KABUPATEN, Filters(indicator=one), Group.CLAIMED)
    assert queries.count(session, desk) == 0
    assert loose.title in titles(session, people)
    assert [number for number, _ in queries.options(session, people.leader, Filters()).indicators] == [one, other]
    assert queries.options(session, people.desk, Filters()).indicators == []
    with pytest.raises(UnknownFilter):
        queries.check(queries.options(session, people.desk, Filters()), Filters(indicator=one))


def test_words_are_found_in_any_form_and_order_and_unfinished(session: Session, people: Team) -> None:
    title = "Pelayanan Keliling"
    evidence(session, people, State.SUBMITTED, MINE, title=title, note="Petugas mendatangi warga desa")
    for typed in (
        "melayani", "layanan", "keliling pelayanan", "petugas", "warga kel", "PELA", '"petugas mendatangi"',
        "pelayanan -pasar", "pasar or warga", "datang",
    ):  # fmt: skip
        assert titles(session, people, text=typed) == {title}, typed
    for typed in ("pasar", "pelayanan pasar", '"mendatangi petugas"', "-pelayanan", "ayanan", "'", "!!", "() & |", "-"):
        assert titles(session, people, text=typed) == set(), typed


def test_nobody_finds_a_case_by_a_number_they_do_not_read(session: Session, people: Team) -> None:
    evidence(
        session, people, State.SUBMITTED, MINE, title=f"Gang {PHONE}",
        note=f"Ketua {NIK} (+62 812 3456 7891), surel ketua.rw@contoh.id",
    )  # fmt: skip
    for word in (NIK, NIK[:8], PHONE, "0812", "3456-7890", "7891", "ketua.rw@contoh.id", "contoh.id", "rw"):
        assert titles(session, people, text=word) == set(), word
    assert titles(session, people, text="ketua surel gang") != set()


def test_the_database_covers_what_the_search_by_words_covers(session: Session) -> None:
    written = session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'case_words'"))
    assert evidence_queries.PERSONAL in str(written)


def test_searching_uses_the_index_and_stays_inside_the_area(session: Session, people: Team, opened: Opener) -> None:
    evidence(session, people, State.SUBMITTED, MINE, title="Pasar terapung")
    evidence(session, people, State.SUBMITTED, FAR, title="Pasar terapung")
    asked = "SELECT id FROM evidence WHERE case_words(title, note) @@ websearch_to_tsquery('indonesian', 'pasar')"
    session.execute(text("SET LOCAL enable_seqscan = off"))
    assert "ix_evidence_words" in "".join(row[0] for row in session.execute(text(f"EXPLAIN {asked}")))
    here, there = opened(people.leader), opened(factories.leader(session, KOTA))
    for leader, code, other in ((here, KABUPATEN, KOTA), (there, KOTA, KABUPATEN)):
        assert "1 bukti di balik angka ini." in leader.client.get(f"/peta/{code}/daftar?cari=pasar").text
        assert leader.client.get(f"/peta/{other}/daftar?cari=pasar").status_code == 404


def test_the_role_of_the_web_server_finds_nothing_before_it_is_known_who_asks(session: Session, people: Team) -> None:
    evidence(session, people, State.SUBMITTED, MINE, title="Pasar terapung")
    found = text("SELECT count(*) FROM wall.cases_saying(websearch_to_tsquery('indonesian', 'pasar'))")
    assert session.scalar(found) == 1
    session.execute(text("SET LOCAL ROLE petabukti_app"))
    assert session.scalar(found) == 0
    session.execute(text("SET LOCAL ROLE NONE"))


def test_every_filter_is_on_the_page_says_what_is_set_and_can_be_dropped(
    session: Session, people: Team, client: FlaskClient
) -> None:
    case = factories.case(session, people, State.SUBMITTED, tags=("faces",))
    factories.claim(session, people, case)
    indicator = people.period.instrument.aspects[0].indicators[0]
    session.commit()
    let_in(client, people.leader)
    now = Month.of(session.get_one(Evidence, case.id).occurred_from)
    asked = f"?indikator={indicator.id}&penanda=faces&dari={now}&sampai={now.plus(1)}&cari=kampung"
    page = client.get(f"/peta/{KABUPATEN}{asked}").text
    for words in (indicator.name, "Wajah orang terlihat", "sejak Agustus 2018", "sampai September 2018", "“kampung”"):
        assert f'">{words}<svg' in page, words
    for name in ("indikator", "penanda", "dari", "sampai", "cari"):
        assert f'name="{name}"' in page
    listed = client.get(f"/peta/{KABUPATEN}/daftar{asked}").text
    assert "1 bukti di balik angka ini." in listed
    for wrong in ("indikator=999999", "penanda=x", "dari=2026-13", "dari=2026-02&sampai=2026-01"):
        assert client.get(f"/peta/{KABUPATEN}?{wrong}").status_code == 422, wrong


def test_every_map_says_what_its_figures_are_a_part_of(session: Session, people: Team, client: FlaskClient) -> None:
    evidence(session, people, State.VERIFIED_FIELD, MINE)
    evidence(session, people, State.REJECTED, MINE)
    session.commit()
    let_in(client, people.leader)
    few = client.get(f"/peta/{KABUPATEN}").text
    assert "Dari 2 yang diklaim: 1 terverifikasi, 0 menunggu, 1 ditolak; 0 tanpa lokasi." in few
    assert "Angka kecil" in few and "Tanpa bukti: 3 dari 4 unit." in few
    told = few.split("Versi data ")[1][:7]
    for _ in range(3):
        evidence(session, people, State.SUBMITTED, MINE)
    session.commit()
    more = client.get(f"/peta/{KABUPATEN}").text
    assert "Dari 5 yang diklaim: 1 terverifikasi (20\N{NO-BREAK SPACE}%), 3 menunggu" in more
    assert "Angka kecil" not in more and told not in more
    assert "Versi data" in client.get("/peta/studi").text and "Dari 0 yang diklaim" in client.get("/peta/studi").text
