"""Verbs that write uploads. None commits: the request does, or nothing stays."""

from webapp.capture.services.beginning import Terms, Told, Visits, begin
from webapp.capture.services.ending import cancel, forget_expired
from webapp.capture.services.finishing import Desk, Piece, finish_if_whole, offset_of, take_piece

__all__ = [
    "Desk",
    "Piece",
    "Terms",
    "Told",
    "Visits",
    "begin",
    "cancel",
    "finish_if_whole",
    "forget_expired",
    "offset_of",
    "take_piece",
]
