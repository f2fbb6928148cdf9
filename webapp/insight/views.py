"""The innovation map. Reads only: numbers inside a person's areas, outlines on the way down to them, else nothing."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response as Answer

from geo.tiles import NotATile, Tile
from geo.values import BBox, NotABox
from webapp import db
from webapp.access import Permission, areas, requires
from webapp.answers import layer, tile
from webapp.errors import NotFound
from webapp.forms import PartOfMap
from webapp.forms.described import described
from webapp.i18n import chosen_locale
from webapp.insight import layers, pages, queries
from webapp.insight.errors import UnknownFilter
from webapp.insight.rules import GROUP_PARAMETER, PARAMETERS, Filters, group_in

bp = Blueprint("insight", __name__, url_prefix="/peta")
FILTERS = (*PARAMETERS.values(), GROUP_PARAMETER)  # named in the description of the doors for scripts


@bp.get("/")
@requires(Permission.MAP_READ)
def nation() -> Answer | str:
    """The whole country; people with a smaller area start there."""
    start = queries.starting_point(current_user)
    if start is not None:
        return redirect(url_for(".region", code=start, **Filters.parse(request.args).args()), 303)
    return _map_page(None)


@bp.get("/<code>")
@requires(Permission.MAP_READ)
def region(code: str) -> str:
    return _map_page(code)


def _map_page(code: str | None) -> str:
    session, asked = db.session(), _asked()
    here = queries.standpoint(session, current_user, code)
    lines = queries.figures(session, current_user, code, asked.filters)
    return render_template("insight/region.html", **pages.region(session, current_user, here, lines, asked))


@bp.get("/wilayah.geojson", defaults={"code": None})
@bp.get("/<code>/wilayah.geojson")
@requires(Permission.MAP_READ)
@described(names=FILTERS)
def region_layer(code: str | None) -> Response:
    """The table of the page as areas: the same query, hence the same numbers."""
    session, asked = db.session(), _asked()
    here = queries.standpoint(session, current_user, code)
    return _layer(lambda: _regions(here, asked.filters))


def _regions(here: queries.Standpoint, filters: Filters) -> str:
    session, depth = db.session(), min(here.depth, 3)
    lines = queries.figures(session, current_user, here.code, filters)
    shapes = queries.shapes(session, [line.code for line in lines if not line.itself], depth)
    if shapes or here.region is None:
        return layers.regions(lines, shapes, filters=filters, depth=depth)
    itself = queries.RegionFigures(here.region.code, here.region.name, here.region.level, pages.sum_of(lines))
    own = queries.shapes(session, [itself.code], here.depth - 1)
    return layers.regions([itself], own, filters=filters, depth=here.depth - 1, drill=False)


@bp.get("/kasus.geojson", defaults={"code": None})
@bp.get("/<code>/kasus.geojson")
@requires(Permission.MAP_READ)
@described(query=PartOfMap, names=FILTERS)
def case_layer(code: str | None) -> Response:
    """Cases as points: all of them, or those of `?bbox=&zoom=` when a page has too many for one layer."""
    session, asked = db.session(), _asked()
    queries.standpoint(session, current_user, code, inside=True)
    wanted = queries.behind(current_user, code, asked.filters, asked.group)
    known = queries.kept(current_user, code, asked.filters, asked.group)
    view, zoom = _view()
    most = queries.MOST_IN_VIEW if view and zoom is not None and zoom < queries.CLOSE else queries.MOST_POINTS
    return _layer(lambda: layers.points(queries.points(session, wanted, view, zoom, most, known)))


@bp.get("/ubin/<int:zoom>/<int:column>/<int:row>.mvt", defaults={"code": None})
@bp.get("/<code>/ubin/<int:zoom>/<int:column>/<int:row>.mvt")
@requires(Permission.MAP_READ)
@described(names=FILTERS)
def case_tile(code: str | None, zoom: int, column: int, row: int) -> Response:
    """The same cases as a vector tile: layer `kasus`, or `sel` with their numbers where one tile holds too many."""
    session, asked = db.session(), _asked()
    queries.standpoint(session, current_user, code, inside=True)
    try:
        at = Tile(zoom, column, row)
    except NotATile as why:
        raise NotFound from why
    wanted = queries.behind(current_user, code, asked.filters, asked.group)
    known = queries.kept(current_user, code, asked.filters, asked.group)
    mine, version = areas(current_user, Permission.MAP_READ), queries.case_version(session)
    return tile(lambda: queries.tile(session, wanted, at, known), mine, version)


@bp.get("/<code>/inovasi")
@requires(Permission.REGION_READ)
def portfolio(code: str) -> str:
    """All innovations of a kecamatan on one page."""
    return render_template("insight/portfolio.html", portfolio=queries.portfolio(db.session(), current_user, code))


@bp.get("/daftar", defaults={"code": None})
@bp.get("/<code>/daftar")
@requires(Permission.MAP_READ)
def listing(code: str | None) -> str:
    """The very cases behind a number."""
    session, asked = db.session(), _asked()
    here = queries.standpoint(session, current_user, code, inside=True)
    wanted = queries.behind(current_user, code, asked.filters, asked.group, itself=pages.ITSELF in request.args)
    known = None if pages.ITSELF in request.args else queries.kept(current_user, code, asked.filters, asked.group)
    number = queries.count(session, wanted, known)
    return render_template("insight/listing.html", **pages.listing(session, here, wanted, asked, _page(), number))


@bp.get("/studi")
@requires(Permission.MAP_READ)
def study() -> str:
    """Study tasks abroad: their own list and map, outside every figure of a region."""
    session, asked = db.session(), _asked()
    wanted = queries.abroad(current_user, asked.filters)
    return render_template("insight/study.html", **pages.study(session, wanted, asked, _page()))


@bp.get("/studi.geojson")
@requires(Permission.MAP_READ)
@described(query=PartOfMap, names=FILTERS)
def study_layer() -> Response:
    session, asked = db.session(), _asked()
    wanted = queries.abroad(current_user, asked.filters)
    return _layer(lambda: layers.points(queries.points(session, wanted, *_view())))


def _asked() -> pages.Asked:
    """Filters, figure and choices of this address. Raises `UnknownFilter`."""
    filters, group = Filters.parse(request.args), group_in(request.args)
    offered = queries.options(db.session(), current_user)
    queries.check(offered, filters)
    return pages.Asked(filters, group, offered)


def _page() -> int:
    text = request.args.get("hal", "1")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 6 and int(text) > 0):
        raise UnknownFilter(field="hal")
    return int(text)


def _view() -> tuple[BBox | None, int | None]:
    box, zoom = request.args.get("bbox"), request.args.get("zoom")
    try:
        return (BBox.parse(box) if box else None), (min(max(int(zoom[:3]), 0), 22) if zoom else None)
    except (NotABox, ValueError) as why:
        raise UnknownFilter(field="bbox") from why


def _layer(draw: Callable[[], str]) -> Response:
    """A layer of this reader's areas: nothing is drawn while no case and no boundary has changed."""
    mine, version = areas(current_user, Permission.MAP_READ), queries.data_version(db.session())
    return layer(draw, mine, version, chosen_locale())
