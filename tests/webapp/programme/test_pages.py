"""The secretariat prepares an assessment in the browser: weights, participants, opening; others look or are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR
from tests.webapp.browsing import HOSTILE, Browser, Page
from tests.webapp.conftest import Opener, SignIn, token_of
from tests.webapp.counting import statements
from webapp.access import Role
from webapp.programme import services
from webapp.programme.models import Instrument, Participant, Period
from webapp.programme.rules import PeriodState


@pytest.fixture
def secretariat(session: Session, opened: Opener) -> Browser:
    factories.territory(session)
    return opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))


def build(browser: Browser, name: str = "Instrumen baru 2018", last: str = "39,99") -> Page:
    """An instrument of two aspects with two indicators, the second aspect's weight as told."""
    page = browser.send(browser.open("/program/instrumen/baru"), "", name=name, legal_basis="SK Bupati")
    page = browser.send(page, "/aspek", aspect_name="Pelayanan", aspect_weight="60")
    page = browser.send(page, "/aspek", aspect_name="Inovasi", aspect_weight=last)
    for aspect in [one for one in page.ids if one.startswith("aspek-") and one != "aspek-baru"]:
        number = aspect.removeprefix("aspek-")
        for indicator, weight, mode in (("satu", "33,33", "field"), ("dua", "66.67", "desk")):
            fields = {
                f"aspek{number}-indicator_name": f"Indikator {indicator}",
                f"aspek{number}-indicator_weight": weight,
                f"aspek{number}-mode": mode,
            }
            page = browser.send(page, f"/aspek/{number}/indikator", **fields)
            assert page.status == 200, page.text
    return page


def prepare(browser: Browser, instrument: Instrument, **changes: object) -> Page:
    page = browser.open("/program/baru")
    fields = {
        "name": "Penilaian 2018", "instrument_id": str(instrument.id), "starts_on": "2018-01-01",
        "ends_on": "2018-12-31", **changes,
    }  # fmt: skip
    return browser.send(page, "", **fields)


def test_weights_of_99_99_stay_shut_and_100_open(session: Session, secretariat: Browser) -> None:
    page = build(secretariat)
    assert "Bobot seluruh aspek berjumlah 99,99, harus 100." in page.text
    tool = session.scalars(select(Instrument)).one()
    shown = prepare(secretariat, tool)
    assert shown.status == 200
    refused = secretariat.send(shown, "/buka")
    assert (refused.status, refused.code) == (422, "weights_not_100")
    assert "Bobot seluruh aspek berjumlah 99,99, harus 100." in refused.text
    assert session.scalars(select(Period.state)).one() == PeriodState.PREPARED

    inovasi = tool.aspects[1].id
    page = secretariat.open(f"/program/instrumen/{tool.id}")
    page = secretariat.send(page, f"/aspek/{inovasi}/hapus")
    page = secretariat.send(page, "/aspek", aspect_name="Inovasi", aspect_weight="40,00")
    number = [one for one in page.ids if one.startswith("aspek-")][1].removeprefix("aspek-")
    weight = {f"aspek{number}-indicator_name": "Satu-satunya", f"aspek{number}-indicator_weight": "100"}
    page = secretariat.send(page, f"/aspek/{number}/indikator", **weight)
    assert "harus 100" not in page.text
    done = secretariat.send(secretariat.open(shown.path), "/buka")
    assert done.status == 200
    assert "Periode dibuka" in done.text
    assert not done.offers("/buka")
    session.expire_all()
    period = session.scalars(select(Period)).one()
    assert period.state == PeriodState.OPEN
    assert period.instrument.frozen_at is not None
    assert [indicator.weight for indicator in period.instrument.aspects[0].indicators] == [
        Decimal("33.33"), Decimal("66.67"),
    ]  # fmt: skip


