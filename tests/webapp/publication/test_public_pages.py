"""What a visitor gets, and what no visitor gets: everything public is asked for, and looked into."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from config import Settings
from geo.columns import read_point
from geo.values import LonLat, metres_apart
from tests import factories
from tests.factories import KABUPATEN, MINE, NOW
from tests.webapp.browsing import HOSTILE
from tests.webapp.conftest import Opener
from tests.webapp.publication.conftest import Office
from webapp.evidence import services as evidence
from webapp.evidence.rules import Move
from webapp.publication import services
from webapp.publication.models import Publication
from webapp.publication.rules import Box, Precision

FACE = Box(0.25, 0.25, 0.2, 0.2)
ATOM = {"a": "http://www.w3.org/2005/Atom", "g": "http://www.georss.org/georss"}
# A place whose digits are found again wherever they leak.
HOME = LonLat(100.0432187, -1.9567813)


@pytest.fixture
def visitor(app: Flask, office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Somebody without an account, where the operator opened the public map."""
    monkeypatch.setitem(app.extensions, "petabukti_store", office.team.store)
    monkeypatch.setitem(app.extensions, "petabukti_settings", replace(settings, public=True))
    return app.test_client()


@pytest.fixture
def home(session: Session, office: Office) -> Publication:
    """A family's home, published with a coarse point and a covered photo."""
    case = office.case(tags=["poor_household", "faces"], place=HOME, title="Judul asli", note="Uraian asli")
    made = office.published(case, FACE, title="Makan bersama", note="Di rumah warga.", precision=Precision.GRID)
    session.commit()
    return made


def _addresses(one: Publication) -> list[str]:
    return [
        "/publik/", "/publik/?sematkan=1", "/publik/?bahasa=en", f"/publik/{one.public_id}", "/publik/titik.geojson",
        "/publik/umpan.atom", f"/publik/foto/{one.photos[0].redacted_sha256}/besar.jpg",
        f"/publik/foto/{one.photos[0].redacted_sha256}/kecil.jpg",
    ]  # fmt: skip


def test_shut_it_is_nowhere(client: FlaskClient, home: Publication) -> None:
    for address in [*_addresses(home), "/publik/dasar.geojson?bbox=99,-3,102,-1&zoom=8"]:
        assert client.get(address).status_code == 404, address


def test_a_visitor_sees_the_published_in_page_geojson_and_feed_alike(
    session: Session, office: Office, visitor: FlaskClient, home: Publication
) -> None:
    office.published(office.case(), title="Gang hijau")
    office.published(office.case(), title="Tanpa titik", precision=Precision.NONE)
    office.prepared(office.case(), title="Belum terbit")
    session.commit()
    page = visitor.get("/publik/").text
    layer = json.loads(visitor.get("/publik/titik.geojson").data)
    feed = ET.fromstring(visitor.get("/publik/umpan.atom").data)  # noqa: S314
    titles = {"Makan bersama", "Gang hijau", "Tanpa titik"}
    assert {one["properties"]["name"] for one in layer["features"]} == titles
    assert {one.text for one in feed.findall("a:entry/a:title", ATOM)} == titles
    assert all(title in page for title in titles) and "Belum terbit" not in page
    assert (layer["total"], layer["without_place"]) == (3, 1)
    assert len([one for one in layer["features"] if one["geometry"]]) == len(feed.findall("a:entry/g:point", ATOM)) == 2
    assert "3 bukti terverifikasi yang diterbitkan" in page and "1 tanpa lokasi" in page


def test_the_filters_sift_page_geojson_and_feed_alike(
    session: Session, office: Office, visitor: FlaskClient, home: Publication
) -> None:
    for query, count in ((f"wilayah={KABUPATEN}", 1), (f"wilayah={MINE}", 1), ("wilayah=98", 0), ("wilayah=9", 0),
                         ("jenis=inovasi", 1), ("jenis=studi", 0), ("jenis='; DROP", 0)):  # fmt: skip
        layer = json.loads(visitor.get(f"/publik/titik.geojson?{query}").data)
        feed = ET.fromstring(visitor.get(f"/publik/umpan.atom?{query}").data)  # noqa: S314
        page = visitor.get(f"/publik/?{query}").text
        assert len(layer["features"]) == len(feed.findall("a:entry", ATOM)) == count, query
        assert ("Makan bersama" in page) is bool(count)


