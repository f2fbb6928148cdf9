"""Is the server behind DATABASE_URL fit for the product? Asked before anything is migrated."""

from __future__ import annotations

import psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from webapp.cluster.errors import UnfitServer

MIN_POSTGRES = 15
MIN_POSTGIS = (3, 3)


def sqlalchemy_url(url: str) -> str:
    """The operator's URL with the driver we use; hosters write `postgres://` or `postgresql://`."""
    try:
        parsed = make_url(url)
    except ArgumentError as wrong:
        raise UnfitServer(
            "DATABASE_URL bukan alamat yang sah; bentuknya: postgresql://pengguna:sandi@host:5432/namabasisdata"
        ) from wrong
    if parsed.drivername.partition("+")[0] not in ("postgres", "postgresql"):
        raise UnfitServer(f"DATABASE_URL harus menunjuk PostgreSQL dengan PostGIS, bukan {parsed.drivername}.")
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def libpq_url(url: str) -> str:
    """SQLAlchemy's URL as libpq and psql understand it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def check_server(url: str) -> None:
    """Raises `UnfitServer`: no connection, PostgreSQL older than 15, PostGIS missing or older than 3.3."""
    parsed = make_url(sqlalchemy_url(url))
    try:
        with psycopg.connect(libpq_url(url), connect_timeout=10) as connection:
            _check_versions(connection)
    except psycopg.OperationalError as why:
        where = parsed.render_as_string(hide_password=True)
        raise UnfitServer(f"Tidak dapat tersambung ke {where}: {' '.join(str(why).split())}") from why


def require_postgres(server_version: int) -> int:
    """The major of a version number as libpq gives it (150004 is 15.4). Raises `UnfitServer` below our floor."""
    major = server_version // 10000
    if major < MIN_POSTGRES:
        raise UnfitServer(
            f"Server memakai PostgreSQL {major}; Petabukti memerlukan PostgreSQL {MIN_POSTGRES} atau lebih baru."
        )
    return major


def _check_versions(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    major = require_postgres(connection.info.server_version)
    enabled = _one(connection, "SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
    if enabled is None:
        raise UnfitServer(_how_to_add(connection, major))
    if _numbers(enabled) < MIN_POSTGIS:
        raise UnfitServer(
            f"PostGIS di server ini versi {enabled}; Petabukti memerlukan 3.3 atau lebih baru. Perbarui paketnya "
            f"(misalnya postgresql-{major}-postgis-3), lalu jalankan: SELECT postgis_extensions_upgrade();"
        )


def _how_to_add(connection: psycopg.Connection[tuple[object, ...]], major: int) -> str:
    database = connection.info.dbname
    if _one(connection, "SELECT default_version FROM pg_available_extensions WHERE name = 'postgis'"):
        return (
            f"Ekstensi PostGIS belum aktif di basis data '{database}'; "
            f'jalankan sebagai superuser: psql -d {database} -c "CREATE EXTENSION postgis"'
        )
    return (
        f"PostGIS tidak terpasang di server PostgreSQL {major}; pasang di sana "
        f"(apt-get install postgresql-{major}-postgis-3), lalu jalankan di '{database}': CREATE EXTENSION postgis;"
    )


def _one(connection: psycopg.Connection[tuple[object, ...]], question: str) -> str | None:
    # Only the constants above come here; psycopg asks for a literal, which a parameter cannot be.
    row = connection.execute(question.encode()).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])
