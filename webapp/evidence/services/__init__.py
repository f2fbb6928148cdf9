"""Verbs that write evidence. None commits: the request does, or nothing stays."""

from webapp.evidence.services.arriving import Arrived, Incoming
from webapp.evidence.services.drafting import CaseFields, create, edit
from webapp.evidence.services.folding import fold
from webapp.evidence.services.looks import print_older
from webapp.evidence.services.moving import has_objected, lock_all, move, object_to, reopen, submit, withdraw
from webapp.evidence.services.photos import (
    RefusedResult,
    add_opened,
    add_photo,
    add_photos,
    receive_photo,
    remove_photo,
    set_progress,
)
from webapp.evidence.services.pictures import (
    ask_again,
    forget_unused,
    refuse_afterwards,
    settle_pictures,
    waiting_for_pictures,
)
from webapp.evidence.services.placing import (
    point_of,
    set_device_fix,
    set_pin,
    set_reason,
    settle_place,
    witnesses,
)
from webapp.evidence.services.recounting import provinces, recount, recount_country
from webapp.evidence.services.sending import SentPlace, digest_of, send, set_place
from webapp.evidence.services.stocktaking import LOSSES, Finding, What, compare, sweep

__all__ = [
    "LOSSES",
    "Arrived",
    "CaseFields",
    "Finding",
    "Incoming",
    "RefusedResult",
    "SentPlace",
    "What",
    "add_opened",
    "add_photo",
    "add_photos",
    "ask_again",
    "compare",
    "create",
    "digest_of",
    "edit",
    "fold",
    "forget_unused",
    "has_objected",
    "lock_all",
    "move",
    "object_to",
    "point_of",
    "print_older",
    "provinces",
    "receive_photo",
    "recount",
    "recount_country",
    "refuse_afterwards",
    "remove_photo",
    "reopen",
    "send",
    "set_device_fix",
    "set_pin",
    "set_place",
    "set_progress",
    "set_reason",
    "settle_pictures",
    "settle_place",
    "submit",
    "sweep",
    "waiting_for_pictures",
    "withdraw",
    "witnesses",
]  # fmt: skip
