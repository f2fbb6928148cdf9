"""What the maps fetch: GeoJSON of regions with their figures and of cases, all text as JSON values."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from geo import layers
from geo.values import LonLat
from webapp.evidence import pii
from webapp.evidence.rules import STATE_LABELS
from webapp.evidence.words import nama
from webapp.formatting import angka, rentang
from webapp.insight.queries import CaseRow, Cell, PointSet, RegionFigures, Seen, Shape
from webapp.insight.queries.listing import MOST_POINTS
from webapp.insight.rules import GROUP_LABELS, Figures, Filters, Group, shade


def regions(
    lines: Sequence[RegionFigures], shapes: dict[str, Shape], *, filters: Filters, scale: int | None, drill: bool = True
) -> str:
    """The lines of the table as areas; a line without a boundary is in the table only.

    `scale`: the level whose shades are used, 0 for provinces; None: the area is only the ground under its cases,
    unshaded. `drill`: a click opens the region's own map.
    """
    # Most verified first: where names would overlap, the map keeps the earlier one.
    drawn = [line for line in lines if line.code in shapes]
    drawn.sort(key=lambda line: -line.figures.verified if line.figures else 0)
    features = [
        layers.feature(
            shapes[line.code].geometry,
            {
                "name": line.name,
                "shade": shade(line.figures.verified, scale) if line.figures and scale is not None else 0,
                "silent": line.figures.silent if line.figures else True,
                "facts": _facts(line.figures) if line.figures else [],
                "href": url_for("insight.region", code=line.code, **filters.args()) if drill else None,
                "label": [shapes[line.code].label.lon, shapes[line.code].label.lat],
                "approximate": shapes[line.code].approximate,
            },
            line.code,
        )
        for line in drawn
    ]
    said = dict.fromkeys(shapes[line.code].attribution for line in drawn)
    return layers.collection(features, attribution="; ".join(said))


def _facts(figures: Figures) -> list[list[str]]:
    if figures.silent:
        return [[_("Belum ada bukti"), ""]]
    return [[str(GROUP_LABELS[group]), angka(figures.of(group))] for group in Group]


def points(found: PointSet) -> str:
    """Cases as points, or cells with their numbers where there are too many; `note` says what is not drawn."""
    words = _Words()
    features = [_case(row, words) for row in found.rows if row.place] + [_cell(cell) for cell in found.cells]
    said = []
    if found.cells:
        said.append(_("%(n)s bukti, terlalu banyak untuk satu per satu: perbesar peta", n=angka(found.in_view)))
    if found.unplaced:
        said.append(_("%(n)s tanpa lokasi", n=angka(found.unplaced)))
    return layers.collection(features, without_place=found.unplaced, in_view=found.in_view, note=" · ".join(said))


def seen(found: Seen, more: str) -> str:
    """The list beside a map: what it says of how many there are, and where the rest of them are listed."""
    number, rest = found.number, found.number - len(found.rows)
    if number >= MOST_POINTS:
        told, further = _("Lebih dari %(n)s bukti di peta ini", n=angka(number)), _("Semuanya di daftar")
    else:
        told = _("%(n)s bukti di peta ini", n=angka(number)) if number else _("Tidak ada bukti di bagian peta ini")
        further = _("dan %(n)s lagi di daftar", n=angka(rest)) if rest else ""
    words = _Words()
    features = [_case(row, words) for row in found.rows]
    return layers.collection(features, told=told, more={"label": further, "href": more} if further else None)


class _Words:
    """What the features of one layer repeat, each said once: looking words up takes longer than drawing."""

    def __init__(self) -> None:
        self.kind, self.days = cache(nama), cache(rentang)
        self.state = cache(lambda state: str(STATE_LABELS[state]))
        self.grade = cache(lambda grade: _("Keyakinan lokasi %(grade)s", grade=grade))


def _case(row: CaseRow, words: _Words) -> str:
    where = row.place_label or row.region_name
    properties: dict[str, Any] = {
        "name": pii.covered(row.title),
        "state_class": row.state,
        "state": words.state(row.state),
        "accuracy_m": row.accuracy_m,
        "lines": [words.kind(row.activity or row.kind), where, words.days(row.occurred_from, row.occurred_to)],
        "grade": words.grade(row.grade) if row.grade else None,
        "href": url_for("evidence.show", evidence_id=row.id),
        "thumb": url_for("evidence.picture", photo_id=row.photo_id, size="small") if row.photo_id else None,
    }
    return layers.feature(row.place, properties, row.id)


def _cell(cell: Cell) -> str:
    """A number at the middle of a cell, to a metre; the page has the words for it."""
    return layers.feature(LonLat(round(cell.place.lon, 5), round(cell.place.lat, 5)), {"count": cell.count})
