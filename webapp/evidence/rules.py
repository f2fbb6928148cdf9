"""The life of a case, what a submission needs, and how far a position can be trusted. Pure facts, one table."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from geo.values import LonLat
from webapp.evidence.errors import IllegalMove


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    REJECTION_PROPOSED = "rejection_proposed"
    REJECTED = "rejected"
    VERIFIED_DESK = "verified_desk"
    AWAITING_FIELD = "awaiting_field"
    VERIFIED_FIELD = "verified_field"
    MISMATCH = "mismatch"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"


STATE_LABELS = {
    State.DRAFT: _l("Draf"),
    State.SUBMITTED: _l("Dikirim"),
    State.UNDER_REVIEW: _l("Sedang diperiksa"),
    State.RETURNED: _l("Perlu perbaikan"),
    State.REJECTION_PROPOSED: _l("Diusulkan ditolak"),
    State.REJECTED: _l("Ditolak"),
    State.VERIFIED_DESK: _l("Terverifikasi"),
    State.AWAITING_FIELD: _l("Menunggu cek lapangan"),
    State.VERIFIED_FIELD: _l("Terverifikasi di lapangan"),
    State.MISMATCH: _l("Tidak sesuai"),
    State.OBJECTED: _l("Disanggah"),
    State.WITHDRAWN: _l("Ditarik"),
}

VERIFIED = frozenset({State.VERIFIED_DESK, State.VERIFIED_FIELD})
DISMISSED = frozenset({State.REJECTED, State.MISMATCH})
OPEN = frozenset(
    {
        State.SUBMITTED, State.UNDER_REVIEW, State.RETURNED, State.REJECTION_PROPOSED, State.AWAITING_FIELD,
        State.OBJECTED,
    }
)  # fmt: skip
AWAITED = OPEN - {State.RETURNED}  # by those who verify; what was returned is its unit's to mend
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
UNSEEN = frozenset({State.DRAFT, State.WITHDRAWN})  # not for anyone outside the unit
CLAIMED = frozenset(State) - UNSEEN  # what a region says it did


class Move(StrEnum):
    CREATE = "create"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    TAKE = "take"
    RELEASE = "release"
    RETURN = "return"
    PROPOSE_REJECTION = "propose_rejection"
    CONFIRM_REJECTION = "confirm_rejection"
    DECLINE_REJECTION = "decline_rejection"
    ACCEPT_AT_DESK = "accept_at_desk"
    SEND_TO_FIELD = "send_to_field"
    CONFIRM_ON_SITE = "confirm_on_site"
    REFUTE_ON_SITE = "refute_on_site"
    RETURN_FROM_SITE = "return_from_site"
    EXTEND_REPAIR = "extend_repair"
    OBJECT = "object"
    UPHOLD_REJECTION = "uphold_rejection"
    UPHOLD_MISMATCH = "uphold_mismatch"
    GRANT_TO_DESK = "grant_to_desk"
    GRANT_TO_FIELD = "grant_to_field"
    LOCK = "lock"
    REOPEN = "reopen"


MOVE_LABELS = {
    Move.CREATE: _l("Draf dibuat"),
    Move.SUBMIT: _l("Dikirim"),
    Move.WITHDRAW: _l("Ditarik kembali"),
    Move.TAKE: _l("Diambil untuk diperiksa"),
    Move.RELEASE: _l("Dilepas kembali ke antrean"),
    Move.RETURN: _l("Dikembalikan untuk perbaikan"),
    Move.PROPOSE_REJECTION: _l("Penolakan diusulkan"),
    Move.CONFIRM_REJECTION: _l("Penolakan disahkan orang kedua"),
    Move.DECLINE_REJECTION: _l("Usulan penolakan tidak disetujui"),
    Move.ACCEPT_AT_DESK: _l("Diterima di meja"),
    Move.SEND_TO_FIELD: _l("Dikirim untuk cek lapangan"),
    Move.CONFIRM_ON_SITE: _l("Sesuai di lapangan"),
    Move.REFUTE_ON_SITE: _l("Tidak sesuai di lapangan"),
    Move.RETURN_FROM_SITE: _l("Dikembalikan dari lapangan"),
    Move.EXTEND_REPAIR: _l("Batas perbaikan diperpanjang"),
    Move.OBJECT: _l("Disanggah"),
    Move.UPHOLD_REJECTION: _l("Sanggahan tidak diterima, tetap ditolak"),
    Move.UPHOLD_MISMATCH: _l("Sanggahan tidak diterima, tetap tidak sesuai"),
    Move.GRANT_TO_DESK: _l("Sanggahan diterima, diperiksa lagi di meja"),
    Move.GRANT_TO_FIELD: _l("Sanggahan diterima, dicek lagi di lapangan"),
    Move.LOCK: _l("Dikunci oleh finalisasi"),
    Move.REOPEN: _l("Dibuka kembali (versi baru)"),
}

TRANSITIONS: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Move.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Move.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Move.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Move.TAKE): State.UNDER_REVIEW,
    (State.UNDER_REVIEW, Move.RELEASE): State.SUBMITTED,
    (State.UNDER_REVIEW, Move.RETURN): State.RETURNED,
    (State.UNDER_REVIEW, Move.PROPOSE_REJECTION): State.REJECTION_PROPOSED,
    (State.REJECTION_PROPOSED, Move.CONFIRM_REJECTION): State.REJECTED,
    (State.REJECTION_PROPOSED, Move.DECLINE_REJECTION): State.SUBMITTED,
    (State.UNDER_REVIEW, Move.ACCEPT_AT_DESK): State.VERIFIED_DESK,
    (State.UNDER_REVIEW, Move.SEND_TO_FIELD): State.AWAITING_FIELD,
    (State.VERIFIED_DESK, Move.SEND_TO_FIELD): State.AWAITING_FIELD,
    (State.AWAITING_FIELD, Move.CONFIRM_ON_SITE): State.VERIFIED_FIELD,
    (State.AWAITING_FIELD, Move.REFUTE_ON_SITE): State.MISMATCH,
    (State.AWAITING_FIELD, Move.RETURN_FROM_SITE): State.RETURNED,
    (State.RETURNED, Move.EXTEND_REPAIR): State.RETURNED,
    (State.REJECTED, Move.OBJECT): State.OBJECTED,
    (State.MISMATCH, Move.OBJECT): State.OBJECTED,
    (State.OBJECTED, Move.UPHOLD_REJECTION): State.REJECTED,
    (State.OBJECTED, Move.UPHOLD_MISMATCH): State.MISMATCH,
    (State.OBJECTED, Move.GRANT_TO_DESK): State.SUBMITTED,
    (State.OBJECTED, Move.GRANT_TO_FIELD): State.AWAITING_FIELD,
}
# Of a locked case, by `Move.REOPEN`: what the desk decided goes to the desk again, what the field found is looked for
# again; what was still open goes on from there.
REOPENED: dict[State, State] = {
    State.VERIFIED_DESK: State.SUBMITTED,
    State.REJECTED: State.SUBMITTED,
    State.SUBMITTED: State.SUBMITTED,
    State.UNDER_REVIEW: State.SUBMITTED,
    State.REJECTION_PROPOSED: State.SUBMITTED,
    State.VERIFIED_FIELD: State.AWAITING_FIELD,
    State.MISMATCH: State.AWAITING_FIELD,
    State.AWAITING_FIELD: State.AWAITING_FIELD,
    State.RETURNED: State.RETURNED,
    State.OBJECTED: State.OBJECTED,
}
RETURNS = frozenset({Move.RETURN, Move.RETURN_FROM_SITE, Move.EXTEND_REPAIR})  # they open a window to mend the case
DISMISSES = frozenset({Move.CONFIRM_REJECTION, Move.REFUTE_ON_SITE})  # they open a window to object
# Who made one of these has decided on the case, and does not decide an objection to it.
DECISIONS = frozenset(
    {
        Move.RETURN, Move.PROPOSE_REJECTION, Move.CONFIRM_REJECTION, Move.DECLINE_REJECTION, Move.ACCEPT_AT_DESK,
        Move.SEND_TO_FIELD, Move.CONFIRM_ON_SITE, Move.REFUTE_ON_SITE, Move.RETURN_FROM_SITE,
    }
)  # fmt: skip
NOTE_NEEDED = frozenset(
    {
        Move.RETURN, Move.PROPOSE_REJECTION, Move.CONFIRM_REJECTION, Move.DECLINE_REJECTION,
        Move.REFUTE_ON_SITE, Move.RETURN_FROM_SITE, Move.EXTEND_REPAIR, Move.OBJECT, Move.UPHOLD_REJECTION,
        Move.UPHOLD_MISMATCH, Move.GRANT_TO_DESK, Move.GRANT_TO_FIELD,
    }
)  # fmt: skip


def end_of_day(at: datetime, days: int, zone: str) -> datetime:
    """The last moment of the day so many days after the one `at` falls on in that zone: how deadlines end."""
    there = ZoneInfo(zone)
    day = at.astimezone(there).date() + timedelta(days=days)
    return datetime.combine(day, time.max, there).astimezone(UTC)


def days_left(until: datetime, at: datetime, zone: str) -> int:
    """Days of the calendar from today to a deadline in that zone: 0 on its last day, negative when it has passed."""
    there = ZoneInfo(zone)
    return (until.astimezone(there).date() - at.astimezone(there).date()).days


def after(state: State, move: Move) -> State:
    """The state after `move`. Raises `IllegalMove` when the table has no such step."""
    if (state, move) not in TRANSITIONS:
        raise IllegalMove
    return TRANSITIONS[state, move]


def moves_from(state: State) -> frozenset[Move]:
    """The moves the table knows from a state, whoever may make them."""
    return frozenset(move for was, move in TRANSITIONS if was == state)


class Tag(StrEnum):
    """What protected data a case touches (UU 27/2022): decides redaction and consent before anything is published."""

    FACES = "faces"
    CHILDREN = "children"
    WORSHIP = "worship"
    POOR_HOUSEHOLD = "poor_household"
    DISABILITY = "disability"
    ID_DOCUMENT = "id_document"


TAG_LABELS = {
    Tag.FACES: _l("Wajah orang terlihat"),
    Tag.CHILDREN: _l("Ada anak"),
    Tag.WORSHIP: _l("Kegiatan ibadah"),
    Tag.POOR_HOUSEHOLD: _l("Keluarga pra sejahtera"),
    Tag.DISABILITY: _l("Penyandang disabilitas"),
    Tag.ID_DOCUMENT: _l("Dokumen identitas"),
}


class Consent(StrEnum):
    NOT_NEEDED = "not_needed"
    GIVEN = "given"
    MISSING = "missing"


CONSENT_LABELS = {
    Consent.NOT_NEEDED: _l("Tidak diperlukan (tidak ada orang yang dikenali)"),
    Consent.GIVEN: _l("Sudah ada persetujuan"),
    Consent.MISSING: _l("Belum ada persetujuan; samarkan sebelum dipublikasikan"),
}


class InnovationStage(StrEnum):
    IDEA = "inisiatif"
    TRIAL = "uji_coba"
    IN_USE = "penerapan"


STAGE_LABELS = {
    InnovationStage.IDEA: _l("Inisiatif"),
    InnovationStage.TRIAL: _l("Uji coba"),
    InnovationStage.IN_USE: _l("Penerapan"),
}


class InnovationForm(StrEnum):
    GOVERNANCE = "tata_kelola"
    PUBLIC_SERVICE = "pelayanan_publik"
    OTHER = "lainnya"


FORM_LABELS = {
    InnovationForm.GOVERNANCE: _l("Tata kelola pemerintahan"),
    InnovationForm.PUBLIC_SERVICE: _l("Pelayanan publik"),
    InnovationForm.OTHER: _l("Bentuk lainnya"),
}


class Support(StrEnum):
    """By what a kabupaten strengthens its kecamatan, as the founding article of Margahayu names it."""

    REGULATION = "regulasi"
    BUDGET = "anggaran"
    FACILITIES = "sarana"
    PEOPLE = "sdm"


SUPPORT_LABELS = {
    Support.REGULATION: _l("Regulasi"),
    Support.BUDGET: _l("Anggaran"),
    Support.FACILITIES: _l("Sarana prasarana"),
    Support.PEOPLE: _l("Sumber daya manusia"),
}
INNOVATION = "inovasi"  # the kind that is asked for its stage and form


class PlaceSource(StrEnum):
    DEVICE = "device"  # browser fix at capture
    EXIF = "exif"
    PIN = "pin"


class Preview(StrEnum):
    """The small picture inside a photo's EXIF, held beside the photo itself."""

    NONE = "none"
    SAME = "same"
    DIFFERS = "differs"  # somebody changed the photo and forgot the preview
    UNREADABLE = "unreadable"  # broken, or of another shape, so that nothing can be said


