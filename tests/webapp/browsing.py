"""A person at a browser without JavaScript: opens pages, finds the form they mean, fills it in, sends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.accounts.models import Account
from webapp.accounts.services import begin_session
from webapp.db import utcnow

HOSTILE = (
    "<script>window.jahat=1</script>",
    '"><img src=x onerror=window.jahat=1>',
    "{{7*7}} {% raise %}",
    "${7*7} `+7+`",
    "'; DROP TABLE claim; --",
    "&lt;b&gt; \N{RIGHT-TO-LEFT OVERRIDE}kilabret\N{POP DIRECTIONAL FORMATTING}",
)


@dataclass
class Form:
    """A form as it stands on a page: where it goes, and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Reads what people see: the forms with their values, the links, the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self._open: Form | None = None
        self._select: str | None = None
        self._area: str | None = None
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {key: value or "" for key, value in attrs}
        self.ids += [known["id"]] if "id" in known else []
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        self._silent = tag in ("script", "style")
        if tag == "form":
            self._open = Form(known.get("action", ""), known.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None:
            self._control(tag, known)

    def _control(self, tag: str, known: dict[str, str]) -> None:
        name = known.get("name", "")
        if tag == "input" and name:
            ticked = known.get("type") not in ("checkbox", "radio") or "checked" in known
            self._add(name, [known.get("value", "")] if ticked else [])
        elif tag == "select":
            self._select = name
            self._add(name, [])
        elif (
            tag == "option"
            and self._select
            and ((self._open and not self._open.fields[self._select]) or "selected" in known)
        ):
            assert self._open is not None
            self._open.fields[self._select] = [known.get("value", "")]
        elif tag == "textarea":
            self._area = name
            self._add(name, [""])

    def _add(self, name: str, values: list[str]) -> None:
        assert self._open is not None
        self._open.fields.setdefault(name, []).extend(values)

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        self._open = None if tag == "form" else self._open
        self._select = None if tag == "select" else self._select
        self._area = None if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open.fields[self._area][-1] += data.removeprefix("\n")
        if not self._silent:
            self.text.append(data)


class Page:
    """An answer, read."""

    def __init__(self, answer: TestResponse) -> None:
        self.status, self.html, self.headers = answer.status_code, answer.text, answer.headers
        self.path = answer.request.path
        self._read = _Reader()
        self._read.feed(answer.text)
        self.links, self.ids = self._read.links, self._read.ids
        self.text = " ".join(" ".join(self._read.text).split())
        self.code = answer.headers.get("X-Problem-Code")

    def form(self, ending: str) -> Form:
        """The one POST form whose action ends so (without its fragment); "": the one that goes back to its own page."""
        posts = [one for one in self._read.forms if one.method == "post"]
        found = [one for one in posts if one.action.split("#")[0].endswith(ending) and bool(one.action) is bool(ending)]
        assert len(found) == 1, (
            f"{len(found)} forms to …{ending} on {self.path}: {[x.action for x in self._read.forms]}"
        )
        return found[0]

    def offers(self, ending: str) -> bool:
        """Whether there is such a form."""
        return any(one.action.split("#")[0].endswith(ending) for one in self._read.forms)


class Browser:
    """One person's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, path: str, **headers: str) -> Page:
        return Page(self.client.get(path, headers=headers))

    def send(self, page: Page, ending: str, **filled: Any) -> Page:
        """Fill in the form to `ending` on the page and send it; after a 303 the page it leads to."""
        form = page.form(ending)
        unknown = set(filled) - set(form.fields)
        assert not unknown, f"the form has no {unknown}, only {set(form.fields)}"
        data = {**form.fields, **filled}
        return Page(self.client.post(form.action.split("#")[0] or page.path, data=data, follow_redirects=True))

    def force(self, path: str, page: Page, **filled: Any) -> Page:
        """Send by hand what no form offers, with a token of the page."""
        form = next(one for one in page._read.forms if "csrf_token" in one.fields)
        return Page(self.client.post(path, data={**filled, "csrf_token": form.fields["csrf_token"]}))


def browser_of(app: Flask, person: Account | None) -> Browser:
    """A browser in which this person is signed in; None: nobody."""
    client = app.test_client()
    return Browser(client if person is None else let_in(client, person))


def let_in(client: FlaskClient, person: Account, *, second_factor: bool = True) -> FlaskClient:
    """The client with a session of that person, who has just proved to be it, as the door begins one.

    The form itself is tried in tests/webapp/accounts. The person must be committed.
    """
    with client.application.extensions["petabukti_sessions"]() as session:
        opened = begin_session(
            session, session.get_one(Account, person.id), address="127.0.0.1", browser="", at=utcnow(),
            second_factor=second_factor,
        )  # fmt: skip
        session.commit()
    with client.session_transaction() as cookie:
        locale = cookie.get("locale")
        cookie.clear()
        cookie.update({"_user_id": opened[1]} | ({"locale": locale} if locale else {}))
        cookie.permanent = True
    return client