def test_nothing_behind_it_is_in_any_public_answer(
    session: Session, office: Office, visitor: FlaskClient, home: Publication
) -> None:
    hidden = office.prepared(office.case(title="Rahasia"), title="Rahasia")
    session.commit()
    case = home.evidence
    exact = [f"{HOME.lon:.5f}"[:-1], f"{HOME.lat:.5f}"[:-1]]
    secrets = [
        case.title, case.note, case.photos[0].sha256, case.photos[0].file_name, str(case.client_id),
        office.officer.name,
        office.team.camat.name, "Rahasia", str(hidden.public_id), "Uraian asli", *exact,
    ]  # fmt: skip
    for address in _addresses(home):
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        said = f"{answer.headers}".encode() + answer.data
        assert [one for one in secrets if one.encode() in said] == [], address
        assert not re.search(rb"/(bukti|foto)/\d{1,10}[/\"?]", said), address
    for address in (
        f"/publik/{hidden.public_id}",
        f"/publik/{uuid.uuid4()}",
        f"/publik/foto/{case.photos[0].sha256}/besar.jpg",
    ):
        assert visitor.get(address).status_code == 404


def test_a_coarse_point_is_the_middle_of_its_cell(visitor: FlaskClient, home: Publication) -> None:
    (feature,) = json.loads(visitor.get("/publik/titik.geojson").data)["features"]
    seen = LonLat(*feature["geometry"]["coordinates"])
    assert home.public_place is not None and seen == read_point(home.public_place)
    assert 1 < metres_apart(seen, HOME) <= 360
    assert feature["properties"]["precision"] == "grid"


def test_the_picture_holds_pixels_alone(visitor: FlaskClient, home: Publication) -> None:
    for size in ("besar", "kecil"):
        data = visitor.get(f"/publik/foto/{home.photos[0].redacted_sha256}/{size}.jpg").data
        with Image.open(io.BytesIO(data)) as picture:
            assert len(picture.getexif()) == 0 and not {"exif", "xmp", "comment", "icc_profile"} & {*picture.info}
            seen = picture.convert("RGB")
            middle = seen.getpixel((round(seen.width * 0.35), round(seen.height * 0.35)))
        assert isinstance(middle, tuple) and max(middle) < 40
        assert data.endswith(b"\xff\xd9")


def test_what_is_withdrawn_is_gone_from_every_address_at_once(
    session: Session, office: Office, visitor: FlaskClient, home: Publication
) -> None:
    tags = {address: visitor.get(address).headers["ETag"] for address in _addresses(home)}
    for address, tag in tags.items():
        assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304
    services.withdraw(session, home, "Diminta warga.", actor=office.officer, at=NOW)
    session.commit()
    for address, tag in tags.items():
        answer = visitor.get(address, headers={"If-None-Match": tag})
        assert answer.status_code in (200, 404), address
        assert b"Makan bersama" not in answer.data
        if str(home.public_id) in address or "/foto/" in address:
            assert answer.status_code == 404 and answer.headers["Cache-Control"] == "no-store"


def test_a_case_sent_to_the_field_again_is_gone_too(
    session: Session, office: Office, visitor: FlaskClient, home: Publication
) -> None:
    evidence.move(session, home.evidence, Move.SEND_TO_FIELD, actor=office.team.desk, at=NOW)
    session.commit()
    assert visitor.get(f"/publik/{home.public_id}").status_code == 404
    assert json.loads(visitor.get("/publik/titik.geojson").data)["features"] == []


def test_answers_are_kept_for_a_minute_and_know_nobody(
    visitor: FlaskClient, office: Office, home: Publication, opened: Opener, app: Flask
) -> None:
    for address in _addresses(home):
        answer = visitor.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=60, must-revalidate", address
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", ""), address
        assert answer.headers["ETag"]
        signed_in = opened(office.officer).client.get(address)
        assert signed_in.data == answer.data and "Set-Cookie" not in signed_in.headers, address
    missing = visitor.get(f"/publik/{uuid.uuid4()}")
    assert "Set-Cookie" not in missing.headers and missing.headers["Cache-Control"] == "no-store"


