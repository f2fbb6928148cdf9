"""What the minutes of a reopening say: who asked, why, on what basis, who granted it, and what it is about."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.errors import NotFound
from webapp.evidence import pii
from webapp.formatting import waktu
from webapp.minutes.rules import Kind
from webapp.programme.models import Period
from webapp.record.queries.common import LANGUAGE, Subject, Table, Told, day_of, minutes_annexes
from webapp.scoring import queries as scoring
from webapp.scoring.models import Reopening, ResultSnapshot


def _of(session: Session, period: Period) -> list[Reopening]:
    return sorted(scoring.reopenings(session, period), key=lambda one: one.id)


def granted(session: Session, period: Period) -> list[Subject]:
    """The reopenings that were granted, by the version they made."""
    return [
        Subject(str(one.id), _("versi %(old)s ke %(new)s", old=one.version, new=one.version + 1))
        for one in _of(session, period)
        if one.granted
    ]


def told(session: Session, period: Period, subject: str) -> Told:
    """The minutes' content. Raises `NotFound`."""
    found = next((one for one in _of(session, period) if str(one.id) == subject and one.granted), None)
    if found is None or found.decider is None or found.decided_at is None:
        raise NotFound
    sealed = session.query(ResultSnapshot).filter_by(period_id=period.id, version=found.version).one_or_none()
    old = sealed.sha256 if sealed else ""
    scope = [[one.region.name, _about(one)] for one in found.scope]
    return Told(
        basis={
            "reopening": found.id, "version": found.version, "asked_by": found.asked_by, "reason": found.reason,
            "legal_basis": found.legal_basis, "decided_by": found.decided_by, "old": old,
            "scope": [[one.region_code, one.indicator_id, one.evidence_id] for one in found.scope],
        },
        tables=[Table("Yang dibuka kembali", ["Kecamatan", "Lingkup"], scope)] if scope else [],
        scope=[
            ("Diminta", f"{found.asker.name}, {waktu(found.asked_at, period.time_zone, LANGUAGE)}"),
            ("Disetujui", f"{found.decider.name}, {waktu(found.decided_at, period.time_zone, LANGUAGE)}"),
            ("Dasar permintaan", pii.covered(found.legal_basis)),
        ],
        method=["Pembukaan kembali diminta satu orang dan disetujui orang lain; hasil lama tetap tersimpan."],
        outcome=[
            f"Hasil versi {found.version} dibuka kembali; hasil berikutnya menjadi versi {found.version + 1}.",
            f"Alasan: {pii.covered(found.reason)}",
        ],
        annexes=[
            *([(f"Hasil versi {found.version}", old)] if old else []),
            *minutes_annexes(session, period, Kind.PLENARY),
        ],
        day=day_of(period, found.decided_at),
    )  # fmt: skip


def _about(one: Any) -> str:
    if one.evidence is not None:
        return f"bukti dukung {pii.covered(one.evidence.title)}"
    return f"indikator {one.indicator.name}" if one.indicator is not None else "semua indikator"
