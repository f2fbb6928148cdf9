"""Regions of the articles, by their real codes, without boundaries: what meetings, agreements and registers need."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.territory.models import Region
from webapp.territory.rules import level_of, time_zone_of

# domain.md 7.1
DHARMASRAYA = {
    "13": "Sumatera Barat", "13.10": "Dharmasraya", "13.10.01": "Koto Baru", "13.10.02": "Pulau Punjung",
    "13.10.03": "Sungai Rumbai", "13.10.04": "Sitiung", "13.10.05": "Sembilan Koto", "13.10.06": "Timpeh",
    "13.10.07": "Koto Salak", "13.10.08": "Tiumang", "13.10.09": "Padang Laweh", "13.10.10": "Asam Jujuhan",
    "13.10.11": "Koto Besar",
}  # fmt: skip
BANDUNG = {"32": "Jawa Barat", "32.04": "Bandung", "32.04.09": "Margahayu"}


def regions(session: Session, named: dict[str, str]) -> None:
    """Those regions, once per test."""
    for code in sorted(named):
        if session.get(Region, code) is None:
            session.add(
                Region(
                    code=code, name=named[code], level=level_of(code), parent_code=code.rpartition(".")[0] or None,
                    time_zone=time_zone_of(code), boundary_error_m=250,
                )
            )  # fmt: skip
            session.flush()