def test_a_frozen_instrument_shows_no_buttons_refuses_changes_and_is_copied_as_the_next_version(
    session: Session, opened: Opener
) -> None:
    tool = factories.period(session).instrument
    browser = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    page = browser.open(f"/program/instrumen/{tool.id}")
    assert not page.offers("/aspek")
    refused = browser.force(f"{page.path}/aspek", page, aspect_name="x", aspect_weight="10")
    assert (refused.status, refused.code) == (409, "instrument_frozen")
    refused = browser.force(f"{page.path}/indikator/{tool.aspects[0].indicators[0].id}/hapus", page)
    assert (refused.status, refused.code) == (409, "instrument_frozen")
    copied = browser.send(page, "/salin")
    assert "Versi 2" in copied.text
    assert copied.offers("/aspek")
    assert "Indikator 1" in copied.text


def test_all_kecamatan_take_part_unless_unticked(session: Session, secretariat: Browser) -> None:
    tool = factories.instrument(session)
    session.commit()
    page = secretariat.open("/program/baru")
    assert page.form("").fields["participants"] == [f"99.01.{n:02d}" for n in range(1, 5)]
    shown = prepare(secretariat, tool, participants=[MINE, NEXT_DOOR])
    assert "Periode disimpan" in shown.text
    assert sorted(session.scalars(select(Participant.region_code))) == [MINE, NEXT_DOOR]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"participants": [MINE, FAR]}, "Ada pilihan yang tidak dikenal."),
        ({"participants": []}, "Isian ini wajib."),
        ({"ends_on": "2017-12-31"}, "Tanggal akhir mendahului tanggal awal."),
        ({"quorum": "0"}, "Harus antara 1 dan 99."),
        ({"name": " "}, "Isian ini tidak boleh kosong."),
        ({"instrument_id": "999999"}, "Pilihan ini tidak ada."),
    ],
)
def test_a_period_that_cannot_be_is_refused_beside_its_field_and_keeps_what_was_typed(
    session: Session, secretariat: Browser, changes: dict[str, object], sentence: str
) -> None:
    tool = factories.instrument(session)
    session.commit()
    page = prepare(secretariat, tool, **changes)
    assert page.status == 422
    assert sentence in page.text
    assert page.form("").fields["starts_on"] == ["2018-01-01"]
    assert session.scalars(select(Period)).all() == []


def test_a_foreign_region_is_refused_even_by_hand(session: Session, secretariat: Browser) -> None:
    tool = factories.instrument(session)
    session.commit()
    page = prepare(secretariat, tool, region_code=KOTA, participants=[FAR])
    assert page.status == 422
    assert session.scalars(select(Period)).all() == []


@pytest.mark.parametrize("weight", ["0", "-1", "100,01", "33,333", "NaN", "banyak", ""])
def test_a_weight_that_is_none_is_refused_beside_its_field(secretariat: Browser, weight: str) -> None:
    page = secretariat.send(secretariat.open("/program/instrumen/baru"), "", name="Alat")
    refused = secretariat.send(page, "/aspek", aspect_name="Aspek", aspect_weight=weight)
    assert refused.status == 422
    assert refused.form("/aspek").fields["aspect_name"] == ["Aspek"]
    assert refused.form("/aspek").fields["aspect_weight"] == [weight]


def test_an_error_of_one_aspect_stays_with_that_aspect(session: Session, secretariat: Browser) -> None:
    page = build(secretariat)
    first, second = (one.id for one in session.scalars(select(Instrument)).one().aspects)
    refused = secretariat.send(page, f"/aspek/{first}/indikator", **{f"aspek{first}-indicator_name": "Sepuluh persen"})
    assert refused.status == 422
    assert refused.form(f"/aspek/{first}/indikator").fields[f"aspek{first}-indicator_name"] == ["Sepuluh persen"]
    assert refused.form(f"/aspek/{second}/indikator").fields[f"aspek{second}-indicator_name"] == [""]
    assert len(set(refused.ids) - {"csrf_token"}) == len([one for one in refused.ids if one != "csrf_token"])


