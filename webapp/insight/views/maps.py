"""The innovation map. Reads only: numbers inside a person's areas, outlines on the way down to them, else nothing."""

from flask import Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response as Answer

from geo.tiles import NotATile, Tile
from webapp import db
from webapp.access import Permission, requires
from webapp.errors import NotFound
from webapp.forms import PartOfMap
from webapp.forms.described import described
from webapp.insight import layers, pages, queries
from webapp.insight.rules import SCALE, Filters, page_in, scale_in
from webapp.insight.views.blueprint import FILTERS, asked_for, bp, drawn, filtered, pointed, tiled, view_asked


@bp.get("/")
@requires(Permission.MAP_READ)
def nation() -> Answer | str:
    """The whole country; people with a smaller area start there."""
    start = queries.starting_point(current_user)
    if start is not None:
        return redirect(url_for("insight.region", code=start, **Filters.parse(request.args).args()), 303)
    return _map_page(None)


@bp.get("/<code>")
@requires(Permission.MAP_READ)
def region(code: str) -> str:
    return _map_page(code)


def _map_page(code: str | None) -> str:
    session, asked = db.session(), asked_for()
    here = queries.standpoint(session, current_user, code)
    lines = queries.figures(session, current_user, code, asked.filters)
    return render_template("insight/region.html", **pages.region(session, current_user, here, lines, asked))


@bp.get("/wilayah.geojson", defaults={"code": None})
@bp.get("/<code>/wilayah.geojson")
@requires(Permission.MAP_READ)
@described(names=(*FILTERS, SCALE))
def region_layer(code: str | None) -> Response:
    """The table of the page as areas: the same query, hence the same numbers.

    `?skala=2`: shaded like regions of that level, whatever is drawn, so that two maps are read by one legend.
    """
    filters, scale = filtered()[0], scale_in(request.args)
    here = queries.standpoint(db.session(), current_user, code)
    return drawn(lambda: _regions(here, filters, scale))


@bp.get("/baris", defaults={"code": None})
@bp.get("/<code>/baris")
@requires(Permission.MAP_READ)
def region_rows(code: str | None) -> Response:
    """The rows of the table that a page with many did not bring, for its script."""
    filters, _ = filtered()
    here = queries.standpoint(db.session(), current_user, code)

    def told() -> str:
        rows = pages.rows(queries.figures(db.session(), current_user, code, filters))[pages.SHORT :]
        return render_template("insight/_rows.html", lines=rows, **pages.of_rows(here, filters))

    answer = drawn(told)
    answer.mimetype = "text/html"
    return answer


def _regions(here: queries.Standpoint, filters: Filters, scale: int | None) -> str:
    session, depth = db.session(), min(here.depth, 3)
    lines = queries.figures(session, current_user, here.code, filters)
    shapes = queries.shapes(session, [line.code for line in lines if not line.itself], depth)
    if shapes or here.region is None:
        return layers.regions(lines, shapes, filters=filters, scale=depth if scale is None else scale)
    itself = queries.RegionFigures(here.region.code, here.region.name, here.region.level, pages.sum_of(lines))
    own = queries.shapes(session, [itself.code], here.depth - 1)
    return layers.regions([itself], own, filters=filters, scale=scale, drill=False)


@bp.get("/kasus.geojson", defaults={"code": None})
@bp.get("/<code>/kasus.geojson")
@requires(Permission.MAP_READ)
@described(query=PartOfMap, names=FILTERS)
def case_layer(code: str | None) -> Response:
    """Cases as points: all of them, or those of `?bbox=&zoom=` when a page has too many for one layer."""
    session, (filters, group) = db.session(), filtered()
    queries.standpoint(session, current_user, code, inside=True)
    wanted = queries.behind(current_user, code, filters, group)
    known = queries.kept(current_user, code, filters, group)
    view, zoom = view_asked()
    most = queries.MOST_IN_VIEW if view and zoom is not None and zoom < queries.CLOSE else queries.MOST_POINTS
    return pointed(lambda: layers.points(queries.points(session, wanted, view, zoom, most, known)))


