"""Reading territory: regions, their current boundaries, layers for maps, and which region a point lies in."""

from webapp.territory.queries.layers import basemap, children_layer, region_layer
from webapp.territory.queries.regions import (
    among,
    assessing_regions,
    attribution,
    boundaries_of,
    children,
    current,
    data_version,
    datasets,
    extent,
    kecamatan_of,
    known_codes,
    line_of,
    listing,
    region,
    with_current_boundary,
    without_boundary,
)
from webapp.territory.queries.resolving import NOWHERE, Resolution, doubts, resolve

__all__ = [
    "NOWHERE",
    "Resolution",
    "among",
    "assessing_regions",
    "attribution",
    "basemap",
    "boundaries_of",
    "children",
    "children_layer",
    "current",
    "data_version",
    "datasets",
    "doubts",
    "extent",
    "kecamatan_of",
    "known_codes",
    "line_of",
    "listing",
    "region",
    "region_layer",
    "resolve",
    "with_current_boundary",
    "without_boundary",
]
