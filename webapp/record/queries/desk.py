"""What the minutes of the desk's closing say: per participant, what became of the cases it sent."""

from collections import Counter, defaultdict

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.evidence.models import Evidence, EvidenceMove
from webapp.evidence.rules import Move, State
from webapp.programme.models import Period
from webapp.record.queries.common import Table, Told, count, photo_annexes

# Moves by which the desk decides, and those by which a case comes to it: the last one tells how it left the desk.
_DESK = (
    Move.SUBMIT, Move.WITHDRAW, Move.RETURN, Move.PROPOSE_REJECTION, Move.CONFIRM_REJECTION, Move.DECLINE_REJECTION,
    Move.ACCEPT_AT_DESK, Move.SEND_TO_FIELD, Move.UPHOLD_REJECTION, Move.GRANT_TO_DESK, Move.GRANT_TO_FIELD,
)  # fmt: skip
_AT_DESK = (State.SUBMITTED, State.UNDER_REVIEW, State.REJECTION_PROPOSED)
_COLUMNS = {
    "Diterima di meja": (Move.ACCEPT_AT_DESK,),
    "Ke lapangan": (Move.SEND_TO_FIELD, Move.GRANT_TO_FIELD),
    "Dikembalikan": (Move.RETURN,),
    "Ditolak": (Move.CONFIRM_REJECTION, Move.UPHOLD_REJECTION),
}


def told(session: Session, period: Period) -> Told:
    """The minutes' content. Ready when no case of the period lies on the desk."""
    last = _last_steps(session, period)
    by_unit: dict[str, Counter[str]] = defaultdict(Counter)
    for code, move in last.values():
        by_unit[code][move] += 1
    waiting = _waiting(session, period)
    rows, sums = [], Counter[str]()
    for n, one in enumerate(period.participants, start=1):
        tally = by_unit[one.region_code]
        cells = {name: sum(tally[move] for move in moves) for name, moves in _COLUMNS.items()}
        cells = {"Dikirim": sum(tally.values()) - tally[Move.WITHDRAW], **cells}
        sums.update(cells)
        rows.append([str(n), one.region.name, *(count(value) for value in cells.values())])
    heads = ["Dikirim", *_COLUMNS]
    rows.append(["", "Jumlah", *(count(sums[name]) for name in heads)])
    silent = [one.region.name for one in period.participants if not by_unit[one.region_code]]
    return Told(
        basis={"steps": {str(case): [code, move] for case, (code, move) in last.items()}},
        tables=[Table("Hasil verifikasi meja per peserta", ["No.", "Kecamatan", *heads], rows, range(2, 7))],
        method=[
            "Setiap bukti dukung diperiksa satu per satu: diterima, dikembalikan, ke lapangan, atau ditolak.",
            "Penolakan memerlukan dua orang.",
        ],
        outcome=[
            f"Verifikasi meja ditutup dengan {count(sums['Dikirim'])} bukti dukung; tidak ada yang belum diperiksa.",
            *([f"Peserta yang tidak mengirim bukti dukung: {', '.join(silent)}."] if silent else []),
        ],
        annexes=photo_annexes(session, period),
        missing=_l("%(n)s bukti masih di meja.", n=waiting) if waiting else "",
    )


def _last_steps(session: Session, period: Period) -> dict[int, tuple[str, str]]:
    """By case: the code of its kecamatan and the last move that brought it to the desk or away from it."""
    rows = session.execute(
        select(EvidenceMove.evidence_id, Evidence.region_code, EvidenceMove.move)
        .join(Evidence, Evidence.id == EvidenceMove.evidence_id)
        .where(Evidence.period_id == period.id, EvidenceMove.move.in_(_DESK))
        .order_by(EvidenceMove.evidence_id, EvidenceMove.id)
    )
    return {case: (code[:8], move) for case, code, move in rows}


def _waiting(session: Session, period: Period) -> int:
    found = select(Evidence.id).where(Evidence.period_id == period.id, Evidence.state.in_(_AT_DESK))
    return len(session.scalars(found).all())
