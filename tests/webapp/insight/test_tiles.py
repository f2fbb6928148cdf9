"""Vector tiles hold the cases of the map, no more and no fewer, and tell when nothing has changed."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geo.tiles import Tile, column_of, row_of
from geo.values import LonLat
from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR, Team
from tests.webapp.conftest import SignIn
from tests.webapp.insight.conftest import SEOUL, evidence
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.rules import CLAIMED, UNSEEN, State
from webapp.evidence.services import fold
from webapp.insight import queries
from webapp.insight.queries import tiling
from webapp.insight.rules import Filters, Group

HERE = LonLat(100.0123456, -1.9876543)
ZOOMS = (0, 5, 8, 10, 12, 15, 18)


@dataclass
class Decoder:
    """Reads a tile as any other program would: GDAL, from a file."""

    folder: Path

    def read(self, content: bytes, at: Tile, layer: str) -> list[dict[str, Any]]:
        path = self.folder / f"{at.zoom}" / f"{at.column}" / f"{at.row}.mvt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if not content or layer not in {str(name) for name, _ in pyogrio.list_layers(path)}:
            return []
        meta, _ids, _shapes, columns = pyogrio.raw.read(path, layer=layer)
        rows = zip(*columns, strict=True)
        return [dict(zip(meta["fields"], row, strict=True)) for row in rows]


@pytest.fixture
def decoder(tmp_path: Path) -> Decoder:
    return Decoder(tmp_path)


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def at(place: LonLat, zoom: int) -> Tile:
    return Tile(zoom, column_of(place.lon, zoom), row_of(place.lat, zoom))


def path(upper: str | None, tile: Tile, **args: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in args.items())
    start = f"/peta/{upper}" if upper else "/peta"
    return f"{start}/ubin/{tile.zoom}/{tile.column}/{tile.row}.mvt?{asked}"


def of(session: Session, actor: Account, upper: str | None, tile: Tile, filters: Filters = Filters()) -> bytes:  # noqa: B008
    wanted = queries.behind(actor, upper, filters, Group.CLAIMED)
    return queries.tile(session, wanted, tile, queries.kept(actor, upper, filters))


def test_a_tile_says_of_each_case_what_a_map_draws(session: Session, people: Team, decoder: Decoder) -> None:
    case = evidence(session, people, State.VERIFIED_FIELD, MINE, place=HERE, accuracy_m=12.5, grade="B")
    for zoom in ZOOMS:
        tile = at(HERE, zoom)
        (found,) = decoder.read(of(session, people.leader, KABUPATEN, tile), tile, tiling.CASES)
        assert found == {
            "n": 1, "state": "verified_field", "accuracy_m": 12.5, "grade": "B", "lon": HERE.lon, "lat": HERE.lat,
            "mvt_id": case.id,
        }  # fmt: skip


def test_identical_points_are_one_that_says_how_many(session: Session, people: Team, decoder: Decoder) -> None:
    first = evidence(session, people, State.SUBMITTED, MINE, place=HERE, accuracy_m=5, grade="A")
    evidence(session, people, State.REJECTED, MINE, place=HERE, accuracy_m=80, grade="C")
    tile = at(HERE, 15)
    (found,) = decoder.read(of(session, people.leader, MINE, tile), tile, tiling.CASES)
    assert (found["n"], found["state"], found["accuracy_m"], found["grade"]) == (2, tiling.MIXED, 80, "C")
    assert found["mvt_id"] == first.id


def test_what_a_person_may_not_see_is_in_no_tile(session: Session, people: Team, decoder: Decoder) -> None:
    """At every zoom, folded and not: drafts, other areas, studies abroad, what the filter leaves out."""
    for state in State:
        evidence(session, people, state, MINE, place=HERE)
    evidence(session, people, State.SUBMITTED, FAR, place=HERE)
    evidence(session, people, State.SUBMITTED, MINE, place=SEOUL, region_result="luar_negeri")
    for folded, zoom in ((n, zoom) for n in (0, 1000) for zoom in ZOOMS):
        fold(session, folded)
        tile, elsewhere = at(HERE, zoom), at(SEOUL, zoom)

        def counted(actor: Account, upper: str | None, filters: Filters = Filters(), tile: Tile = tile) -> int:  # noqa: B008
            found = decoder.read(of(session, actor, upper, tile, filters), tile, tiling.CASES)
            return sum(one["n"] for one in found)

        assert counted(people.leader, KABUPATEN) == len(CLAIMED)
        assert counted(factories.leader(session, KOTA), KOTA) == 1
        assert counted(factories.account(session, (Role.LEADER, None)), None) == len(CLAIMED) + 1
        assert counted(people.camat, None) == 0
        assert counted(people.leader, KABUPATEN, Filters(state=State.OBJECTED)) == 1
        assert counted(people.leader, KABUPATEN, Filters(text="tidak ada")) == 0
        if zoom > 5:
            assert counted(people.leader, KABUPATEN, tile=elsewhere) == 0


def test_too_many_for_one_tile_become_cells_that_hold_every_one(
    session: Session, people: Team, decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiling, "MOST", 11)
    monkeypatch.setattr(tiling, "MOST_AFAR", 11)
    for n in range(12):
        evidence(session, people, State.SUBMITTED, MINE, place=LonLat(HERE.lon + n * 1e-5, HERE.lat))
    evidence(session, people, State.DRAFT, MINE, place=HERE)
    for folded, zoom, filters in ((n, z, f) for n in (0, 1000) for z in ZOOMS for f in (Filters(), Filters(text="b"))):
        fold(session, folded)
        tile = at(HERE, zoom)
        content = of(session, people.leader, KABUPATEN, tile, filters)
        cells = decoder.read(content, tile, tiling.CELLS)
        shown = sum(one["n"] for one in cells)
        if shown:
            assert shown == 12 and decoder.read(content, tile, tiling.CASES) == []
        else:  # a tile so deep that it holds few
            assert zoom == 18 and len(decoder.read(content, tile, tiling.CASES)) <= 11


def test_a_mark_at_the_edge_is_in_both_tiles(session: Session, people: Team, decoder: Decoder) -> None:
    tile = at(HERE, 15)
    west = tile.box().west
    evidence(session, people, State.SUBMITTED, MINE, place=LonLat(west + 1e-6, HERE.lat))
    for shown in (tile, Tile(15, tile.column - 1, tile.row)):
        assert len(decoder.read(of(session, people.leader, MINE, shown), shown, tiling.CASES)) == 1
    far = Tile(15, tile.column - 2, tile.row)
    assert of(session, people.leader, MINE, far) == b""


@pytest.mark.parametrize("place", [LonLat(100, 90), LonLat(100, -90), LonLat(180, 0), LonLat(-180, 0)])
def test_places_beyond_the_square_break_no_tile(session: Session, people: Team, place: LonLat) -> None:
    evidence(session, people, State.SUBMITTED, MINE, place=place)
    for zoom in ZOOMS:
        of(session, people.leader, MINE, at(place, zoom))


def test_a_tile_is_private_and_sent_again_only_when_something_changed(
    session: Session, people: Team, client: FlaskClient, sign_in: SignIn
) -> None:
    evidence(session, people, State.SUBMITTED, MINE, place=HERE)
    sign_in(client, people.leader)
    asked = path(MINE, at(HERE, 12))
    first = client.get(asked, headers={"Accept-Encoding": "gzip"})
    assert (first.status_code, first.mimetype) == (200, "application/vnd.mapbox-vector-tile")
    assert first.headers["Cache-Control"].startswith("private")
    assert gzip.decompress(first.data)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(asked, headers=known).status_code == 304
    evidence(session, people, State.SUBMITTED, NEXT_DOOR, place=HERE)
    session.commit()
    again = client.get(asked, headers=known)
    assert again.status_code == 200 and again.headers["ETag"] != first.headers["ETag"]


def test_the_address_says_region_and_filter_and_nonsense_is_refused(
    session: Session, people: Team, client: FlaskClient, sign_in: SignIn, decoder: Decoder
) -> None:
    evidence(session, people, State.SUBMITTED, MINE, place=HERE)
    evidence(session, people, State.REJECTED, MINE, place=HERE)
    sign_in(client, people.leader)
    tile = at(HERE, 12)
    for args, number in (({}, 2), ({"keadaan": "rejected"}, 1), ({"kelompok": "waiting"}, 1), ({"jenis": "rapat"}, 0)):
        found = decoder.read(client.get(path(KABUPATEN, tile, **args)).data, tile, tiling.CASES)
        assert sum(one["n"] for one in found) == number, args
    assert client.get(path(FAR, tile)).status_code == 404
    assert client.get(path(None, tile)).status_code == 404  # above the own area
    assert client.get(f"/peta/{MINE}/ubin/3/9/0.mvt").status_code == 404
    assert client.get(path(MINE, tile, keadaan="apa")).status_code == 422
    assert {*UNSEEN}.isdisjoint(CLAIMED)
