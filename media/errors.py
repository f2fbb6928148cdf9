"""What can go wrong with a photo. Codes are stable: they are counted, stored and translated by the caller."""

from __future__ import annotations

from typing import ClassVar


class Refused(Exception):
    """The bytes cannot become a photo. When this is raised, nothing of them has been stored.

    `code` is stable, `status` the HTTP status that fits, `detail` the figures a sentence about it may need.
    """

    code: ClassVar[str] = "photo_refused"
    status: ClassVar[int] = 422

    def __init__(self, **detail: float | str) -> None:
        super().__init__(self.code, detail)
        self.detail: dict[str, float | str] = detail


class EmptyFile(Refused):
    """There are no bytes at all. Often an interrupted choice of file, not an attack."""

    code = "empty_file"


class FileTooLarge(Refused):
    """More bytes than `Limits.max_bytes`. Detail: `byte_size`, `max_bytes`."""

    code = "file_too_large"
    status = 413


class ImageTooSmall(Refused):
    """The shorter side has fewer pixels than `Limits.min_side`. Detail: `width`, `height`, `min_side`."""

    code = "image_too_small"


class TooManyPixels(Refused):
    """The header claims more pixels than `Limits.max_pixels`. Detail: `pixels`, `max_pixels`."""

    code = "too_many_pixels"


class ImageDamaged(Refused):
    """It begins as a photo, but its end is missing, it cannot be decoded, or a compressed part explodes.

    Detail: `why`, an English word for the log (`cut_short`, `undecodable`, `compressed_part_too_large` …).
    """

    code = "image_damaged"


class TypeNotAllowed(Refused):
    """By its content this is no JPEG, PNG, WebP, HEIC/HEIF or AVIF, whatever its name says. Detail: `looks_like`."""

    code = "type_not_allowed"
    status = 415


class AnimatedNotAllowed(Refused):
    """An animated PNG, WebP or AVIF: evidence is one picture. Detail: `mime`."""

    code = "animated_not_allowed"
    status = 415


class ImageTooHeavy(Refused):
    """Within the limits by its header, but opening it took more memory than a decoder is given."""

    code = "image_too_heavy"


class ImageTooSlow(Refused):
    """Within the limits by its header, but opening it took longer than a decoder is given."""

    code = "image_too_slow"


class DecoderBusy(Refused):
    """No decoder is free in time. The photo is not at fault: the same bytes may be sent again in a while."""

    code = "decoder_busy"
    status = 503


class StoreUnavailable(Exception):
    """The store cannot keep or hand out anything at the moment; what was being kept is not there."""


class StoreFull(StoreUnavailable):
    """There is no room left where photos are kept."""


class BadKey(ValueError):
    """A store key that is not 64 lower-case hexadecimal digits and a name of the fixed set. A programming mistake."""


class NotStored(LookupError):
    """The store has nothing under this key."""
