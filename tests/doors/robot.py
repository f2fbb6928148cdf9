"""A visitor who opens every page that links lead to, and writes hostile text into every field they find."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests import photos

LINES = (
    "<script>window.jahat=1</script>\"><img src=x onerror=jahat()> ' onfocus='jahat()' </textarea></title>]]>-->",
    "{{7*7}} {% raise %} {# ${7*7} #} ${jahat()} `+jahat()+` \\` \\u0060 %s %(name)s {0} <%= 7*7 %> #{7*7}",
    "javascript:jahat() '; DROP TABLE evidence; -- ' OR '1'='1 \\ ../../etc/passwd //jahat.example?a=b&c=d#e",
    "=cmd|' /C calc'!A0 +1 -2 @SUM(1) \N{FULLWIDTH EQUALS SIGN}1 %0d%0aX-Jahat: 1 &lt;b&gt; &amp;amp; &#60;",
    "@jahat \u202ekilab\u202c \u2066a\u2069 nol\u200blebar \U0001f3d8\ufe0f\U0001f469\u200d\U0001f33e \ua98f\ua9ba",
)
ALL = "\n".join(LINES)
_SIGN = re.compile(r"\u00ab[^\u00bb]+\u00bb")  # «endpoint.field», at the end of each text
# Parameters of addresses that stand in no form.
PARAMETERS = frozenset({"next", "hal", "halaman", "bbox", "zoom", "unit", "kelompok", "sendiri", "sebelum"})
# Any of it in a script would have left its string; in an address quotes and brackets may stand, these not.
_RAW = ("<script", "</script", "<img", "${", "`", "{{7", "{% raise", "DROP TABLE", "\\u0060")
_READ = ("value", "alt", "title", "aria-label", "placeholder")
_TYPED = {"text", "search", "email", "url", "tel", ""}


def signed(text: str, name: str) -> str:
    return f"{text} \u00ab{name}\u00bb"


@dataclass
class Control:
    """One field of a form as it stands on a page."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    longest: int = 10_000
    numeric: bool = False

    @property
    def typed(self) -> bool:
        """Whether a person types free text here."""
        return self.kind in _TYPED | {"textarea"} and not self.numeric


@dataclass
class Form:
    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)

    def texts(self) -> list[Control]:
        return [one for one in self.controls.values() if one.typed]


