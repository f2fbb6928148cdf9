"""What can go wrong at the desk and on site, each with its stable code."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from webapp.conflict.errors import DeclarationMissing, DeclaredTie, OwnUnit, OwnWork, SuperiorOrSubordinate
from webapp.errors import Conflict, NotAllowed, Problem
from webapp.formatting import jarak, waktu

__all__ = [
    "AlreadyDecided", "AlreadyTaken", "DecidedBefore", "DeclarationMissing", "DeclaredTie", "DeskAndSite",
    "FieldImpossible", "FieldNeeded", "FixMissing", "NotCheckedIn", "NotTaken", "OwnUnit", "OwnWork", "ReasonMissing",
    "SamePerson", "SuperiorOrSubordinate", "TooFarAway", "VisitNotComplete", "VisitedBefore",
]  # fmt: skip


class SamePerson(NotAllowed):
    """A second person is needed, and this is the first."""

    code = "second_person_needed"
    message = _l("Langkah ini harus dilakukan orang lain, bukan yang mengusulkannya.")


class DeskAndSite(SamePerson):
    """Who decided at the desk cannot be the one who verifies on site."""

    message = _l("Anda sudah memutuskan bukti ini di meja, jadi orang lain yang harus mengeceknya di lapangan.")


class DecidedBefore(SamePerson):
    """An objection goes to somebody who has decided nothing about the case before."""

    code = "decided_before"
    message = _l("Anda sudah pernah memutuskan bukti ini, jadi orang lain yang harus memutuskan sanggahannya.")


class VisitedBefore(SamePerson):
    """After a granted objection another person visits than the one who refuted."""

    message = _l("Anda yang menyatakan bukti ini tidak sesuai, jadi orang lain yang harus mengeceknya lagi.")


class AlreadyTaken(Conflict):
    """Somebody else is at work on the case."""

    code = "already_taken"

    def __init__(self, who: str, until: datetime, zone: str) -> None:
        self.who, self.until = who, until
        super().__init__(
            _l(
                "Bukti ini sedang diperiksa %(who)s sampai %(until)s.",
                who=who, until=LazyString(lambda: waktu(until, zone)),
            )
        )  # fmt: skip


class NotTaken(Conflict):
    """The person does not hold the case: never took it, or the lock has run out."""

    code = "not_taken"
    message = _l("Ambil dulu bukti ini untuk diperiksa; bila sudah pernah diambil, batas waktunya telah habis.")


class AlreadyDecided(Conflict):
    """The case has moved on: somebody was faster, or a second window was."""

    code = "already_decided"

    def __init__(self, became: LazyString | str, who: str | None, at: datetime, zone: str) -> None:
        super().__init__(
            _l(
                "Bukti ini sudah berpindah keadaan: %(became)s, oleh %(who)s, %(when)s.",
                became=became, who=who or _l("sistem"), when=LazyString(lambda: waktu(at, zone)),
            )
        )  # fmt: skip


class FieldNeeded(Problem):
    """The desk alone may not accept."""

    code = "field_needed"

    def __init__(self, reasons: Mapping[str, LazyString]) -> None:
        """`reasons`: what stands against it, each with its words."""
        self.reasons = tuple(reasons)
        said = _listed(reasons.values())
        super().__init__(_l("Meja tidak dapat menerima bukti ini sendiri: %(why)s. Kirim ke lapangan.", why=said))


class FieldImpossible(Problem):
    """A study abroad cannot be visited."""

    code = "field_impossible"
    message = _l("Tugas studi di luar negeri diperiksa di meja dan tidak dapat dikirim ke lapangan.")


class ReasonMissing(Problem):
    """A rejection needs a reason of the list."""

    code = "reason_missing"
    message = _l("Pilih alasan penolakan.")


class FixMissing(Problem):
    """A check-in needs what the phone says: position, accuracy and time together. Typed numbers prove nothing."""

    code = "fix_missing"
    message = _l(
        "Posisi dari perangkat belum ada. Izinkan akses lokasi, tunggu sampai posisi muncul, lalu check-in lagi."
    )


class TooFarAway(Problem):
    """The fix cannot be at the claim."""

    code = "too_far_away"

    def __init__(self, metres_off: float, radius_m: float) -> None:
        self.metres_off = metres_off
        super().__init__(
            _l(
                "Posisi Anda %(metres)s dari lokasi bukti. Mendekatlah: yang diterima %(radius)s ditambah akurasi.",
                metres=LazyString(lambda: jarak(metres_off)), radius=LazyString(lambda: jarak(radius_m)),
            )
        )  # fmt: skip


class NotCheckedIn(Conflict):
    """The person has no visit under way for this case."""

    code = "not_checked_in"
    message = _l("Check-in di lokasi dulu, baru menambah foto dan memberi putusan.")


class VisitNotComplete(Problem):
    """The visit lacks something its verdict needs; `missing` lists what."""

    code = "visit_not_complete"

    def __init__(self, missing: Mapping[str, LazyString]) -> None:
        """`missing`: what lacks, each with its words."""
        self.missing = tuple(missing)
        said = _listed(missing.values())
        super().__init__(_l("Kunjungan belum dapat diselesaikan. Masih kurang: %(what)s.", what=said))


def _listed(labels: Iterable[LazyString]) -> LazyString:
    known = tuple(labels)
    return LazyString(lambda: "; ".join(str(label) for label in known))
