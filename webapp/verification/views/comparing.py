"""Counter-evidence beside the claim: the unit's photos and those of who stood there, pair by pair."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from geo.values import bearing, metres_apart
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.views.maps import photo_fixes
from webapp.formatting import akurasi, arah, jarak, selang, waktu

_MOST = 12  # photos of each side: more are looked at on their own


def comparison(case: Evidence) -> dict[str, Any] | None:
    """What `_compare.html` shows and its script chooses from; None while one of the sides has no photo.

    `pairs`: each photo of a visit beside the unit's photo it answers, or the first where it answers none; `facts` of
    every pair by "claim-counter", in the reader's words.
    """
    shown = [photo for photo in case.photos if not photo.waits]
    claims = [photo for photo in shown if photo.visit_id is None][:_MOST]
    counters = [photo for photo in shown if photo.visit_id is not None][:_MOST]
    if not claims or not counters:
        return None
    zone = case.region.time_zone
    left = {photo.id: _told(photo, _("Pengusul %(n)d", n=n), zone) for n, photo in enumerate(claims, 1)}
    right = {photo.id: _told(photo, _("Petugas %(n)d", n=n), zone) for n, photo in enumerate(counters, 1)}
    facts = {f"{one.id}-{other.id}": _facts(one, other) for one in claims for other in counters}
    pairs = [(one.answers_photo_id if one.answers_photo_id in left else claims[0].id, one.id) for one in counters]
    return {
        "claims": list(left.values()),
        "counters": list(right.values()),
        "facts": facts,
        "pairs": pairs,
        "shown": [(left[one], right[other], facts[f"{one}-{other}"]) for one, other in pairs],
    }


def _told(photo: Photo, label: str, zone: str) -> dict[str, Any]:
    taken = _moment(photo)
    return {
        "id": photo.id,
        "label": label,
        "src": url_for("evidence.picture", photo_id=photo.id, size="large"),
        "alt": _("%(label)s: %(name)s", label=label, name=photo.file_name),
        "href": url_for("evidence.photo", photo_id=photo.id),
        "taken": waktu(taken, zone) if taken else _("waktu tidak diketahui"),
    }


def _facts(claim: Photo, counter: Photo) -> list[list[str]]:
    """Distance, direction and age of a pair, each with its label; what cannot be known is said."""
    return [
        [_("Jarak kedua posisi"), _distance(claim, counter)],
        [_("Arah dari foto pengusul"), _direction(claim, counter)],
        [_("Selisih waktu"), _age(claim, counter)],
        [_("Dijawab langsung"), _("ya") if counter.answers_photo_id == claim.id else _("tidak")],
    ]


def _distance(claim: Photo, counter: Photo) -> str:
    one, other = photo_fixes(claim), photo_fixes(counter)
    if not one or not other:
        return str(_("tidak diketahui: salah satu foto tanpa posisi"))
    metres = metres_apart(one[0].place, other[0].place)
    said = f"{jarak(metres)} ({akurasi(one[0].accuracy_m)} / {akurasi(other[0].accuracy_m)})"
    unsure = (one[0].accuracy_m or 0) + (other[0].accuracy_m or 0)
    return str(_("%(said)s, masih dalam ketelitian keduanya", said=said)) if metres <= unsure else said


def _direction(claim: Photo, counter: Photo) -> str:
    one, other = photo_fixes(claim), photo_fixes(counter)
    if not one or not other or one[0].place == other[0].place:
        return "–"
    return arah(bearing(one[0].place, other[0].place))


def _age(claim: Photo, counter: Photo) -> str:
    before, after = _moment(claim), _moment(counter)
    if before is None or after is None:
        return "–"
    passed = selang(after - before)
    if after < before:
        return str(_("foto petugas %(passed)s lebih dahulu", passed=passed))
    return str(_("foto petugas %(passed)s kemudian", passed=passed))


def _moment(photo: Photo) -> datetime | None:
    """When it was taken, as far as phone or camera say."""
    return photo.captured_at or photo.taken_at or photo.device_at
