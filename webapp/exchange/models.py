"""The table of downloads that are made in the background. The files lie beside it, see `shelf`."""

import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Account
from webapp.db import Base, Instant
from webapp.evidence.models import one_of
from webapp.exchange.rules import UNDER_WAY, DownloadState, Format, Scope


class Download(Base):
    """What one person asked for, how far it has come, and what came of it.

    `query`: the filter as the address said it, each name with its values. `told`: the words of the file, as
    `rules.Phrases`. `areas`: whose cases are in it; who loses one of them loses the file.
    """

    __tablename__ = "download"
    __table_args__ = (
        CheckConstraint(one_of("scope", Scope), name="download_scope_is_known"),
        CheckConstraint(one_of("format", set(Format) - {Format.PDF}), name="download_format_is_known"),
        CheckConstraint(one_of("state", DownloadState), name="download_state_is_known"),
        CheckConstraint("scope = 'region' OR region_code IS NULL", name="download_region_fits_its_scope"),
        CheckConstraint("NOT originals OR format = 'zip'", name="originals_come_in_an_archive"),
        CheckConstraint("done BETWEEN 0 AND total", name="download_progress_is_a_part"),
        CheckConstraint("(state = 'failed') = (code IS NOT NULL)", name="failed_download_says_why"),
        CheckConstraint(
            "state <> 'ready' OR (sha256 IS NOT NULL AND byte_size IS NOT NULL AND as_of IS NOT NULL "
            "AND ready_at IS NOT NULL AND expires_at IS NOT NULL)",
            name="ready_download_has_its_file",
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="download_sha256_is_digest"),
        CheckConstraint(
            f"(ended_at IS NULL) = {one_of('state', {*UNDER_WAY, DownloadState.READY})}", name="download_ends_once"
        ),
        Index("ix_download_going_on", "state", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    scope: Mapped[str] = mapped_column(Text)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    query: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    format: Mapped[str] = mapped_column(Text)
    originals: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(Text, server_default=DownloadState.WAITING)
    done: Mapped[int] = mapped_column(server_default="0")  # of `total` cases; of an archive, photos
    total: Mapped[int] = mapped_column(server_default="0")
    cases: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(Text)
    byte_size: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[Instant]
    touched_at: Mapped[Instant]  # when a worker last said how far it is
    as_of: Mapped[Instant | None]
    ready_at: Mapped[Instant | None]
    expires_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]  # when there was no file any more, or none could be made

    account: Mapped[Account] = relationship()

    @property
    def stands(self) -> DownloadState:
        return DownloadState(self.state)
