"""The map every page starts from: our own basemap, the reader's language, tiles only if an operator asked."""

from dataclasses import replace
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from geo.maps import MapLabels, SiteMap, TileSource


def site_map(name: str = "peta", *, called: str | None = None, **options: Any) -> SiteMap:
    """A `geo.maps.SiteMap` with basemap, labels and tiles set; `options` are its own (bounds, centre, zoom).

    `called`: what tells it from another map of the page.
    """
    labels = replace(_labels(), map=called) if called else _labels()
    usual = {"basemap_url": url_for("territory.basemap"), "tiles": _tiles(), "labels": labels}
    return SiteMap(name, **{**usual, **options})


def _tiles() -> TileSource | None:
    url = current_app.config.get("BASEMAP_TILE_URL")
    return TileSource(url, current_app.config["BASEMAP_ATTRIBUTION"]) if url else None


def _labels() -> MapLabels:
    return MapLabels(
        map=_("Peta"),
        zoom_in=_("Perbesar"),
        zoom_out=_("Perkecil"),
        load_failed=_("Lapisan tidak dapat dimuat."),
        retry=_("Coba lagi"),
        session_ended=_("Sesi Anda sudah berakhir. Masuk lagi untuk melihat peta."),
        without_place=_("{n} tanpa lokasi"),
        open=_("Buka"),
        close=_("Tutup"),
        accuracy=_("± {m} m"),
        cluster=_("{n} bukti, perbesar untuk melihat"),
        stack=_("{n} bukti di titik ini"),
        here=_("Posisi Anda"),
        claim=_("Lokasi bukti"),
        pin=_("Pin lokasi: geser atau klik peta"),
        distance=_("{m} m dari lokasi bukti"),
        position_waiting=_("Menunggu posisi…"),
        position_denied=_("Izin lokasi ditolak. Aktifkan lokasi untuk halaman ini."),
        position_unavailable=_("Posisi tidak tersedia di perangkat ini."),
        position_vague=_("Posisi masih kasar (± {m} m). Tunggu sebentar di tempat terbuka."),
    )