class Reader(HTMLParser):
    """What stands on a page: forms, addresses, what is shown (text and values), and what would run."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.addresses: list[str] = []
        self.shown: list[str] = [""]
        self.scripts: list[str] = []
        self.wrong: list[str] = []
        self._form: Form | None = None
        self._inside = ""
        self._control: Control | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {key: value or "" for key, value in attrs}
        self.wrong += [f"<{tag} {key}>" for key in known if key.startswith("on") or key == "style" or "\u00ab" in key]
        for key in ("href", "src", "action", "formaction"):
            if key in known and not re.match(r"/|#|\?|data:image/|$", known[key]):
                self.wrong.append(f'<{tag} {key}="{known[key]}">')
        self.addresses += [known[key] for key in ("href", "src") if known.get(key, "").startswith("/")]
        # Attributes whose value a person reads, or sends again.
        self.shown += [
            f"\x00{known[key]}\x00" for key in ("value", "alt", "title", "aria-label", "placeholder") if key in known
        ]
        self._inside = tag if tag in ("script", "style", "textarea") else self._inside
        if tag == "script" and "src" not in known and not known.get("nonce"):
            self.wrong.append("<script> without a nonce")
        if tag == "form":
            self._form = Form(known.get("action", ""), known.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._add(tag, known)

    def _add(self, tag: str, known: dict[str, str]) -> None:
        assert self._form is not None
        if tag in ("input", "textarea", "select") and known.get("name"):
            kind = known.get("type", "") if tag == "input" else tag
            one = self._form.controls.setdefault(known["name"], Control(known["name"], kind))
            one.longest = int(known.get("maxlength", "10000"))
            one.numeric = "inputmode" in known
            self._control = one
            if kind in ("checkbox", "radio"):
                one.options.append(known.get("value", "y"))
            elif tag == "input":
                one.values.append(known.get("value", ""))
        elif tag == "option" and self._control is not None:
            self._control.options.append(known.get("value", ""))
            self._control.values += [known.get("value", "")] if "selected" in known else []

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside
        self._form = None if tag == "form" else self._form

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.scripts.append(data)
        elif self._inside == "textarea" and self._control is not None:
            self._control.values.append(data.removeprefix("\n"))
            self.shown.append(f"\x00{data.removeprefix(chr(10))}\x00")
        else:
            self.shown.append(data)

    @property
    def text(self) -> str:
        return squeezed("".join(self.shown))


def squeezed(text: str) -> str:
    """As a browser shows it: runs of blanks are one."""
    return re.sub(r"[ \t\r\n\f]+", " ", text)


def kept_apart(value: object) -> Iterator[str]:
    """Every string of a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from kept_apart(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from kept_apart(inner)
    elif isinstance(value, str):
        yield value


class Robot:
    """One person's browser, driven by links and forms alone."""

    def __init__(self, app: Flask, client: FlaskClient, sent: dict[str, str]) -> None:
        self.app, self.client, self.sent = app, client, sent
        self.seen: set[str] = set()
        """Signs of texts that were shown whole, character by character."""
        self.faults: list[str] = []
        self.fields: set[str] = set()
        """Every field of text on every form met that is posted."""
        self.narrow: set[str] = set()
        """Those too short for a whole text with its sign; they were sent the beginning of each."""
        self.asked: set[str] = set()
        """Every parameter of the other forms."""

    # --- looking -------------------------------------------------------------------------------------------------

    def look(self, answer: TestResponse, path: str) -> Reader | None:
        """Read an answer, and note what is wrong with it."""
        if answer.status_code >= 500:
            self.faults.append(f"{path}: {answer.status}")
        if "X-Jahat" in answer.headers or "jahat" in answer.headers.get("Set-Cookie", ""):
            self.faults.append(f"{path}: a header of the sender's")
        if answer.mimetype in ("application/geo+json", "application/json"):
            self._whole(list(kept_apart(json.loads(answer.data))), path)
            return None
        if answer.mimetype != "text/html":
            return None
        page = Reader(answer.text)
        self.faults += [f"{path}: {wrong}" for wrong in page.wrong]
        self.faults += [f"{path}: in a script" for script in page.scripts for raw in _RAW if raw in script]
        self._whole([page.text], path)
        return page

    def _whole(self, texts: list[str], path: str) -> None:
        for text in texts:
            for sign in _SIGN.findall(text):
                if squeezed(self.sent[sign]) in squeezed(text):
                    self.seen.add(sign)
                else:
                    at = text.index(sign)
                    self.faults.append(f"{path}: {sign} not as it was sent: {text[max(0, at - 300) : at]!r}")

    def open(self, path: str) -> Reader | None:
        with self.client.get(path, follow_redirects=False) as answer:
            return self.look(answer, path)

    def crawl(self, each: int, more: Mapping[str, int] = {}, also: Iterable[str] = ()) -> dict[str, list[str]]:
        """Open what links lead to, at most `each` (or `more` of some) addresses of an endpoint; answers those.

        `also`: addresses behind a choice that no link makes.
        """
        waiting, known = ["/", "/akun", "/akun/bukti-diri", *also], set[str]()
        found: dict[str, list[str]] = {}
        while waiting:
            path = waiting.pop(0)
            endpoint = self.endpoint(path)
            if endpoint is None or path in known or len(found.setdefault(endpoint, [])) >= more.get(endpoint, each):
                continue
            known.add(path)
            found[endpoint].append(path)
            page = self.open(path)
            if page is not None:
                layers = re.findall(r'"(/[^"\\]*\.geojson[^"\\]*)"', "".join(page.scripts))
                waiting += [address.partition("#")[0] for address in [*page.addresses, *layers]]
                self._note(page, path)
        return found

    def _note(self, page: Reader, path: str) -> None:
        for form in page.forms:
            for one in form.texts():
                if form.method == "post":
                    self.fields.add(f"{self.endpoint(form.action or path, 'POST')}.{one.name}")
                else:
                    self.asked.add(one.name)

    def ask(self, pages: Mapping[str, list[str]]) -> None:
        """Open each page with hostile text in every parameter any page knows."""
        for path in (paths[0].partition("?")[0] for paths in pages.values() if paths):
            for text in LINES:
                self.open(f"{path}?{urlencode(dict.fromkeys(self.asked | PARAMETERS, text) | {text: text})}")

    def endpoint(self, path: str, method: str = "GET") -> str | None:
        """Of an address of this site; None for files and addresses of nothing."""
        try:
            found = self.app.url_map.bind("localhost").match(urlsplit(path).path, method=method.upper())[0]
        except HTTPException:
            return None
        return None if found in ("static", "evidence.original", "evidence.picture") else str(found)

    # --- writing -------------------------------------------------------------------------------------------------

    def write(self, pages: dict[str, list[str]], leave: set[str]) -> None:
        """Fill in and send every form on these pages that has a field of text, until each was taken once."""
        done: set[tuple[str, str]] = set()
        for path in [path for paths in pages.values() for path in paths]:
            for endpoint, form in self._forms(path).items():
                short = any(one.longest < len(ALL) for one in form.texts())
                for text in LINES if short else (ALL,):
                    if endpoint not in leave and (endpoint, text) not in done and self._send(path, endpoint, text):
                        done.add((endpoint, text))

    def _forms(self, path: str) -> dict[str, Form]:
        """The forms of a page that have a field of text and change something, by where they lead."""
        page = self.open(path)
        posted = [form for form in (page.forms if page else []) if form.method == "post" and form.texts()]
        return {str(self.endpoint(form.action or path, "POST")): form for form in posted}

    def _send(self, path: str, endpoint: str, text: str) -> bool:
        """Whether it was taken."""
        form = self._forms(path).get(endpoint)
        if form is None:
            return False
        filled = {one.name: self._filled(one, endpoint, text) for one in form.controls.values()}
        with self.client.post((form.action or path).partition("#")[0], data=filled) as answer:
            self.look(answer, f"POST {form.action or path}")
            taken, onward = answer.status_code < 400, answer.location
        if taken and onward:  # where a person sees what they have just written
            self.open(onward.partition("#")[0])
        return taken

    def _filled(self, one: Control, endpoint: str, text: str) -> object:
        if one.kind == "file":
            return io.BytesIO(photos.png(seed=5)), "a.png"
        if one.typed:
            return self._text(one, endpoint, text)
        if one.kind == "date":
            return one.values[0] if one.values and one.values[0] else date(2018, 8, 1).isoformat()
        if one.kind == "time":
            return one.values[0] if one.values and one.values[0] else "09:00"
        if one.kind == "select":
            return one.values or next(([option] for option in one.options if option), [])
        if one.kind == "checkbox":
            return one.options
        if one.kind == "radio":
            return one.options[:1]
        return one.values[0] if one.values and one.values[0] else ("1" if one.numeric else "")

    def _text(self, one: Control, endpoint: str, text: str) -> str:
        number = LINES.index(text) if text in LINES else "semua"
        field_name = f"{endpoint}.{one.name.rpartition('-')[2]}"  # a form that stands on a page twice has a prefix
        name = f"{field_name}.{number}"
        said = signed(text, name)
        if len(said) <= one.longest:
            self.sent[_SIGN.findall(said)[0]] = said
            return said
        self.narrow.add(field_name)
        return text[: one.longest]
