"""Lists, layers, searches and filters: nobody finds a word, a name or an id of what they may not see."""

from __future__ import annotations

import pytest

from tests.doors.matrix.asks import Ask
from tests.doors.matrix.table import PEOPLE
from tests.doors.matrix.trying import House

# Beside the addresses of the table: each list asked for everything, and for what lies elsewhere.
_PLACES = ("99", "99.01", "99.01.01", "99.01.02", "99.71", "99.71.01", "99.71.02", "98", "98.01", "98.01.01")
SEARCHES = (
    "/bukti/?cari=kata", "/bukti/?keadaan=draft", "/bukti/?keadaan=submitted&jenis=kegiatan", "/bukti/?hal=99",
    "/api/v1/bukti?limit=100", "/api/v1/bukti?before=2000000000",
    "/verifikasi/?cari=kata", "/verifikasi/antrean.geojson?cari=kata", "/verifikasi/lapangan.geojson",
    *(f"/verifikasi/?wilayah={code}&keadaan={state}" for code in _PLACES for state in ("submitted", "verified_desk")),
    *(f"/verifikasi/antrean.geojson?wilayah={code}" for code in _PLACES),
    *(f"/verifikasi/lapangan?wilayah={code}" for code in _PLACES),
    *(f"/peta/{code}{page}" for code in _PLACES for page in ("", "/daftar?cari=kata", "/kasus.geojson")),
    "/peta/kasus.geojson", "/peta/daftar?kelompok=verified", "/peta/studi?cari=kata", "/peta/studi.geojson",
    "/akun/orang?cari=Nama", "/akun/orang?cari=orang", *(f"/akun/orang?wilayah={code}" for code in _PLACES),
    "/akun/orang?peran=desk_verifier", "/akun/orang?aktif=tidak",
    "/akun/jejak?orang=Nama", "/akun/jejak?objek=evidence", "/akun/jejak?objek=account", "/akun/jejak?sesudah=0",
    *(f"/akun/jejak?wilayah={code}" for code in _PLACES),
)  # fmt: skip


@pytest.mark.parametrize("person", PEOPLE)
def test_no_search_finds_what_its_reader_may_not_see(house: House, person: str) -> None:
    told = {}
    for path in SEARCHES:
        answer = house.ask(person, Ask("GET", path))
        assert answer.status < 500, path
        if found := house.told(person, answer):
            told[path] = sorted(found)
    assert told == {}


@pytest.mark.parametrize(
    ("path", "kind"), [("/akun/jejak?objek={kind}:{id}", "evidence"), ("/akun/jejak?orang={name}", "")]
)
def test_the_trail_answers_alike_about_other_regions_and_about_nothing(house: House, path: str, kind: str) -> None:
    theirs = path.format(kind=kind, id=house.world.cases["away"], name="Nama-away_camat")
    nothing = path.format(kind=kind, id=house.world.cases["away"] + 900_000, name="Nama-xxxx_xxxxx")
    answers = [house.ask("U", Ask("GET", one)) for one in (theirs, nothing)]
    bodies = [one.bare.replace(sent.encode(), b"-") for one, sent in zip(answers, _asked(theirs, nothing), strict=True)]
    assert [one.status for one in answers] == [200, 200]
    assert bodies[0] == bodies[1]


def _asked(*paths: str) -> list[str]:
    return [path.split("=", 1)[1].split(":")[-1] for path in paths]


def test_the_words_of_the_world_are_really_looked_for(house: House) -> None:
    """Whoever may see them does find them: the search of this module is no search for nothing."""
    found = {
        (person, path): house.ask(person, Ask("GET", path)).body.count(b"kata-judul")
        for person, path in [
            ("C", "/bukti/?cari=kata"),
            ("D", "/verifikasi/"),
            ("L", "/peta/99.01/daftar"),
            ("T", "/peta/99.71/daftar"),
        ]
    }
    assert all(found.values()), found
