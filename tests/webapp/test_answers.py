"""What is packed on its way to a phone, and what is not."""

import gzip
from pathlib import Path

from flask.testing import FlaskClient

STATIC = Path(__file__).resolve().parents[2] / "webapp" / "static"


def test_our_own_files_travel_packed_to_those_who_take_it(client: FlaskClient) -> None:
    whole = (STATIC / "css" / "petabukti.css").read_bytes()
    packed = client.get("/static/css/petabukti.css", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == whole
    plain = client.get("/static/css/petabukti.css")
    assert "Content-Encoding" not in plain.headers
    assert plain.data == whole
    plain.close()


def test_a_file_a_browser_already_has_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/css/petabukti.css", headers={"Accept-Encoding": "gzip"})
    again = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    answer = client.get("/static/css/petabukti.css", headers=again)
    assert (answer.status_code, answer.data) == (304, b"")
    answer.close()


def test_a_page_with_a_token_is_never_packed(client: FlaskClient) -> None:
    page = client.get("/masuk", headers={"Accept-Encoding": "gzip"})
    assert "csrf_token" in page.text
    assert "Content-Encoding" not in page.headers
