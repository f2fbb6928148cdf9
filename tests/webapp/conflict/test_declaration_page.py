"""The page of the declaration: asked for before the first verdict, back to the work, and private."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW
from tests.webapp.verification.conftest import TOKEN, Browser
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.conflict import queries, services
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie
from webapp.evidence.rules import State

Opens = Callable[[Account], Browser]


def test_a_verifier_is_led_to_the_declaration_and_back(session: Session, browser: Opens) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    person = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), declares=False)
    session.commit()
    desk, page = f"/verifikasi/{case.id}", f"/konflik/{people.period.id}"
    silent = browser(person)
    assert f'href="{page}?next=/verifikasi/{case.id}"' in silent.get(desk).text
    refused = silent.post(f"{desk}/ambil", desk)
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (409, "declaration_missing")
    assert f'href="{page}?next=' in refused.text
    unticked = silent.post(page, page)
    assert (unticked.status_code, unticked.headers["X-Problem-Code"]) == (422, "field_required")
    made = silent.post(page, f"{page}?next={desk}", agreed="y", next=desk, **{f"tie-{NEXT_DOOR}": "kin"})
    assert (made.status_code, made.location) == (303, desk)
    assert silent.post(f"{desk}/ambil", desk).status_code == 303
    session.expire_all()
    assert queries.has_declared_tie(session, person, people.period.id, NEXT_DOOR)


def test_a_script_is_told_where(session: Session, browser: Opens) -> None:
    people = factories.team(session)
    case = factories.case(session, people, State.SUBMITTED)
    person = factories.account(session, (Role.DESK_VERIFIER, KABUPATEN), declares=False)
    session.commit()
    opened = browser(person)
    found = TOKEN.search(opened.get("/akun/saya").data)
    assert found
    answer = opened.client.post(
        f"/verifikasi/{case.id}/ambil", data={"csrf_token": found[1].decode()}, headers={"Accept": "application/json"}
    )
    assert answer.json is not None
    assert (answer.json["code"], answer.json["page"]) == ("declaration_missing", f"/konflik/{people.period.id}")


def test_what_somebody_declared_is_for_them_the_chair_the_secretariat_and_the_auditor(
    session: Session, browser: Opens
) -> None:
    people = factories.team(session)
    services.declare(session, people.period, [NewTie(MINE, Tie.KIN, "ipar camat")], actor=people.desk, at=NOW)
    case = factories.case(session, people, State.SUBMITTED)
    oversee = [factories.account(session, (role, KABUPATEN)) for role in (Role.SECRETARIAT, Role.AUDITOR)]
    session.commit()
    page = f"/konflik/{people.period.id}"
    for reader in (people.desk, people.chair, *oversee):
        assert "ipar camat" in browser(reader).get(page).text
    for reader in (people.second, people.assessor, people.surveyor):
        assert "ipar camat" not in browser(reader).get(page).text
    for stranger in (people.camat, people.leader):
        assert browser(stranger).get(page).status_code == 404
    told = browser(people.desk).get(f"/verifikasi/{case.id}").text
    assert "Anda menyatakan ada hubungan dengan unit ini" in told
    assert browser(people.desk).get("/verifikasi/").text.count("tidak boleh Anda periksa") == 1


def test_a_tie_is_withdrawn_with_a_reason_on_the_page(session: Session, browser: Opens) -> None:
    people = factories.team(session)
    made = services.declare(session, people.period, [NewTie(MINE, Tie.KIN)], actor=people.desk, at=NOW)
    session.commit()
    page = f"/konflik/{people.period.id}"
    opened, door = browser(people.desk), f"{page}/{made.ties[0].id}/cabut"
    refused = opened.post(door, page, because=" ")
    assert (refused.status_code, refused.headers["X-Problem-Code"]) == (422, "reason_missing")
    assert opened.post(door, page, because="salah orang").status_code == 303
    text = opened.get(page).text
    assert "salah orang" in text
    assert "Kerabat" in text


def test_a_tie_there_is_none_of_is_refused(session: Session, browser: Opens) -> None:
    people = factories.team(session)
    session.commit()
    page = f"/konflik/{people.period.id}"
    opened = browser(people.desk)
    for words in ({f"tie-{MINE}": "teman"}, {f"tie-{MINE}": "kin", f"note-{MINE}": "x" * 501}):
        refused = opened.post(page, page, agreed="y", **words)
        assert (refused.status_code, refused.headers["X-Problem-Code"]) == (422, "tie_invalid")


def test_an_assessor_sees_the_tie_on_the_sheet_and_cannot_score(session: Session, browser: Opens) -> None:
    people = factories.team(session)
    made = factories.claim(session, people, factories.case(session, people, State.VERIFIED_FIELD))
    services.declare(session, people.period, [NewTie(MINE, Tie.INTEREST)], actor=people.assessor, at=NOW)
    session.commit()
    sheet = f"/penilaian/{people.period.id}/nilai/{MINE}"
    opened = browser(people.assessor)
    assert "menyatakan ada hubungan" in opened.get(sheet).text
    answer = opened.post(
        f"/penilaian/{people.period.id}/nilai/{made.id}", "/akun/saya", value="90", note="", version=""
    )
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (403, "conflict_of_interest")
