"""`petabukti regions …` as an operator types it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from config import Settings
from tests import factories
from tests.webapp.territory import files
from webapp.terminal import Shell
from webapp.territory import commands
from webapp.territory.errors import BoundaryFileRefused
from webapp.territory.models import PlaceAbroad, Region

DATASET = [
    "--dataset", "Batas uji", "--source", "Bagian Pemerintahan", "--licence", "Milik daerah",
    "--attribution", "Pemkab Uji", "--vintage", "2018",
]  # fmt: skip


def type_in(session: Session, *words: str) -> Result:
    """Run the command on the test's own transaction."""

    @contextmanager
    def transaction() -> Iterator[Session]:
        yield session
        session.commit()

    return CliRunner().invoke(
        commands.group, list(words), obj=Shell(Settings(), transaction, factories.several(session))
    )


def test_an_import_reports_and_is_kept(session: Session, tmp_path: Path) -> None:
    path = files.geopackage(tmp_path / "batas.gpkg", files.areas())
    told = type_in(session, "import", str(path), "--level-column", "level", *DATASET)
    assert told.exit_code == 0, told.output
    assert "4 baru, 0 berubah, 0 tetap, 0 ditolak" in told.output
    assert "Tersimpan." in told.output
    assert session.get(Region, "97.01.02") is not None


def test_other_column_names_and_a_demanded_level_may_be_given(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", files.areas()[:1])
    path.write_text(path.read_text().replace('"code"', '"KDPPUM"').replace('"name"', '"WADMPR"'))
    told = type_in(
        session, "import", str(path), "--code-column", "KDPPUM", "--name-column", "WADMPR", "--level", "provinsi",
        *DATASET,
    )  # fmt: skip
    assert told.exit_code == 0, told.output


def test_a_dry_run_says_so(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", files.areas())
    told = type_in(session, "import", str(path), "--dry-run", *DATASET)
    assert told.exit_code == 0
    assert "Percobaan" in told.output
    assert session.get(Region, "97") is None


def test_a_refused_row_ends_in_failure_and_says_why(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", files.changed("97.01.01", code="970101"))
    told = type_in(session, "import", str(path), *DATASET)
    assert told.exit_code == 1
    assert "ditolak baris 3 (970101 Kecamatan Barat): kode wilayah tidak berbentuk" in told.output
    assert "<code_malformed>" in told.output
    assert session.get(Region, "97") is None


def test_a_dataset_must_be_described(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "a.geojson", files.areas())
    told = type_in(session, "import", str(path), "--dataset", "x")
    assert told.exit_code == 2
    assert "--source" in told.output


def test_regions_and_datasets_are_listed(session: Session) -> None:
    factories.territory(session)
    provinces, below = type_in(session, "list"), type_in(session, "list", "99.01")
    assert "Provinsi Uji" in provinces.output
    assert "99.01.04" in below.output
    assert "(perkiraan)" in below.output
    assert "kisi uji (2018): 11 batas berlaku" in type_in(session, "datasets").output


def test_parts_of_a_city_abroad_are_labels(session: Session, tmp_path: Path) -> None:
    rows = [files.Area("KR-11010", "Jongno-gu", files.box(126.96, 37.57, 127, 37.6))]
    path = files.geojson(tmp_path / "gu.geojson", rows)
    told = type_in(session, "abroad", str(path), "--country", "KR", "--city", "Seoul", *DATASET)
    assert told.exit_code == 0, told.output
    (place,) = session.query(PlaceAbroad).all()
    assert (place.country_code, place.city, place.label) == ("KR", "Seoul", "Jongno-gu")
    assert session.get(Region, "KR-11010") is None


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """An office's web server with a boundary file."""
    files.geojson(tmp_path / "batas.geojson", files.areas())

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_may_stand_at_an_address(session: Session, served: str) -> None:
    told = type_in(session, "import", f"{served}/batas.geojson", *DATASET)
    assert told.exit_code == 0, told.output
    assert session.get(Region, "97.01.01") is not None


def test_a_file_address_is_a_file(session: Session, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "batas.geojson", files.areas())
    assert type_in(session, "import", path.as_uri(), *DATASET).exit_code == 0


@pytest.mark.parametrize(
    ("address", "reason"),
    [("ftp://127.0.0.1/x", "address_refused"), ("data://x", "address_refused"),
     ("http://127.0.0.1:1/x", "download_failed")],
)  # fmt: skip
def test_other_addresses_are_refused(address: str, reason: str) -> None:
    with pytest.raises(BoundaryFileRefused) as refusal, commands.local_file(address):
        pass
    assert refusal.value.reason == reason


def test_a_missing_page_is_a_failed_download(served: str) -> None:
    with pytest.raises(BoundaryFileRefused) as refusal, commands.local_file(f"{served}/lain.geojson"):
        pass
    assert refusal.value.reason == "download_failed"


def test_a_download_has_a_limit(served: str) -> None:
    with pytest.raises(BoundaryFileRefused) as refusal, commands.local_file(f"{served}/batas.geojson", limit=100):
        pass
    assert refusal.value.reason == "file_too_big"
