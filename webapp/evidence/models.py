"""Tables of evidence. Geometry is WGS 84 (EPSG:4326), lon/lat. The constraints repeat `rules`, by name."""

import uuid
from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIT, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from geo.columns import on_earth, point_type, witness_type
from webapp.accounts.models import Account
from webapp.db import Base, Created, Instant
from webapp.evidence import pii
from webapp.evidence.rules import (
    DISMISSED,
    UNDECODABLE,
    UNSEEN,
    VERIFIED,
    CaptureSource,
    Consent,
    Grade,
    Move,
    PlaceSource,
    Preview,
    State,
    Support,
    Tag,
)
from webapp.programme.models import Period, StudyAssignment
from webapp.programme.rules import Mode
from webapp.territory.models import Region
from webapp.territory.rules import RegionResult


def one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in sorted(values))})"


class EvidenceKind(Base):
    """Innovation, infrastructure, activity, meeting, study: rows, so that a region can add its own."""

    __tablename__ = "evidence_kind"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int]
    name_id: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)

    activities: Mapped[list["Activity"]] = relationship(back_populates="kind", order_by="Activity.position")


class Activity(Base):
    """A type within a kind (subuh keliling, trotoar …): how it is verified and what a field check can prove."""

    __tablename__ = "activity"
    __table_args__ = (
        UniqueConstraint("code", "kind_code", name="activity_of_kind"),
        CheckConstraint(one_of("mode", Mode), name="activity_mode_is_known"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    kind_code: Mapped[str] = mapped_column(ForeignKey("evidence_kind.code"), index=True)
    position: Mapped[int]
    name_id: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text)
    check_kind: Mapped[str] = mapped_column(Text)  # which checklist an assessor fills on site
    usual_tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")

    kind: Mapped[EvidenceKind] = relationship(back_populates="activities")


# What filters and figures of the map ask of a case: with these an index alone answers.
_COUNTED_BY = [
    "id", "region_code", "state", "kind_code", "period_id", "occurred_from", "tags", "support", "region_result",
    "study_assignment_id",
]  # fmt: skip


class Evidence(Base):
    """A case: one thing a unit says it did, with photos and a place. `services.move` alone writes `state`."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("id", "period_id", name="evidence_of_period"),
        CheckConstraint(one_of("state", State), name="evidence_state_is_known"),
        CheckConstraint("btrim(title) <> ''", name="evidence_has_title"),
        CheckConstraint("occurred_to >= occurred_from", name="event_runs_on"),
        CheckConstraint(f"tags <@ ARRAY[{', '.join(repr(str(tag)) for tag in Tag)}]::text[]", name="tags_are_known"),
        CheckConstraint(f"support IS NULL OR {one_of('support', Support)}", name="support_is_known"),
        CheckConstraint(f"consent IS NULL OR {one_of('consent', Consent)}", name="consent_is_known"),
        CheckConstraint(
            f"{one_of('state', UNSEEN)} OR (submitted_at IS NOT NULL AND submitted_by IS NOT NULL)",
            name="seen_by_others_means_submitted",
        ),
        CheckConstraint(f"{one_of('state', UNSEEN)} OR consent IS NOT NULL", name="submitted_answers_consent"),
        CheckConstraint(
            f"{one_of('state', UNSEEN)} OR place IS NOT NULL OR btrim(place_reason) <> ''",
            name="submitted_has_place_or_reason",
        ),
        CheckConstraint("(state = 'under_review') = (taken_by IS NOT NULL)", name="taken_while_under_review"),
        CheckConstraint("(taken_by IS NULL) = (taken_until IS NULL)", name="desk_lock_runs_out"),
        CheckConstraint(f"NOT {one_of('state', VERIFIED)} OR verified_at IS NOT NULL", name="verified_has_its_time"),
        CheckConstraint(f"NOT {one_of('state', DISMISSED)} OR dismissed_at IS NOT NULL", name="dismissed_has_its_time"),
        CheckConstraint("repair_until IS NULL OR state = 'returned'", name="only_returned_is_mended"),
        CheckConstraint(
            f"objection_until IS NULL OR {one_of('state', DISMISSED)}", name="only_dismissed_is_objected_to"
        ),
        CheckConstraint("(place IS NULL) = (place_source IS NULL)", name="place_has_source"),
        CheckConstraint("(place IS NULL) = (grade IS NULL)", name="place_has_grade"),
        CheckConstraint(f"place_source IS NULL OR {one_of('place_source', PlaceSource)}", name="source_is_known"),
        CheckConstraint(f"grade IS NULL OR {one_of('grade', Grade)}", name="grade_is_known"),
        CheckConstraint(one_of("region_result", RegionResult), name="region_result_is_known"),
        CheckConstraint("accuracy_m IS NULL OR accuracy_m >= 0", name="accuracy_is_distance"),
        CheckConstraint("sent_digest IS NULL OR sent_digest ~ '^[0-9a-f]{64}$'", name="sent_digest_is_digest"),
        CheckConstraint(on_earth("place"), name="place_is_on_earth"),
        Index("ix_evidence_region_state", "region_code", "state", postgresql_ops={"region_code": "text_pattern_ops"}),
        Index("ix_evidence_state_submitted", "state", "submitted_at"),
        Index(
            "ix_evidence_sent",
            "submitted_at",
            "region_code",
            postgresql_ops={"region_code": "text_pattern_ops"},
            postgresql_where=text("submitted_at IS NOT NULL"),
        ),
        Index("ix_evidence_words", text("case_words(title, note)"), postgresql_using="gin"),
        Index("ix_evidence_quad", "quad", postgresql_include=["activity_code", "occurred_to", *_COUNTED_BY]),
        Index("ix_evidence_occurred", "occurred_to", "id"),
        Index("ix_evidence_counting", "activity_code", "occurred_to", postgresql_include=["quad", *_COUNTED_BY]),
        Index(
            "ix_evidence_abroad",
            "region_code",
            postgresql_where=text("study_assignment_id IS NOT NULL OR region_result = 'luar_negeri'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[uuid.UUID] = mapped_column(unique=True)  # made by the form: the same one twice is one case
    sent_digest: Mapped[str | None] = mapped_column(Text)  # of what a script sent under `client_id`; None: by the form
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))  # the unit that owns it; kecamatan or desa
    study_assignment_id: Mapped[int | None] = mapped_column(ForeignKey("study_assignment.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind_code: Mapped[str] = mapped_column(ForeignKey("evidence_kind.code"), index=True)
    activity_code: Mapped[str | None] = mapped_column(ForeignKey("activity.code"))
    title: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    occurred_from: Mapped[date]
    occurred_to: Mapped[date]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    consent: Mapped[str | None] = mapped_column(Text)
    innovation_stage: Mapped[str | None] = mapped_column(Text)  # inisiatif, uji_coba, penerapan
    innovation_form: Mapped[str | None] = mapped_column(Text)  # tata_kelola, pelayanan_publik, lainnya
    support: Mapped[str | None] = mapped_column(
        Text
    )  # how the kabupaten strengthened the unit, if the case tells of it

    state: Mapped[str] = mapped_column(Text, server_default=State.DRAFT)
    version: Mapped[int] = mapped_column()
    revision: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Created]
    submitted_at: Mapped[Instant | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_until: Mapped[Instant | None]
    verified_at: Mapped[Instant | None]
    dismissed_at: Mapped[Instant | None]  # rejected or found otherwise on site, and still so
    repair_until: Mapped[Instant | None]  # how long a returned case may be mended and sent again; None: no such limit
    objection_until: Mapped[Instant | None]  # how long a dismissed case may be objected to; None: not, or no longer
    locked_at: Mapped[Instant | None]  # set by finalisation; a trigger then refuses every change

    # The three witnesses of the place, all kept; `place` is the one that speaks for the case.
    device_place: Mapped[WKBElement | None] = mapped_column(witness_type())
    device_accuracy_m: Mapped[float | None]
    device_at: Mapped[Instant | None]
    device_received_at: Mapped[Instant | None]
    exif_place: Mapped[WKBElement | None] = mapped_column(witness_type())
    exif_accuracy_m: Mapped[float | None]
    exif_at: Mapped[Instant | None]
    pin_place: Mapped[WKBElement | None] = mapped_column(witness_type())
    place: Mapped[WKBElement | None] = mapped_column(point_type())
    # The finest cell of the map it lies in, see `geo.tiles`: an index of whole numbers serves under row-level security.
    quad: Mapped[int | None] = mapped_column(BigInteger, Computed("quad_of(place)", persisted=True), deferred=True)
    place_source: Mapped[str | None] = mapped_column(Text)
    accuracy_m: Mapped[float | None]
    grade: Mapped[str | None] = mapped_column(Text)
    place_reason: Mapped[str] = mapped_column(Text, server_default="")  # why outside the unit, or why no position

    # Resolved once, when the place is set; kept even when boundaries change later.
    region_result: Mapped[str] = mapped_column(Text, server_default=RegionResult.NO_POSITION)
    region_candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    region_radius_m: Mapped[float | None]
    boundary_dataset_id: Mapped[int | None] = mapped_column(ForeignKey("boundary_dataset.id"))
    found_region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    country_code: Mapped[str | None] = mapped_column(Text)
    place_label: Mapped[str | None] = mapped_column(Text)

    period: Mapped[Period] = relationship()
    region: Mapped[Region] = relationship(foreign_keys=[region_code])
    found_region: Mapped[Region | None] = relationship(foreign_keys=[found_region_code])
    study_assignment: Mapped[StudyAssignment | None] = relationship()
    owner: Mapped[Account] = relationship(foreign_keys=[owner_id])
    taker: Mapped[Account | None] = relationship(foreign_keys=[taken_by])
    kind: Mapped[EvidenceKind] = relationship()
    activity: Mapped[Activity | None] = relationship()
    photos: Mapped[list["Photo"]] = relationship(back_populates="evidence", order_by="Photo.id")
    refusals: Mapped[list["RefusedFile"]] = relationship(order_by="RefusedFile.id")
    moves: Mapped[list["EvidenceMove"]] = relationship(back_populates="evidence", order_by="EvidenceMove.id")
    revisions: Mapped[list["EvidenceRevision"]] = relationship(order_by="EvidenceRevision.number")

    __mapper_args__ = {"version_id_col": version}  # two people cannot overwrite each other

    @property
    def stands(self) -> State:
        """The state as the rules know it."""
        return State(self.state)

    @property
    def outlives_period(self) -> bool:
        """Whether it is taken and judged although its period is final: of a study that came with an award."""
        return self.study_assignment is not None and self.study_assignment.outlives_period

    @property
    def sent_late(self) -> bool:
        """Whether it was sent after the deadline, with photos that say they were taken before: for all to see."""
        closes_at = None if self.outlives_period else self.period.closes_at
        return self.submitted_at is not None and closes_at is not None and self.submitted_at > closes_at

    @property
    def personal(self) -> frozenset[pii.Personal]:
        """Which personal data the words of the case hold."""
        return pii.found(self.title, self.note, self.place_reason)


class EvidenceMove(Base):
    """One line of a case's history, written in the same breath as the state. A trigger refuses change and removal."""

    __tablename__ = "evidence_move"
    __table_args__ = (
        CheckConstraint(one_of("move", Move), name="move_is_known"),
        Index("case_is_objected_to_once", "evidence_id", unique=True, postgresql_where=text("move = 'object'")),
        CheckConstraint(f"{one_of('became', State)}", name="move_leads_to_known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    # None: the system, when a lock runs out
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    move: Mapped[str] = mapped_column(Text)
    was: Mapped[str | None] = mapped_column(Text)
    became: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    reason_code: Mapped[str | None] = mapped_column(Text)
    at: Mapped[Instant]

    evidence: Mapped[Evidence] = relationship(back_populates="moves")
    actor: Mapped[Account | None] = relationship()


class EvidenceRevision(Base):
    """What was sent, each time it was sent: an answer to a return does not erase what stood there before."""

    __tablename__ = "evidence_revision"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    submitted_at: Mapped[Instant]
    submitted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Photo(Base):
    """One photo of a case, or of a visit to it (`visit_id`). The original's bytes are named by their sha256."""

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("upload_id", name="photo_of_upload"),
        UniqueConstraint("id", "evidence_id", name="photo_of_case"),
        ForeignKeyConstraint(
            ["answers_photo_id", "evidence_id"], ["photo.id", "photo.evidence_id"], name="answers_photo_of_same_case",
            ondelete="SET NULL (answers_photo_id)",
        ),
        CheckConstraint("answers_photo_id IS NULL OR visit_id IS NOT NULL", name="only_photos_on_site_answer"),
        Index("ix_photo_answers_photo_id", "answers_photo_id", postgresql_where=text("answers_photo_id IS NOT NULL")),
        Index(
            "same_bytes_are_one_photo", "evidence_id", text("coalesce(visit_id, 0)"), "sha256",
            unique=True,
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="photo_is_named_by_content"),
        CheckConstraint("byte_size > 0 AND width > 0 AND height > 0", name="photo_has_size"),
        CheckConstraint(
            f"capture_source IS NULL OR {one_of('capture_source', CaptureSource)}", name="capture_source_is_known"
        ),
        CheckConstraint(
            "(original_sha256 IS NULL) = (original_byte_size IS NULL)", name="reduced_photo_names_its_original"
        ),
        CheckConstraint("progress IS NULL OR progress IN (0, 50, 100)", name="progress_is_a_stage"),
        Index("ix_photo_without_pictures", "id", postgresql_where=text("pictures_at IS NULL")),
        CheckConstraint(f"preview IS NULL OR {one_of('preview', Preview)}", name="preview_is_known"),
        Index("ix_photo_original_sha256", "original_sha256", postgresql_where=text("original_sha256 IS NOT NULL")),
        Index("ix_photo_pictures_at", "pictures_at"),
        Index("ix_photo_camera_serial", "camera_serial", postgresql_where=text("camera_serial IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("field_visit.id"), index=True)
    answers_photo_id: Mapped[int | None]  # of a photo of a visit: the unit's photo it was taken against
    upload_id: Mapped[uuid.UUID]
    pictures_at: Mapped[Instant | None]  # when its pictures for people had been made; None: still waiting for that
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    received_at: Mapped[Instant]
    file_name: Mapped[str] = mapped_column(Text)  # a clean label, never a path
    sha256: Mapped[str] = mapped_column(Text, index=True)
    dhash: Mapped[str | None] = mapped_column(Text)
    mime: Mapped[str] = mapped_column(Text)
    byte_size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]
    caption: Mapped[str] = mapped_column(Text, server_default="")
    progress: Mapped[int | None] = mapped_column(SmallInteger)  # of works in stages: 0, 50 or 100 % done

    camera_time: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))  # as the camera wrote it: no zone
    camera_offset_minutes: Mapped[int | None]
    taken_at: Mapped[Instant | None]  # camera_time as an instant, by its own offset or the region's zone
    exif_place: Mapped[WKBElement | None] = mapped_column(witness_type())
    exif_accuracy_m: Mapped[float | None]
    device_place: Mapped[WKBElement | None] = mapped_column(witness_type())
    device_accuracy_m: Mapped[float | None]
    device_at: Mapped[Instant | None]
    device_fix_count: Mapped[int | None]  # positions the page had seen when it kept this one
    capture_source: Mapped[str | None] = mapped_column(Text)  # as the page says: its camera button, or a picked file
    captured_at: Mapped[Instant | None]  # by the phone's clock, when the page was handed the photo
    original_sha256: Mapped[str | None] = mapped_column(Text)  # of the photo as it was before the phone reduced it
    original_byte_size: Mapped[int | None] = mapped_column(BigInteger)
    camera_make: Mapped[str | None] = mapped_column(Text)
    camera_model: Mapped[str | None] = mapped_column(Text)
    software: Mapped[str | None] = mapped_column(Text)
    camera_serial: Mapped[str | None] = mapped_column(Text)  # of the body; None also for what says nothing ("0000")
    sub_second: Mapped[str | None] = mapped_column(Text)  # digits behind the second of `camera_time`
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")

    # What the picture itself tells, learnt when it was opened; None: not looked at (yet).
    preview: Mapped[str | None] = mapped_column(Text)  # the small picture inside the EXIF, held beside the photo
    preview_distance: Mapped[int | None]  # in how many of 256 bits they differ; None unless same or differs
    digital_source: Mapped[str | None] = mapped_column(Text)  # last part of the IPTC DigitalSourceType, as declared
    credentials: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # C2PA, as judged that day; None: no manifest

    evidence: Mapped[Evidence] = relationship(back_populates="photos")
    uploader: Mapped[Account] = relationship()

    @property
    def waits(self) -> bool:
        """Whether its pictures are still to be made; an undecodable photo has none and waits for none."""
        return self.pictures_at is None and UNDECODABLE not in self.flags


class PhotoPrint(Base):
    """Perceptual hashes (PDQ) of one photo, for finding copies: see `alike`. A part that is too plain has none.

    `bands`: what is searched among; empty for a photo of so little quality that nothing can be said of it.
    """

    __tablename__ = "photo_print"
    __table_args__ = (
        CheckConstraint("quality BETWEEN 0 AND 100", name="quality_is_per_cent"),
        Index("ix_photo_print_bands", "bands", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    photo_id: Mapped[int] = mapped_column(
        ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    quality: Mapped[int]
    whole: Mapped[str] = mapped_column(BIT(256))
    centre_95: Mapped[str | None] = mapped_column(BIT(256))  # of the middle 95 % of width and height
    centre_90: Mapped[str | None] = mapped_column(BIT(256))
    centre_80: Mapped[str | None] = mapped_column(BIT(256))
    upper: Mapped[str | None] = mapped_column(BIT(256))  # without the lowest 15 %, where captions are put
    lower: Mapped[str | None] = mapped_column(BIT(256))  # without the highest 15 %
    asked: Mapped[bytes]  # further hashes it asks others with, in the order of `media.pictures.ASKING`; zeros: none
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")


class RefusedFile(Base):
    """A file that was not taken, and why: part of the tally of a batch, never silently lost."""

    __tablename__ = "refused_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("field_visit.id"))
    upload_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    file_name: Mapped[str] = mapped_column(Text)
    byte_size: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
