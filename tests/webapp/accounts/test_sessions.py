"""Sessions are rows of the server: how long they last, who ends them, and what a copied cookie is then worth."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from tests import factories
from tests.factories import KABUPATEN, KOTA, MINE, NOW, PASSWORD
from tests.webapp.accounts.conftest import ByForm
from tests.webapp.browsing import let_in
from tests.webapp.conftest import Post, SignIn
from tests.webapp.counting import statements
from webapp.access import Role
from webapp.accounts import browsers, door, passwords, queries, services
from webapp.accounts.errors import SignInFailed
from webapp.accounts.models import Account, OpenSession
from webapp.accounts.rules import Ended, SessionLimits
from webapp.app import create_app
from webapp.audit import AuditEvent
from webapp.db import utcnow
from webapp.errors import Conflict

GOOD = "lampu sepeda biru 7"
LIMITS = SessionLimits(timedelta(minutes=30), timedelta(hours=12))


@pytest.fixture
def camat(session: Session) -> Account:
    factories.territory(session)
    return factories.camat(session)


def row(session: Session) -> OpenSession:
    """The newest session, as the database has it now."""
    session.commit()
    session.expire_all()
    return session.scalars(select(OpenSession).order_by(OpenSession.id.desc())).first() or pytest.fail("no session")


def token(client: FlaskClient) -> str:
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def thief(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with a copy of this one's cookie."""
    copied = app.test_client()
    stolen = client.get_cookie("petabukti")
    assert stolen is not None
    copied.set_cookie("petabukti", stolen.value)
    return copied


def older(session: Session, **columns: timedelta) -> None:
    """Let the newest session have begun or been seen so much earlier."""
    kept = row(session)
    for name, by in columns.items():
        setattr(kept, name, getattr(kept, name) - by)
    session.commit()


def last_action(session: Session) -> str | None:
    session.commit()
    return session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first()


# --- the token --------------------------------------------------------------------------------------------------------


def test_the_cookie_holds_a_long_token_and_the_table_only_its_digest(
    session: Session, client: FlaskClient, camat: Account, by_form: ByForm
) -> None:
    by_form(client, camat)
    held, kept = token(client), row(session)
    assert len(held) == 43  # 32 bytes in base64
    assert kept.token_hash == hashlib.sha256(held.encode()).hexdigest()
    stored = [str(line) for line in session.execute(text("SELECT * FROM open_session"))]
    assert not any(held in line for line in stored)
    with client.session_transaction() as cookie:
        assert set(cookie) <= {"_user_id", "_permanent", "locale", "csrf_token", "_flashes"}


def test_every_sign_in_begins_a_session_of_its_own(
    session: Session, app: Flask, camat: Account, by_form: ByForm
) -> None:
    phone, desk = app.test_client(), app.test_client()
    by_form(phone, camat)
    by_form(desk, camat)
    assert token(phone) != token(desk)
    session.commit()
    assert session.scalar(select(func.count()).select_from(OpenSession)) == 2


@pytest.mark.parametrize("guess", ["", "x", "1", "1:kunci", "\x00", "🔑", "' OR true --"])
def test_a_made_up_token_opens_nothing(client: FlaskClient, camat: Account, guess: str) -> None:
    with client.session_transaction() as cookie:
        cookie["_user_id"] = guess
    assert client.get("/akun").status_code == 303


