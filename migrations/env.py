"""Run migrations on the connection or URL given in the config's attributes; see `webapp.schema`."""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, text
from sqlalchemy.pool import NullPool

from webapp.db import engine_for
from webapp.schema import metadata

config = context.config
FOREIGN_TABLES = """
    SELECT c.relname FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
    WHERE d.deptype = 'e' AND d.classid = 'pg_class'::regclass
"""


def _migrate(connection: Connection) -> None:
    extension_owned = set(connection.scalars(text(FOREIGN_TABLES)))
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.commit()  # an open transaction here would swallow the whole upgrade

    def include(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        if kind == "table" and (name in extension_owned or str(name).startswith("procrastinate_")):
            return False
        return bool(alembic_helpers.include_object(item, name, kind, reflected, other))

    context.configure(
        connection=connection,
        target_metadata=metadata(),
        include_object=include,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    with engine_for(config.attributes["url"], poolclass=NullPool).connect() as fresh:
        _migrate(fresh)
