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


class AgencyKind(StrEnum):
    """What a perangkat daerah is to the government of its region."""

    OPD = "opd"
    SECTION = "section"
    VERTICAL = "vertical"  # a branch of a ministry


AGENCY_LABELS = {
    AgencyKind.OPD: _l("Dinas, badan atau kantor daerah"),
    AgencyKind.SECTION: _l("Bagian sekretariat daerah"),
    AgencyKind.VERTICAL: _l("Instansi vertikal"),
}

# Kemendagri codes: PP, PP.KK, PP.KK.CC, PP.KK.CC.DDDD; text, since leading zeros count.
CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
CODE_LENGTHS = {2: 0, 5: 1, 8: 2, 13: 3}
_LEVELS_BY_DEPTH = (
    {Level.PROVINSI},
    {Level.KABUPATEN, Level.KOTA},
    {Level.KECAMATAN},
    {Level.DESA, Level.KELURAHAN},
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


def level_of(code: str) -> Level:
    """The level a code stands for: kota are numbered from 71, kelurahan from 1001, desa from 2001."""
    below = depth(code)
    if below == 1:
        return Level.KOTA if code[3] >= "7" else Level.KABUPATEN
    if below == 3:
        return Level.KELURAHAN if code[9] == "1" else Level.DESA
    return Level.PROVINSI if below == 0 else Level.KECAMATAN


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

# How coarse a region's outline may be, degrees, by depth of its code (0.001 is about 100 m): for maps only.
OUTLINE_DEGREES = (0.01, 0.004, 0.001, 0.0004)
# Shared ground, as a part of the smaller region, from which two regions contradict each other. Less are slivers of
# simplified lines; two sets of boundaries drawn by different offices differ by much more than one set in itself.
OVERLAP_IN_ONE_SET = 0.05
OVERLAP_BETWEEN_SETS = 0.25


def usual_error_m(code: str) -> float:
    """How sure a border is where nobody has measured it, in metres: by the kabupaten or kota the region lies in."""
    return BOUNDARY_ERROR_M[Level.KOTA if depth(code) and level_of(code[:5]) is Level.KOTA else Level.KABUPATEN]


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
    declared: str,
    candidates: tuple[Candidate, ...],
    *,
    radius_m: float,
    metres_to_declared: float | None,
    country: str | None,
    elsewhere: str | None = None,
) -> RegionResult:
    """How the point lies to the declared kecamatan.

    candidates: regions within `radius_m` of the point, nearest first; `metres_to_declared` None when it has no area;
    country: ISO code of the country the point lies in, None at sea; elsewhere: the region of a higher level it lies in
    where no kecamatan is known. A region above the declared one says nothing about the coast: it is drawn coarsely.
    """
    if any(candidate.inside and candidate.code == declared for candidate in candidates):
        return RegionResult.MATCH
    if any(candidate.code == declared and candidate.metres <= radius_m for candidate in candidates):
        return RegionResult.NEAR_BORDER
    if country is not None and country != "ID":
        return RegionResult.ABROAD
    on_land = any(candidate.inside for candidate in candidates)
    on_land = on_land or (elsewhere is not None and not declared.startswith(elsewhere))
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


ZONE_LABELS = {
    "Asia/Jakarta": _l("WIB (UTC+7)"),
    "Asia/Makassar": _l("WITA (UTC+8)"),
    "Asia/Jayapura": _l("WIT (UTC+9)"),
}
