"""What every answer wears, on every address and every error, and which requests are not listened to at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from config import Settings
from tests import factories
from tests.doors.test_routes import almighty, inside, rules
from tests.webapp.conftest import SignIn, sign_in, token_of
from webapp import hosts
from webapp.app import create_app
from webapp.audit import AuditEvent
from webapp.security import MOST_OF_STRANGERS, MOST_TYPED

__all__ = ["almighty", "inside", "sign_in"]  # fixtures, borrowed

WORN = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "connect-src": "'self'",
}
# What a browser may keep for its person until they sign out; anything else is asked for again each time.
KEPT = {
    "capture.scripts", "capture.supplies", "evidence.picture", "evidence.points",
    "fieldwork.points", "fieldwork.today_points", "insight.case_layer",
    "insight.in_view", "insight.region_layer", "insight.region_rows", "insight.study_layer", "lapangan.day_pack",
    "reporting.hindrance_layer", "territory.basemap", "territory.children", "territory.outline",
    "territory.provinces", "verification.field_points", "verification.queue_points",
}  # fmt: skip
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


def lacking(answer: TestResponse) -> list[str]:
    """What the answer should wear and does not."""
    worn = answer.headers
    wrong = [name for name, value in WORN.items() if worn.get(name) != value]
    policy = dict(rule.strip().partition(" ")[::2] for rule in worn.get("Content-Security-Policy", "").split(";"))
    wrong += [name for name, value in STRICT.items() if "sandbox" not in policy and policy.get(name) != value]
    wrong += ["loose policy"] if any(word in str(policy) for word in ("unsafe", "http", "strict-dynamic")) else []
    permitted = worn.get("Permissions-Policy", "").split(", ")
    wrong += ["Permissions-Policy"] if {one for one in permitted if not one.endswith("=()")} != MEANT else []
    wrong += [] if worn.get("Cache-Control") else ["Cache-Control"]
    return wrong + [name for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin") if name in worn]


MEANT = {"geolocation=(self)", "camera=(self)"}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")


def answers(app: Flask, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """Every address by every method, with no token: pages, redirections, refusals."""
    seen = {path for method in ("GET", "POST", "PUT", "PATCH", "DELETE") for path, _ in rules(app, method)}
    for path in sorted(seen):
        for method in METHODS:
            with client.open(path, method=method) as answer:
                yield f"{method} {path} ({answer.status_code})", answer


def test_every_answer_to_nobody_wears_its_headers(app: Flask, client: FlaskClient) -> None:
    assert {said: wrong for said, answer in answers(app, client) if (wrong := lacking(answer))} == {}


def test_every_answer_to_somebody_wears_its_headers(app: Flask, inside: FlaskClient) -> None:
    assert {said: wrong for said, answer in answers(app, inside) if (wrong := lacking(answer))} == {}


def test_what_is_about_people_is_kept_by_no_cache(app: Flask, inside: FlaskClient) -> None:
    kept = {}
    for path, rule in rules(app, "GET"):
        with inside.get(path) as answer:
            told = answer.headers["Cache-Control"]
            stored = "private" in told if rule.endpoint in KEPT else "no-store" in told
            if rule.endpoint != "static" and answer.status_code < 400 and not (stored or "no-store" in told):
                kept[rule.endpoint] = told
    assert kept == {}


def test_who_signs_out_leaves_no_pictures_in_the_browser(inside: FlaskClient) -> None:
    left = inside.post("/keluar", data={"csrf_token": token_of(inside.get("/akun"))})
    assert left.headers["Clear-Site-Data"] == '"cache"'


def test_each_page_has_a_nonce_of_its_own(inside: FlaskClient) -> None:
    policies = [inside.get("/akun").headers["Content-Security-Policy"] for _ in range(2)]
    assert policies[0] != policies[1]


@pytest.fixture
def broken(app: Flask) -> Iterator[str]:
    """An address behind which something fails that nobody foresaw."""
    whole, app.config["PROPAGATE_EXCEPTIONS"] = app.view_functions["home.health"], False

    def fails() -> str:
        raise RuntimeError("sandi rahasia")

    app.view_functions["home.health"] = fails
    yield "/sehat"
    app.view_functions["home.health"] = whole
    app.config["PROPAGATE_EXCEPTIONS"] = None


def test_errors_wear_them_too(app: Flask, inside: FlaskClient, broken: str) -> None:
    token = token_of(inside.get("/akun"))
    form = {"csrf_token": token}
    errors = {
        400: inside.post("/keluar"),
        403: inside.post("/keluar", data=form, headers={"Origin": "https://jahat.example"}),
        404: inside.get("/tidak/ada"),
        405: inside.delete("/akun"),
        413: inside.post("/keluar", data={**form, "a": "a" * 3_000_000}),
        422: inside.post("/akun/sandi", data=form),
        500: inside.get(broken),
    }
    assert {status: answer.status_code for status, answer in errors.items()} == {status: status for status in errors}
    assert {status: wrong for status, answer in errors.items() if (wrong := lacking(answer))} == {}
    assert "rahasia" not in errors[500].text


# --- originals --------------------------------------------------------------------------------------------------------


def test_an_original_is_a_file_to_keep_and_never_a_page(app: Flask, session: Session, sign_in: SignIn) -> None:
    people = factories.team(session)
    people.store = app.extensions["petabukti_store"]
    case = factories.case(session, people)
    client = sign_in(app.test_client(), people.camat)
    for opened in (1, 2):
        answer = client.get(f"/bukti/foto/{case.photos[0].id}/asli")
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert lacking(answer) == []
        assert session.query(AuditEvent).filter_by(action="photo.original_opened").count() == opened


# --- cookies, and what HTTPS adds -------------------------------------------------------------------------------------


def cookie_of(app: Flask) -> tuple[str, set[str]]:
    """The session cookie a visitor gets: its name and its flags."""
    name, _, rest = app.test_client().get("/masuk").headers["Set-Cookie"].partition("=")
    return name, {flag.strip() for flag in rest.split(";")[1:]}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    name, flags = cookie_of(app)
    assert name == "petabukti"
    assert flags >= {"HttpOnly", "SameSite=Lax", "Path=/"}
    assert not [flag for flag in flags if flag.startswith("Domain")]


def test_https_adds_its_flags(settings: Settings, session_factory: sessionmaker[Session]) -> None:
    app = create_app(replace(settings, https=True), session_factory)
    name, flags = cookie_of(app)
    assert name == "__Host-petabukti"
    assert flags >= {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"}
    assert app.test_client().get("/sehat").headers["Strict-Transport-Security"] == "max-age=31536000"
    app.extensions["petabukti_decoder"].close()


def test_without_https_nobody_is_bound_to_it(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/sehat").headers


# --- whose page sent it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [{}, OURS, {"Origin": "http://localhost:80"}, {"Origin": "https://localhost"}, {"Sec-Fetch-Site": "none"}],
    ids=["an old phone", "a new one", "port said", "TLS ended before us", "typed by hand"],
)
def test_a_form_of_ours_is_listened_to(client: FlaskClient, told: dict[str, str]) -> None:
    token = token_of(client.get("/masuk"))
    assert client.post("/bahasa", data={"csrf_token": token, "locale": "en"}, headers=told).status_code == 303


@pytest.mark.parametrize(
    "told",
    [
        {"Origin": "https://jahat.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "http://localhost.jahat.example"},
        {"Origin": "http://[jahat"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {**OURS, "Origin": "https://jahat.example"},
        {**OURS, "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_a_right_token_in_a_foreign_form_is_refused(client: FlaskClient, told: dict[str, str]) -> None:
    token = token_of(client.get("/masuk"))
    answer = client.post("/bahasa", data={"csrf_token": token, "locale": "en"}, headers=told)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (403, "cross_site")
    assert client.get("/masuk", headers=told).status_code == 200  # a link from elsewhere is only a link


# --- whose name it bears ----------------------------------------------------------------------------------------------

HERE = Settings(host="127.0.0.1")
EVERYWHERE = Settings(host="0.0.0.0")  # noqa: S104
NAMED = Settings(host="0.0.0.0", hosts="bukti.kab.go.id, .desa.id")  # noqa: S104


@pytest.mark.parametrize(
    ("settings", "header", "known"),
    [
        (HERE, "127.0.0.1:8000", True),
        (HERE, "localhost", True),
        (HERE, "LocalHost:8000", True),
        (HERE, "[::1]:8000", True),
        (HERE, "10.0.0.7", False),
        (HERE, "jahat.example", False),
        (HERE, "localhost.jahat.example", False),
        (HERE, "localhost:8000@jahat.example", False),
        (HERE, "localhost:99999999", False),
        (HERE, "", False),
        (replace(HERE, host="fe80::1"), "[fe80::1]:8000", True),
        (EVERYWHERE, "10.0.0.7:8000", True),
        (EVERYWHERE, "[2001:db8::1]", True),
        (EVERYWHERE, "jahat.example", False),
        (EVERYWHERE, "10.0.0.7.jahat.example", False),
        (NAMED, "Bukti.Kab.Go.Id:443", True),
        (NAMED, "sukamaju.desa.id", True),
        (NAMED, "desa.id", False),
        (NAMED, "jahatdesa.id", False),
        (NAMED, "10.0.0.7", False),
        (NAMED, "localhost", True),
    ],
)
def test_only_names_of_ours_are_answered(settings: Settings, header: str, known: bool) -> None:
    assert hosts.known(settings)(header) is known


def test_the_machines_own_names_are_known_where_it_listens_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Kantor")
    assert hosts.known(EVERYWHERE)("kantor:8000")
    assert hosts.known(EVERYWHERE)("kantor.local")
    assert not hosts.known(NAMED)("kantor")


def test_a_foreign_name_is_told_which_setting_to_look_at(client: FlaskClient) -> None:
    answer = client.get("/masuk", headers={"Host": "jahat.example"})
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (400, "host_unknown")
    assert "PETABUKTI_HOSTS" in answer.text
    assert "jahat" not in answer.text
    assert lacking(answer) == []


# --- how much is read -------------------------------------------------------------------------------------------------


FILES = (
    b"--x\r\nContent-Disposition: form-data; name=berkas; filename=a.jpg\r\n\r\n" + b"a" * 3_000_000 + b"\r\n--x--\r\n"
)
MULTIPART = "multipart/form-data; boundary=x"


def test_many_bytes_are_read_only_of_somebody_with_files_to_send(client: FlaskClient, inside: FlaskClient) -> None:
    nobody = client.application.test_client()
    sent = {"data": FILES, "content_type": MULTIPART}
    assert nobody.post("/bukti/1/foto", **sent).status_code == 413
    assert inside.post("/akun/sandi", **sent).status_code == 413
    assert inside.post("/bukti/1/foto", **sent).headers["X-Problem-Code"] == "csrf_failed"  # read, and the next asked


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "multipart/form-data"])
def test_what_is_typed_is_never_long_and_of_strangers_short(
    client: FlaskClient, inside: FlaskClient, kind: str
) -> None:
    for one, most in ((client.application.test_client(), MOST_OF_STRANGERS), (inside, MOST_TYPED)):
        assert one.post("/bahasa", data=b"a" * most, content_type=kind).status_code == 400
        assert one.post("/bahasa", data=b"a" * (most + 1), content_type=kind).status_code == 413
