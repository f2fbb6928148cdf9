"""The secretariat edits all of an instrument on one page; what is wrong stands beside the thing it is about."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.webapp.browsing import HOSTILE, Browser, Page
from tests.webapp.conftest import Opener
from tests.webapp.counting import statements
from webapp.access import Role
from webapp.programme import queries, services
from webapp.programme.models import Instrument
from webapp.programme.presets import PRESETS
from webapp.programme.rules import GradePlan, IndicatorPlan, LevelPlan, Method, Mode, Reading, TieRule


@pytest.fixture
def tool(session: Session) -> Instrument:
    """Bandung's preset, loaded."""
    factories.territory(session)
    actor = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    return services.write_plan(session, PRESETS["bandung"], actor=actor, at=NOW)


@pytest.fixture
def secretariat(session: Session, tool: Instrument, opened: Opener) -> Browser:
    return opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))


def change(browser: Browser, tool: Instrument, indicator_id: int, **fields: str) -> Page:
    page = browser.open(f"/program/instrumen/{tool.id}")
    filled = {f"indikator{indicator_id}-{name}": value for name, value in fields.items()}
    return browser.send(page, f"/indikator/{indicator_id}", **filled)


def typed(page: Page, ending: str, name: str) -> str:
    """What stands in a text area; the line break a page writes before it is none of it."""
    return page.form(ending).fields[name][0].removeprefix("\r\n")


FORKOPIMCAM = "kurang | 25 | | 4\njarang | 50 | 6 | 11\ncukup | 75 | 12 | 35\nsering | 100 | 36 | 48"


def test_everything_of_an_indicator_is_edited_and_stands_as_it_was_typed(
    session: Session, secretariat: Browser, tool: Instrument
) -> None:
    one = tool.aspects[0].indicators[0].id
    page = change(
        secretariat, tool, one, indicator_name="Rapat Forkopimcam", indicator_weight="100,00", mode="desk",
        method="levels", max_value="100", levels="jarang | 25,5 | | 11\n\nsering | 100 | 12 |", evidence_required="2",
        reading="blind_pair", spread_limit="15",
    )  # fmt: skip
    assert page.status == 200, page.text
    session.expire_all()
    levels = (LevelPlan("jarang", Decimal("25.5"), None, Decimal(11)), LevelPlan("sering", Decimal(100), Decimal(12)))
    assert queries.plan_of(tool).aspects[0].indicators == (
        IndicatorPlan(
            "Rapat Forkopimcam", Decimal(100), Mode.DESK, Method.LEVELS, evidence_required=2,
            reading=Reading.BLIND_PAIR, spread_limit=Decimal(15), levels=levels,
        ),
    )  # fmt: skip
    assert typed(page, f"/indikator/{one}", f"indikator{one}-levels") == "jarang | 25,5 |  | 11\nsering | 100 | 12 | "
    assert "sampai 11" in page.text
    assert "12 ke atas" in page.text


def test_the_holes_of_a_rubric_stand_beside_its_indicator_and_at_the_top(
    secretariat: Browser, tool: Instrument
) -> None:
    one = tool.aspects[0].indicators[0].id
    page = change(secretariat, tool, one, method="levels", levels=FORKOPIMCAM)
    for sentence in ("5 tidak mendapat nilai dari tingkat mana pun.", "49 ke atas tidak mendapat nilai"):
        assert page.text.count(sentence) == 2
    article = page.html.split(f'id="indikator-{one}"')[1].split("</article>")[0]
    assert "49 ke atas tidak mendapat nilai" in article


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"levels": "baik"}, "levels", "Baris 1: tulis nama | nilai"),
        ({"levels": "baik | 10\nburuk | lima"}, "levels", "Baris 2: “lima” bukan angka."),
        ({"levels": "baik | -1"}, "levels", "Baris 1: “-1” di luar yang diperbolehkan."),
        ({"levels": "baik | 1 | 9 | 5"}, "levels", "Baris 1: batas bawah melebihi batas atas."),
        ({"levels": " | 1"}, "levels", "Baris 1: Isian ini tidak boleh kosong."),
        ({"levels": "x | 1\n" * 41}, "levels", "Paling banyak 40 baris."),
        ({"method": "count"}, "method", "Isi poin untuk satu kegiatan."),
        ({"method": "presentation", "reading": "blind_pair"}, "reading", "tidak dibaca oleh dua penilai tersamar"),
        ({"max_value": "0"}, "max_value", "Harus antara"),
        ({"fading": "100,01"}, "fading", "Harus antara"),
        ({"evidence_required": "51"}, "evidence_required", "Harus antara"),
        ({"indicator_weight": ""}, "indicator_weight", "Isian ini wajib."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_changes_nothing(
    session: Session, secretariat: Browser, tool: Instrument, fields: dict[str, str], name: str, sentence: str
) -> None:
    one = tool.aspects[0].indicators[0].id
    page = change(secretariat, tool, one, **fields)
    assert page.status == 422
    assert sentence in page.text
    assert f'id="indikator{one}-{name}-error"' in page.html
    session.expire_all()
    assert queries.plan_of(tool) == PRESETS["bandung"]


def test_the_ground_the_grades_and_the_rule_for_ties_are_edited(
    session: Session, secretariat: Browser, tool: Instrument
) -> None:
    page = secretariat.open(f"/program/instrumen/{tool.id}")
    fields = {"legal_basis": "Perwal 5/2018\r\nPasal 2", "tie_rule": "aspects", "grades": "CC | 50\nB | > 60\nD | 0"}
    page = secretariat.send(page, f"/{tool.id}", **{f"ketentuan-{name}": value for name, value in fields.items()})
    assert page.status == 200, page.text
    session.expire_all()
    plan = queries.plan_of(tool)
    assert (plan.legal_basis, plan.tie_rule) == ("Perwal 5/2018\nPasal 2", TieRule.ASPECTS)
    assert plan.grades == (GradePlan("B", Decimal(60), False), GradePlan("CC", Decimal(50)), GradePlan("D", Decimal(0)))
    assert "di atas 60" in page.text
    again = secretariat.send(page, f"/{tool.id}")  # as it stands, once more
    session.expire_all()
    assert (again.status, queries.plan_of(tool)) == (200, plan)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("A", "Baris 1: tulis predikat | nilai awal."),
        ("A | 101", "Baris 1: “101” di luar yang diperbolehkan."),
        ("A | 80\nB | 80", "Dua predikat mulai dari nilai yang sama."),
    ],
)
def test_a_grade_nobody_understands_is_refused(
    secretariat: Browser, tool: Instrument, lines: str, sentence: str
) -> None:
    page = secretariat.open(f"/program/instrumen/{tool.id}")
    refused = secretariat.send(page, f"/{tool.id}", **{"ketentuan-grades": lines})
    assert refused.status == 422
    assert sentence in refused.text
    assert typed(refused, f"/{tool.id}", "ketentuan-grades") == lines


