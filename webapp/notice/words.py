"""Notices in words: the case, what happened, and what it asks of the reader. No names, no notes, nothing personal."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from webapp.evidence import pii
from webapp.evidence.rules import Move, State
from webapp.formatting import waktu
from webapp.notice.queries import Notice
from webapp.verification.rules import REJECTION_LABELS, RETURN_LABELS

_HAPPENED: dict[Move, LazyString] = {
    Move.SUBMIT: _l("dikirim ke meja"),
    Move.WITHDRAW: _l("ditarik kembali oleh unit"),
    Move.RELEASE: _l("kembali ke antrean karena waktu pemeriksaan Anda habis"),
    Move.RETURN: _l("dikembalikan"),
    Move.RETURN_FROM_SITE: _l("dikembalikan dari lapangan"),
    Move.EXTEND_REPAIR: _l("batas perbaikan diperpanjang"),
    Move.PROPOSE_REJECTION: _l("diusulkan ditolak"),
    Move.CONFIRM_REJECTION: _l("ditolak"),
    Move.DECLINE_REJECTION: _l("usulan penolakan tidak disetujui, kembali ke antrean"),
    Move.ACCEPT_AT_DESK: _l("diterima di meja"),
    Move.SEND_TO_FIELD: _l("menunggu cek lapangan"),
    Move.CONFIRM_ON_SITE: _l("sesuai di lapangan"),
    Move.REFUTE_ON_SITE: _l("tidak sesuai di lapangan"),
    Move.OBJECT: _l("keputusannya disanggah"),
    Move.UPHOLD_REJECTION: _l("sanggahan tidak diterima, tetap ditolak"),
    Move.UPHOLD_MISMATCH: _l("sanggahan tidak diterima, tetap tidak sesuai"),
    Move.GRANT_TO_DESK: _l("sanggahan diterima, diperiksa lagi di meja"),
    Move.GRANT_TO_FIELD: _l("sanggahan diterima, dicek lagi di lapangan"),
}

# A rejection and a return share no code but "other", whose words stand in the note.
_WHY = {
    **{str(code): words for code, words in REJECTION_LABELS.items()},
    **{str(code): words for code, words in RETURN_LABELS.items()},
}


def sentence(notice: Notice, at: datetime) -> str:
    """One line to forward: "Subuh keliling, Coblong: dikembalikan – foto kurang jelas. Perbaiki sebelum …"."""
    title = pii.covered(notice.title)
    case = title if notice.region_name.lower() in title.lower() else f"{title}, {notice.region_name}"
    happened = str(_HAPPENED.get(Move(notice.move), notice.move))
    why = _reason(notice)
    said = f"{case}: {happened} – {why}." if why else f"{case}: {happened}."
    asked = _asked(notice, at)
    return f"{said} {asked}" if asked else said


def _reason(notice: Notice) -> str:
    """The reason code in words, small since it stands inside a sentence; the free ones are in the notes."""
    code = notice.reason_code
    if code is None or code == "other":
        return ""
    words = str(_WHY.get(code, ""))
    return words[:1].lower() + words[1:]


def _asked(notice: Notice, at: datetime) -> str:
    """What the reader is asked to do while there is time; old notices ask nothing."""
    if not notice.latest:
        return ""
    if notice.state == State.RETURNED and notice.repair_until is not None:
        if at > notice.repair_until:
            return str(_("Batas perbaikan sudah lewat."))
        return str(_("Perbaiki sebelum %(until)s.", until=on_day(notice.repair_until, notice.zone)))
    if notice.objection_until is not None and at <= notice.objection_until:
        return str(_("Dapat disanggah sampai %(until)s.", until=on_day(notice.objection_until, notice.zone)))
    return ""


def on_day(until: datetime, zone: str) -> str:
    """An instant with its day of the week: "Senin, 6 Agustus 2018 23.59 WIB"."""
    day = format_date(until.astimezone(ZoneInfo(zone)).date(), "EEEE", locale=str(get_locale()))
    return f"{day}, {waktu(until, zone)}"
