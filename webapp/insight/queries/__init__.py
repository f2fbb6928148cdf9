"""Reading for the map: one query gives the figures of table, map layer, tiles and totals alike."""

from webapp.insight.queries.borders import Shape, case_version, data_version, shapes, sources
from webapp.insight.queries.counting import RegionFigures, figures, ranked, supports
from webapp.insight.queries.filtering import Options, check, options
from webapp.insight.queries.front import Cards, cards
from webapp.insight.queries.listing import (
    CLOSE,
    MOST_IN_VIEW,
    MOST_POINTS,
    PAGE,
    CaseRow,
    PointSet,
    abroad,
    behind,
    cases,
    count,
    points,
)
from webapp.insight.queries.portfolio import Innovation, Portfolio, portfolio
from webapp.insight.queries.standing import Reach, Standpoint, reach, standpoint, starting_point
from webapp.insight.queries.summing import Cell, Kept, kept
from webapp.insight.queries.tiling import tile

__all__ = [
    "CLOSE",
    "MOST_IN_VIEW",
    "MOST_POINTS",
    "PAGE",
    "Cards",
    "CaseRow",
    "Cell",
    "Innovation",
    "Kept",
    "Options",
    "PointSet",
    "Portfolio",
    "Reach",
    "RegionFigures",
    "Shape",
    "Standpoint",
    "abroad",
    "behind",
    "cards",
    "case_version",
    "cases",
    "check",
    "count",
    "data_version",
    "figures",
    "kept",
    "options",
    "points",
    "portfolio",
    "ranked",
    "reach",
    "shapes",
    "sources",
    "standpoint",
    "starting_point",
    "supports",
    "tile",
]
