"""The map of obstacles: kecamatan shaded by how many unfinished lines they hold; the table beside it says the same."""

from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo import layers, sql
from geo.maps import FetchedGeoJson, Legend, MapParts, parts
from geo.values import BBox
from webapp.formatting import angka
from webapp.reporting.queries import Hindrance
from webapp.reporting.rules import OBSTACLE_LABELS, Obstacle
from webapp.territory.maps import site_map
from webapp.territory.models import BoundaryDataset, Region, RegionBoundary

MOST = 5  # shades


def hindrance_map(view: BBox | None, url: str) -> MapParts:
    """The empty shell; the browser fetches the areas."""
    made = site_map("hambatan", bounds=view)
    entries: list[tuple[int | str, str]] = [(0, _("Tanpa hambatan"))]
    entries += [(n, angka(n)) for n in range(1, MOST)] + [(MOST, _("%(n)s atau lebih", n=angka(MOST)))]
    legend = Legend(_("Kegiatan terhambat"), entries).as_option()
    made.add_child(FetchedGeoJson(url, role="regions", options={"legend": legend, "fit": view is None}))
    return parts(made)


def hindrance_layer(session: Session, kecamatan: Sequence[Region], found: Sequence[Hindrance]) -> str:
    """The kecamatan with the obstacles of the work done there."""
    by_place: dict[str, Counter[str]] = {}
    for one in found:
        if one.place is not None:
            kind = one.line.obstacle_kind
            label = str(OBSTACLE_LABELS[Obstacle(kind)]) if kind else _("Lainnya")
            by_place.setdefault(one.place.code, Counter())[label] += 1
    point = RegionBoundary.label_point
    rows = session.execute(
        select(
            Region.code, Region.name, sql.as_geojson(RegionBoundary.outline, 4), sql.lon_of(point), sql.lat_of(point),
            BoundaryDataset.approximate, BoundaryDataset.attribution,
        )
        .join(RegionBoundary, RegionBoundary.region_code == Region.code)
        .join(BoundaryDataset, BoundaryDataset.id == RegionBoundary.dataset_id)
        .where(Region.code.in_([one.code for one in kecamatan]), RegionBoundary.superseded_at.is_(None))
        .order_by(Region.code)
    ).all()  # fmt: skip
    features = [
        layers.feature(
            shape,
            {
                "name": name, "shade": min(sum(by_place.get(code, Counter()).values()), MOST), "silent": False,
                "facts": [[kind, angka(n)] for kind, n in by_place.get(code, Counter()).most_common()],
                "label": [lon, lat], "approximate": approximate,
            },
            code,
        )
        for code, name, shape, lon, lat, approximate, _source in rows
    ]  # fmt: skip
    without = sum(one.place is None for one in found)
    said = "; ".join(dict.fromkeys(row.attribution for row in rows))
    return layers.collection(features, attribution=said, without_place=without)
