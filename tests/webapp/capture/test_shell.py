"""The capture page as an app: the same for everybody, kept by a worker, installed by a manifest."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import Sender
from webapp.app import create_app
from webapp.capture.words import SHARED

NONCE = re.compile(r'nonce="[^"]*"')


def shell_of(client: FlaskClient) -> dict[str, Any]:
    """What the worker says it keeps."""
    script = client.get("/rekam/pekerja.js").text
    told: dict[str, Any] = json.loads(script.split("const SHELL = ", 1)[1].split(";\nimportScripts", 1)[0])
    return told


def test_the_page_is_the_same_for_a_stranger_and_for_the_camat(
    client: FlaskClient, sender: Sender, draft: Draft
) -> None:
    pages = [NONCE.sub("", one.get("/rekam/?bahasa=id").text) for one in (client, sender.client)]
    assert pages[0] == pages[1]
    assert draft.people.camat.name not in pages[1]


def test_a_page_is_kept_in_each_language(client: FlaskClient) -> None:
    shell = shell_of(client)
    assert set(shell["shells"]) == {"/rekam/", "/lapangan/tanpa-sinyal"}
    for pages in (*shell["shells"].values(), shell["away"]):
        spoken = {locale: re.findall('<html lang="(..)"', client.get(path).text) for locale, path in pages.items()}
        assert spoken == {"id": ["id"], "en": ["en"]}


def pages_of(shell: dict[str, Any]) -> list[str]:
    return [path for pages in (*shell["shells"].values(), shell["away"]) for path in pages.values()]


def fetched(client: FlaskClient, path: str) -> tuple[int, bytes]:
    with client.get(path) as answer:
        return answer.status_code, answer.data


def test_everything_the_worker_keeps_is_there(client: FlaskClient) -> None:
    shell = shell_of(client)
    asked = [*pages_of(shell), *shell["files"]]
    assert {path: fetched(client, path)[0] for path in asked} == dict.fromkeys(asked, 200)


def test_the_worker_keeps_every_file_that_the_page_names(client: FlaskClient) -> None:
    shell = shell_of(client)
    named = set()
    for path in pages_of(shell):
        named |= set(re.findall(r'(?:src|href)="(/(?:static|rekam)/[^"]+\?v=[^"]+)"', client.get(path).text))
    icons = {path for path in named if "/ikon-" in path}
    assert named - icons <= set(shell["files"])


def test_the_worker_may_speak_for_the_whole_site(client: FlaskClient) -> None:
    answer = client.get("/rekam/pekerja.js")
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.mimetype == "text/javascript"


def test_the_worker_changes_with_what_it_keeps_and_only_then(app: Flask, client: FlaskClient) -> None:
    first = client.get("/rekam/pekerja.js").text
    assert client.get("/rekam/pekerja.js").text == first
    other = create_app(
        replace(app.extensions["petabukti_settings"], organisation="Kota Lain"), app.extensions["petabukti_sessions"]
    )
    assert other.test_client().get("/rekam/pekerja.js").text != first
    other.extensions["petabukti_decoder"].close()


def test_the_manifest_names_an_app_with_icons_of_their_size(client: FlaskClient) -> None:
    answer = client.get("/rekam/aplikasi.webmanifest")
    told = answer.get_json(force=True)
    assert answer.mimetype == "application/manifest+json"
    assert (told["start_url"], told["scope"], told["display"]) == ("/rekam/", "/", "standalone")
    for icon in told["icons"]:
        with Image.open(io.BytesIO(fetched(client, icon["src"])[1])) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}


@pytest.mark.parametrize(("page", "own"), [("/rekam/", "rekam/rekam"), ("/lapangan/tanpa-sinyal", "lapangan/lapangan")])
def test_every_word_that_the_page_asks_for_is_there(client: FlaskClient, page: str, own: str) -> None:
    script = "".join(Path(f"webapp/static/js/{name}.js").read_text() for name in (own, "rekam/kamera", "rekam/alat"))
    block = client.get(f"{page}?bahasa=id").text.split("data-kata='", 1)[1].split("'", 1)[0]
    words = set(json.loads(block))
    asked = set(re.findall(r"\bwords\.(\w+)", script))
    families = {name for name in words if name.startswith(("position_", "net_"))}
    assert asked - words == set()
    assert words - asked - families - set(SHARED) == set()
    assert set(SHARED) <= words
