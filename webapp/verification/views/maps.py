"""Maps of verification: empty shells, and the points they fetch. No queries here."""

from collections.abc import Callable, Iterator, Sequence

from flask import url_for
from flask_babel import gettext as _

from geo import layers
from geo.maps import ClaimMark, FetchedGeoJson, FixInputs, Legend, MapParts, OwnPosition, parts
from geo.values import BBox, LonLat
from webapp.evidence import pii
from webapp.evidence.models import Evidence
from webapp.evidence.rules import SOURCE_LABELS, STATE_LABELS, State
from webapp.evidence.services.placing import point_of
from webapp.evidence.words import nama
from webapp.formatting import jarak, rentang
from webapp.territory.maps import site_map
from webapp.territory.queries import kecamatan_of
from webapp.verification.queries.near import Near
from webapp.verification.queries.queue import Waiting

FIX = FixInputs(lon="lon", lat="lat", accuracy="accuracy_m", time="fix_at")


def queue_map(points_url: str, states: Sequence[State], bounds: BBox | None) -> MapParts:
    """The cases of a queue, by their states."""
    shell = site_map("antrean", bounds=bounds)
    legend = Legend(_("Keadaan"), tuple((str(state), str(STATE_LABELS[state])) for state in states))
    options = {"fit": True, "legend": legend.as_option()}
    FetchedGeoJson(points_url, role="points", options=options).add_to(shell)
    return parts(shell)


def field_map(points_url: str, bounds: BBox | None) -> MapParts:
    """What waits for a visit, and where the assessor is."""
    shell = site_map("lapangan", bounds=bounds)
    FetchedGeoJson(points_url, role="points", options={"fit": True}).add_to(shell)
    OwnPosition(status_id="posisi", fit=False).add_to(shell)
    return parts(shell)


def desk_map(case: Evidence, unit: BBox | None) -> MapParts:
    """The claim with its circle, every witness and photo position, and the unit's border."""
    place = point_of(case.place) if case.place is not None else None
    shell = site_map("meja", bounds=BBox.around(place, 400) if place else unit)
    _border(case).add_to(shell)
    if place is not None:
        # Others stay behind the case: small marks, and no part of the view the map begins with.
        others = url_for(".near_points", evidence_id=case.id)
        FetchedGeoJson(others, role="points", options={"small": True}).add_to(shell)
    legend = Legend(_("Tanda"), tuple(_marks()))
    options = {"fit": place is not None, "legend": {**legend.as_option(), "folded": True}}
    FetchedGeoJson(url_for("evidence.points", evidence_id=case.id), role="points", options=options).add_to(shell)
    if place is not None:
        ClaimMark(place, case.accuracy_m).add_to(shell)
    return parts(shell)


def _marks() -> Iterator[tuple[str, str]]:
    yield "claim", _("lokasi bukti dan lingkar akurasinya")
    for source, label in SOURCE_LABELS.items():
        yield f"fix-{source}", str(label)
    yield "near", _("bukti lain di sekitarnya")


def near_points(found: Sequence[Near]) -> str:
    """GeoJSON of the cases around one, each leading to its own desk."""
    return layers.collection([_neighbour(one) for one in found], without_place=0)


def _neighbour(one: Near) -> str:
    words = {
        "name": pii.covered(one.title),
        "state": str(STATE_LABELS[State(one.state)]),
        "state_class": one.state,
        "lines": [jarak(one.metres), nama(one), rentang(one.occurred_from, one.occurred_to)],
        "href": url_for(".desk", evidence_id=one.id),
    }
    if one.thumb_id is not None:
        words["thumb"] = url_for("evidence.picture", photo_id=one.thumb_id, size="small")
    return layers.feature(LonLat(one.lon, one.lat), words, fid=one.id)


def visit_map(case: Evidence, unit: BBox | None) -> MapParts:
    """The claim, the assessor's own position written into the check-in form, and the distance between the two."""
    place = point_of(case.place) if case.place is not None else None
    shell = site_map("kunjungan", bounds=BBox.around(place, 400) if place else unit)
    _border(case).add_to(shell)
    if place is not None:
        ClaimMark(place, case.accuracy_m).add_to(shell)
    OwnPosition(FIX, claim=place, distance_id="jarak", status_id="posisi").add_to(shell)
    return parts(shell)


def _border(case: Evidence) -> FetchedGeoJson:
    outline = url_for("territory.outline", code=kecamatan_of(case.region_code))
    return FetchedGeoJson(outline, role="regions", options={"interactive": False, "labels_from": 9})


def points(found: Sequence[Waiting], link: Callable[[int], str], without_place: int) -> str:
    """GeoJSON of a queue's cases; `link` gives the page of a case."""
    return layers.collection([_point(one, link(one.id)) for one in found], without_place=without_place)


def _point(one: Waiting, href: str) -> str:
    place = LonLat.maybe(one.lon, one.lat)
    words = {
        "name": pii.covered(one.title),
        "state": str(STATE_LABELS[State(one.state)]),
        "state_class": one.state,
        "accuracy_m": one.accuracy_m,
        "grade": _("Tingkat keyakinan lokasi: %(grade)s", grade=one.grade),
        "lines": [one.region_name, nama(one), rentang(one.occurred_from, one.occurred_to)],
        "href": href,
    }
    if one.thumb_id is not None:
        words["thumb"] = url_for("evidence.picture", photo_id=one.thumb_id, size="small")
    return layers.feature(place, words, fid=one.id)
