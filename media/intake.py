"""The whole way in, readable as a list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from media.buffers import Buffer, sha256_of
from media.credentials import read_credentials
from media.decoding import is_quick
from media.exif import CameraFacts, read_camera, time_findings
from media.formats.header import Header
from media.limits import Limits
from media.pictures import Decoding, Derivatives, Looks
from media.sniff import odd_about, refuse_by_header, refuse_by_weight, sniff
from media.store import Store
from media.xmp import digital_source

_TURNED_BY_EXIF = frozenset({"image/jpeg", "image/png", "image/webp"})
"""HEIC and AVIF state their turning in boxes of their own; what they claim is put right when they are opened."""


@dataclass(frozen=True, slots=True)
class TakenPhoto:
    """A photo that has been stored, and what is known of it."""

    sha256: str
    """Of the original bytes, 64 lower-case hexadecimal digits: its key in the store."""
    mime: str
    """By content: `image/jpeg`, `image/png`, `image/webp`, `image/heic`, `image/heif` or `image/avif`."""
    width: int
    """Pixels of the upright picture."""
    height: int
    byte_size: int
    camera: CameraFacts
    dhash: str
    """64 bits as 16 hexadecimal digits; see `media.alike`."""
    looks: Looks | None
    """None only for one that was opened before this was asked."""
    flags: tuple[str, ...]
    """Oddities by stable code, those of `camera` included. A flag is a finding for a person, never a refusal."""


@dataclass(frozen=True, slots=True)
class AcceptedPhoto:
    """A photo that has been judged by its bytes and stored, though nobody has opened its picture yet."""

    sha256: str
    """Of the original bytes, 64 lower-case hexadecimal digits: its key in the store."""
    mime: str
    width: int
    """Pixels of the upright picture, as the header says."""
    height: int
    byte_size: int
    camera: CameraFacts
    flags: tuple[str, ...]
    """Oddities by stable code, those of `camera` included."""
    digital_source: str | None
    """As the file's XMP declares; see `media.xmp`."""
    is_quick: bool
    """Whether making its pictures takes no longer than a moment."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What opening the picture has told."""

    width: int
    height: int
    dhash: str
    flags: tuple[str, ...]
    looks: Looks


@dataclass(frozen=True, slots=True)
class Intake:
    """Where photos go, who opens them, and how large they may be. `trust`: PEM of whose credentials are believed."""

    store: Store
    decoder: Decoding
    limits: Limits = field(default_factory=Limits)
    trust: str | None = None

    def judge(
        self, data: Buffer, *, name: str = "", claimed_type: str = "", received_at: datetime | None = None
    ) -> AcceptedPhoto:
        """What `data` is, by weight, type, header and structure alone: no pixel is decoded and nothing stored.

        `name` and `claimed_type` are what the sender called it: only compared, never trusted. With `received_at`
        (aware) a camera clock in the future is flagged. Raises a `media.errors.Refused`.
        """
        header = self._allowed(data)
        camera = read_camera(header.exif)
        turned = camera.orientation >= 5 and header.mime in _TURNED_BY_EXIF
        late = time_findings(camera, received_at) if received_at else ()
        return AcceptedPhoto(
            sha256=sha256_of(data),
            mime=header.mime,
            width=header.height if turned else header.width,
            height=header.width if turned else header.height,
            byte_size=len(data),
            camera=camera,
            flags=tuple(dict.fromkeys((*odd_about(header, name, claimed_type), *camera.flags, *late))),
            digital_source=digital_source(data),
            is_quick=is_quick(header),
        )

    def keep(self, sha256: str, data: Buffer) -> None:
        """Store the original, bit for bit; when this returns it survives a power cut. Raises `StoreUnavailable`."""
        self.store.put(sha256, "original", data)

    def finish(self, sha256: str) -> Finished:
        """Make and store the pictures of an original that is here. Twice does no harm.

        Raises a `media.errors.Refused`, among them `DecoderBusy` (to be tried again), or `NotStored`.
        """
        with self.store.opened(sha256, "original") as data:
            pictures = self._pictures(data)
        self.store.put_all(sha256, pictures.files)
        return Finished(pictures.width, pictures.height, pictures.dhash, pictures.flags, pictures.looks)

    def look(self, sha256: str) -> Looks:
        """What the picture of an original that is here tells; nothing is stored. Raises as `finish` does."""
        with self.store.opened(sha256, "original") as data:
            return self._pictures(data).looks

    def take_in(
        self, data: Buffer, *, name: str = "", claimed_type: str = "", received_at: datetime | None = None
    ) -> TakenPhoto:
        """Judge, open and store `data` with its upright pictures, in one go, for somebody who waits.

        Raises a `media.errors.Refused`; then nothing has been stored.
        """
        judged = self.judge(data, name=name, claimed_type=claimed_type, received_at=received_at)
        pictures = self._pictures(data)
        self.store.put_all(judged.sha256, {"original": data, **pictures.files})
        return TakenPhoto(
            sha256=judged.sha256,
            mime=judged.mime,
            width=pictures.width,
            height=pictures.height,
            byte_size=judged.byte_size,
            camera=judged.camera,
            dhash=pictures.dhash,
            looks=pictures.looks,
            flags=tuple(dict.fromkeys((*judged.flags, *pictures.flags))),
        )

    def _allowed(self, data: Buffer) -> Header:
        refuse_by_weight(data, self.limits)
        header = sniff(data)
        refuse_by_header(header, self.limits)
        return header

    def _pictures(self, data: Buffer) -> Derivatives:
        header = self._allowed(data)
        pictures = self.decoder.derive(data, header, read_camera(header.exif).orientation, self.limits)
        credentials = read_credentials(data, header.mime, self.trust)
        looks = replace(pictures.looks, digital_source=digital_source(data), credentials=credentials)
        return replace(pictures, looks=looks)
