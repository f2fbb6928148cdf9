"""How the private server is addressed, and the one database in it."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url

DATABASE = "petabukti"
OWNER = "petabukti"
WEB = "petabukti_app"  # the web server's role: owns nothing, and row-level security binds it
PORT = 5432  # only a part of the socket's file name; nothing listens on the network


def conninfo(sockets: Path, database: str) -> str:
    """For psycopg and libpq. Every part is said, so that PG* variables of the caller change nothing."""
    return make_conninfo(host=str(sockets), port=PORT, user=OWNER, dbname=database, connect_timeout=10)


def url(sockets: Path, database: str) -> str:
    """For SQLAlchemy."""
    where = URL.create(
        "postgresql+psycopg", username=OWNER, database=database, query={"host": str(sockets), "port": str(PORT)}
    )
    return where.render_as_string(hide_password=False)


def web_url(owners: str) -> str:
    """The same database of the private server for the web server, which logs in as its own role."""
    return make_url(owners).set(username=WEB).render_as_string(hide_password=False)


def answers(sockets: Path, database: str) -> bool:
    """Whether a real connection can be made: the only proof that a server lives (a zombie has a process id too)."""
    try:
        psycopg.connect(conninfo(sockets, database)).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_database(sockets: Path) -> None:
    """Create the database, its extension and the web server's login unless they are there."""
    with psycopg.connect(conninfo(sockets, "postgres"), autocommit=True) as connection:
        role = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", (WEB,)).fetchone()
        if role != (True,):
            verb = sql.SQL("CREATE" if role is None else "ALTER")
            connection.execute(sql.SQL("{} ROLE {} LOGIN").format(verb, sql.Identifier(WEB)))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with psycopg.connect(conninfo(sockets, DATABASE)) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
