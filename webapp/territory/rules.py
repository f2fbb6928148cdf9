"""Region codes, levels, time zones, and how sure a point's region is. Pure facts."""

import re
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Level(StrEnum):
    PROVINSI = "provinsi"
    KABUPATEN = "kabupaten"
    KOTA = "kota"
    KECAMATAN = "kecamatan"
    DESA = "desa"
    KELURAHAN = "kelurahan"


LEVEL_LABELS = {
    Level.PROVINSI: _l("Provinsi"),
    Level.KABUPATEN: _l("Kabupaten"),
    Level.KOTA: _l("Kota"),
    Level.KECAMATAN: _l("Kecamatan"),
    Level.DESA: _l("Desa"),
    Level.KELURAHAN: _l("Kelurahan"),
}

# Kemendagri codes: PP, PP.KK, PP.KK.CC, PP.KK.CC.DDDD; text, since leading zeros count.
CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
CODE_LENGTHS = {2: 0, 5: 1, 8: 2, 13: 3}
_LEVELS_BY_DEPTH = (
    {Level.PROVINSI}, {Level.KABUPATEN, Level.KOTA}, {Level.KECAMATAN}, {Level.DESA, Level.KELURAHAN},
)


def depth(code: str) -> int:
    """0 for a province, 1 kabupaten/kota, 2 kecamatan, 3 desa/kelurahan. Raises ValueError on a malformed code."""
    if not CODE.fullmatch(code):
        raise ValueError(f"not a region code: {code!r}")
    return CODE_LENGTHS[len(code)]


def parent(code: str) -> str | None:
    """Code of the region above, by prefix ("32.73.02" → "32.73"); None for a province."""
    return code.rpartition(".")[0] or None


def level_fits(code: str, level: Level) -> bool:
    """Whether a code of this length can be of this level."""
    return level in _LEVELS_BY_DEPTH[depth(code)]


class RegionResult(StrEnum):
    """How a point lies to the declared region. The values are the words of the field; none of them refuses anything."""

    MATCH = "cocok"
    NEAR_BORDER = "dekat_batas"
    OUTSIDE = "di_luar"
    OFFSHORE = "lepas_pantai"
    ABROAD = "luar_negeri"
    NO_POSITION = "tanpa_gps"


RESULT_LABELS = {
    RegionResult.MATCH: _l("Cocok dengan wilayah"),
    RegionResult.NEAR_BORDER: _l("Dekat batas wilayah"),
    RegionResult.OUTSIDE: _l("Di luar wilayah"),
    RegionResult.OFFSHORE: _l("Lepas pantai"),
    RegionResult.ABROAD: _l("Luar negeri"),
    RegionResult.NO_POSITION: _l("Tanpa posisi"),
}
NEEDS_REASON = frozenset({RegionResult.OUTSIDE, RegionResult.NO_POSITION})

ASSUMED_ACCURACY_M = 50.0  # where neither phone nor file states one
TOO_VAGUE_M = 500.0  # a position less certain than this names no kecamatan
OFFSHORE_M = 5_000.0
# How far two government-rooted delimitations lie apart, by kind of region; an operator may set it per region.
BOUNDARY_ERROR_M = {Level.KOTA: 25.0, Level.KABUPATEN: 250.0}


@dataclass(frozen=True)
class Candidate:
    """A region near a point: `metres` from the point to its area, 0 when inside."""

    code: str
    name: str
    metres: float

    @property
    def inside(self) -> bool:
        return self.metres == 0


def judge(
    declared: str, candidates: tuple[Candidate, ...], *, radius_m: float, metres_to_declared: float | None,
    country: str | None,
) -> RegionResult:
    """How the point lies to the declared kecamatan.

    candidates: regions within `radius_m` of the point, nearest first; `metres_to_declared` None when it has no area;
    country: ISO code of the country the point lies in, None at sea.
    """
    if any(candidate.inside and candidate.code == declared for candidate in candidates):
        return RegionResult.MATCH
    if country is not None and country != "ID":
        return RegionResult.ABROAD
    if any(candidate.code == declared for candidate in candidates):
        return RegionResult.NEAR_BORDER
    on_land = any(candidate.inside for candidate in candidates)
    if not on_land and metres_to_declared is not None and metres_to_declared < OFFSHORE_M:
        return RegionResult.OFFSHORE
    return RegionResult.OUTSIDE


_WITA = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
_WIT = {"81", "82", "91", "92", "93", "94", "95", "96"}


def time_zone_of(code: str) -> str:
    """IANA zone of a region by its province (Keppres 41/1987 on the three zones; provinces of 2026)."""
    province = code[:2]
    if province in _WIT:
        return "Asia/Jayapura"
    return "Asia/Makassar" if province in _WITA else "Asia/Jakarta"
