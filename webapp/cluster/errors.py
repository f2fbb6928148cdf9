"""What can keep the database from serving. Every message is one sentence for the person at the terminal."""

from __future__ import annotations


class ClusterError(Exception):
    """The private database cannot be used; the message says why and what to do."""


class NoServer(ClusterError):
    """No PostgreSQL with PostGIS was found on this machine."""


class WrongMajor(ClusterError):
    """The data directory was made by a PostgreSQL major that is not installed."""


class DataUnreachable(ClusterError):
    """The operating-system user that runs PostgreSQL cannot enter the data directory."""


class DataInUse(ClusterError):
    """Another process holds the data directory."""


class ServerDied(ClusterError):
    """PostgreSQL did not come up, or ended on its own."""


class UnfitServer(ClusterError):
    """The server behind DATABASE_URL cannot carry the product."""
