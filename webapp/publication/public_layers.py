"""What the public map fetches, and anybody else: GeoJSON of the published items, all text as JSON values."""

from flask import url_for
from flask_babel import gettext as _

from geo import layers
from webapp.evidence.words import nama
from webapp.formatting import rentang
from webapp.publication.queries.public import Found, Item
from webapp.publication.rules import HALF_CELL_M, PRECISION_LABELS, Precision


def points(found: Found) -> str:
    """Every item as a feature; one without a point has no geometry, so that counts agree."""
    return layers.collection(
        [_feature(item) for item in found.items], without_place=found.unplaced, total=found.total,
    )  # fmt: skip


def _feature(item: Item) -> str:
    coarse = [] if item.precision is Precision.EXACT else [str(PRECISION_LABELS[item.precision])]
    thumb = item.photos[0].digest if item.photos else None
    return layers.feature(
        item.place,
        {
            "name": item.title,
            "state_class": "verified_desk",
            "state": _("Terverifikasi"),
            "accuracy_m": HALF_CELL_M if item.precision is Precision.GRID else None,
            "lines": [
                nama(item.activity or item.kind), f"{item.region_name}, {item.upper_name}",
                rentang(item.occurred_from, item.occurred_to), *coarse,
            ],
            "kind": item.kind.code if item.kind else None,
            "region": item.region_code,
            "precision": str(item.precision),
            "published_at": item.published_at.isoformat(),
            "href": url_for("publik.item", public_id=item.public_id),
            "thumb": url_for("publik.photo", digest=thumb, size="kecil") if thumb else None,
        },
        str(item.public_id),
    )  # fmt: skip