@bp.get("/ubin/<int:zoom>/<int:column>/<int:row>.mvt", defaults={"code": None})
@bp.get("/<code>/ubin/<int:zoom>/<int:column>/<int:row>.mvt")
@requires(Permission.MAP_READ)
@described(names=FILTERS)
def case_tile(code: str | None, zoom: int, column: int, row: int) -> Response:
    """The same cases as a vector tile: layer `kasus`, or `sel` with their numbers where one tile holds too many."""
    session, (filters, group) = db.session(), filtered()
    queries.standpoint(session, current_user, code, inside=True)
    try:
        at = Tile(zoom, column, row)
    except NotATile as why:
        raise NotFound from why
    wanted = queries.behind(current_user, code, filters, group)
    known = queries.kept(current_user, code, filters, group)
    return tiled(lambda: queries.tile(session, wanted, at, known))


@bp.get("/terlihat.geojson", defaults={"code": None})
@bp.get("/<code>/terlihat.geojson")
@requires(Permission.MAP_READ)
@described(query=PartOfMap, names=FILTERS)
def in_view(code: str | None) -> Response:
    """The latest of the same cases within `?bbox=`, for the list beside the map, and how many there are."""
    session, (filters, group) = db.session(), filtered()
    queries.standpoint(session, current_user, code, inside=True)
    wanted, view = queries.behind(current_user, code, filters, group), view_asked()[0]
    asked = {**filters.args(), pages.BOX: request.args[pages.BOX]} if view else filters.args()
    more = url_for("insight.listing", code=code, **asked)
    return pointed(lambda: layers.seen(queries.seen(session, wanted, view), more))


@bp.get("/<code>/inovasi")
@requires(Permission.REGION_READ)
def portfolio(code: str) -> str:
    """All innovations of a kecamatan on one page."""
    session = db.session()
    found = queries.portfolio(session, current_user, code)
    return render_template("insight/portfolio.html", portfolio=found, **pages.as_of(session, found.region.time_zone))


@bp.get("/daftar", defaults={"code": None})
@bp.get("/<code>/daftar")
@requires(Permission.MAP_READ)
def listing(code: str | None) -> str:
    """The very cases behind a number; `?bbox=`: those of a part of the map."""
    session, asked, (view, _) = db.session(), asked_for(), view_asked()
    here = queries.standpoint(session, current_user, code, inside=True)
    wanted = queries.behind(current_user, code, asked.filters, asked.group, itself=pages.ITSELF in request.args)
    wanted = queries.within(wanted, view) if view else wanted
    part = view is not None or pages.ITSELF in request.args
    known = None if part else queries.kept(current_user, code, asked.filters, asked.group)
    lines = queries.figures(session, current_user, code, asked.filters)
    whole = {"figures": pages.sum_of(lines), "units": pages.units_of(lines)}  # what the number is a part of
    found = pages.listing(session, here, wanted, asked, page_in(request.args), known)
    return render_template("insight/listing.html", **found, **whole)


@bp.get("/studi")
@requires(Permission.MAP_READ)
def study() -> str:
    """Study tasks abroad: their own list and map, outside every figure of a region."""
    session, asked = db.session(), asked_for()
    wanted = queries.abroad(current_user, asked.filters)
    return render_template(
        "insight/study.html", **pages.study(session, current_user, wanted, asked, page_in(request.args))
    )


@bp.get("/studi.geojson")
@requires(Permission.MAP_READ)
@described(query=PartOfMap, names=FILTERS)
def study_layer() -> Response:
    session, (filters, _) = db.session(), filtered()
    wanted = queries.abroad(current_user, filters)
    return pointed(lambda: layers.points(queries.points(session, wanted, *view_asked())))