def test_the_digest_of_a_token_is_no_token(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    sign_in(client, camat)
    stolen = row(session).token_hash
    with client.session_transaction() as cookie:
        cookie["_user_id"] = stolen
    assert client.get("/akun").status_code == 303


def test_a_copied_cookie_is_dead_the_moment_of_signing_out(
    session: Session, app: Flask, client: FlaskClient, camat: Account, sign_in: SignIn, post: Post
) -> None:
    sign_in(client, camat)
    copy = thief(app, client)
    assert copy.get("/akun").status_code == 200
    post(client, "/keluar", page="/akun")
    assert copy.get("/akun").status_code == 303
    assert row(session).ended_because == Ended.SIGNED_OUT


def test_a_session_that_is_renewed_has_a_new_token(
    session: Session, app: Flask, client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    """As a second factor does it: the door is asked from inside a request."""
    let_in_before = sign_in(client, camat)
    before, copy = token(let_in_before), thief(app, client)
    older(session, proved_at=timedelta(hours=1), second_factor_at=timedelta(hours=1))
    with app.test_request_context(headers={"Cookie": f"petabukti={client.get_cookie('petabukti').value}"}):
        app.preprocess_request()
        at = utcnow()
        door.renew(at, second_factor=True)
        renewed = door.current()
        answer = app.process_response(app.response_class())
        assert (renewed.proved_at, renewed.second_factor_at) == (at, at)
    assert "petabukti=" in answer.headers["Set-Cookie"]
    client.set_cookie("petabukti", answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0])
    assert token(client) != before
    assert client.get("/akun").status_code == 200
    assert copy.get("/akun").status_code == 303


def test_signing_in_proves_the_person_but_no_second_factor(
    session: Session, client: FlaskClient, camat: Account, by_form: ByForm
) -> None:
    by_form(client, camat)
    begun = row(session)
    assert begun.proved_at == begun.begun_at
    assert begun.second_factor_at is None


# --- how long ---------------------------------------------------------------------------------------------------------


def test_a_day_of_work_ends_even_for_the_busy(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    sign_in(client, camat)
    older(session, begun_at=timedelta(hours=11.9))
    assert client.get("/akun").status_code == 200
    older(session, begun_at=timedelta(hours=0.2))
    assert client.get("/akun").location.startswith("/masuk")


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 303)])
def test_who_stays_away_half_an_hour_signs_in_again(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn, minutes: int, status: int
) -> None:
    sign_in(client, camat)
    older(session, seen_at=timedelta(minutes=minutes))
    assert client.get("/akun").status_code == status


def test_the_limits_are_the_installations(
    session: Session, settings: Settings, session_factory: sessionmaker[Session], camat: Account
) -> None:
    strict = create_app(replace(settings, session_idle_minutes=5, session_hours=1), session_factory)
    session.commit()
    client = let_in(strict.test_client(), camat)
    older(session, begun_at=timedelta(minutes=55), seen_at=timedelta(minutes=4))
    assert client.get("/akun").status_code == 200
    older(session, seen_at=timedelta(minutes=6))
    assert client.get("/akun").status_code == 303


