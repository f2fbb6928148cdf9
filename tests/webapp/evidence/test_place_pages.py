"""Setting the place on its page: pin, device, reason, and corrections that are offered, never applied."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from geo.columns import read_point
from geo.values import LonLat
from tests import factories
from tests.webapp.evidence.conftest import Browser, Opened
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Grade, PlaceSource


@pytest.fixture
def case(session: Session, people: factories.Team) -> Evidence:
    return factories.case(session, people)


@pytest.fixture
def mine(people: factories.Team, browser: Opened, case: Evidence) -> Browser:
    return browser(people.camat)


def test_a_pin_is_set_moved_and_removed(session: Session, mine: Browser, case: Evidence) -> None:
    path = f"/bukti/{case.id}/lokasi"
    assert mine.post(path, lon="100,06", lat="-1,94", reason="").location == f"/bukti/{case.id}"
    session.refresh(case)
    assert (case.place_source, case.grade, read_point(case.place)) == (PlaceSource.PIN, Grade.D, LonLat(100.06, -1.94))
    page = mine.get(path).text
    assert 'value="100,06"' in page
    assert "hapus-pin" in page
    mine.post(f"{path}/hapus-pin")
    session.refresh(case)
    assert (case.place_source, case.grade) == (PlaceSource.DEVICE, Grade.A)
    mine.post(path, lon="100,06", lat="-1,94")
    mine.post(path, lon="", lat="", reason="Titik dari ponsel sudah benar.")
    session.refresh(case)
    assert (case.pin_place, case.place_reason) == (None, "Titik dari ponsel sudah benar.")


@pytest.mark.parametrize(
    ("sent", "offered"),
    [
        ({"lon": "100,05", "lat": "1,95"}, ("Tanda minus", "-1.95", "100.05")),
        ({"lon": "-1,95", "lat": "100,05"}, ("tertukar", "-1.95", "100.05")),
        ({"lon": "1,95", "lat": "100,05"}, ("tertukar dan tanda minusnya hilang", "-1.95", "100.05")),
    ],
)
def test_a_mistaken_pin_is_met_with_an_offer_and_changed_by_nobody_else(
    session: Session, mine: Browser, case: Evidence, sent: dict[str, str], offered: tuple[str, str, str]
) -> None:
    answer = mine.post(f"/bukti/{case.id}/lokasi", **sent)
    if answer.status_code == 303:
        assert answer.location == f"/bukti/{case.id}/lokasi"
        page = mine.get(answer.location).text
    else:
        assert answer.status_code == 422
        page = answer.text
    words, lat, lon = offered
    assert words in page
    assert f'name="lon" value="{lon}"' in page
    assert f'name="lat" value="{lat}"' in page
    session.refresh(case)
    assert read_point(case.place) != LonLat(100.05, -1.95) or case.place_source == PlaceSource.DEVICE
    mine.post(f"/bukti/{case.id}/lokasi", lon=lon, lat=lat)
    session.refresh(case)
    assert read_point(case.place) == LonLat(100.05, -1.95)
    assert "Periksa titik lokasi" not in mine.get(f"/bukti/{case.id}").text


def test_nought_nought_is_recognised(session: Session, mine: Browser, case: Evidence) -> None:
    answer = mine.post(f"/bukti/{case.id}/lokasi", lon="0", lat="0")
    assert "biasanya berarti tidak ada posisi" in mine.get(answer.location).text
    assert "biasanya berarti tidak ada posisi" in mine.get(f"/bukti/{case.id}").text


@pytest.mark.parametrize(
    "sent",
    [
        {"lon": "100"},
        {"lat": "-2"},
        {"lon": "abc", "lat": "-2"},
        {"lon": "NaN", "lat": "-2"},
        {"lon": "181", "lat": "0"},
    ],
)
def test_numbers_that_are_no_place_are_refused_beside_their_field(
    session: Session, mine: Browser, case: Evidence, sent: dict[str, str]
) -> None:
    answer = mine.post(f"/bukti/{case.id}/lokasi", **{"lon": "", "lat": "", **sent})
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text
    session.refresh(case)
    assert case.pin_place is None


def test_a_reason_alone_leaves_the_pin_where_it_is(session: Session, mine: Browser, case: Evidence) -> None:
    mine.post(f"/bukti/{case.id}/lokasi", lon="100,06", lat="-1,94")
    mine.post(f"/bukti/{case.id}/lokasi", reason="Rapat di kantor kabupaten")
    session.refresh(case)
    assert (case.place_source, case.place_reason) == (PlaceSource.PIN, "Rapat di kantor kabupaten")


def test_the_devices_own_position_is_kept_as_a_witness(session: Session, mine: Browser, case: Evidence) -> None:
    now = datetime.now(UTC).isoformat()
    path = f"/bukti/{case.id}/lokasi/peranti"
    fix = {"lon": "100.0612345", "lat": "-1.9412345", "accuracy_m": "5.5", "fix_at": now}
    assert mine.post(path, **fix).status_code == 303
    session.refresh(case)
    assert case.device_accuracy_m == 8.0  # the vaguer fix that came with a photo still speaks for it
    for broken in ({}, {**fix, "lat": "200"}, {**fix, "accuracy_m": ""}, {**fix, "fix_at": "tadi"}):
        answer = mine.post(path, **broken)
        assert (answer.status_code, answer.headers["X-Problem-Code"]) == (422, "no_fix")


def test_the_map_is_told_every_witness_and_every_photo(session: Session, mine: Browser, case: Evidence) -> None:
    mine.post(f"/bukti/{case.id}/lokasi", lon="100,06", lat="-1,94")
    told = mine.get(f"/bukti/{case.id}/peta.geojson")
    assert told.mimetype == "application/geo+json"
    found = {feature["id"]: feature for feature in told.json["features"]}
    photo = case.photos[0].id
    assert set(found) == {"device", "exif", "pin", f"foto-{photo}-device", f"foto-{photo}-exif"}
    assert [name for name, feature in found.items() if feature["properties"].get("chosen")] == ["pin"]
    assert found["device"]["properties"]["accuracy_m"] == 8.0
    assert found["pin"]["geometry"] == {"type": "Point", "coordinates": [100.06, -1.94]}
    page = mine.get(f"/bukti/{case.id}").text
    assert f"/bukti/{case.id}/peta.geojson" in page
    assert f"/wilayah/lapisan/{factories.MINE}.geojson" in page
    assert "cdn" not in page
