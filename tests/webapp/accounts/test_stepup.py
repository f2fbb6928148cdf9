"""Proof once more: asked for when the last one is old, without losing what was typed, and never twice for one code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import BadSetting, Settings
from tests import factories
from tests.factories import FAR, KABUPATEN, MINE, PASSWORD
from tests.webapp.browsing import HOSTILE, Browser, Page, let_in
from webapp.access import Role
from webapp.accounts import totp
from webapp.accounts.models import Account, OpenSession
from webapp.audit import AuditEvent
from webapp.db import utcnow

NEW = "/akun/orang/baru"
CODE, WORD = "bukti-diri-code", "bukti-diri-password"
Stale = Callable[[Account], Browser]


@pytest.fixture
def chief(session: Session) -> Account:
    factories.territory(session)
    return factories.account(session, (Role.ADMINISTRATOR, KABUPATEN))


@pytest.fixture
def stale(app: Flask, session: Session) -> Stale:
    """`stale(person)`: a browser in which they proved to be it twenty minutes ago."""

    def enter(person: Account) -> Browser:
        session.commit()
        client = let_in(app.test_client(), person)
        _age(session)
        return Browser(client)

    return enter


def _age(session: Session) -> None:
    session.execute(update(OpenSession).values(proved_at=utcnow() - timedelta(minutes=20)))
    session.commit()


def now(secret: str, steps: int = 0) -> str:
    return totp.code_of(secret, totp.step_at(utcnow()) + steps)


def person_fields(**changes: str) -> dict[str, str]:
    usual = {
        "name": "Ratna Sulastri", "username": "ratna.s", "email": "", "role": "assessor", "region": KABUPATEN,
        "starts_on": "2018-08-06", "ends_on": "",
    }  # fmt: skip
    return {**usual, **changes}


def named(session: Session, username: str) -> Account | None:
    session.commit()
    return session.scalar(select(Account).where(Account.username == username))


def test_a_page_leads_to_the_proof_and_back(session: Session, chief: Account, stale: Stale) -> None:
    secret = factories.second_factor(session, chief)
    browser = stale(chief)
    asked = browser.client.get(NEW)
    assert (asked.status_code, asked.location) == (303, f"/akun/bukti-diri?next={NEW}")
    page = browser.open(asked.location)
    done = browser.client.post(asked.location, data={**page.form("").fields, CODE: now(secret)})
    assert (done.status_code, done.location) == (303, NEW)
    assert browser.open(NEW).status == 200


def test_a_form_that_met_the_proof_loses_nothing(session: Session, chief: Account, stale: Stale) -> None:
    """Sent after the limit, then with a wrong code, then with the right one: the person is there, as typed."""
    secret = factories.second_factor(session, chief)
    name = f"Ratna {HOSTILE[1]} {HOSTILE[3]}"[:120]
    browser = stale(chief)
    asked = browser.force(NEW, browser.open("/akun"), **person_fields(name=name))
    assert (asked.status, asked.code) == (403, "proof_needed")
    assert "Isian Anda tidak hilang" in asked.text
    wrong = browser.send(asked, NEW, **{CODE: "000 00"})
    assert (wrong.status, wrong.code) == (422, "code_wrong")
    empty = browser.send(wrong, NEW, **{CODE: ""})
    assert (empty.status, empty.code) == (422, "text_empty")
    assert named(session, "ratna.s") is None
    done = browser.send(empty, NEW, **{CODE: now(secret)})
    assert "Kata sandi sekali pakai" in done.text
    made = named(session, "ratna.s")
    assert made is not None
    assert made.name == name
    assert "<img src=x" not in asked.html


def test_several_values_of_one_field_come_along(session: Session, chief: Account, stale: Stale) -> None:
    browser = stale(chief)
    token = browser.open("/akun").form("").fields["csrf_token"]
    answer = browser.client.post(NEW, data={"csrf_token": token, "unit": ["99.01.01", "99.01.02"], "note": "a\nb"})
    assert answer.text.count('name="unit"') == 2
    assert 'value="a\nb"' in answer.text
    fields = Page(answer).form(NEW).fields
    assert (fields["unit"], len(fields["csrf_token"])) == (["99.01.01", "99.01.02"], 1)


def test_after_the_proof_nobody_asks_for_a_quarter_of_an_hour(session: Session, chief: Account, stale: Stale) -> None:
    secret = factories.second_factor(session, chief)
    browser = stale(chief)
    browser.send(browser.force(NEW, browser.open("/akun"), **person_fields()), NEW, **{CODE: now(secret)})
    assert browser.open(NEW).status == 200
    _age(session)
    assert browser.client.get(NEW).status_code == 303


def test_the_proof_gives_the_session_a_new_token(app: Flask, session: Session, chief: Account, stale: Stale) -> None:
    secret = factories.second_factor(session, chief)
    browser, thief = stale(chief), app.test_client()
    with browser.client.session_transaction() as cookie:
        stolen = dict(cookie)
    with thief.session_transaction() as cookie:
        cookie.update(stolen)
    page = browser.open("/akun/bukti-diri?next=/akun")
    browser.client.post("/akun/bukti-diri", data={**page.form("").fields, CODE: now(secret)})
    assert browser.open("/akun").status == 200
    assert thief.get("/akun").location.startswith("/masuk?")


def test_who_has_no_second_factor_gives_the_password(session: Session, chief: Account, stale: Stale) -> None:
    browser = stale(chief)
    asked = browser.force(NEW, browser.open("/akun"), **person_fields())
    assert CODE not in asked.form(NEW).fields
    wrong = browser.send(asked, NEW, **{WORD: "salah-salah-salah"})
    assert (wrong.status, wrong.code) == (422, "password_wrong")
    assert "salah-salah-salah" not in wrong.html
    assert "Kata sandi sekali pakai" in browser.send(wrong, NEW, **{WORD: PASSWORD}).text
    session.commit()
    lines = session.scalars(select(AuditEvent.action).where(AuditEvent.actor_id == chief.id).order_by(AuditEvent.id))
    assert lines.all() == ["account.proof_failed", "account.proof", "account.create", "account.appoint"]


def test_the_password_is_no_proof_for_who_has_a_second_factor(session: Session, chief: Account, stale: Stale) -> None:
    factories.second_factor(session, chief)
    browser = stale(chief)
    refused = browser.force(NEW, browser.open("/akun"), **person_fields(), **{WORD: PASSWORD})
    assert (refused.status, refused.code) == (422, "text_empty")
    assert named(session, "ratna.s") is None


def test_a_code_is_spent_even_when_the_view_behind_refuses(session: Session, chief: Account, stale: Stale) -> None:
    both = factories.account(session, (Role.CAMAT, MINE), (Role.CONTRIBUTOR, FAR))
    secret = factories.second_factor(session, chief)
    browser, reset = stale(chief), f"/akun/orang/{both.id}/sandi"
    code = now(secret)
    refused = browser.force(reset, browser.open("/akun"), **{CODE: code})
    assert (refused.status, refused.code) == (403, "not_allowed")
    _age(session)
    again = browser.force(reset, browser.open("/akun"), **{CODE: code})
    assert (again.status, again.code) == (422, "code_used")


def test_nothing_of_the_view_happens_before_the_proof(session: Session, chief: Account, stale: Stale) -> None:
    other = factories.camat(session)
    browser = stale(chief)
    page = browser.open(f"/akun/orang/{other.id}")
    for action in ("sandi", "nonaktif", "aktif", "sesi", "faktor-kedua"):
        asked = browser.force(f"/akun/orang/{other.id}/{action}", page)
        assert (asked.status, asked.code) == (403, "proof_needed"), action
    session.commit()
    assert session.scalars(select(AuditEvent).where(AuditEvent.object_id == str(other.id))).all() == []


def test_wrong_proofs_wait_like_wrong_passwords(session: Session, chief: Account, stale: Stale) -> None:
    secret = factories.second_factor(session, chief)
    browser = stale(chief)
    asked = browser.force(NEW, browser.open("/akun"), **person_fields())
    for _ in range(3):
        asked = browser.send(asked, NEW, **{CODE: "000"})
    waiting = browser.send(asked, NEW, **{CODE: now(secret)})
    assert (waiting.status, waiting.code) == (429, "too_many_attempts")
    assert int(waiting.headers["Retry-After"]) >= 1
    assert browser.send(waiting, NEW, **{CODE: now(secret)}).status == 429


def test_a_script_is_told_by_a_code_of_its_own(chief: Account, stale: Stale) -> None:
    browser = stale(chief)
    token = browser.open("/akun").form("").fields["csrf_token"][0]
    for answer in (
        browser.client.get(NEW, headers={"Accept": "application/json"}),
        browser.client.post(NEW, data={"csrf_token": token}, headers={"Accept": "application/json"}),
    ):
        assert answer.status_code == 403
        assert answer.get_json()["code"] == "proof_needed"


def test_proof_leads_nowhere_outside(session: Session, chief: Account, stale: Stale) -> None:
    browser = stale(chief)
    page = browser.open("/akun/bukti-diri?next=//jahat.example")
    done = browser.client.post("/akun/bukti-diri?next=//jahat.example", data={**page.form("").fields, WORD: PASSWORD})
    assert done.location == "/"


def test_without_a_token_of_the_form_no_proof_is_even_looked_at(session: Session, chief: Account, stale: Stale) -> None:
    secret = factories.second_factor(session, chief)
    code = now(secret)
    browser = stale(chief)
    answer = browser.client.post(NEW, data={**person_fields(), CODE: code})
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "csrf_failed")
    assert (
        "Kata sandi sekali pakai" in browser.force(NEW, browser.open("/akun"), **person_fields(), **{CODE: code}).text
    )


def test_a_proof_must_last_at_least_a_minute(settings: Settings) -> None:
    with pytest.raises(BadSetting, match="PETABUKTI_STEP_UP_MINUTES"):
        replace(settings, step_up_minutes=0).checked()
