"""The page of copies: the list, and the lines of its map."""

import json
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from geo import layers
from webapp.access import Actor
from webapp.evidence import pii
from webapp.evidence.rules import STATE_LABELS
from webapp.insight import maps, pages, queries
from webapp.insight.queries import Copy, Standpoint
from webapp.replication.queries import Origin


def page(session: Session, actor: Actor, here: Standpoint, asked: pages.Asked, number: int) -> pages.Context:
    """One page of the list, and the map of all of them."""
    wanted = queries.copies(actor, here.code, asked.filters)
    listed = pages.paged(session, wanted, number)
    layer = url_for("insight.copy_layer", code=here.code, **asked.filters.args())
    return {
        **pages.common(here, asked),
        **listed,
        "copies": queries.with_sources(session, actor, listed["cases"]),
        "figures": queries.grouped(session, wanted),
        "units": queries.silent(session, actor, here.code, wanted),
        "parts": maps.copy_map(pages.first_view(session, here), layer),
    }


def lines(found: list[Copy]) -> str:
    """Each copy as a line from its source; those without a place of either are counted, not drawn."""
    drawn = [one for one in found if one.start and one.end]
    features = [layers.feature(_line(one), _told(one), one.row.id) for one in drawn]
    return layers.collection(features, without_place=len(found) - len(drawn))


def _line(one: Copy) -> str:
    ends = [[spot.lon, spot.lat] for spot in (one.start, one.end) if spot]
    return json.dumps({"type": "LineString", "coordinates": ends})


def _told(one: Copy) -> dict[str, Any]:
    return {
        "name": pii.covered(one.row.title),
        "verified": one.proven,
        "state": str(STATE_LABELS[one.row.state]),
        "state_class": one.row.state,
        "lines": [one.row.region_name, _("Diadaptasi dari: %(source)s", source=source_words(one.origin))],
        "href": url_for("evidence.show", evidence_id=one.row.id),
    }


def source_words(origin: Origin) -> str:
    """The source in one line: its title for who may see it, else no more than its kecamatan, or what was told."""
    region = origin.region.name if origin.region else ""
    if origin.case is not None:
        return f"{pii.covered(origin.case.title)} · {origin.case.place_label or origin.case.region.name}"
    if origin.hidden:
        return region
    return " · ".join(filter(None, (pii.covered(origin.said.source_text), region)))