class CaptureSource(StrEnum):
    """Which button of the capture page a photo came by."""

    CAMERA = "camera"
    GALLERY = "gallery"


CAPTURE_LABELS = {
    CaptureSource.CAMERA: _l("Kamera halaman ini"),
    CaptureSource.GALLERY: _l("Dipilih dari galeri"),
}
UNDECODABLE = "undecodable"  # the finding about a photo that could not be opened after its case had moved on


STAGES = {0: _l("Sebelum dikerjakan (0 %)"), 50: _l("Setengah jalan (50 %)"), 100: _l("Selesai (100 %)")}
IN_STAGES = "progress"  # the kind of check of activities whose photos show a stage

SOURCE_LABELS = {
    PlaceSource.DEVICE: _l("Posisi peranti saat memotret"),
    PlaceSource.EXIF: _l("GPS dalam berkas foto (EXIF)"),
    PlaceSource.PIN: _l("Titik yang ditetapkan di peta"),
}


class Grade(StrEnum):
    """Provenance of a position, best first. A and B may pass the desk, C needs a look, D always needs the field."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


FRESH = timedelta(minutes=10)
FINE_M = 20.0  # the field app of Statistics Indonesia asks for 20 m and allows 50 m
COARSE_M = 50.0


@dataclass(frozen=True)
class Fix:
    """One witness of a place. `taken_at` is the phone's or the camera's time, `received_at` the server's.

    `at_capture`: a photo of the case was taken when the device was there; else it only says where somebody was.
    """

    source: PlaceSource
    place: LonLat
    accuracy_m: float | None = None
    taken_at: datetime | None = None
    received_at: datetime | None = None
    at_capture: bool = True


def grade(fix: Fix) -> Grade:
    """The provenance grade of a fix.

    A: device fix ≤ 20 m, received within 10 minutes. B: device fix ≤ 50 m, or sent later. C: EXIF position with a time.
    D: everything else, among it each pin, every device fix vaguer than 50 m, and one that no photo was taken at.
    """
    if fix.source is PlaceSource.DEVICE and fix.at_capture and _within(fix, COARSE_M):
        prompt = close_in_time(fix.taken_at, fix.received_at)
        return Grade.A if _within(fix, FINE_M) and prompt else Grade.B
    return Grade.C if fix.source is PlaceSource.EXIF and fix.taken_at is not None else Grade.D


def _within(fix: Fix, metres: float) -> bool:
    return fix.accuracy_m is not None and fix.accuracy_m <= metres


def is_before(closes_at: datetime, said: datetime | None, received_at: datetime) -> bool:
    """Whether a photo was taken before a deadline: it was here by then, or says so by the clock of phone or camera.

    The server's own clock needs no other: a phone that is a day ahead harms nobody whose photo had arrived.
    """
    return received_at <= closes_at or (said is not None and said <= closes_at)


def close_in_time(one: datetime | None, other: datetime | None) -> bool:
    """Whether both times are known and lie at most ten minutes apart."""
    return one is not None and other is not None and abs(one - other) <= FRESH


def chosen(fixes: Collection[Fix]) -> Fix | None:
    """The witness that speaks for the case: a pin set on purpose, else the device, else the file; finest first."""
    order = {PlaceSource.PIN: 0, PlaceSource.DEVICE: 1, PlaceSource.EXIF: 2}
    known = sorted(fixes, key=lambda fix: (order[fix.source], fix.accuracy_m if fix.accuracy_m is not None else 1e9))
    return known[0] if known else None
