"""Which database a command works on: the operator's server when DATABASE_URL is set, else the private one.

For commands of the journeys: `with transaction(settings) as session: …`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Row, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from config import Settings
from webapp import db, schema
from webapp.cluster import WEB, ClusterError, check_server, private_database, sqlalchemy_url


class OutdatedSchema(ClusterError):
    """The operator's database was not migrated to this release yet."""


class WrongIdentity(ClusterError):
    """The web server would work in the database as somebody whom row-level security does not bind, or as nobody."""


_POWERS = """
SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, relowner, 'USAGE') AS unbound,
    has_table_privilege(pg_class.oid, 'SELECT') AS reads, has_schema_privilege('public', 'CREATE') AS builds
FROM pg_roles, pg_class WHERE rolname = current_user AND pg_class.oid = to_regclass('public.evidence')
"""


@contextmanager
def database(settings: Settings, *, join: bool = True) -> Iterator[str]:
    """SQLAlchemy URL of a server that is fit and answers. Raises `ClusterError`.

    `join=False` refuses a private database that another process of ours is using at this moment.
    """
    if settings.database_url is not None:
        check_server(settings.database_url)
        yield sqlalchemy_url(settings.database_url)
    else:
        with private_database(settings.data_dir, join=join) as url:
            yield url


@contextmanager
def sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions on the migrated database, outside a request, for what is not done in one transaction."""
    with database(settings) as url:
        require_schema(settings, url)
        yield sessionmaker(db.engine_for(url, poolclass=NullPool), expire_on_commit=False)


@contextmanager
def transaction(settings: Settings) -> Iterator[Session]:
    """One session on the migrated database: commits at the end, leaves nothing on an error."""
    with sessions(settings) as factory, db.transaction(factory) as session:
        yield session


def require_schema(settings: Settings, url: str) -> None:
    """Our own database may be migrated at any time; an operator's only when the operator says so."""
    if settings.database_url is None:
        schema.upgrade(url)
    elif not is_current(url):
        raise OutdatedSchema("Skema basis data belum mutakhir; jalankan dulu: petabukti migrate")


def configure(settings: Settings, url: str) -> None:
    """Tell the database what its own rules must know of the settings; as the owner, when serving begins."""
    with db.engine_for(url, poolclass=NullPool).begin() as connection:
        connection.execute(
            text(
                "UPDATE house_rule SET conflict_months = :months, repair_days = :repair, objection_days = :objection "
                "WHERE (conflict_months, repair_days, objection_days) <> (:months, :repair, :objection)"
            ),
            {
                "months": settings.conflict_months,
                "repair": settings.repair_days,
                "objection": settings.objection_days,
            },
        )


def require_web(settings: Settings, url: str) -> None:
    """See that the web server's own identity works in the migrated database, and within row-level security.

    Raises `WrongIdentity`.
    """
    own = settings.web_database_url
    login, role = (sqlalchemy_url(own), None) if own else (url, WEB)
    name = "PETABUKTI_WEB_DATABASE_URL" if own else f"DATABASE_URL (sebagai peran {WEB})"
    known = _powers(db.engine_for(login, role=role, poolclass=NullPool), name)
    if known is None or known.unbound or not known.reads:
        raise WrongIdentity(
            f"{name} harus masuk sebagai anggota peran {WEB} di basis data yang sama, bukan sebagai pemilik tabel atau "
            f"superuser; misalnya: CREATE ROLE petabukti_web LOGIN PASSWORD '…' IN ROLE {WEB};"
        )
    if known.builds:
        raise WrongIdentity(
            "Server web boleh membuat objek di skema public; tutup dengan: REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
        )


def _powers(engine: Engine, name: str) -> Row[Any] | None:
    try:
        with engine.connect() as connection:
            return connection.execute(text(_POWERS)).one_or_none()
    except OperationalError as why:
        raise WrongIdentity(
            f"Server web tidak dapat masuk dengan {name}: {' '.join(str(why.orig).split())}. Sekali saja, sebagai "
            f"superuser: GRANT {WEB} TO {engine.url.username};"
        ) from why


def is_current(url: str) -> bool:
    """Whether the database stands at the newest migration of this release."""
    heads = ScriptDirectory.from_config(schema.alembic_config(url)).get_heads()
    with db.engine_for(url, poolclass=NullPool).connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)