def test_the_secretariat_next_door_finds_no_such_period(session: Session, opened: Opener) -> None:
    period = factories.period(session)
    period_id = period.id
    stranger = opened(factories.account(session, (Role.SECRETARIAT, KOTA)))
    assert stranger.open(f"/program/{period_id}").status == 404
    page = stranger.open("/program/")
    assert period.name not in page.text
    assert stranger.force(f"/program/{period_id}/buka", page).status == 404


def test_who_takes_part_reads_the_terms_but_prepares_nothing(session: Session, opened: Opener) -> None:
    people = factories.team(session)
    path = f"/program/{people.period.id}"
    for person in (people.camat, people.assessor, people.chair, people.leader):
        browser = opened(person)
        page = browser.open(path)
        assert page.status == 200
        assert "Indikator 1" in page.text
        assert not page.offers("/buka")
        assert browser.open("/program/").status == 403
        assert browser.open("/program/baru").status == 403
        assert browser.force(f"{path}/buka", page).status == 403
    stranger = opened(factories.camat(session, FAR))
    assert stranger.open(path).status == 404


def test_nobody_is_led_to_the_door(session: Session, opened: Opener) -> None:
    period = factories.period(session)
    nobody = opened(None)
    for path in ("/program/", "/program/baru", f"/program/{period.id}", f"/program/instrumen/{period.instrument_id}"):
        answer = nobody.client.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/masuk")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_shown_as_they_were_written(secretariat: Browser, text: str) -> None:
    page = build(secretariat, name=text)
    number = next(one for one in page.ids if one.startswith("aspek-")).removeprefix("aspek-")
    page = secretariat.send(page, "/aspek", aspect_name=text, aspect_weight="10")
    fields = {f"aspek{number}-indicator_name": text, f"aspek{number}-indicator_weight": "10"}
    page = secretariat.send(page, f"/aspek/{number}/indikator", **fields)
    assert page.text.count(" ".join(text.split())) >= 3
    assert "<img src=x" not in page.html
    assert "<script>window" not in page.html


def test_a_number_beyond_the_database_is_a_page_that_does_not_exist(secretariat: Browser) -> None:
    for path in ("/program/99999999999999999999", "/program/instrumen/99999999999"):
        assert secretariat.open(path).status == 404


def test_the_list_asks_as_often_for_twelve_periods_as_for_two(
    session: Session, secretariat: Browser, connection: Connection
) -> None:
    def asked() -> int:
        session.commit()
        with statements(connection) as seen:
            assert secretariat.open("/program/").status == 200
        return len(seen)

    for _ in range(2):
        factories.period(session)
    few = asked()
    for _ in range(10):
        factories.period(session)
    assert asked() == few


def test_the_secretariat_of_another_region_reads_and_copies_an_instrument_but_does_not_change_it(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    factories.territory(session)
    mine = factories.account(session, (Role.SECRETARIAT, factories.KABUPATEN))
    theirs = factories.account(session, (Role.SECRETARIAT, factories.KOTA))
    made = services.create_instrument(session, "Instrumen kabupaten", actor=mine, at=factories.NOW)
    sign_in(client, theirs)
    page = client.get(f"/program/instrumen/{made.id}")
    assert page.status_code == 200
    assert "Tambah aspek" not in page.text
    token = token_of(client.get("/program/instrumen/baru"))
    fields = {"csrf_token": token, "aspect_name": "Punya kami", "aspect_weight": "100"}
    assert client.post(f"/program/instrumen/{made.id}/aspek", data=fields).status_code == 403
    copied = client.post(f"/program/instrumen/{made.id}/salin", data={"csrf_token": token})
    assert copied.status_code == 303
    session.expire_all()
    assert made.aspects == []
    assert session.get_one(Instrument, int(copied.location.rsplit("/", 1)[1])).region_code == factories.KOTA