def test_aspects_and_indicators_move_one_place_and_stop_at_the_end(
    session: Session, secretariat: Browser, tool: Instrument
) -> None:
    page = secretariat.open(f"/program/instrumen/{tool.id}")
    first, second, third = (one.id for one in tool.aspects)
    moved = [second, first, third], [second, third, first]
    for step, order in (("down", moved[0]), ("down", moved[1]), ("down", moved[1]), ("up", moved[0])):
        page = secretariat.open(page.path)
        if page.offers(f"/aspek/{first}?langkah={step}"):
            page = secretariat.send(page, f"/aspek/{first}?langkah={step}")
        else:  # at the end of the order
            secretariat.force(f"{page.path}/aspek/{first}?langkah={step}", page)
        session.expire_all()
        assert [one.id for one in tool.aspects] == order
    inside = [one.id for one in tool.aspects[2].indicators]
    secretariat.send(secretariat.open(page.path), f"/indikator/{inside[1]}?langkah=up")
    session.expire_all()
    assert [one.id for one in tool.aspects[2].indicators] == [inside[1], inside[0], *inside[2:]]
    assert [one.position for one in tool.aspects[2].indicators] == [1, 2, 3, 4, 5, 6]


def test_an_aspect_goes_over_to_the_second_round(session: Session, secretariat: Browser, tool: Instrument) -> None:
    page = secretariat.open(f"/program/instrumen/{tool.id}")
    third = tool.aspects[2].id
    page = secretariat.send(page, f"/aspek/{third}", **{f"ubah{third}-part": "2", f"ubah{third}-aspect_weight": "100"})
    assert "Bobot aspek babak 1 berjumlah 70, harus 100." in page.text
    session.expire_all()
    assert (tool.aspects[2].round, tool.aspects[2].weight) == (2, 100)


def test_a_frozen_instrument_shows_all_of_it_and_takes_no_change(session: Session, opened: Opener) -> None:
    period = factories.period(session)
    plan = PRESETS["belitung"]
    actor = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    made = services.write_plan(session, plan, actor=actor, at=NOW)
    services.settle(session, made, "Keputusan Bupati", actor=actor, at=NOW)
    made.frozen_at = NOW
    browser = opened(actor)
    page = browser.open(f"/program/instrumen/{made.id}")
    for text in ("Mencapai target", "75 ke atas", "di atas 90", "Keputusan Bupati", "Unduh XLSX"):
        assert text in page.text
    assert not [ending for ending in ("/tetapkan", "/aspek", f"/{made.id}") if page.offers(ending)]
    one = made.aspects[0]
    for path in ("", "/tetapkan", "/aspek", f"/aspek/{one.id}", f"/indikator/{one.indicators[0].id}"):
        refused = browser.force(f"{page.path}{path}", page, langkah="up")
        assert (refused.status, refused.code) == (409, "instrument_frozen")
    assert period.instrument_id != made.id


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_of_levels_and_grades_and_grounds_are_only_words(
    secretariat: Browser, tool: Instrument, text: str
) -> None:
    one = tool.aspects[0].indicators[0].id
    name = text.replace("|", "/")
    page = change(secretariat, tool, one, method="levels", levels=f"{name} | 1\nlain | 2")
    page = secretariat.send(page, f"/{tool.id}", **{"ketentuan-grades": f"{name} | 0"})
    page = secretariat.send(page, "/tetapkan", **{"tetapkan-source": name})
    assert page.status == 200
    assert page.text.count(" ".join(name.split())) >= 3
    assert "<img src=x" not in page.html
    assert "<script>window" not in page.html


def test_the_page_asks_as_often_for_many_indicators_as_for_few(
    session: Session, secretariat: Browser, tool: Instrument, connection: Connection
) -> None:
    def asked() -> int:
        session.commit()
        with statements(connection) as seen:
            assert secretariat.open(f"/program/instrumen/{tool.id}").status == 200
        return len(seen)

    few = asked()
    for _ in range(20):
        services.add_indicator(session.scalars(select(Instrument)).one().aspects[0], "Lagi", Decimal(1), Mode.DESK)
    assert asked() == few
