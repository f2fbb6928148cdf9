"""What everybody sees, without a session, a cookie or a token: map with list, one item, pictures, GeoJSON and feed.

Every answer may be kept by whoever stands between for a minute and is then asked about again, so that what is withdrawn
is gone within that minute from caches, and at once from here. Pages hold nothing that differs from reader to reader;
their one script is named by its digest in the content policy, since a nonce in a kept page would be the same for all.
"""

import base64
import hashlib
import re
import uuid
from typing import Any

from flask import Response, current_app, g, render_template, request, url_for

from config import Settings
from geo.maps import ClaimMark, FetchedGeoJson, MapParts, parts
from geo.values import BBox
from media.errors import NotStored
from media.store import Name, Store
from webapp import answers, db, i18n, security
from webapp.access import public
from webapp.errors import NotFound
from webapp.evidence.words import nama
from webapp.publication import public_layers
from webapp.publication.queries import public as queries
from webapp.publication.queries.public import Found, Item, Sieve
from webapp.publication.rules import HALF_CELL_M, PRECISION_LABELS, Precision
from webapp.publication.views.blueprint import publik as bp
from webapp.territory import queries as territory
from webapp.territory.forms import BasemapQuery
from webapp.territory.maps import site_map

LANGUAGE, EMBEDDED = "bahasa", "sematkan"
_SIZES: dict[str, Name] = {"besar": "redacted", "kecil": "small"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
# What XML 1.0 cannot say at all, and no field of ours refuses.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotPublic(NotFound):
    """There is no such thing, or it is not public, or not any more: the three answer alike."""


@bp.before_request
def only_where_opened() -> None:
    """Raises `NotFound` everywhere unless an operator asked for a public map."""
    settings: Settings = current_app.extensions["petabukti_settings"]
    if not settings.public:
        raise NotFound
    wanted = request.args.get(LANGUAGE, "")
    i18n.speak(wanted if wanted in i18n.LOCALES else settings.default_locale)


@bp.errorhandler(NotPublic)
def missing(_: NotPublic) -> Response:
    told = {**_everywhere(), "other_url": url_for(".front", bahasa=_other())}  # not what was asked for
    page = Response(render_template("publik/missing.html", **told), 404, mimetype="text/html")
    return _sealed(page, None)


@bp.get("/")
@public
def front() -> Response:
    session, sieve = db.session(), _sieve()
    found = queries.found(session, sieve)
    embedded = request.args.get(EMBEDDED) == "1"
    shown = _map_of(found, sieve)
    page = render_template(
        "publik/embedded.html" if embedded else "publik/front.html",
        found=found, parts=shown, sieve=sieve,
        asked=_asked(sieve), changed_at=queries.changed_at(session), most=queries.MOST_SHOWN,
        kinds=[("", None), *((kind.code, nama(kind)) for kind in queries.kinds(session))],
        regions=[("", None), *((region.code, region.name) for region in queries.regions(session))],
        embed_url=url_for(".front", _external=True, **{**_asked(sieve), EMBEDDED: 1}), **_everywhere(),
    )  # fmt: skip
    return _sealed(answers.public(page, "text/html"), shown, ancestors="*" if embedded else "'none'")


@bp.get("/<uuid:public_id>")
@public
def item(public_id: uuid.UUID) -> Response:
    one = queries.item(db.session(), public_id)
    if one is None:
        raise NotPublic
    shown = _map_at(one)
    page = render_template("publik/item.html", item=one, parts=shown, precisions=PRECISION_LABELS, **_everywhere())
    return _sealed(answers.public(page, "text/html"), shown)


@bp.get("/foto/<digest>/<any(besar, kecil):size>.jpg")
@public
def photo(digest: str, size: str) -> Response:
    """A covered picture, as long as something public shows it."""
    store: Store = current_app.extensions["petabukti_store"]
    if not _DIGEST.fullmatch(digest) or not queries.is_public(db.session(), digest):
        raise NotPublic
    try:
        answer = answers.public(store.get(digest, _SIZES[size]), "image/jpeg")
    except NotStored as gone:
        raise NotPublic from gone
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # readers of the feed show it on their own pages
    return answer


@bp.get("/titik.geojson")
@public
def points() -> Response:
    answer = answers.public(public_layers.points(queries.found(db.session(), _sieve())), "application/geo+json")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@bp.get("/umpan.atom")
@public
def feed() -> Response:
    session, sieve = db.session(), _sieve()
    found = queries.found(session, sieve)
    newest = max((item.published_at for item in found.items), default=None)
    told = render_template(
        "publik/umpan.xml", found=found, updated=queries.changed_at(session) or newest, plain=_plain,
        here=url_for(".feed", _external=True, **_asked(sieve)), **_everywhere(),
    )  # fmt: skip
    return answers.public(told, "application/atom+xml")


@bp.get("/dasar.geojson")
@public
def basemap() -> Response:
    """Land and outlines, as for everybody signed in. Raises `NotPublic` for a view that is none."""
    asked = BasemapQuery(formdata=request.args, meta={"csrf": False})
    box: BBox | None = asked.bbox.data
    if not asked.validate() or box is None:
        raise NotPublic
    zoom = 5 if asked.zoom.data is None else asked.zoom.data
    return answers.public(territory.basemap(db.session(), box, zoom), "application/geo+json")


def _sieve() -> Sieve:
    return Sieve(request.args.get("jenis", "")[:60], request.args.get("wilayah", "")[:20])


def _kept() -> dict[str, str]:
    """The language of the address, which every link goes on with."""
    return {LANGUAGE: request.args[LANGUAGE]} if request.args.get(LANGUAGE) in i18n.LOCALES else {}


def _asked(sieve: Sieve) -> dict[str, Any]:
    """What an address says, sieve and language."""
    return {**sieve.args(), **_kept()}


def _other() -> str:
    return "en" if i18n.chosen_locale() == "id" else "id"


def _everywhere() -> dict[str, Any]:
    other = _other()
    plain: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {})}
    return {
        "kept": _kept(), "other": other, "coarse": {Precision.GRID, Precision.KECAMATAN},
        "other_url": url_for(request.endpoint or ".front", **{**plain, LANGUAGE: other}),
    }  # fmt: skip


def _map_of(found: Found, sieve: Sieve) -> MapParts:
    shell = site_map("publik", basemap_url=url_for(".basemap"))
    layer = url_for(".points", **_asked(sieve))
    shell.add_child(FetchedGeoJson(layer, role="points", options={"fit": len(found.items) > found.unplaced}))
    return parts(shell)


def _map_at(one: Item) -> MapParts | None:
    if one.place is None:
        return None
    shell = site_map("publik", basemap_url=url_for(".basemap"), centre=one.place, zoom=13)
    shell.add_child(ClaimMark(one.place, HALF_CELL_M if one.precision is Precision.GRID else None))
    return parts(shell)


def _sealed(answer: Response, shown: MapParts | None, ancestors: str = "'none'") -> Response:
    """The content policy of a page: its one script by digest, and who may put it into a frame."""
    scripts = ""
    if shown is not None:
        scripts = f"'sha256-{base64.b64encode(hashlib.sha256(str(shown.script).encode()).digest()).decode()}'"
    answer.headers["Content-Security-Policy"] = security.policy(scripts=scripts, ancestors=ancestors)
    if ancestors != "'none'":
        g.framed = True
    return answer


def _plain(words: str) -> str:
    """Text as XML can hold it."""
    return _NOT_XML.sub("", words)
