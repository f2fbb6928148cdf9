"""Pages of regions and boundaries, and the layers that every map of the product fetches."""

from collections.abc import Callable

from flask import Response, render_template, request, url_for
from flask_login import current_user

from geo.maps import FetchedGeoJson, MapParts, parts
from geo.values import BBox
from webapp import db
from webapp.access import Permission, allows, areas, requires
from webapp.answers import layer
from webapp.errors import NotFound
from webapp.forms.described import described
from webapp.i18n import chosen_locale
from webapp.territory import queries
from webapp.territory.errors import ViewNotReadable
from webapp.territory.forms import BasemapQuery
from webapp.territory.maps import site_map
from webapp.territory.models import Region
from webapp.territory.rules import CODE, ZONE_LABELS, Level
from webapp.territory.views.blueprint import bp

CODED = "<string(maxlength=13):code>"


@bp.get("/")
@requires(Permission.REGION_READ)
def listing() -> str:
    session = db.session()
    return render_template(
        "territory/listing.html",
        rows=queries.listing(session, None),
        datasets=queries.datasets(session),
        imports=bool(areas(current_user, Permission.TERRITORY_MANAGE)),
        parts=_map(url_for(".provinces"), "wilayah", None),
    )


_READS_CASES = (Permission.EVIDENCE_WRITE, Permission.EVIDENCE_READ, Permission.MAP_READ)


@bp.get(f"/{CODED}")
@requires(Permission.REGION_READ)
def show(code: str) -> str:
    session = db.session()
    region = _region(code)
    rows = queries.listing(session, code)
    layer = url_for(".children", code=code) if rows else url_for(".outline", code=code)
    return render_template(
        "territory/show.html",
        region=region,
        zone=ZONE_LABELS[region.time_zone],
        trail=queries.line_of(session, code),
        rows=rows,
        boundaries=queries.boundaries_of(session, code),
        portfolio=region.level == Level.KECAMATAN and any(allows(current_user, one, code) for one in _READS_CASES),
        parts=_map(layer, "wilayah", queries.extent(session, code)),
    )


@bp.get("/lapisan/dasar.geojson")
@requires(Permission.REGION_READ)
@described(query=BasemapQuery)
def basemap() -> Response:
    """Land and outlines within ?bbox=west,south,east,north for ?zoom=n."""
    asked = BasemapQuery(formdata=request.args, meta={"csrf": False})
    box: BBox | None = asked.bbox.data
    if not asked.validate() or box is None:
        raise ViewNotReadable
    zoom = 5 if asked.zoom.data is None else asked.zoom.data
    return _layer(lambda: queries.basemap(db.session(), box, zoom))


@bp.get("/lapisan/provinsi.geojson")
@requires(Permission.REGION_READ)
def provinces() -> Response:
    return _layer(lambda: queries.children_layer(db.session(), None, _link))


@bp.get(f"/lapisan/{CODED}.geojson")
@requires(Permission.REGION_READ)
def outline(code: str) -> Response:
    _region(code)
    return _layer(lambda: queries.region_layer(db.session(), code, _link))


@bp.get(f"/lapisan/{CODED}/anak.geojson")
@requires(Permission.REGION_READ)
def children(code: str) -> Response:
    _region(code)
    return _layer(lambda: queries.children_layer(db.session(), code, _link))


def _region(code: str) -> Region:
    found = queries.region(db.session(), code) if CODE.fullmatch(code) else None
    if found is None:
        raise NotFound
    return found


def _link(code: str) -> str:
    return url_for("territory.show", code=code)


def _map(layer: str, name: str, bounds: BBox | None) -> MapParts:
    shell = site_map(name, bounds=bounds)
    FetchedGeoJson(layer, role="regions", options={"labels_from": 4}).add_to(shell)
    return parts(shell)


def _layer(make: Callable[[], str]) -> Response:
    """A layer that changes with the boundaries alone."""
    return layer(make, queries.data_version(db.session()), chosen_locale())
