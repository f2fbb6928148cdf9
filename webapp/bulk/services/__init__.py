"""Verbs that write imports. Those of a request do not commit; those of the background open their own transactions."""

from webapp.bulk.services.arranging import NEW, OUT, Correction, Words, correct, idle_notes, propose
from webapp.bulk.services.bringing import Brought, begin, bring
from webapp.bulk.services.ending import abandon, ask_again, forget_old
from webapp.bulk.services.making import Made, Sent, make
from webapp.bulk.services.opening import Workshop, open_upload

__all__ = [
    "NEW",
    "OUT",
    "Brought",
    "Correction",
    "Made",
    "Sent",
    "Words",
    "Workshop",
    "abandon",
    "ask_again",
    "begin",
    "bring",
    "correct",
    "forget_old",
    "idle_notes",
    "make",
    "open_upload",
    "propose",
]
