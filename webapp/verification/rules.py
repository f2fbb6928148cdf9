"""What a desk may decide, when a person "was there", what a field check can prove. Pure facts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from geo.values import LonLat, metres_apart
from webapp.evidence.rules import Grade
from webapp.programme.rules import Mode
from webapp.territory.rules import RegionResult


class Verdict(StrEnum):
    MATCHES = "sesuai"
    DIFFERS = "tidak_sesuai"
    NOT_FOUND = "tidak_ditemukan"


VERDICT_LABELS = {
    Verdict.MATCHES: _l("Sesuai"),
    Verdict.DIFFERS: _l("Tidak sesuai"),
    Verdict.NOT_FOUND: _l("Tidak ditemukan"),
}


class RejectionReason(StrEnum):
    DUPLICATE = "duplicate"
    WRONG_PLACE = "wrong_place"
    WRONG_TIME = "wrong_time"
    ALTERED = "altered"
    NOT_PROOF = "not_proof"
    OTHER = "other"


REJECTION_LABELS = {
    RejectionReason.DUPLICATE: _l("Foto pernah dipakai (duplikat)"),
    RejectionReason.WRONG_PLACE: _l("Bukan di tempat yang disebut"),
    RejectionReason.WRONG_TIME: _l("Di luar waktu kegiatan"),
    RejectionReason.ALTERED: _l("Foto diubah"),
    RejectionReason.NOT_PROOF: _l("Tidak membuktikan yang diklaim"),
    RejectionReason.OTHER: _l("Alasan lain (jelaskan)"),
}


class Answer(StrEnum):
    """What becomes of an objection."""

    UPHOLD = "uphold"
    GRANT_TO_DESK = "grant_to_desk"
    GRANT_TO_FIELD = "grant_to_field"


ANSWER_LABELS = {
    Answer.UPHOLD: _l("Tidak diterima: putusan semula tetap"),
    Answer.GRANT_TO_DESK: _l("Diterima: diperiksa lagi di meja"),
    Answer.GRANT_TO_FIELD: _l("Diterima: dicek lagi di lapangan"),
}


class ReturnReason(StrEnum):
    """Why a case goes back to its unit."""

    PHOTO_UNCLEAR = "photo_unclear"
    PLACE_MISSING = "place_missing"
    DATES_WRONG = "dates_wrong"
    WORDS_UNCLEAR = "words_unclear"
    CONSENT_MISSING = "consent_missing"
    DIFFERS_ON_SITE = "differs_on_site"
    OTHER = "other"


RETURN_LABELS = {
    ReturnReason.PHOTO_UNCLEAR: _l("Foto kurang jelas atau kurang lengkap"),
    ReturnReason.PLACE_MISSING: _l("Lokasi belum tepat atau belum ada"),
    ReturnReason.DATES_WRONG: _l("Tanggal tidak cocok"),
    ReturnReason.WORDS_UNCLEAR: _l("Uraian belum menjelaskan kegiatannya"),
    ReturnReason.CONSENT_MISSING: _l("Persetujuan orang yang terlihat belum ada"),
    ReturnReason.DIFFERS_ON_SITE: _l("Berbeda dari yang ditemukan di lapangan"),
    ReturnReason.OTHER: _l("Alasan lain (jelaskan)"),
}


def was_there(
    claimed: LonLat, stood_at: LonLat, *, accuracy_m: float, claim_accuracy_m: float, radius_m: float
) -> bool:
    """Whether a fix can be at the claim: both are circles, and the circles may be `radius_m` apart, no more.

    An accuracy worse than 200 m proves nothing and counts as 200 m, so that a vague fix cannot stand for presence.
    """
    reach = radius_m + min(accuracy_m, VAGUE_M) + min(claim_accuracy_m, VAGUE_M)
    return metres_apart(claimed, stood_at) <= reach


VAGUE_M = 200.0


class WhyField(StrEnum):
    """What keeps the desk from accepting by itself."""

    MODE = "mode"
    WEAK_PLACE = "weak_place"
    OUTSIDE = "outside"


WHY_FIELD_LABELS = {
    WhyField.MODE: _l("jenis kegiatan ini wajib dicek di lapangan"),
    WhyField.WEAK_PLACE: _l("lokasinya hanya pin yang ditetapkan dengan tangan (tingkat D) atau belum ada"),
    WhyField.OUTSIDE: _l("lokasinya di luar wilayah unit"),
}
_ELSEWHERE = frozenset({RegionResult.OUTSIDE, RegionResult.ABROAD})


def why_field(*, mode: Mode, grade: Grade | None, region_result: RegionResult, abroad: bool) -> tuple[WhyField, ...]:
    """Why the desk alone cannot verify; empty when it can. A study abroad (`abroad`: the case belongs to a study
    assignment) cannot be visited, so the desk decides; a foreign position without such an assignment is just outside.
    """
    if abroad:
        return ()
    found = {
        WhyField.MODE: mode is not Mode.DESK,
        WhyField.WEAK_PLACE: grade is None or grade is Grade.D,
        WhyField.OUTSIDE: region_result in _ELSEWHERE,
    }
    return tuple(reason for reason, holds in found.items() if holds)


class CheckKind(StrEnum):
    OBJECT_PRESENT = "object_present"
    PROGRESS = "progress"
    EVENT_LIVE = "event_live"
    EVENT_TRACE = "event_trace"
    SERVICE_TEST = "service_test"
    DOCUMENT = "document"
    REMOTE_STUDY = "remote_study"


@dataclass(frozen=True)
class CheckItem:
    code: str
    label: LazyString


CHECKLISTS: dict[CheckKind, tuple[CheckItem, ...]] = {
    CheckKind.OBJECT_PRESENT: (
        CheckItem("object_seen", _l("Objek ada di tempat yang diklaim")),
        CheckItem("same_angle", _l("Foto pembanding dari sudut yang sama")),
        CheckItem("in_use", _l("Berfungsi atau dipakai warga")),
    ),
    CheckKind.PROGRESS: (
        CheckItem("marked_point", _l("Titik pengambilan foto 0/50/100 % ditemukan")),
        CheckItem("same_viewpoint", _l("Sudut pandang sama dengan foto sebelumnya")),
        CheckItem("progress_matches", _l("Kemajuan sesuai dengan klaim")),
    ),
    CheckKind.EVENT_LIVE: (
        CheckItem("attended", _l("Kegiatan berlangsung saat dihadiri")),
        CheckItem("announced", _l("Jadwal diumumkan sebelumnya")),
        CheckItem("residents_present", _l("Warga hadir (jumlah dicatat tanpa NIK)")),
    ),
    CheckKind.EVENT_TRACE: (
        CheckItem("place_exists", _l("Tempat kegiatan ada")),
        CheckItem("first_confirmation", _l("Konfirmasi pertama (peran, bukan nama)")),
        CheckItem("second_confirmation", _l("Konfirmasi kedua yang tidak bergantung")),
    ),
    CheckKind.SERVICE_TEST: (
        CheckItem("request_filed", _l("Permohonan nyata diajukan")),
        CheckItem("steps_measured", _l("Langkah dan menit dicatat")),
        CheckItem("result_issued", _l("Hasil layanan diterima")),
    ),
    CheckKind.DOCUMENT: (
        CheckItem("number_and_date", _l("Nomor dan tanggal sesuai")),
        CheckItem("signed", _l("Ditandatangani pejabat berwenang")),
        CheckItem("names_the_thing", _l("Lampiran menyebut hal yang diklaim")),
    ),
    CheckKind.REMOTE_STUDY: (
        CheckItem("itinerary", _l("Jadwal perjalanan cocok")),
        CheckItem("photo_and_note", _l("Foto dan catatan mendukung topik")),
    ),
}


def checklist_of(check_kind: str | None) -> tuple[CheckItem, ...]:
    """What to tick off on site; a case without an activity type is looked at as an object."""
    try:
        return CHECKLISTS[CheckKind(check_kind or CheckKind.OBJECT_PRESENT)]
    except ValueError:  # a region's own activity with a kind of check this release does not know
        return CHECKLISTS[CheckKind.OBJECT_PRESENT]


VISIT_LASTS = timedelta(hours=12)  # a check-in of yesterday says nothing about where today's verdict was made
CLOCK_SLACK = timedelta(minutes=15)  # how far a phone's clock may be from ours before it is worth a remark


class Missing(StrEnum):
    """What a visit still lacks before it can be finished."""

    PHOTO = "photo"
    OWN_PHOTO = "own_photo"
    CHECKLIST = "checklist"
    VERDICT = "verdict"
    NOTE = "note"
    FRESH_CHECK_IN = "fresh_check_in"


MISSING_LABELS = {
    Missing.PHOTO: _l("foto dari lokasi, juga bila yang diklaim tidak ditemukan (foto sekitarnya)"),
    Missing.OWN_PHOTO: _l("foto Anda sendiri; foto yang ada sama persis dengan foto pengusul"),
    Missing.CHECKLIST: _l("semua butir daftar periksa, untuk putusan Sesuai"),
    Missing.VERDICT: _l("putusan"),
    Missing.NOTE: _l("catatan, untuk putusan selain Sesuai"),
    Missing.FRESH_CHECK_IN: _l("check-in baru; yang terakhir sudah lewat 12 jam"),
}


def missing_for_verdict(
    *,
    own_photos: int,
    copied_photos: int,
    checked: Collection[str],
    items: Iterable[CheckItem],
    verdict: Verdict | None,
    note: str,
    since_check_in: timedelta,
) -> tuple[Missing, ...]:
    """What keeps a visit from being finished, in the order of its page; empty when nothing does.

    own_photos: taken by the assessor for this visit; copied_photos: those whose bytes the case already holds, which
    prove no visit; checked: codes ticked off the checklist.
    """
    complete = all(item.code in checked for item in items)
    found = {
        Missing.FRESH_CHECK_IN: since_check_in > VISIT_LASTS,
        Missing.PHOTO: own_photos == 0 and copied_photos == 0,
        Missing.OWN_PHOTO: own_photos == 0 and copied_photos > 0,
        Missing.CHECKLIST: verdict == Verdict.MATCHES and not complete,
        Missing.VERDICT: verdict is None,
        Missing.NOTE: verdict not in (None, Verdict.MATCHES) and not note.strip(),
    }
    return tuple(lack for lack, holds in found.items() if holds)


def clocks_differ(fix_at: datetime | None, received_at: datetime) -> bool:
    """Whether a phone's clock is so far from the server's that a page should say so. Nothing is judged by it."""
    return fix_at is not None and abs(received_at - fix_at) > CLOCK_SLACK
