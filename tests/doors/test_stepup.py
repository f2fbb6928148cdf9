"""What weighs most asks for proof again when the last one is old: these views, all of them, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from tests.doors.test_routes import almighty, rules
from tests.webapp.browsing import let_in
from tests.webapp.conftest import token_of
from webapp.accounts.models import Account, OpenSession
from webapp.db import utcnow
from webapp.evidence.rules import State

__all__ = ["almighty"]  # the fixture, borrowed

# Whoever takes one away has thought about it.
ASKING = {
    "POST": {
        "accounts.appoint", "accounts.deactivate", "accounts.end_appointment", "accounts.end_sessions",
        "accounts.new_person", "accounts.reactivate", "accounts.renew_recovery_codes", "accounts.reset_factor",
        "accounts.reset_password", "accounts.revoke_appointment", "accounts.set_up_factor", "accounts.turn_off_factor",
        "agreement.decide", "programme.open_period", "record.sign", "reporting.excuse", "scoring.announce",
        "scoring.ask_reopening", "scoring.decide_reopening", "scoring.finalise", "scoring.leave_out",
        "scoring.moderate", "scoring.restore", "scoring.set_aside", "scoring.stage", "scoring.zero_unclaimed",
        "selection.close_round", "selection.make_award", "selection.nominate",
    },
    "GET": {"accounts.new_person", "accounts.set_up_factor"},
}  # fmt: skip


def stale(app: Flask, session: Session, person: Account) -> FlaskClient:
    """A browser in which that person signed in twenty minutes ago."""
    client = let_in(app.test_client(), person)
    session.execute(update(OpenSession).values(proved_at=utcnow() - timedelta(minutes=20)))
    session.commit()
    return client


def asks(answer: TestResponse) -> bool:
    """Whether the answer asks for proof: a page leads to it, a form is shown again with it."""
    if answer.headers.get("X-Problem-Code") == "proof_needed":
        return answer.status_code == 403
    return answer.status_code == 303 and answer.location.startswith("/akun/bukti-diri?")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_these_views_ask_for_proof_again_and_no_others(
    app: Flask, session: Session, almighty: Account, method: str
) -> None:
    session.commit()
    asking = set()
    for path, rule in rules(app, method):
        client = stale(app, session, almighty)
        sent = {"csrf_token": token_of(client.get("/akun"))} if method == "POST" else None
        with client.open(path, method=method, data=sent) as answer:
            asking |= {rule.endpoint} if asks(answer) else set()
    assert asking == ASKING[method], "put @fresh_proof under @requires(…), or name the view here"


def test_a_fresh_session_is_asked_nothing(app: Flask, session: Session, almighty: Account) -> None:
    session.commit()
    asking = set()
    for path, rule in rules(app, "POST"):
        client = let_in(app.test_client(), almighty)
        with client.post(path, data={"csrf_token": token_of(client.get("/akun"))}) as answer:
            asking |= {rule.endpoint} if asks(answer) else set()
    assert asking == set()


def test_an_original_is_handed_to_its_own_uploader_and_to_others_after_proof(app: Flask, session: Session) -> None:
    people = factories.team(session)
    photo = factories.case(session, people, State.SUBMITTED).photos[0]
    photo_id = photo.id
    session.commit()
    app.extensions["petabukti_store"], before = people.store, app.extensions["petabukti_store"]
    try:
        with stale(app, session, people.camat).get(f"/bukti/foto/{photo_id}/asli") as own:
            assert own.status_code == 200
        desk = stale(app, session, factories.desk(session))
        asked = desk.get(f"/bukti/foto/{photo_id}/asli")
        assert asks(asked)
        assert asked.location.endswith(f"?next=/bukti/foto/{photo_id}")  # a download leaves the page where it is
    finally:
        app.extensions["petabukti_store"] = before
