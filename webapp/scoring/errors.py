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


class LevelMissing(Problem):
    """Where an indicator has levels, the unit says which it reached, by name or by a number."""

    code = "level_missing"
    message = _l("Pilih tingkat yang dicapai, atau isi angkanya.")


class LevelUnknown(Problem):
    """No level of the indicator holds that number, or the level is another indicator's."""

    code = "level_unknown"
    message = _l("Tidak ada tingkat indikator ini untuk pilihan atau angka itu.")


class LevelStays(Conflict):
    """What assessors have valued is not claimed anew."""

    code = "level_stays"
    message = _l("Tingkat yang diklaim tidak dapat diubah lagi: penilai sudah memberi nilai.")


class NotInRound(Conflict):
    """Indicators of the second round are for who was shortlisted."""

    code = "not_in_round"
    message = _l("Indikator ini hanya untuk peserta penilaian lanjutan.")


class NothingToClaim(Conflict):
    """A presentation is valued where it is held; no claim and no evidence is asked for."""

    code = "nothing_to_claim"
    message = _l("Indikator ini dinilai pada pemaparan; tidak ada yang perlu diklaim.")


class EventCounted(Conflict):
    """One event earns its points once."""

    code = "event_counted"
    message = _l("Kegiatan ini sudah dihitung pada klaim lain; satu kegiatan hanya dihitung sekali.")


class NotRated(Conflict):
    """Points of counted events follow from their verification; nobody rates them."""

    code = "not_rated"
    message = _l("Indikator ini dihitung dari kegiatan yang terverifikasi; tidak ada nilai yang diberikan.")


class AboveTheClaim(Problem):
    """An assessor grants the claimed level or a lower one."""

    code = "above_the_claim"
    message = _l("Pilih salah satu nilai yang tersedia: tingkat yang diklaim atau yang lebih rendah.")


class NotSetAside(Conflict):
    """Only what was set aside can be taken back."""

    code = "not_set_aside"
    message = _l("Klaim ini tidak sedang dikesampingkan.")


class NothingToModerate(Conflict):
    """A moderation is opened where the quorum lies too far apart, and closed where it was opened."""

    code = "nothing_to_moderate"
    message = _l("Tidak ada langkah moderasi yang dapat diambil untuk klaim ini. Muat ulang halaman.")


class ClaimsClosed(Conflict):
    """Claims are written while their stage is open: units fill in, or the shortlisted in the second round."""

    code = "claims_closed"
    message = _l("Tahap pengisian tidak sedang dibuka, jadi klaim tidak dapat diubah.")


class StageNotDone(Conflict):
    """The stage's own work is not done; `blockers` lists every reason."""

    code = "stage_not_done"
    message = _l("Tahap ini belum dapat ditutup: masih ada yang menunggu.")
    leads_label = _l("Lihat yang menunggu")

    def __init__(self, blockers: list[object], period_id: int) -> None:
        self.blockers = blockers
        self.leads_to = ("programme.show", {"period_id": period_id, "_anchor": "tahap"})
        super().__init__()


class GateClosed(Conflict):
    """Finalisation waits; `blockers` lists every reason."""

    code = "gate_closed"
    message = _l("Belum dapat difinalkan: masih ada yang menunggu.")

    def __init__(self, blockers: list[object]) -> None:
        self.blockers = blockers
        super().__init__()


class UnknownRegulation(Problem):
    """A regulation that is not in the register of the unit's region or of one above."""

    code = "regulation_unknown"
    message = _l("Regulasi itu tidak ada dalam register wilayah unit ini.")


class NotPartial(Conflict):
    """Only a score of somebody who may by now not judge the unit is left out; of others each stands."""

    code = "score_not_partial"
    message = _l("Penilai ini tidak punya konflik kepentingan dengan unitnya; nilainya tetap dihitung.")


class NotFinal(Conflict):
    """Only a sealed result can be reopened or announced."""

    code = "period_not_final"
    message = _l("Periode ini belum final.")


class ReopeningWaits(Conflict):
    """One request at a time; the earlier one is answered first."""

    code = "reopening_waits"
    message = _l("Sudah ada permintaan buka kembali yang menunggu jawaban.")


class ReopeningDecided(Conflict):
    """A request is answered once."""

    code = "reopening_decided"
    message = _l("Permintaan buka kembali ini sudah dijawab.")


class OwnRequest(NotAllowed):
    """Who asked for a reopening does not answer it."""

    code = "own_reopening"
    message = _l("Permintaan buka kembali dijawab oleh orang lain, bukan oleh yang mengajukannya.")


class PartialDecider(NotAllowed):
    """Who answers a request for a reopening declared a tie to a unit it is about, or serves there."""

    code = "partial_decider"
    message = _l("Anda punya konflik kepentingan dengan unit dalam permintaan ini; orang lain yang menjawab.")


class ScopeUnknown(Problem):
    """A reopening is about participants of the period, their indicators or their sealed cases."""

    code = "scope_unknown"
    message = _l("Sebutkan unit peserta, indikator, atau bukti terkunci milik unit itu.")


class AnnouncedAlready(Conflict):
    """This version of the result was announced before."""

    code = "announced_already"
    message = _l("Hasil ini sudah diumumkan.")


class ObjectedAlready(Conflict):
    """A unit objects once to an announced result."""

    code = "result_objected_already"
    message = _l("Unit ini sudah mengajukan sanggahan atas hasil ini.")


class ObjectionsClosed(Problem):
    """The days to object to an announced result are over."""

    code = "result_objection_closed"
    message = _l("Batas waktu sanggahan atas hasil sudah lewat.")


class ObjectionAnswered(Conflict):
    """An objection is answered once."""

    code = "result_objection_answered"
    message = _l("Sanggahan ini sudah dijawab.")


class OwnObjection(NotAllowed):
    """Who objected does not answer."""

    code = "own_objection"
    message = _l("Sanggahan dijawab oleh orang lain, bukan oleh yang mengajukannya.")


class ReopeningFirst(Conflict):
    """An objection is accepted by asking for a reopening that covers the unit."""

    code = "reopening_first"
    message = _l("Ajukan dahulu buka kembali untuk unit ini, baru sanggahannya diterima.")
