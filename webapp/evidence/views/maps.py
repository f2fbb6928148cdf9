"""The map of a case: an empty shell, and the points it fetches."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from geo import layers
from geo.maps import ClaimMark, FetchedGeoJson, MapParts, PlacePicker, SiteMap, parts
from geo.values import BBox, LonLat
from webapp.evidence import pii
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import SOURCE_LABELS, STATE_LABELS, Fix, PlaceSource, grade
from webapp.evidence.services.placing import point_of, witnesses
from webapp.formatting import akurasi, derajat, waktu
from webapp.territory.maps import site_map


def case_map(case: Evidence, unit: BBox | None) -> MapParts:
    """The claim, its witnesses and the unit's outline. `unit`: the box around the unit, for a case without a place."""
    place = point_of(case.place) if case.place is not None else None
    shell = _shell(place, unit, case.region_code[:8])
    if place is not None:
        ClaimMark(place, case.accuracy_m).add_to(shell)
    source = url_for("evidence.points", evidence_id=case.id)
    FetchedGeoJson(source, role="points", options={"fit": place is not None}).add_to(shell)
    return parts(shell)


def picker_map(case: Evidence, unit: BBox | None) -> MapParts:
    """A map on which a pin is set; ids of the inputs are those of `PlaceForm` and `FixForm` on the page."""
    place = point_of(case.place) if case.place is not None else None
    shell = _shell(place, unit, case.region_code[:8])
    FetchedGeoJson(url_for("evidence.points", evidence_id=case.id), role="points").add_to(shell)
    PlacePicker(lon_id="lon", lat_id="lat").add_to(shell)
    return parts(shell)


def _shell(place: LonLat | None, unit: BBox | None, code: str) -> SiteMap:
    shell = site_map(bounds=BBox.around(place, 400) if place else unit)
    outline = url_for("territory.outline", code=code)
    FetchedGeoJson(outline, role="regions", options={"interactive": False, "labels_from": 9}).add_to(shell)
    return shell


def points(case: Evidence) -> str:
    """GeoJSON of everything that says where the case is: the chosen place, each witness, each photo's own position."""
    return layers.collection([*_places(case), *_photos(case)], without_place=0)


def _places(case: Evidence) -> Iterator[str]:
    for fix in witnesses(case):
        speaks = fix.source == case.place_source
        lines = [derajat(fix.place.lon, fix.place.lat), waktu(fix.taken_at, case.region.time_zone)]
        yield layers.feature(
            fix.place,
            {
                "what": str(fix.source),
                "chosen": speaks,
                "name": pii.covered(case.title) if speaks else str(SOURCE_LABELS[fix.source]),
                "state": str(STATE_LABELS[case.stands]) if speaks else "",
                "state_class": case.state if speaks else f"fix-{fix.source}",
                "accuracy_m": fix.accuracy_m,
                "grade": _("Tingkat keyakinan lokasi: %(grade)s", grade=grade(fix)),
                "lines": [str(SOURCE_LABELS[fix.source]), *lines] if speaks else lines,
            },
            fid=f"{fix.source}",
        )


def _photos(case: Evidence) -> Iterator[str]:
    for photo in case.photos:
        for fix in photo_fixes(photo):
            yield layers.feature(
                fix.place,
                {
                    "what": "photo",
                    "name": photo.file_name or _("Foto"),
                    "state_class": f"fix-{fix.source}",
                    "accuracy_m": fix.accuracy_m,
                    "lines": [str(SOURCE_LABELS[fix.source]), akurasi(fix.accuracy_m)],
                    "href": url_for("evidence.photo", photo_id=photo.id),
                    "thumb": url_for("evidence.picture", photo_id=photo.id, size="small"),
                },
                fid=f"foto-{photo.id}-{fix.source}",
            )


def photo_fixes(photo: Photo) -> list[Fix]:
    """The positions a photo carries itself, the device's first."""
    known = []
    if photo.device_place is not None:
        place = point_of(photo.device_place)
        known.append(Fix(PlaceSource.DEVICE, place, photo.device_accuracy_m, photo.device_at, photo.received_at))
    if photo.exif_place is not None:
        known.append(Fix(PlaceSource.EXIF, point_of(photo.exif_place), photo.exif_accuracy_m, photo.taken_at))
    return known
