"""The schema: every table of every journey in one place, and the migrations that make it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData

import webapp.accounts.models
import webapp.audit
import webapp.evidence.models
import webapp.programme.models
import webapp.scoring.models
import webapp.territory.models
import webapp.verification.models  # noqa: F401  each import registers its tables
from webapp.db import Base

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def metadata() -> MetaData:
    """All tables of the product."""
    return Base.metadata


def alembic_config(url: str) -> Config:
    """Alembic's configuration for this product and that database; no ini file is needed."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database forward to `revision`."""
    command.upgrade(alembic_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring a database back to `revision` ("base" for nothing at all)."""
    command.downgrade(alembic_config(url), revision)
