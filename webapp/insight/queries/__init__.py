"""Reading for the map: one query gives the figures of table, map layer, tiles and totals alike."""

from webapp.insight.queries.borders import Shape, case_version, data_version, shapes, sources
from webapp.insight.queries.copying import Copy, Pair, after_studies, copies, with_sources
from webapp.insight.queries.counting import RegionFigures, figures, grouped, ranked, silent, supports
from webapp.insight.queries.filtering import Options, check, checked, options
from webapp.insight.queries.front import Cards, cards
from webapp.insight.queries.galleries import GALLERY, gallery, with_sets
from webapp.insight.queries.listing import (
    CLOSE,
    MOST_IN_VIEW,
    MOST_POINTS,
    PAGE,
    CaseRow,
    PointSet,
    Seen,
    abroad,
    behind,
    cases,
    count,
    points,
    seen,
)
from webapp.insight.queries.placing import within
from webapp.insight.queries.portfolio import Innovation, Portfolio, portfolio
from webapp.insight.queries.standing import Reach, Standpoint, reach, standpoint, starting_point
from webapp.insight.queries.summing import Cell, Kept, kept
from webapp.insight.queries.tiling import tile
from webapp.insight.queries.timing import Timeline, during, timeline

__all__ = [
    "CLOSE",
    "GALLERY",
    "MOST_IN_VIEW",
    "MOST_POINTS",
    "PAGE",
    "Cards",
    "CaseRow",
    "Cell",
    "Copy",
    "Innovation",
    "Kept",
    "Options",
    "Pair",
    "PointSet",
    "Portfolio",
    "Reach",
    "RegionFigures",
    "Seen",
    "Shape",
    "Standpoint",
    "Timeline",
    "abroad",
    "after_studies",
    "behind",
    "cards",
    "case_version",
    "cases",
    "check",
    "checked",
    "copies",
    "count",
    "data_version",
    "during",
    "figures",
    "gallery",
    "grouped",
    "kept",
    "options",
    "points",
    "portfolio",
    "ranked",
    "reach",
    "seen",
    "shapes",
    "silent",
    "sources",
    "standpoint",
    "starting_point",
    "supports",
    "tile",
    "timeline",
    "with_sets",
    "with_sources",
    "within",
]
