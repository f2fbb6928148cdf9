"""Verbs of territory: import boundaries, draw approximate ones, name places abroad."""

from webapp.territory.services.abroad import load_countries, load_places_abroad, read_world
from webapp.territory.services.approximate import load_approximate
from webapp.territory.services.importing import import_boundaries
from webapp.territory.services.report import DatasetFacts, How, ImportReport, RefusedLine
from webapp.territory.services.uploading import (
    Upload,
    confirm,
    discard_draft,
    draft_of,
    forget_drafts,
    keep_draft,
    rehearse,
)

__all__ = [
    "DatasetFacts",
    "How",
    "ImportReport",
    "RefusedLine",
    "Upload",
    "confirm",
    "discard_draft",
    "draft_of",
    "forget_drafts",
    "import_boundaries",
    "keep_draft",
    "load_approximate",
    "load_countries",
    "load_places_abroad",
    "read_world",
    "rehearse",
]
