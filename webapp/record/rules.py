"""What a report of an assessment tells under which heading, and which stage minutes belong to. Pure facts."""

from collections.abc import Mapping
from enum import StrEnum

from webapp.minutes.rules import Kind
from webapp.programme.rules import StageKind

STAGE_OF: Mapping[Kind, StageKind] = {
    Kind.DESK: StageKind.DESK, Kind.PRESENTATION: StageKind.PRESENTATION, Kind.SHORTLIST: StageKind.SHORTLIST,
    Kind.PLENARY: StageKind.PLENARY,
}  # fmt: skip


class Aim(StrEnum):
    """The five headings of the report (row J4): what the assessment in Jawa Barat was said to aim at."""

    CONDITION = "kondisi_empirik"
    ACHIEVEMENT = "tingkat_pencapaian"
    COORDINATION = "kesinambungan_koordinasi"
    CREATIVITY = "kreativitas_inovasi"
    CAPACITY = "kapasitas_aparatur"


# Papers are Indonesian, whoever prints them: no words of the interface.
AIM_TITLES = {
    Aim.CONDITION: "Kondisi empirik penyelenggaraan pemerintahan kecamatan",
    Aim.ACHIEVEMENT: "Tingkat pencapaian",
    Aim.COORDINATION: "Kesinambungan koordinasi",
    Aim.CREATIVITY: "Kreativitas dan inovasi",
    Aim.CAPACITY: "Kapasitas aparatur",
}
# [P] An indicator belongs to an aim whose word its own name or that of its aspect holds; instruments name no aims.
_WORDS = {
    Aim.COORDINATION: ("koordinasi", "sinergi", "rapat", "musyawarah", "forkopimcam"),
    Aim.CREATIVITY: ("inovasi", "kreati", "upaya"),
    Aim.CAPACITY: ("kompetensi", "aparatur", "sdm", "sumber daya manusia", "kapasitas", "penguasaan"),
}


def aims_of(aspect: str, indicator: str) -> frozenset[Aim]:
    """Which of the three aims by subject an indicator tells about; none for most. [P]

    The other two headings take every verified claim: the condition by its evidence, the achievement by its value.
    """
    said = f"{aspect} {indicator}".casefold()
    return frozenset(aim for aim, words in _WORDS.items() if any(word in said for word in words))
