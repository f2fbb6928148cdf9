"""Facts about every template, and the pages that must come out when everything else has failed."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect

from webapp import formatting

TEMPLATES = Path(formatting.__file__).parent / "templates"
FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without a nonce": re.compile(r"<script(?![^>]*(\bsrc=|\bnonce=|type=\"application/))", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b"),
}


def words(template: Path) -> str:
    """The template without its comments."""
    return re.sub(r"{#.*?#}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    found = [
        str(t.relative_to(TEMPLATES)) for t in sorted(TEMPLATES.rglob("*.html")) if FORBIDDEN[what].search(words(t))
    ]
    assert found == [], f"{what}: {found}"


class Unreachable:
    """A person who is kept in a database that does not answer."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"asked for current_user.{name}")


@pytest.fixture
def app() -> Flask:
    made = Flask("webapp")
    made.config.update(SECRET_KEY="only for this test")
    made.jinja_env.trim_blocks = made.jinja_env.lstrip_blocks = True
    Babel(made, default_locale="id")
    CSRFProtect(made)
    formatting.init_app(made)
    made.jinja_env.globals.update(static=lambda path: f"/static/{path}", locale="id", csp_nonce="n")
    return made


def problem(app: Flask, status: int, person: object) -> str:
    with app.test_request_context("/bukti/7"):
        page = app.jinja_env.get_template("errors/problem.html")
        return page.render(
            app.jinja_env.globals
            | {
                "status": status,
                "title": "Ada <gangguan>",
                "sentence": "Coba lagi.",
                "code": "x_y",
                "request_id": "4f2a",
            }
            | {"current_user": person, "navigation": [], "request": None}
        )


@pytest.mark.parametrize("status", [500, 503])
def test_the_page_of_a_failure_asks_nothing_of_session_person_or_database(app: Flask, status: int) -> None:
    page = problem(app, status, Unreachable())
    assert "csrf_token" not in page
    assert 'href="/"' in page


def test_a_refusal_names_its_code_its_request_and_the_way_home(app: Flask) -> None:
    page = problem(app, 404, None)
    assert "Ada &lt;gangguan&gt;" in page
    assert "x_y" in page
    assert "4f2a" in page
    assert 'href="/"' in page


def test_who_is_not_signed_in_is_shown_the_door(app: Flask) -> None:
    assert 'class="btn primary" href="/akun/masuk"' in problem(app, 401, None)
