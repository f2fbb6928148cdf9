"""The pictures of photos, as far as they have been made; and a calm stand-in for those that have not."""

from flask import Response, current_app, jsonify, request
from flask_login import current_user

from media.errors import NotStored
from media.store import Name, Store
from webapp import db
from webapp.access import signed_in
from webapp.errors import NotFound
from webapp.evidence import queries
from webapp.evidence.models import Photo
from webapp.evidence.views.blueprint import bp

_YEAR = 31_536_000
_GREY = "#878d96"  # in the middle: to be seen on light and on dark
_DRAWINGS = {
    True: '<circle cx="50" cy="50" r="22"/><path d="M50 36v14l9 7"/>',  # a clock
    False: '<rect x="26" y="32" width="48" height="36" rx="3"/><path d="M26 76l48-52"/>',  # a picture struck out
}


@bp.get("/foto/<int:photo_id>/<any(small, medium, large):size>")
@signed_in
def picture(photo_id: int, size: Name) -> Response:
    found = queries.photo(db.session(), current_user, photo_id)
    if found.pictures_at is None:
        return _stand_in(found, 320 if size == "small" else 960)
    tag = f"{found.sha256}-{size}"
    known = request.if_none_match.contains(tag)
    answer = Response(status=304) if known else Response(stored(found, size), mimetype="image/jpeg")
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    return answer


@bp.get("/<int:evidence_id>/gambar")
@signed_in
def pictures(evidence_id: int) -> Response:
    """Which photos of the case have their pictures, and which still wait; those in neither list are gone."""
    case = queries.visible(db.session(), current_user, evidence_id)
    waiting = [photo.id for photo in case.photos if photo.waits]
    return jsonify(ready=[photo.id for photo in case.photos if not photo.waits], waiting=waiting)


def stored(found: Photo, name: Name) -> bytes:
    """A file of the photo. Raises `NotFound`."""
    store: Store = current_app.extensions["petabukti_store"]
    try:
        return store.get(found.sha256, name)
    except NotStored as missing:
        raise NotFound from missing


def _stand_in(found: Photo, longest: int) -> Response:
    """As large as the picture will be, so that the page stays still; never kept, since the picture will come."""
    scale = longest / max(found.width, found.height)
    width, height = (max(1, round(side * scale)) for side in (found.width, found.height))
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 100 100">'
        f'<g fill="none" stroke="{_GREY}" stroke-width="3" stroke-linecap="round">{_DRAWINGS[found.waits]}</g></svg>'
    )
    answer = Response(drawn, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    return answer
