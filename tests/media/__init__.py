"""The way in without children, for tests of what happens inside them."""

from __future__ import annotations

from typing import Any

from media.decoding import _preview
from media.derive import derive
from media.formats.header import Header, for_decoder
from media.intake import Intake, TakenPhoto
from media.limits import Limits
from media.pictures import Derivatives
from media.store import Store


class InThisProcess:
    """Opens pictures here and now, as a child would."""

    def derive(self, data: bytes, header: Header, orientation: int, limits: Limits) -> Derivatives:
        previews = _preview(header)
        return derive(
            for_decoder(data, header), header.mime, orientation, limits.pixels_for(header.mime),
            previews[0] if previews else None,
        )  # fmt: skip


def take_in(data: bytes, store: Store, *, limits: Limits | None = None, **said: Any) -> TakenPhoto:
    return Intake(store, InThisProcess(), limits or Limits()).take_in(data, **said)
