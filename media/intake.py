"""The whole way in, readable as a list."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from media.exif import CameraFacts, read_camera, time_findings
from media.limits import Limits
from media.pictures import Decoding
from media.sniff import odd_about, refuse_by_header, refuse_by_weight, sniff
from media.store import Store


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
    flags: tuple[str, ...]
    """Oddities by stable code, those of `camera` included. A flag is a finding for a person, never a refusal."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Where photos go, who opens them, and how large they may be."""

    store: Store
    decoder: Decoding
    limits: Limits = field(default_factory=Limits)

    def take_in(
        self, data: bytes, *, name: str = "", claimed_type: str = "", received_at: datetime | None = None
    ) -> TakenPhoto:
        """Store `data` bit for bit with its upright derivatives, and say what it is.

        `name` and `claimed_type` are what the sender called it: only compared, never trusted. With `received_at`
        (aware) a camera clock in the future is flagged. Raises a `media.errors.Refused`; then nothing has been stored.
        """
        refuse_by_weight(data, self.limits)
        header = sniff(data)
        refuse_by_header(header, self.limits)
        camera = read_camera(header.exif)
        pictures = self.decoder.derive(data, header, camera.orientation, self.limits)
        sha256 = hashlib.sha256(data).hexdigest()
        self.store.put_all(sha256, {"original": data, **pictures.files})
        odd = odd_about(header, name, claimed_type)
        late = time_findings(camera, received_at) if received_at else ()
        return TakenPhoto(
            sha256=sha256,
            mime=header.mime,
            width=pictures.width,
            height=pictures.height,
            byte_size=len(data),
            camera=camera,
            dhash=pictures.dhash,
            flags=tuple(dict.fromkeys((*odd, *camera.flags, *late, *pictures.flags))),
        )