def test_use_is_written_down_once_a_minute(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    sign_in(client, camat)
    older(session, seen_at=timedelta(seconds=50))
    before = row(session).seen_at
    client.get("/akun")
    assert row(session).seen_at == before
    older(session, seen_at=timedelta(seconds=20))
    client.get("/akun")
    assert row(session).seen_at > before


def test_a_short_idle_limit_is_watched_more_closely() -> None:
    assert SessionLimits(timedelta(minutes=30), timedelta(hours=12)).noted_every == timedelta(minutes=1)
    assert SessionLimits(timedelta(minutes=1), timedelta(hours=12)).noted_every == timedelta(seconds=2)


def test_the_cookie_is_not_sent_again_with_every_answer(client: FlaskClient, camat: Account, sign_in: SignIn) -> None:
    """An old cookie on its way back could overtake the new token of a renewed session."""
    sign_in(client, camat)
    client.get("/akun")  # which adds the token of its form
    assert "Set-Cookie" not in client.get("/akun").headers


def test_person_and_session_are_one_question_to_the_database(
    client: FlaskClient, connection: Connection, camat: Account, sign_in: SignIn
) -> None:
    sign_in(client, camat)
    with statements(connection) as asked:
        client.get("/akun")
    assert len([one for one in asked if "open_session" in one or "password_hash" in one]) == 1, asked


# --- beside a long upload ---------------------------------------------------------------------------------------------


@pytest.fixture
def begun(fresh_database: Engine) -> tuple[sessionmaker[Session], int]:
    """A session that is due to be noted, on a database for real connections."""
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        opened, _ = services.begin_session(session, factories.camat(session), address="-", browser="", at=NOW)
        return factory, opened.id


def test_a_request_never_waits_for_another_of_the_same_session(begun: tuple[sessionmaker[Session], int]) -> None:
    """Somebody holds the row, for example an administrator who ends it: the note is left out, nobody waits."""
    factory, number = begun
    with factory() as slow, factory() as quick:
        slow.execute(text("SELECT 1 FROM open_session WHERE id = :id FOR UPDATE"), {"id": number})
        quick.execute(text("SET LOCAL lock_timeout = '2s'"))
        services.note_use(quick, quick.get_one(OpenSession, number), at=NOW + timedelta(minutes=5), limits=LIMITS)
        quick.commit()
    with factory() as session:
        kept = session.get_one(OpenSession, number)
        assert kept.seen_at == NOW
        services.note_use(session, kept, at=NOW + timedelta(minutes=6), limits=LIMITS)
        session.refresh(kept)
        assert kept.seen_at == NOW + timedelta(minutes=6)


def test_nobody_gets_in_with_a_password_that_is_being_changed(begun: tuple[sessionmaker[Session], int]) -> None:
    """The old password is found right while its change is not yet committed: no session begins with it."""
    factory, _ = begun
    outcome: list[str] = []

    def old_password() -> None:
        with factory() as session:
            try:
                services.sign_in(session, username, PASSWORD, address="198.51.100.9", at=NOW)
                outcome.append("in")
            except SignInFailed:
                outcome.append("refused")
            session.commit()

    with factory() as session:
        username = session.scalars(select(Account)).one().username
        services.reset_by_operator(session, username, NOW)
        session.flush()
        thread = threading.Thread(target=old_password)
        thread.start()
        somebody_waits(factory)
        session.commit()
    thread.join(30)
    assert outcome == ["refused"]
    with factory() as session:
        assert {one.ended_because for one in session.scalars(select(OpenSession))} == {Ended.CREDENTIALS}


def somebody_waits(factory: sessionmaker[Session]) -> None:
    """Return when a connection of this database waits for a row that another holds."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(200):
        with factory() as session:
            if session.scalar(waiting):
                return
        time.sleep(0.05)
    pytest.fail("nobody waited")


# --- what ends a session ----------------------------------------------------------------------------------------------


def door_day(app: Flask) -> date:
    with app.test_request_context():
        return door.today()


def test_a_change_of_role_status_or_password_ends_every_session_at_once(
    app: Flask, session: Session, camat: Account, by_form: ByForm
) -> None:
    chief = factories.account(session, (Role.ADMINISTRATOR, KABUPATEN))
    today = door_day(app)

    def appointed() -> None:
        post = services.NewPost(Role.CONTRIBUTOR, MINE, today)
        services.appoint(session, camat, post, actor=chief, at=NOW)

    def ended() -> None:
        services.end_appointment(session, camat.appointments[-1], today, actor=chief, at=NOW, on=today)

    def revoked() -> None:
        services.revoke_appointment(session, camat.appointments[-1], actor=chief, at=NOW, on=today)

    def reset() -> None:
        services.reset_password(session, camat, actor=chief, at=NOW, on=today)
        camat.password_hash = passwords.hash_password(PASSWORD)
        camat.must_change_password = False

    def reset_by_operator() -> None:
        services.reset_by_operator(session, camat.username, NOW)
        camat.password_hash = passwords.hash_password(PASSWORD)
        camat.must_change_password = False

    def closed_and_opened() -> None:
        services.deactivate(session, camat, actor=chief, at=NOW, on=today)
        services.reactivate(session, camat, actor=chief, at=NOW, on=today)

    reasons: dict[Callable[[], None], Ended] = {
        appointed: Ended.POSTS, ended: Ended.POSTS, revoked: Ended.POSTS, reset: Ended.CREDENTIALS,
        reset_by_operator: Ended.CREDENTIALS, closed_and_opened: Ended.STATUS,
    }  # fmt: skip
    for change, because in reasons.items():
        phone, desk = app.test_client(), app.test_client()
        by_form(phone, camat)
        by_form(desk, camat)
        assert phone.get("/akun").status_code == desk.get("/akun").status_code == 200
        session.refresh(camat)
        change()
        assert row(session).ended_because == because
        assert {phone.get("/akun").status_code, desk.get("/akun").status_code} == {303}, change.__name__


def test_a_closed_account_has_no_open_door_even_if_a_row_was_left(
    session: Session, client: FlaskClient, camat: Account, sign_in: SignIn
) -> None:
    sign_in(client, camat)
    session.execute(text("UPDATE account SET deactivated_at = now()"))
    session.commit()
    assert client.get("/akun").status_code == 303


def test_a_post_that_has_run_out_gives_no_power(app: Flask, session: Session, sign_in: SignIn) -> None:
    factories.territory(session)
    chief = factories.account(session, (Role.ADMINISTRATOR, KABUPATEN))
    client = app.test_client()
    sign_in(client, chief)
    assert client.get("/akun/orang").status_code == 200
    session.refresh(chief)
    chief.appointments[0].ends_on = door_day(app) - timedelta(days=1)
    session.commit()
    assert client.get("/akun/orang").status_code == 403
    assert "belum memegang jabatan" in client.get("/").text


def test_a_new_password_goes_on_with_a_new_token_and_no_longer_day(
    session: Session, app: Flask, client: FlaskClient, camat: Account, sign_in: SignIn, post: Post
) -> None:
    sign_in(client, camat)
    older(session, begun_at=timedelta(hours=3), proved_at=timedelta(hours=3), second_factor_at=timedelta(hours=3))
    before, copy = row(session), thief(app, client)
    began, second = before.begun_at, before.second_factor_at
    post(client, "/akun/sandi", present=PASSWORD, new=GOOD, again=GOOD)
    after = row(session)
    assert (after.begun_at, after.second_factor_at) == (began, second)
    assert after.proved_at > began + timedelta(hours=2)
    assert client.get("/akun").status_code == 200
    assert copy.get("/akun").status_code == 303


def test_administrators_who_change_their_own_posts_prove_nothing_by_it(
    session: Session, app: Flask, client: FlaskClient, sign_in: SignIn, post: Post
) -> None:
    factories.territory(session)
    factories.account(session, (Role.ADMINISTRATOR, None))
    chief = factories.account(session, (Role.ADMINISTRATOR, KABUPATEN))
    sign_in(client, chief)
    older(session, proved_at=timedelta(minutes=2), second_factor_at=timedelta(minutes=2))
    proved, copy = row(session).proved_at, thief(app, client)
    own = f"/akun/orang/{chief.id}"
    fields = {"role": "auditor", "region": KABUPATEN, "starts_on": "2018-01-01", "ends_on": ""}
    assert post(client, f"{own}/jabatan", page=own, **fields).status_code == 303
    assert client.get(own).status_code == 200
    assert copy.get("/akun").status_code == 303
    assert row(session).proved_at == proved


def test_who_was_put_out_meanwhile_does_not_carry_on(session: Session, camat: Account) -> None:
    """The administrator's end came first; the person's own new password, already under way, begins no session."""
    opened, _ = services.begin_session(session, camat, address="-", browser="", at=NOW)
    session.execute(text("UPDATE open_session SET ended_at = :at, ended_because = 'by_administrator'"), {"at": NOW})
    later = NOW + timedelta(seconds=1)
    services.change_own_password(session, camat, PASSWORD, GOOD, address="-", at=later)
    with pytest.raises(Conflict):
        services.follow_session(session, opened, at=later, proved=True)


# --- seen and ended by the person -------------------------------------------------------------------------------------


def test_people_see_where_they_are_signed_in_and_end_one(
    session: Session, app: Flask, camat: Account, by_form: ByForm, post: Post
) -> None:
    phone, desk = app.test_client(), app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
    )
    by_form(phone, camat)
    by_form(desk, camat)
    other = session.scalars(select(OpenSession.id).order_by(OpenSession.id)).first()
    page = desk.get("/akun/sesi").text
    assert "Chrome · Android" in page
    assert "Peramban tidak dikenal" in page
    assert page.count("Sesi ini") == 2  # the badge, and the words of the confirmation
    assert post(desk, f"/akun/sesi/{other}/akhiri", page="/akun/sesi").location == "/akun/sesi"
    assert phone.get("/akun").status_code == 303
    assert desk.get("/akun").status_code == 200
    assert last_action(session) == "account.end_session"
    assert post(desk, f"/akun/sesi/{other}/akhiri", page="/akun").status_code == 303  # a second click does no harm
    assert "Chrome · Android" not in desk.get("/akun/sesi").text


def test_all_others_end_at_once(session: Session, app: Flask, camat: Account, sign_in: SignIn, post: Post) -> None:
    clients = [app.test_client() for _ in range(3)]
    for client in clients:
        sign_in(client, camat)
    assert post(clients[0], "/akun/sesi/lain/akhiri", page="/akun/sesi").status_code == 303
    assert [client.get("/akun").status_code for client in clients] == [200, 303, 303]
    assert last_action(session) == "account.end_other_sessions"


def test_sessions_of_others_do_not_exist(
    session: Session, app: Flask, camat: Account, sign_in: SignIn, post: Post
) -> None:
    mine, theirs = app.test_client(), app.test_client()
    sign_in(theirs, factories.camat(session, factories.NEXT_DOOR))
    number = row(session).id
    sign_in(mine, camat)
    refused = post(mine, f"/akun/sesi/{number}/akhiri", page="/akun")
    missing = post(mine, "/akun/sesi/999999/akhiri", page="/akun")
    assert refused.status_code == missing.status_code == 404
    assert theirs.get("/akun").status_code == 200
    assert "203.0.113" not in mine.get("/akun/sesi").text


def test_an_administrator_sees_how_many_are_open_and_ends_them(
    session: Session, app: Flask, client: FlaskClient, camat: Account, sign_in: SignIn, post: Post
) -> None:
    phones = [app.test_client() for _ in range(2)]
    for phone in phones:
        sign_in(phone, camat)
    older(session, seen_at=timedelta(hours=1))  # has run out, so it is not counted
    phones.append(app.test_client())
    sign_in(phones[2], camat)
    sign_in(client, factories.account(session, (Role.ADMINISTRATOR, KABUPATEN)))
    own = f"/akun/orang/{camat.id}"
    assert "<dt>Sesi terbuka</dt><dd>2</dd>" in client.get(own).text
    assert post(client, f"{own}/sesi", page=own).location == own
    assert {phone.get("/akun").status_code for phone in phones} == {303}
    assert last_action(session) == "account.end_sessions"
    assert "Akhiri semua sesi" not in client.get(own).text


def test_an_administrator_of_elsewhere_ends_nobodys_sessions(
    session: Session, app: Flask, client: FlaskClient, camat: Account, sign_in: SignIn, post: Post
) -> None:
    phone = app.test_client()
    sign_in(phone, camat)
    sign_in(client, factories.account(session, (Role.ADMINISTRATOR, KOTA)))
    assert post(client, f"/akun/orang/{camat.id}/sesi", page="/akun").status_code == 404
    assert phone.get("/akun").status_code == 200


# --- the table --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25.0 Chrome/121 Mobile", "Samsung Internet · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15", "Safari · macOS"),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script> Android " + "x" * 100_000, "Android"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_our_own_words(agent: str, words: str) -> None:
    assert browsers.label(agent) == words


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("token_hash = 'rahasia'", "open_session_token_is_hashed"),
        ("browser = repeat('x', 121)", "open_session_browser_is_short"),
        ("ended_at = now()", "open_session_end_has_a_reason"),
        ("ended_at = now(), ended_because = 'bosan'", "open_session_end_is_known"),
    ],
)
def test_the_database_keeps_sessions_in_order(session: Session, camat: Account, change: str, rule: str) -> None:
    services.begin_session(session, camat, address="-", browser="", at=NOW)
    with pytest.raises(IntegrityError, match=rule):
        session.execute(text(f"UPDATE open_session SET {change}"))


def test_what_is_over_for_days_is_forgotten(session: Session, camat: Account) -> None:
    def begin(at: datetime, ended_at: datetime | None = None) -> int:
        opened, _ = services.begin_session(session, camat, address="-", browser="", at=at)
        if ended_at:
            opened.ended_at, opened.ended_because = ended_at, Ended.SIGNED_OUT
        session.flush()
        return opened.id

    kept = {
        begin(NOW),
        begin(NOW - timedelta(days=6), NOW - timedelta(days=6)),
        begin(NOW - timedelta(days=7, hours=11)),
    }
    begin(NOW - timedelta(days=7, hours=13))  # ran out by itself
    begin(NOW - timedelta(days=8), NOW - timedelta(days=7, hours=1))
    assert services.forget_ended_sessions(session, NOW, LIMITS) == 2
    assert set(session.scalars(select(OpenSession.id))) == kept


def test_a_session_that_ran_out_counts_as_none(session: Session, camat: Account) -> None:
    services.begin_session(session, camat, address="-", browser="", at=NOW)
    assert queries.sessions_open(session, camat.id, NOW + timedelta(minutes=29), LIMITS) == 1
    assert queries.sessions_open(session, camat.id, NOW + timedelta(minutes=31), LIMITS) == 0
