"""What became of an upload, in words."""

from flask_babel import lazy_gettext as _l

from webapp.capture.errors import UploadExpired
from webapp.capture.rules import SHOWN_LABELS, TIMELINESS_LABELS, Shown, Timeliness
from webapp.errors import NotAllowed, NotFound
from webapp.evidence.errors import Locked, NotEditable, SameIdOtherContent
from webapp.evidence.words import REFUSALS, said

ON_ITS_WAY = _l("Masih dikirim")
TONES = {Shown.RECEIVED: "wait", Shown.ACCEPTED: "good", Shown.SAME: "good", Shown.REFUSED: "bad"}
# A photo may also be refused for what its case has become while it was on its way.
_REFUSED = REFUSALS | {
    problem.code: problem.message
    for problem in (NotEditable, Locked, SameIdOtherContent, NotAllowed, NotFound, UploadExpired)
}


def verdict(shown: Shown | None, refused_code: str | None) -> str:
    """What became of an upload in one sentence; why, where it was refused."""
    if shown is Shown.REFUSED and refused_code:
        return said(_REFUSED, refused_code)
    return str(ON_ITS_WAY if shown is None else SHOWN_LABELS[shown])


def lateness(timeliness: Timeliness | None) -> str | None:
    """How it lies to the deadline, in words; None without one."""
    return None if timeliness is None else str(TIMELINESS_LABELS[timeliness])
