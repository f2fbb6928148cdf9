"""The shells of this journey's maps: folium builds them empty, the browser fetches what they show."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from geo.maps import FetchedGeoJson, Legend, ListInView, MapParts, PairedMaps, TilesOfCases, parts
from geo.values import BBox
from webapp.evidence.rules import STATE_LABELS, State
from webapp.formatting import angka
from webapp.insight.rules import shade_ranges
from webapp.territory.maps import site_map

SILENT = "silent"
SINGLE_FROM = (8, 10, 11, 12)  # zooms by the level of the regions drawn: there these are too large to tell more
# One entry of the legend for each way a point is drawn, in the order of a case's life.
_POINT_STATES = (
    State.SUBMITTED, State.RETURNED, State.AWAITING_FIELD, State.VERIFIED_DESK, State.REJECTED, State.OBJECTED,
)  # fmt: skip


def region_map(
    view: BBox | None, urls: dict[str, str], *, depth: int, options: dict[str, Any], listed: str | None = None
) -> MapParts:
    """Regions shaded by what is verified and, where `urls` has "cases", the cases above them; where it has "tiles" and
    "list", the cases as soon as one has zoomed in beyond the regions.

    `depth`: the level of the regions drawn, 0 for provinces. `options`: of the layer of cases. `listed`: the id of the
    list of what is in view, whose cases come from `urls["seen"]`.
    """
    made = site_map("inovasi", bounds=view, remember=True)
    with_cases = "cases" in urls
    legend = None if with_cases else shade_legend(depth).as_option()
    made.add_child(FetchedGeoJson(urls["regions"], role="regions", options={"legend": legend, "fit": view is None}))
    if "tiles" in urls:
        folded = {"legend": {**_states(), "folded": True}, **options}
        layer = TilesOfCases(urls["tiles"], cases=urls["list"], from_zoom=SINGLE_FROM[depth], options=folded)
        made.add_child(layer)
    if with_cases:
        made.add_child(FetchedGeoJson(urls["cases"], role="points", options={"legend": _states(), **options}))
    if listed:
        nearest = 0 if with_cases else SINGLE_FROM[depth]
        made.add_child(ListInView(listed, url=urls.get("seen"), spot=urls.get("cases", urls.get("list")), near=nearest))
    return parts(made)


def paired_map(sides: Sequence[tuple[str, str, BBox | None]], *, together: bool) -> MapParts:
    """Two maps of shaded regions; each side: what it is called, where its regions come from, its view.

    The page says once what the shades mean. `together`: both show the same place and move as one.
    """
    made = []
    for name, (called, url, view) in zip(("kiri", "kanan"), sides, strict=True):
        shell = site_map(name, called=called, bounds=view)
        shell.add_child(FetchedGeoJson(url, role="regions", options={"fit": view is None}))
        made.append(shell)
    return parts(PairedMaps(*made, together=together))


def copy_map(view: BBox | None, url: str) -> MapParts:
    """Lines from sources to copies: as wide as they reach."""
    made = site_map("inovasi", bounds=view, remember=True)
    entries: list[tuple[int | str, str]] = [("tiruan", _("Terverifikasi")), ("tiruan-belum", _("Belum terverifikasi"))]
    legend = Legend(_("Tiruan"), entries).as_option()
    made.add_child(FetchedGeoJson(url, role="copies", options={"legend": legend, "fit": True}))
    return parts(made)


def study_map(url: str) -> MapParts:
    """Study tasks abroad: the view fits the points, not Indonesia."""
    made = site_map("inovasi", remember=True)
    made.add_child(FetchedGeoJson(url, role="points", options={"legend": _states(), "fit": True}))
    return parts(made)


def shade_legend(depth: int) -> Legend:
    entries: list[tuple[int | str, str]] = [(SILENT, _("Belum ada bukti"))]
    entries += [(shade, _span(low, high)) for shade, low, high in shade_ranges(depth)]
    return Legend(_("Bukti terverifikasi"), entries)


def _span(low: int, high: int | None) -> str:
    if high is None:
        return str(_("%(n)s atau lebih", n=angka(low)))
    if low == 0:
        return str(_("0, sudah ada kiriman"))
    return angka(low) if low == high else f"{angka(low)}–{angka(high)}"


def _states() -> dict[str, Any]:
    words = {State.SUBMITTED: _("Dikirim atau diperiksa"), State.VERIFIED_DESK: _("Terverifikasi")}
    words[State.REJECTED] = _("Ditolak atau tidak sesuai")
    return Legend(_("Keadaan"), [(str(s), words.get(s) or str(STATE_LABELS[s])) for s in _POINT_STATES]).as_option()
