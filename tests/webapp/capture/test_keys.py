"""What the capture page fetches before it goes offline: who sits here, and everything a case is filled in with."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import Sender
from webapp.db import utcnow


def test_the_key_names_the_person_and_the_end_of_the_session(sender: Sender, draft: Draft) -> None:
    answer = sender.ask("GET", "/rekam/kunci")
    told = answer.json
    assert told is not None
    assert told["account"] == {"id": draft.people.camat.id, "name": draft.people.camat.name}
    ahead = datetime.fromisoformat(told["until"]) - utcnow()
    assert timedelta(hours=11, minutes=55) < ahead <= timedelta(hours=12)
    assert abs(datetime.fromisoformat(told["server_time"]) - utcnow()) < timedelta(minutes=1)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_of_the_key_opens_what_writes(sender: Sender, draft: Draft) -> None:
    told = sender.ask("GET", "/rekam/kunci").json
    assert told is not None
    sender.usual["X-CSRFToken"] = told["csrf"]
    assert sender.begin(10, case=draft.case.client_id).status_code == 201


def test_without_a_session_the_page_is_told_in_json(app: Flask, draft: Draft) -> None:
    for address in ("/rekam/kunci", "/rekam/bekal", "/rekam/kirim"):
        answer = Sender(app, None).ask("GET", address)
        assert (answer.status_code, answer.json and answer.json["code"]) == (401, "not_signed_in"), address


def test_supplies_hold_every_choice_of_this_person_in_their_language(sender: Sender, draft: Draft) -> None:
    told = sender.ask("GET", "/rekam/bekal").json
    assert told is not None
    assert [one["code"] for one in told["regions"]] == ["99.01.01"]
    activities = {one["value"] for kind in told["kinds"] for one in kind["activities"]}
    assert "inovasi/kampung_tematik" in activities
    assert told["tags"][0] == {"value": "faces", "label": "Wajah orang terlihat"}
    assert [one["value"] for one in told["consents"]] == ["not_needed", "given", "missing"]
    assert told["limits"] == {
        "max_bytes": 25 * 1024 * 1024, "min_side": 200, "piece_bytes": 262144, "reduce_to": 2560, "reduce_quality": 82,
    }  # fmt: skip
    assert (told["zone"], told["locale"]) == ("Asia/Jakarta", "id")
    in_english = sender.ask("GET", "/rekam/bekal", Accept_Language="en").json
    assert in_english is not None and in_english["tags"][0]["label"] != told["tags"][0]["label"]


def test_supplies_are_asked_again_and_mostly_as_before(app: Flask, sender: Sender, draft: Draft) -> None:
    first = sender.ask("GET", "/rekam/bekal")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = sender.ask("GET", "/rekam/bekal", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    in_english = sender.ask("GET", "/rekam/bekal", If_None_Match=first.headers["ETag"], Accept_Language="en")
    assert in_english.status_code == 200
    colleague = Sender(app, draft.people.leader)
    assert colleague.ask("GET", "/rekam/bekal").status_code == 403
