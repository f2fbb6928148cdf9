"""Which database a command works on: the operator's server when DATABASE_URL is set, else the private one.

For commands of the journeys: `with transaction(settings) as session: …`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from config import Settings
from webapp import db, schema
from webapp.cluster import ClusterError, check_server, private_database, sqlalchemy_url


class OutdatedSchema(ClusterError):
    """The operator's database was not migrated to this release yet."""


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
def transaction(settings: Settings) -> Iterator[Session]:
    """A session on the migrated database, outside a request: commits at the end, leaves nothing on an error."""
    with database(settings) as url:
        require_schema(settings, url)
        engine = db.engine_for(url, poolclass=NullPool)
        with db.transaction(sessionmaker(engine, expire_on_commit=False)) as session:
            yield session


def require_schema(settings: Settings, url: str) -> None:
    """Our own database may be migrated at any time; an operator's only when the operator says so."""
    if settings.database_url is None:
        schema.upgrade(url)
    elif not is_current(url):
        raise OutdatedSchema("Skema basis data belum mutakhir; jalankan dulu: petabukti migrate")


def is_current(url: str) -> bool:
    """Whether the database stands at the newest migration of this release."""
    heads = ScriptDirectory.from_config(schema.alembic_config(url)).get_heads()
    with db.engine_for(url, poolclass=NullPool).connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)
