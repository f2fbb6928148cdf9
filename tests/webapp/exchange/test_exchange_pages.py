"""What the map shows is what is taken out: leader, next leader, camat, auditor and nobody try."""

from __future__ import annotations

import random
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, Team
from tests.webapp.browsing import let_in
from tests.webapp.conftest import Opener, Post
from tests.webapp.exchange.reading import READERS, about, text_of_pdf
from tests.webapp.insight.conftest import HOSTILE, SEOUL, desa, evidence
from webapp.access import Role
from webapp.audit import AuditEvent
from webapp.evidence.rules import State
from webapp.exchange.models import Download

FILTERS = (
    "", "?jenis=rapat", "?keadaan=submitted", "?cari=bukti+1", "?jenis=inovasi&keadaan=verified_field",
    "?kelompok=verified", "?kelompok=unplaced&jenis=rapat", "?cari=tidak-ada-sama-sekali",
)  # fmt: skip


def in_the_field(session: Session, people: Team, number: int = 40) -> None:
    dice = random.Random(7)
    units = [MINE, NEXT_DOOR, FAR, desa(session)]
    for _ in range(number):
        evidence(
            session, people, dice.choice(list(State)), dice.choice(units), placed=dice.random() < 0.8,
            kind_code=dice.choice(["inovasi", "rapat"]), activity_code=None,
        )  # fmt: skip
    evidence(session, people, State.SUBMITTED, MINE, place=SEOUL, region_result="luar_negeri")
    session.commit()


def listed(client: FlaskClient, path: str) -> int:
    """How many cases the page says there are behind its number."""
    page = client.get(path).get_data(as_text=True)
    found = re.search(r"(\d+) bukti di balik angka ini", page)
    assert found, path
    return int(found[1])


@pytest.mark.parametrize("asked", FILTERS)
@pytest.mark.parametrize(("role", "code"), [(Role.LEADER, None), (Role.LEADER, KABUPATEN), (Role.AUDITOR, KOTA)])
def test_every_file_holds_as_many_cases_as_the_page_counts(
    session: Session, client: FlaskClient, people: Team, role: Role, code: str | None, asked: str
) -> None:
    in_the_field(session, people)
    let_in(client, factories.account(session, (role, code)))
    session.commit()
    for place in {"", code or KABUPATEN}:
        inner = f"/{place}" if place else ""
        if not place and code:
            continue  # the country is above their areas
        count = listed(client, f"/peta{inner}/daftar{asked}")
        for kind, read in READERS.items():
            answer = client.get(f"/unduh/wilayah{inner}/bukti.{kind}{asked}")
            assert answer.status_code == 200, (kind, answer.status_code)
            numbers = [row["nomor"] for row in read(answer.data)]
            assert len(numbers) == len(set(numbers)) == count, kind
        paper = text_of_pdf(client.get(f"/unduh/wilayah{inner}/bukti.pdf{asked}").data)
        assert f"Jumlah bukti : {count} " in paper


def test_the_workbook_and_the_report_say_the_figures_of_the_page(
    session: Session, client: FlaskClient, people: Team
) -> None:
    in_the_field(session, people)
    let_in(client, people.leader)
    session.commit()
    page = client.get(f"/peta/{KABUPATEN}?jenis=rapat").get_data(as_text=True)
    figures = re.findall(r'class="tile-value">(.*?)<', page)
    paper = text_of_pdf(client.get(f"/unduh/wilayah/{KABUPATEN}/bukti.pdf?jenis=rapat").data)
    said = re.search(
        r"Diklaim : (\d+) Terverifikasi : (\d+) Menunggu : (\d+) Ditolak : (\d+) Tanpa lokasi : (\d+)", paper
    )
    assert said and list(said.groups()) == figures
    told = about(client.get(f"/unduh/wilayah/{KABUPATEN}/bukti.xlsx?jenis=rapat").data)
    assert str(int(told["Jumlah bukti"])) == figures[0]
    assert told["Saringan"] == "Rapat"


def test_studies_abroad_are_a_file_of_their_own(session: Session, client: FlaskClient, people: Team) -> None:
    in_the_field(session, people)
    let_in(client, people.leader)
    session.commit()
    for kind, read in READERS.items():
        rows = read(client.get(f"/unduh/studi/bukti.{kind}").data)
        assert len(rows) == 1, kind
    home = READERS["geojson"](client.get(f"/unduh/wilayah/{KABUPATEN}/bukti.geojson").data)
    assert not {row["nomor"] for row in rows} & {row["nomor"] for row in home}


