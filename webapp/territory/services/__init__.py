"""Verbs of territory: import boundaries, draw approximate ones, name places abroad."""

from webapp.territory.services.abroad import load_countries, load_places_abroad, read_world
from webapp.territory.services.approximate import load_approximate
from webapp.territory.services.importing import import_boundaries
from webapp.territory.services.report import DatasetFacts, How, ImportReport, RefusedLine

__all__ = [
    "DatasetFacts",
    "How",
    "ImportReport",
    "RefusedLine",
    "import_boundaries",
    "load_approximate",
    "load_countries",
    "load_places_abroad",
    "read_world",
]
