"""The embedded database: a private PostgreSQL with PostGIS that lives in the data directory and dies with us.

Nothing here knows tables, Flask or the settings; it hands out a URL.
`check_server` judges a server of the operator's own.
"""

from webapp.cluster.address import DATABASE, WEB, web_url
from webapp.cluster.binaries import find_binaries
from webapp.cluster.check import check_server, libpq_url, sqlalchemy_url
from webapp.cluster.errors import (
    ClusterError,
    DataInUse,
    DataUnreachable,
    NoServer,
    ServerDied,
    UnfitServer,
    WrongMajor,
)
from webapp.cluster.lifecycle import Cluster, private_database
from webapp.cluster.lock import Lock
from webapp.cluster.place import cluster_folder

__all__ = [
    "DATABASE",
    "WEB",
    "Cluster",
    "ClusterError",
    "DataInUse",
    "DataUnreachable",
    "Lock",
    "NoServer",
    "ServerDied",
    "UnfitServer",
    "WrongMajor",
    "check_server",
    "cluster_folder",
    "find_binaries",
    "libpq_url",
    "private_database",
    "sqlalchemy_url",
    "web_url",
]