@pytest.mark.parametrize("code", [KOTA, FAR, "88", "tidak-ada"])
def test_what_the_map_does_not_show_is_not_taken_out(
    session: Session, client: FlaskClient, people: Team, code: str
) -> None:
    let_in(client, people.leader)
    session.commit()
    for path in (f"/unduh/wilayah/{code}", f"/unduh/wilayah/{code}/bukti.csv", f"/unduh/wilayah/{code}/bukti.pdf"):
        assert client.get(path).status_code == 404


def test_an_unknown_filter_is_refused_by_its_name(session: Session, client: FlaskClient, people: Team) -> None:
    let_in(client, people.leader)
    session.commit()
    answer = client.get(f"/unduh/wilayah/{KABUPATEN}/bukti.csv?keadaan=entah")
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "unknown_filter")


def test_a_camat_takes_out_the_own_unit_alone_drafts_too(session: Session, client: FlaskClient, people: Team) -> None:
    in_the_field(session, people)
    mine = evidence(session, people, State.DRAFT, MINE, title="Draf kami 0812 3456 7890")
    let_in(client, people.camat)
    session.commit()
    rows = READERS["csv"](client.get("/unduh/unit/bukti.csv").data)
    assert mine.id in {row["nomor"] for row in rows}
    assert {row["kode_wilayah"][:8] for row in rows} == {MINE}
    assert "3456" in str(rows)
    assert client.get(f"/unduh/wilayah/{MINE}/bukti.csv").status_code == 403


def test_titles_of_others_are_covered_and_hostile_ones_harmless(
    session: Session, client: FlaskClient, people: Team
) -> None:
    for title in (*HOSTILE, "Hubungi 0812 3456 7890"):
        evidence(session, people, State.SUBMITTED, MINE, title=title)
    let_in(client, people.leader)
    session.commit()
    for kind, read in READERS.items():
        rows = read(client.get(f"/unduh/wilayah/{MINE}/bukti.{kind}").data)
        assert len(rows) == len(HOSTILE) + 1
        assert "3456" not in str(rows)
        assert any("window.jahat" in row["judul"] for row in rows)
    assert "49*7771" not in (paper := text_of_pdf(client.get(f"/unduh/wilayah/{MINE}/bukti.pdf").data))
    assert "{{ 7771*7771 }}" in paper


def test_who_took_out_what_and_how_much_stands_in_the_trail(
    session: Session, client: FlaskClient, people: Team
) -> None:
    in_the_field(session, people)
    let_in(client, people.leader)
    session.commit()
    client.get(f"/unduh/wilayah/{KABUPATEN}/bukti.xlsx?jenis=rapat")
    session.expire_all()
    (line,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "download.taken"))
    assert (line.actor_id, line.region_code) == (people.leader.id, KABUPATEN)
    assert line.detail["filters"] == {"jenis": ["rapat"]}
    assert line.detail["format"] == "xlsx"
    assert line.detail["cases"] == listed(client, f"/peta/{KABUPATEN}/daftar?jenis=rapat")


def test_the_button_of_each_page_leads_to_what_that_page_shows(session: Session, people: Team, opened: Opener) -> None:
    in_the_field(session, people)
    browser = opened(people.leader)
    for path, target in (
        (f"/peta/{KABUPATEN}?jenis=rapat", f"/unduh/wilayah/{KABUPATEN}?jenis=rapat"),
        (f"/peta/{KABUPATEN}/daftar?kelompok=verified&hal=1&asing=1", f"/unduh/wilayah/{KABUPATEN}?kelompok=verified"),
        ("/peta/studi?jenis=inovasi", "/unduh/studi?jenis=inovasi"),
    ):
        page = browser.client.get(path).get_data(as_text=True)
        assert f'href="{target}"' in page, path


def test_what_is_small_is_answered_at_once(session: Session, client: FlaskClient, people: Team, post: Post) -> None:
    in_the_field(session, people)
    let_in(client, people.leader)
    session.commit()
    answer = post(client, f"/unduh/wilayah/{KABUPATEN}?jenis=rapat", kind="csv")
    assert answer.status_code == 303
    assert answer.location == f"/unduh/wilayah/{KABUPATEN}/bukti.csv?jenis=rapat"
    file = client.get(answer.location)
    assert re.fullmatch(
        r'attachment; filename="petabukti_99\.01_\d{8}-\d{4}\.csv"', file.headers["Content-Disposition"]
    )
    assert session.scalars(select(Download)).all() == []


def test_a_form_without_a_choice_is_shown_again(
    session: Session, client: FlaskClient, people: Team, post: Post
) -> None:
    let_in(client, people.leader)
    session.commit()
    assert post(client, f"/unduh/wilayah/{KABUPATEN}", kind="exe").status_code == 422
