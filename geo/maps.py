"""Maps for pages: folium builds an empty shell and says which layers to fetch; `static/js/peta.js` draws them.

No user text ever enters the folium tree: features come by URL as JSON and reach the page through `textContent`.
The page links Leaflet and peta.js itself, says where the files lie that few maps need, then prints `parts(map)`:

    {{ peta.html }}  …  <script nonce="{{ csp_nonce() }}">{{ peta.script }}</script>

folium and branca are pinned in pyproject.toml: the guard depends on their inside (tests/geo/test_maps.py keeps watch).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import branca.element
import folium
import folium.features
import folium.map
import folium.plugins
from branca.element import MacroElement
from folium.template import Template
from markupsafe import Markup

from geo.values import INDONESIA, BBox, LonLat

# The exact text branca gives to Element for "render my children" in a Div; see `_Raw`.
_CHILDREN = "{% for name, element in this._children.items() %}{{element.render(**kwargs)}}{% endfor %}"
_PLAIN = " .,-_/()"

_INDENTED = re.compile(r"\s*\n\s*")  # a third of what folium writes

Role = Literal["regions", "points", "claim", "route", "copies", "basemap"]


class _Raw(branca.element.Element):
    """Text that goes out as it is.

    branca compiles what it has rendered a second time as a Jinja template, so that `{{ … }}` in a label would run on
    the server. Only branca's own text may be compiled: tested by equality, because a looser test can be satisfied from
    within a label.
    """

    def __init__(self, template: str | None = None, template_name: str | None = None) -> None:
        own = template == _CHILDREN
        super().__init__(template if own else None, template_name)
        self._raw = None if own or template is None else template

    def render(self, **kwargs: Any) -> str:
        return str(super().render(**kwargs)) if self._raw is None else self._raw


for _module in (branca.element, folium.map, folium.features):
    setattr(_module, "Element", _Raw)  # noqa: B010  (a plain assignment to a class is refused by mypy)


class ForeignUrl(ValueError):
    """A layer may only come from our own host: a path that starts with one slash."""

    code = "foreign_url"


@dataclass(frozen=True, slots=True)
class MapLabels:
    """What a map says to people, translated by the caller. `{n}`, `{m}` are filled in by the browser."""

    map: str = "Peta"
    zoom_in: str = "Perbesar"
    zoom_out: str = "Perkecil"
    load_failed: str = "Lapisan tidak dapat dimuat."
    retry: str = "Coba lagi"
    session_ended: str = "Sesi Anda sudah berakhir. Masuk lagi untuk melihat peta."
    without_place: str = "{n} tanpa lokasi"
    open: str = "Buka"
    close: str = "Tutup"
    accuracy: str = "± {m} m"
    cluster: str = "{n} bukti, perbesar untuk melihat"
    stack: str = "{n} bukti di titik ini"
    here: str = "Posisi Anda"
    claim: str = "Lokasi bukti"
    pin: str = "Pin lokasi: geser atau klik peta"
    distance: str = "{m} m dari lokasi bukti"
    position_waiting: str = "Menunggu posisi…"
    position_denied: str = "Izin lokasi ditolak. Aktifkan lokasi untuk halaman ini, atau taruh pin di peta."
    position_unavailable: str = "Posisi tidak tersedia di perangkat ini."
    position_vague: str = "Posisi masih kasar (± {m} m). Tunggu sebentar di tempat terbuka."


_ALL = ""
_ANY = frozenset({_ALL})
_POSITION = frozenset({"position"})
# Words that only layers of these roles say.
_ONLY_FOR = {
    **dict.fromkeys(
        ("here", "distance", "position_waiting", "position_denied", "position_unavailable", "position_vague"), _POSITION
    ),
    "claim": frozenset({"claim"}),
    "pin": frozenset({"picker"}),
}


@dataclass(frozen=True, slots=True)
class TileSource:
    """Online raster tiles, opt-in by a setting: `url` with {z}, {x}, {y}; `attribution` is plain text."""

    url: str
    attribution: str
    max_zoom: int = 19


@dataclass(frozen=True, slots=True)
class MapParts:
    """What a template prints: the box of the map, and the inside of a script element (needs the page's nonce)."""

    html: Markup
    script: Markup


class SiteMap(folium.Map):
    """A folium map that asks nothing of any other host.

    `name` becomes the JavaScript variable and element id `map_<name>`: lower-case letters, digits, underscores.
    `bounds` is the first view, else `centre` and `zoom`, else Indonesia. `basemap_url` serves our own land and region
    outlines as GeoJSON and is asked again on every move (`?bbox=w,s,e,n&zoom=z`). `remember`: the page's address says
    where one looks (`lat`, `lon`, `zoom`), and a map that is opened with such an address looks there.
    """

    def __init__(
        self,
        name: str = "peta",
        *,
        bounds: BBox | None = None,
        centre: LonLat | None = None,
        zoom: int = 5,
        basemap_url: str | None = None,
        tiles: TileSource | None = None,
        labels: MapLabels | None = None,
        remember: bool = False,
    ) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
            raise ValueError(f"not a name for a map: {name!r}")
        start = centre or LonLat(118.0, -2.5)
        super().__init__(
            location=[start.lat, start.lon],
            zoom_start=zoom,
            tiles=None,
            zoom_control=False,
            attributionControl=False,
            minZoom=2,
            maxZoom=tiles.max_zoom if tiles else 19,
            zoomSnap=0.5,
        )
        self._id = name
        self.default_js, self.default_css = [], []  # folium's own lists point at other hosts
        view = bounds or (None if centre else INDONESIA)
        self.add_child(_Prepare(labels or MapLabels(), _leaflet_bounds(view), remember))
        if tiles is not None:
            self.add_child(_Call("addLayer", {"role": "tiles", **asdict(tiles)}))
        if basemap_url is not None:
            self.add_child(FetchedGeoJson(basemap_url, role="basemap", options={"follow": True}))


class PairedMaps(folium.plugins.DualMap):
    """folium's dual map of two maps of ours: what is done to one is done to the other (`static/vendor/leaflet.sync`).

    How they stand beside each other is for the page's style.
    """

    def __init__(self, left: SiteMap, right: SiteMap, *, together: bool = True) -> None:
        MacroElement.__init__(self)  # type: ignore[no-untyped-call]  # not DualMap's own, which makes other maps
        self._name = "PairedMaps"
        self.default_js, self.default_css = [], []  # folium's own list points at another host
        self.m1, self.m2 = left, right
        self.children_for_m2: list[Any] = []
        figure = branca.element.Figure()
        figure.add_child(left)
        figure.add_child(right)
        if together:
            figure.add_child(self)
        self.figure = figure

    def get_root(self) -> branca.element.Element:
        return self.figure


class _Call(MacroElement):
    """One call of peta.js on the map this element is added to; the configuration is data of ours, never user text."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "petabukti.{{ this.verb }}({{ this._parent.get_name() }}, {{ this.config }});\n"
        "{% endmacro %}"
    )

    def __init__(self, verb: str, config: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Petabukti"
        self.verb, self.role = verb, config.get("role")
        self.config = script_json(config)


class _Prepare(_Call):
    """The first call of every map: its words, of which those of layers that it does not have are left out."""

    def __init__(self, labels: MapLabels, bounds: list[list[float]] | None, remember: bool) -> None:
        self._labels, self._said = labels, {"bounds": bounds, "remember": remember}
        super().__init__("prepare", {})

    def render(self, **kwargs: Any) -> Any:
        beside = self._parent._children.values() if self._parent else ()  # noqa: SLF001
        roles = {one.role for one in beside if isinstance(one, _Call)}
        told = {name: said for name, said in asdict(self._labels).items() if _ONLY_FOR.get(name, _ANY) & {*roles, _ALL}}
        self.config = script_json({"labels": told, **self._said})
        return super().render(**kwargs)  # type: ignore[no-untyped-call]


class FetchedGeoJson(_Call):
    """A layer the browser fetches from `url`, a path on our own host. Raises `ForeignUrl`.

    Roles and the feature properties they read (all text reaches the page as text):
    - `regions`: polygons; `name`, `shade` 0–5, `facts` [[label, value], …], `href` (path, followed on click or Enter),
      `label` [lon, lat] where the name may stand, `approximate` (bool), `silent` (bool: nothing there at all).
    - `points`: points; `name`, `state_class` (a state of evidence, e.g. draft, awaiting_field), `accuracy_m`,
      `lines` [text, …], `grade`, `state`, `href`, `thumb` (path). Clustered above 200; `count` above 1 makes a point
      a cell of that many. The collection may say `without_place`: a number, or `note`: text of its own instead.
    - `claim`: one point (or a few) with `accuracy_m`, drawn as the place a case claims.
    - `route`: points with `number`, joined by a line in that order for each `route`; `name`, `shade` 0–5, `state`,
      `state_class`, `lines`, `href`; with `start` the beginning of all routes of its `plan` (`route` is "plan-…").
    - `copies`: lines from a source to its copy; `verified` (bool, of the copy: solid, else dashed), `name`, `state`,
      `state_class`, `lines`, `href`.
    - `basemap`: `kind` in land, foreign, outline; `name`; drawn below everything, without events.
    Option `without_list` (path): where `points` and tiles lead from the number of those without a place.
    A collection of any role may say `attribution`: text, shown in the corner.

    Options: `follow` (ask again on every move with ?bbox=&zoom=), `fit` (show all of it when it has come),
    `labels_from` (lowest zoom at which names are written), `legend` (`Legend.as_option()`), `interactive` (False: drawn
    only), `small` (points in the background: smaller marks behind the others).
    """

    def __init__(self, url: str, *, role: Role, options: Mapping[str, Any] | None = None) -> None:
        super().__init__("addLayer", {**(options or {}), "role": role, "url": own_path(url)})


class TilesOfCases(_Call):
    """Vector tiles of single cases on a canvas, from a zoom on; `url` with {z}, {x}, {y}, and the GeoJSON of the same
    cases, which is asked with a tiny ?bbox= for what stands at a point. Both are paths of our own. petak.js comes then.
    """

    def __init__(self, url: str, *, cases: str, from_zoom: int, options: Mapping[str, Any] | None = None) -> None:
        config = {**(options or {}), "role": "tiles_of_cases", "url": own_path(url), "list": own_path(cases)}
        super().__init__("addLayer", {**config, "from": from_zoom})


class ListInView(_Call):
    """A list beside the map of what is in view: regions, and from zoom `near` on the cases of `url`, asked with ?bbox=.

    `box_id`: the element it fills; `spot`: the GeoJSON that is asked for what stands at one point. Both are paths of
    our own, or None. Its features are those of the role `points`; the collection says `told` and, where there are
    more, `more` (label, href).
    """

    def __init__(self, box_id: str, *, url: str | None, spot: str | None, near: int) -> None:
        config = {"box_id": box_id, "url": url and own_path(url), "list": spot and own_path(spot)}
        super().__init__("addLayer", {"role": "in_view", "near": near, **config})


class ClaimMark(_Call):
    """The place a case claims, with the circle of its accuracy (metres), without a fetch."""

    def __init__(self, place: LonLat, accuracy_m: float | None = None, *, fit: bool = False) -> None:
        config = {"role": "claim", "lon": place.lon, "lat": place.lat, "accuracy_m": accuracy_m, "fit": fit}
        super().__init__("addLayer", config)


class PlacePicker(_Call):
    """A click, a tap or dragging the pin writes lon and lat (6 decimals) into two inputs; typing there moves it."""

    def __init__(self, *, lon_id: str, lat_id: str) -> None:
        super().__init__("addLayer", {"role": "picker", "lon_id": lon_id, "lat_id": lat_id})


@dataclass(frozen=True, slots=True)
class FixInputs:
    """Ids of the form's inputs that receive the browser's fix; `time` gets ISO 8601 in UTC, `accuracy` metres."""

    lon: str
    lat: str
    accuracy: str
    time: str | None = None


class OwnPosition(_Call):
    """The browser's own position, followed at high accuracy, drawn with its circle and written into inputs.

    With `claim` the distance in metres is kept up to date in the element `distance_id`; `status_id` is told whether the
    position is awaited, refused, or still vague (above `vague_m`).
    """

    def __init__(
        self,
        inputs: FixInputs | None = None,
        *,
        claim: LonLat | None = None,
        distance_id: str | None = None,
        status_id: str | None = None,
        vague_m: float = 50.0,
        fit: bool = True,
    ) -> None:
        config = {
            "role": "position",
            "inputs": asdict(inputs) if inputs else None,
            "claim": [claim.lon, claim.lat] if claim else None,
            "distance_id": distance_id,
            "status_id": status_id,
            "vague_m": vague_m,
            "fit": fit,
        }
        super().__init__("addLayer", config)


@dataclass(frozen=True, slots=True)
class Legend:
    """What the colours mean: `entries` of (shade 0–5, "silent" or a state, label), labels translated by the caller."""

    title: str
    entries: Sequence[tuple[int | str, str]] = field(default_factory=tuple)

    def as_option(self) -> dict[str, Any]:
        """For `FetchedGeoJson(options={"legend": …})`; with "folded": True it begins closed on a large map, too."""
        return {"title": self.title, "entries": [[key, label] for key, label in self.entries]}


def parts(shell: SiteMap | PairedMaps) -> MapParts:
    """Render a map or two. What folium would put into the page's head is left out; the page brings its own links."""
    figure = shell.get_root()
    if not isinstance(figure, branca.element.Figure):
        raise TypeError("a map stands in a figure")
    for child in list(figure._children.values()):  # noqa: SLF001  (branca has no public way to render the parts)
        child.render()
    html, script = (_INDENTED.sub("\n", one.render()).strip() for one in (figure.html, figure.script))
    return MapParts(Markup(html), Markup(script))  # noqa: S704 # nosec B704 # no text of others


def escape(text: object) -> Markup:
    """A label that has to pass through folium itself (a layer name): every unusual character becomes an entity.

    Holds in HTML, in an attribute, in a JavaScript string or template literal, and for Jinja.
    """
    return Markup("".join(c if c.isalnum() or c in _PLAIN else f"&#{ord(c)};" for c in str(text)))  # noqa: S704 # nosec B704 # entities


def own_path(url: str) -> str:
    """The url, when it is a path on our own host. Raises `ForeignUrl`."""
    if not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20]*", url):
        raise ForeignUrl(url[:80])
    return url


def script_json(value: Any) -> str:
    """JSON that may stand inside a script element and a template: no tag, no `${`, no backtick, no Jinja mark."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for harmful in ("<", ">", "&", "'", "`", "${", "{{", "{%", "{#"):  # JSON has them in strings only
        text = text.replace(harmful, f"\\u{ord(harmful[0]):04x}{harmful[1:]}")
    return text


def _leaflet_bounds(box: BBox | None) -> list[list[float]] | None:
    return [[box.south, box.west], [box.north, box.east]] if box else None
