"""What can go wrong with claims and scores, each with its stable code."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, NotAllowed, Problem


class PeriodSealed(Conflict):
    """The period is final; nothing in it changes any more."""

    code = "period_final"
    message = _l("Periode ini sudah final; klaim dan nilai tidak dapat diubah.")


class PeriodNotOpen(Conflict):
    """Claims and scores belong to an open period."""

    code = "period_not_open"
    message = _l("Periode ini belum dibuka.")


class RoundClosed(Conflict):
    """The first round of this version is closed; what it found stays."""

    code = "round_closed"
    message = _l("Tahap 1 sudah ditutup; hasilnya hanya dapat dibaca.")


class NotAParticipant(Problem):
    """The unit does not take part in the period."""

    code = "not_a_participant"
    message = _l("Kecamatan ini bukan peserta periode.")


class ForeignEvidence(Problem):
    """Only the unit's own cases of the same period can support its claim."""

    code = "foreign_evidence"
    message = _l("Hanya bukti milik unit sendiri dari periode yang sama dapat dikaitkan.")


class EvidenceSettled(Conflict):
    """A case already judged cannot be untied: the claim stands or falls with it."""

    code = "evidence_settled"
    message = _l("Bukti yang sudah diputuskan tidak dapat dilepas dari klaim.")


class ClaimSettled(Conflict):
    """Only what nothing proves yet can be set aside; a proven claim stands, a dismissed one counts zero already."""

    code = "claim_settled"
    message = _l("Klaim ini sudah diputuskan; tidak ada yang perlu dikesampingkan.")


class ClaimNotProven(Conflict):
    """A score waits for the evidence: desk and, where the indicator asks, the field."""

    code = "claim_not_proven"
    message = _l("Klaim ini belum terbukti; nilai menunggu verifikasi seluruh buktinya.")


class ValueOutOfRange(Problem):
    """A score lies between 0 and the indicator's maximum, with at most two decimals."""

    code = "value_out_of_range"
    message = _l("Nilai harus di antara 0 dan nilai maksimum indikator, paling banyak dua desimal.")


class ScoreChanged(Conflict):
    """The own score was changed elsewhere since the form was shown."""

    code = "score_changed"
    message = _l("Nilai Anda sudah diubah di jendela lain. Muat ulang sebelum menyimpan.")


class Partial(NotAllowed):
    """The assessor has a tie to the unit to be scored: by posts, now or lately, or as declared."""

    code = "conflict_of_interest"
    message = _l(
        "Anda tidak boleh menilai unit ini: Anda bertugas di sana sekarang atau belum lama ini, menjadi atasan atau "
        "bawahan camatnya, atau menyatakan ada hubungan dengannya."
    )


class NotDrawn(NotAllowed):
    """A blind claim is valued by the two who were drawn for it."""

    code = "not_drawn"
    message = _l("Klaim ini dinilai oleh dua penilai yang diundi; Anda bukan salah satunya.")


class SeesValues(NotAllowed):
    """Who sees the values of a period, or who reads what, reads nothing blind in it."""

    code = "sees_values"
    message = _l(
        "Jabatan Anda yang lain melihat nilai atau pasangan penilai periode ini; Anda tidak dapat menilai tersamar."
    )


class PairComplete(Conflict):
    """Both have given their value; from now on only the adjudicator has a say."""

    code = "pair_complete"
    message = _l("Kedua penilai sudah memberi nilai; nilai Anda tidak dapat diubah lagi.")


class PairSettled(Conflict):
    """What was asked for needs a pair in another state."""

    code = "pair_settled"
    message = _l("Pasangan klaim ini sudah tidak dalam keadaan itu. Muat ulang halaman.")


class ReaderHasScored(Conflict):
    """Nobody loses the place at which they have given their value: values are not chosen by choosing people."""

    code = "reader_has_scored"
    message = _l("Penilai ini sudah memberi nilai, jadi tidak dapat diganti.")


class NobodyEligible(Conflict):
    """Nobody is left who may read the claim."""

    code = "nobody_eligible"
    message = _l("Tidak ada penilai lain tanpa konflik kepentingan untuk klaim ini. Tambah penilai lebih dahulu.")


class NotEligible(Problem):
    """The person named may not read the claim."""

    code = "reader_not_eligible"
    message = _l("Orang ini tidak dapat dipilih untuk klaim ini.")


class GateClosed(Conflict):
    """Finalisation waits; `blockers` lists every reason."""

    code = "gate_closed"
    message = _l("Belum dapat difinalkan: masih ada yang menunggu.")

    def __init__(self, blockers: list[object]) -> None:
        self.blockers = blockers
        super().__init__()
