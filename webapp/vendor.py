"""Copies the few front-end files that pages use, each with its licence, from node_modules to webapp/static/vendor.

Run by the launcher after `npm ci`, as `python -m webapp.vendor`; needs nothing but the standard library.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TARGET = Path(__file__).resolve().parent / "static" / "vendor"

# Package, then its files and folders; a file keeps its name and loses its folder.
FILES: dict[str, tuple[str, ...]] = {
    "leaflet": ("LICENSE", "dist/leaflet.js", "dist/leaflet.css", "dist/images"),
    "leaflet.markercluster": (
        "MIT-LICENCE.txt",
        "dist/leaflet.markercluster.js",
        "dist/MarkerCluster.css",
        "dist/MarkerCluster.Default.css",
    ),
    "leaflet.sync": ("LICENSE", "L.Map.Sync.js"),
    # Its licence (Beerware) is the end of its README.
    "leaflet.vectorgrid": ("README.md", "dist/Leaflet.VectorGrid.bundled.min.js"),
    "world-atlas": ("LICENSE", "countries-10m.json"),
    "idb": ("LICENSE", "build/umd.js"),
    "client-zip": ("LICENSE.txt", "index.js"),
    "axe-core": ("LICENSE", "axe.min.js"),
}


def copy_assets(node_modules: Path, target: Path = TARGET) -> None:
    """Fill `target` anew. Made aside and swapped in, so that a page never meets half a folder."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for package, names in FILES.items():
        (fresh / package).mkdir(parents=True)
        for name in names:
            source = node_modules / package / name
            copy = shutil.copytree if source.is_dir() else shutil.copyfile
            copy(source, fresh / package / source.name)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


if __name__ == "__main__":
    copy_assets(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "node_modules")
