"""The pages: what is missing and who must sign, drawing up, reading, signing; and who sees none of it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, KOTA
from tests.webapp.conftest import Opener
from tests.webapp.record.conftest import Panel
from webapp.access import Role
from webapp.minutes.models import Minutes, MinutesSignature
from webapp.minutes.rules import Kind


def test_the_secretariat_draws_up_and_the_team_signs_with_a_dissent(
    panel: Panel, session: Session, opened: Opener
) -> None:
    panel.valued("80", "70")
    desk = opened(panel.secretariat)
    here = f"/berita-acara/periode/{panel.period.id}"
    page = desk.open(here)
    assert "Belum dibuat" in page.text
    form = desk.open(f"{here}/plenary")
    refused = desk.send(form, "/plenary", place=" ")
    assert (refused.status, refused.code) == (422, "text_empty")
    shown = desk.send(form, "/plenary", place="Aula <b>Pendopo</b>", legal_basis="PP 17/2018", follow_up="Diumumkan.")
    assert shown.status == 200
    made = session.scalars(select(Minutes)).one()
    assert shown.path == f"/berita-acara/{made.id}"
    assert not shown.offers(f"/{made.id}"), "the secretariat does not sign"
    assert "Aula <b>Pendopo</b>" in shown.text

    reader = opened(panel.first)
    home = reader.open("/")
    assert "Menunggu tanda tangan Anda" in home.text
    assert made.number in reader.open("/berita-acara/").text
    page = reader.open(f"/berita-acara/{made.id}")
    silent = reader.send(page, f"/{made.id}", agrees="tidak", remark="")
    assert (silent.status, silent.code) == (422, "dissent_needs_remark")
    wrong = reader.send(page, f"/{made.id}", agrees="ya", scan_sha256="abc")
    assert (wrong.status, wrong.code) == (422, "not_a_digest")
    signed = reader.send(page, f"/{made.id}", agrees="tidak", remark="Belum yakin.", scan_sha256="A" * 64)
    assert "Berbeda pendapat" in signed.text
    assert not signed.offers(f"/{made.id}")
    kept = session.scalars(select(MinutesSignature)).one()
    assert (kept.agrees, kept.remark, kept.scan_sha256, kept.post) == (False, "Belum yakin.", "a" * 64, "assessor")
    again = reader.force(f"/berita-acara/{made.id}", page, agrees="ya")
    assert (again.status, again.code) == (409, "signed_already")

    chair = opened(panel.chair)
    chair.send(chair.open(f"/berita-acara/{made.id}"), f"/{made.id}", agrees="ya")
    page = desk.open(here)
    assert "2 dari 2 yang diperlukan" in page.text
    assert "Belum: Siti Penilai" in page.text
    assert "Menunggu tanda tangan" in page.text, "one agrees, one does not"
    assert "Menunggu tanda tangan Anda" not in opened(panel.first).open("/").text


def test_what_is_not_over_cannot_be_drawn_up_and_says_what_waits(panel: Panel, opened: Opener) -> None:
    factories.case(panel.session, panel.people, factories.State.SUBMITTED)
    desk = opened(panel.secretariat)
    form = desk.open(f"/berita-acara/periode/{panel.period.id}/desk_closing")
    refused = desk.send(form, "/desk_closing", place="Aula")
    assert (refused.status, refused.code) == (409, "minutes_not_ready")
    assert "1 bukti masih di meja" in refused.text
    assert desk.open(f"/berita-acara/periode/{panel.period.id}/presentation_day?pokok=2018-01-01").status == 404
    assert desk.open(f"/berita-acara/periode/{panel.period.id}/pesta").status == 404


def test_minutes_that_tell_values_are_not_for_leaders_before_the_result(
    panel: Panel, session: Session, opened: Opener
) -> None:
    panel.valued("80")
    plenary, desk = panel.minutes(), panel.minutes(Kind.DESK)
    leader = opened(panel.people.leader)
    assert leader.open(f"/berita-acara/{plenary.id}").status == 404
    assert leader.open(f"/berita-acara/{plenary.id}.pdf").status == 404
    assert leader.open(f"/berita-acara/{desk.id}").status == 200
    outsiders = (
        (panel.people.camat, 403), (panel.people.desk, 403), (factories.chair(session, KOTA), 404),
        (factories.account(session, (Role.LEADER, KOTA)), 404),
    )  # fmt: skip
    for person, status in outsiders:
        assert opened(person).open(f"/berita-acara/{desk.id}").status == status
    assert (
        opened(factories.account(session, (Role.AUDITOR, KABUPATEN))).open(f"/berita-acara/{plenary.id}").status == 200
    )


def test_a_fallen_or_replaced_edition_offers_no_signature(panel: Panel, session: Session, opened: Opener) -> None:
    panel.valued("80")
    made = panel.minutes()
    panel.prove(f"{KABUPATEN}.02", "60")
    page = opened(panel.first).open(f"/berita-acara/{made.id}")
    assert "Gugur" in page.text
    assert not page.offers(f"/{made.id}")
    panel.minutes()
    page = opened(panel.first).open(f"/berita-acara/{made.id}")
    assert "Diganti" in page.text
    assert not page.offers(f"/{made.id}")