def test_only_the_embedded_page_may_be_framed_and_its_script_is_named_by_digest(
    visitor: FlaskClient, home: Publication
) -> None:
    for address in ("/publik/", "/publik/?sematkan=1", f"/publik/{home.public_id}"):
        answer = visitor.get(address)
        rules = dict(rule.strip().partition(" ")[::2] for rule in answer.headers["Content-Security-Policy"].split(";"))
        framed = "sematkan" in address
        assert rules["frame-ancestors"] == ("*" if framed else "'none'")
        assert ("X-Frame-Options" in answer.headers) is not framed
        (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert rules["script-src"] == f"'self' 'sha256-{digest}'"
        assert "nonce" not in answer.text and "csrf" not in answer.text
        assert (rules["default-src"], rules["object-src"], rules["style-src"]) == ("'none'", "'none'", "'self'")


def test_the_feed_is_atom(visitor: FlaskClient, home: Publication) -> None:
    answer = visitor.get("/publik/umpan.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)  # noqa: S314
    for needed in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:link[@rel='self']"):
        assert feed.find(needed, ATOM) is not None, needed
    entry = feed.find("a:entry", ATOM)
    assert entry is not None
    assert entry.findtext("a:id", namespaces=ATOM) == f"urn:uuid:{home.public_id}"
    for needed in ("a:title", "a:updated", "a:published", "a:summary", "a:link[@rel='alternate']"):
        assert entry.find(needed, ATOM) is not None, needed
    stamp = entry.findtext("a:updated", namespaces=ATOM)
    assert stamp and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", stamp)


def test_an_empty_map_and_an_empty_feed_are_whole(visitor: FlaskClient, session: Session) -> None:
    factories.territory(session)
    session.commit()
    assert "Belum ada yang diterbitkan." in visitor.get("/publik/").text
    assert ET.fromstring(visitor.get("/publik/umpan.atom").data).find("a:updated", ATOM) is not None  # noqa: S314


@pytest.mark.parametrize("words", [*HOSTILE, "]]>&amp;<![CDATA[", "\ufffe\uffffaneh"])
def test_hostile_words_stay_words_everywhere(
    session: Session, office: Office, visitor: FlaskClient, words: str
) -> None:
    one = office.published(office.case(), title=words, note=words)
    session.commit()
    for address in _addresses(one)[:4]:
        page = visitor.get(address)
        assert page.status_code == 200
        assert "<script>window" not in page.text and "<img src=x" not in page.text and "<![CDATA[" not in page.text
    assert json.loads(visitor.get("/publik/titik.geojson").data)["features"][0]["properties"]["name"] == words
    told = ET.fromstring(visitor.get("/publik/umpan.atom").data).findtext("a:entry/a:title", namespaces=ATOM)  # noqa: S314
    assert told == words.replace("\ufffe", "").replace("\uffff", "")


def test_the_language_is_in_the_address_and_in_nothing_else(visitor: FlaskClient, home: Publication) -> None:
    indonesian = visitor.get("/publik/", headers={"Accept-Language": "en"})
    english = visitor.get("/publik/?bahasa=en", headers={"Accept-Language": "id"})
    assert 'lang="id"' in indonesian.text and '<html lang="en">' in english.text
    assert "bahasa=en" in english.text


def test_the_ground_of_the_map_is_for_everybody(visitor: FlaskClient, home: Publication) -> None:
    layer = json.loads(visitor.get("/publik/dasar.geojson?bbox=99,-3,102,-1&zoom=8").data)
    assert layer["features"]
    assert visitor.get("/publik/dasar.geojson?bbox=x").status_code == 404


def test_robots_may_come_and_nothing_is_sent(visitor: FlaskClient, home: Publication) -> None:
    assert "noindex" not in visitor.get("/publik/").text
    for address in _addresses(home):
        assert visitor.post(address).status_code in (400, 405)
