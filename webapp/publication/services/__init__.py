"""Verbs of publication. None commits. Each demands its permission in the region of the case (`NotAllowed`)."""

from webapp.publication.services.covering import cover
from webapp.publication.services.deciding import approve, publish, send_back, withdraw
from webapp.publication.services.looking import Seen, look, settle_look, waiting_for_look
from webapp.publication.services.preparing import Wanted, edit, prepare

__all__ = [
    "Seen",
    "Wanted",
    "approve",
    "cover",
    "edit",
    "look",
    "prepare",
    "publish",
    "send_back",
    "settle_look",
    "waiting_for_look",
    "withdraw",
]
