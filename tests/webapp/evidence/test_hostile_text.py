"""What a person types is shown as it was typed, on every page and map, and runs nowhere."""

import html
import json
import re

import pytest
from sqlalchemy.orm import Session

from tests import factories, photos
from tests.webapp.evidence.conftest import Opened
from webapp.evidence.models import Evidence

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}} {{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% for x in y %} {# komentar #}",
    "${7*7} ${alert(1)}",
    "`alert(1)` \\` \\u0060",
    '"\' onmouseover="alert(1)" \'',
    "</textarea></script><svg/onload=alert(1)>",
    "'; DROP TABLE evidence; --",
    "=cmd|' /C calc'!A0",
    "javascript:alert(1)",
    "kanan \u202egnp.exe\u202c kiri",
    "nol\u200blebar \u2066isolasi\u2069",
    "aksara \ua98f\ua9ba\ua9a7 dan emoji \U0001f3d8\ufe0f",
    "%s %(name)s %d {0} {name}",
]


def said_in(page: str, text: str) -> bool:
    """Whether a reader of the page sees the text, character by character."""
    return text in html.unescape(re.sub(r"<[^>]*>", "", page))


def hostile_case(session: Session, people: factories.Team, text: str) -> Evidence:
    case = factories.case(session, people, title=f"judul {text}", note=f"uraian {text}")
    case.place_reason = f"alasan {text}"
    people.camat.name = f"nama {text}"
    case.photos[0].camera_model = case.photos[0].software = f"kamera {text}"
    case.photos[0].file_name = f"foto {text}.jpg"
    bad = factories.incoming(data=b"%PDF", name="x.jpg")
    factories.services.add_photos(session, case, [bad], actor=people.camat, at=factories.NOW, intake=people.intake)
    case.refusals[0].file_name = f"ditolak {text}"
    return case


@pytest.mark.parametrize("text", PAYLOADS)
def test_hostile_text_is_shown_verbatim_on_every_page(
    session: Session, people: factories.Team, browser: Opened, text: str
) -> None:
    case = hostile_case(session, people, text)
    mine = browser(people.camat)
    shown = mine.get(f"/bukti/{case.id}").text
    for part in ("judul", "uraian", "alasan", "nama", "kamera", "foto", "ditolak"):
        assert said_in(shown, f"{part} {text}"), part
    assert said_in(mine.get("/bukti/").text, f"judul {text}")
    for path in (f"/bukti/{case.id}/lokasi", f"/bukti/foto/{case.photos[0].id}"):
        assert said_in(mine.get(path).text, f"judul {text}")
    changing = mine.get(f"/bukti/{case.id}/ubah").text
    assert f'value="{html.escape(f"judul {text}").replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}"' in changing
    for page in (shown, changing):
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
        assert not any(text in script for script in scripts)
        assert "alert(1)>" not in re.sub(r"&[#\w]+;", "", page)


@pytest.mark.parametrize("text", PAYLOADS)
def test_hostile_text_reaches_the_map_as_plain_json(
    session: Session, people: factories.Team, browser: Opened, text: str
) -> None:
    case = hostile_case(session, people, text)
    answer = browser(people.camat).get(f"/bukti/{case.id}/peta.geojson")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    names = {feature["properties"]["name"] for feature in json.loads(answer.data)["features"]}
    assert f"judul {text}" in names
    assert f"foto {text}.jpg" in names


@pytest.mark.parametrize("text", PAYLOADS)
def test_hostile_text_comes_in_by_the_form_as_it_was_typed(
    session: Session, people: factories.Team, browser: Opened, text: str
) -> None:
    sent = {"title": text, "note": text, "activity": "rapat/rapat_minggon", "occurred_from": "2018-08-01"}
    mine = browser(people.camat)
    answer = mine.post("/bukti/baru", region_code=factories.MINE, **sent)
    assert answer.status_code == 303
    case = session.query(Evidence).one()
    assert (case.title, case.note) == (text, text)
    assert mine.get("/bukti/", query_string={"cari": text}).status_code == 200
    assert said_in(mine.get("/bukti/", query_string={"cari": text}).text, text)


@pytest.mark.parametrize(
    "text", [*PAYLOADS, "../../etc/passwd", "C:\\fakepath\\foto.jpg", "nul\x00.jpg", "a" * 300 + ".jpg"]
)
def test_a_file_name_is_a_label_and_never_a_path(
    session: Session, people: factories.Team, browser: Opened, text: str
) -> None:
    case = factories.case(session, people)
    mine = browser(people.camat)
    answer = mine.upload(f"/bukti/{case.id}/foto", (text, photos.png(seed=4)), json=True)
    assert answer.status_code == 201
    label = answer.json["results"][0]["name"]
    assert len(label) <= 120
    assert not set(label) & set("/\\\x00\u202e\u200b")
    assert said_in(mine.get(f"/bukti/{case.id}").text, label)
