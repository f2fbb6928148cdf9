"""On an operator's own server: who may be the owner, who may be the web server, and what is said if not."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from config import Settings
from webapp import schema
from webapp.cluster import WEB, Cluster, ClusterError, libpq_url
from webapp.database import WrongIdentity, require_web


@dataclass
class Server:
    """A server of an operator's: a database whose owner has no further powers, and the superuser's way in."""

    cluster: Cluster

    def url(self, name: str) -> str:
        url = make_url(self.cluster.url("theirs")).set(username=name)
        return url.render_as_string(hide_password=False)

    def superuser(self, *statements: str) -> None:
        with psycopg.connect(libpq_url(self.cluster.url("theirs")), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def settings(self, web: str | None = None) -> Settings:
        return Settings(database_url=self.url("owner"), web_database_url=web and self.url(web))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One of its own: roles belong to a whole server."""
    home = Path(tempfile.mkdtemp(prefix="petabukti-server-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg", durable=False) as cluster:
            with psycopg.connect(libpq_url(cluster.url("postgres")), autocommit=True) as connection:
                connection.execute("CREATE ROLE owner LOGIN")
                connection.execute("CREATE DATABASE theirs OWNER owner")
                connection.execute(f"DROP ROLE {WEB}".encode())
            made = Server(cluster)
            made.superuser("CREATE EXTENSION postgis")
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_an_owner_who_may_make_no_roles_is_told_the_line_to_run_and_goes_on_after_it(server: Server) -> None:
    with pytest.raises(ClusterError, match=f"CREATE ROLE {WEB} NOLOGIN; lalu: GRANT {WEB} TO owner;"):
        schema.upgrade(server.url("owner"))
    server.superuser(f"CREATE ROLE {WEB} NOLOGIN")
    schema.upgrade(server.url("owner"))
    with pytest.raises(WrongIdentity, match=f"GRANT {WEB} TO owner;"):
        require_web(server.settings(), server.url("owner"))
    server.superuser(f"GRANT {WEB} TO owner")
    require_web(server.settings(), server.url("owner"))


def test_an_owner_who_may_make_roles_needs_nobody(server: Server) -> None:
    server.superuser(
        "CREATE ROLE maker LOGIN CREATEROLE", "DROP OWNED BY petabukti_app", "DROP SCHEMA public CASCADE",
        "DROP SCHEMA IF EXISTS wall CASCADE", "DROP SCHEMA IF EXISTS jobs CASCADE", f"DROP ROLE {WEB}",
        "CREATE SCHEMA public AUTHORIZATION maker", "GRANT CREATE ON DATABASE theirs TO maker",
        "CREATE EXTENSION postgis", "GRANT CREATE ON SCHEMA public TO PUBLIC", "GRANT USAGE ON SCHEMA public TO PUBLIC",
    )  # fmt: skip
    schema.upgrade(server.url("maker"))
    require_web(Settings(database_url=server.url("maker")), server.url("maker"))


def test_the_web_servers_login_is_bound_by_the_wall_or_refused(server: Server) -> None:
    server.superuser(f"CREATE ROLE web LOGIN IN ROLE {WEB}", "CREATE ROLE stranger LOGIN")
    require_web(server.settings("web"), server.url("maker"))
    for unfit in ("petabukti", "maker", "stranger"):
        with pytest.raises(WrongIdentity, match="PETABUKTI_WEB_DATABASE_URL harus masuk sebagai anggota peran"):
            require_web(server.settings(unfit), server.url("maker"))
    server.superuser("GRANT CREATE ON SCHEMA public TO PUBLIC")
    with pytest.raises(WrongIdentity, match="REVOKE CREATE ON SCHEMA public FROM PUBLIC;"):
        require_web(server.settings("web"), server.url("maker"))
    server.superuser("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    with pytest.raises(WrongIdentity, match="tidak dapat masuk dengan PETABUKTI_WEB_DATABASE_URL"):
        require_web(server.settings("nobody"), server.url("maker"))
