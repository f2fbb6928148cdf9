"""Photos that belong together: 0, 50 and 100 % of one work, and a photo of the unit with the one that answers it."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from geo.columns import read_point
from webapp.evidence import pii
from webapp.evidence.models import Evidence, Photo
from webapp.formatting import derajat, waktu

STAGES = (0, 50, 100)  # percent of the work that is done


def stages(case: Evidence) -> list[dict[str, Any]]:
    """The latest photo of the unit at each stage, None where one is missing; nothing where no photo says a stage."""
    own = [photo for photo in case.photos if photo.visit_id is None and photo.progress is not None]
    latest = {photo.progress: photo for photo in own}
    if not latest:
        return []
    return [{"label": f"{part}\N{NO-BREAK SPACE}%", "photo": _told(latest.get(part), f"{part} %")} for part in STAGES]


def pairs(case: Evidence) -> list[list[dict[str, Any]]]:
    """Each photo of the unit beside the photo of a visit that was taken against it."""
    known = {photo.id: photo for photo in case.photos}
    answers = [photo for photo in case.photos if photo.answers_photo_id in known]
    return [
        [
            {"label": _("Foto pengusul"), "photo": _told(known[one.answers_photo_id or 0], _("Foto pengusul"))},
            {"label": _("Foto petugas di lapangan"), "photo": _told(one, _("Foto petugas di lapangan"))},
        ]
        for one in answers
    ]


def _told(photo: Photo | None, label: str) -> dict[str, Any] | None:
    if photo is None:
        return None
    moment = _moment(photo)
    return {
        "src": url_for("evidence.picture", photo_id=photo.id, size="small"),
        "href": url_for("evidence.photo", photo_id=photo.id),
        "alt": _("%(label)s: %(name)s", label=label, name=photo.file_name),
        "where": _where(photo.evidence),
        "spot": _degrees(photo),
        "taken": waktu(moment, photo.evidence.region.time_zone) if moment else _("waktu tidak diketahui"),
    }


def _where(case: Evidence) -> str:
    return pii.covered(case.place_label) if case.place_label else case.region.name


def _degrees(photo: Photo) -> str:
    """Where it was taken, as far as camera or phone say."""
    told = photo.exif_place if photo.exif_place is not None else photo.device_place
    if told is None:
        return ""
    place = read_point(told)
    return derajat(place.lon, place.lat)


def _moment(photo: Photo) -> datetime | None:
    """When it was taken, as far as phone or camera say."""
    return photo.captured_at or photo.taken_at or photo.device_at
