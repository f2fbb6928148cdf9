"""The blueprint of the map, and how its views read an address."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from flask_login import current_user

from geo.values import BBox, NotABox
from webapp import db
from webapp.access import Permission, areas
from webapp.answers import layer, tile
from webapp.i18n import chosen_locale
from webapp.insight import pages, queries
from webapp.insight.errors import UnknownFilter
from webapp.insight.rules import GROUP_PARAMETER, PARAMETERS, Filters, Group, group_in

bp = Blueprint("insight", __name__, url_prefix="/peta")
FILTERS = (*PARAMETERS.values(), GROUP_PARAMETER)  # named in the description of the doors for scripts


def asked_for() -> pages.Asked:
    """Filters, figure and choices of this address. Raises `UnknownFilter`."""
    filters, group = Filters.parse(request.args), group_in(request.args)
    offered = queries.options(db.session(), current_user, filters)
    queries.check(offered, filters)
    return pages.Asked(filters, group, offered)


def filtered() -> tuple[Filters, Group]:
    """Filters and figure alone, for what offers no choices. Raises `UnknownFilter`."""
    return queries.checked(db.session(), current_user, Filters.parse(request.args)), group_in(request.args)


def view_asked() -> tuple[BBox | None, int | None]:
    box, zoom = request.args.get("bbox"), request.args.get("zoom")
    try:
        return (BBox.parse(box) if box else None), (min(max(int(zoom[:3]), 0), 22) if zoom else None)
    except (NotABox, ValueError) as why:
        raise UnknownFilter(field="bbox") from why


def drawn(draw: Callable[[], str], *further: object) -> Response:
    """A layer of this reader's areas: nothing is drawn while no case, no boundary and nothing `further` has changed."""
    mine, version = areas(current_user, Permission.MAP_READ), queries.data_version(db.session())
    return layer(draw, mine, version, chosen_locale(), *further)


def pointed(draw: Callable[[], str]) -> Response:
    """The same of cases alone, which hold no boundaries: asked for at every move of a map."""
    return layer(draw, areas(current_user, Permission.MAP_READ), queries.case_version(db.session()), chosen_locale())


def tiled(draw: Callable[[], bytes]) -> Response:
    """The same of a vector tile, which holds neither words nor boundaries."""
    return tile(draw, areas(current_user, Permission.MAP_READ), queries.case_version(db.session()))
