"""Facts about people and doors: which role serves where, how often one may try, and the words of the history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from flask_babel import lazy_gettext as _l

from webapp.access import Role

_NATION, _PROVINCE, _REGENCY, _DISTRICT, _VILLAGE = 0, 2, 5, 8, 13  # lengths of region codes; 0: the whole country
_TEAM = frozenset({_NATION, _PROVINCE, _REGENCY})
# Where a role can be held, by the length of the region's code. The database repeats it: `appointment_fits_its_level`.
SERVES_AT: dict[Role, frozenset[int]] = {
    **dict.fromkeys(Role, _TEAM),
    Role.CAMAT: frozenset({_DISTRICT}),
    Role.CONTRIBUTOR: frozenset({_DISTRICT, _VILLAGE}),
    Role.PROVINCIAL_TEAM: frozenset({_PROVINCE}),
}
# Agencies belong to a province, kabupaten or kota. The database says it by `agency_head_has_a_region`.
_NOT_OF_THE_NATION = frozenset({Role.AGENCY_HEAD})


def can_serve_in(role: Role, region_code: str) -> bool:
    """Whether the role exists in such a region ("" is the whole country)."""
    return len(region_code) in SERVES_AT[role] and (region_code != "" or role not in _NOT_OF_THE_NATION)


# At most so many failed sign-ins within the window; then the oldest must grow old before the next try.
WINDOW = timedelta(minutes=15)
ACCOUNT_LIMIT = 5
ADDRESS_LIMIT = 30
# The wait after the n-th failure already grows before the limit: a person does not notice it, a script does.
DELAYS = (timedelta(0), timedelta(0), timedelta(seconds=2), timedelta(seconds=5))
# From an address where the person was at home this long, strangers elsewhere cannot use up their tries.
AT_HOME_FOR = timedelta(days=30)


def next_try_at(failures: Sequence[datetime], limit: int, delays: Sequence[timedelta] = ()) -> datetime | None:
    """When the next try is allowed after these failures (oldest first, all within the window); None: at once.

    Whoever waits is let in again after one window at the latest: nobody is ever locked out for good.
    """
    if len(failures) >= limit:
        return failures[-limit] + WINDOW
    if failures and len(failures) <= len(delays):
        return failures[-1] + delays[len(failures) - 1]
    return None


def address_group(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 household owns."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped  # as a socket for both families tells it; their /64 would be all of IPv4
    return str(ip_network(f"{known}/64", strict=False)) if isinstance(known, IPv6Address) else str(known)


class Ended(StrEnum):
    """Why a session is over. The database repeats the list: `open_session_end_is_known`."""

    SIGNED_OUT = "signed_out"
    BY_OWNER = "by_owner"  # from another session of the same person
    BY_ADMINISTRATOR = "by_administrator"
    CREDENTIALS = "credentials"  # the password was changed or reset
    SECOND_FACTOR = "second_factor"  # the second factor was taken away
    POSTS = "posts"
    STATUS = "status"


@dataclass(frozen=True)
class SessionLimits:
    """How long a session may stay unused, and how long it lasts however busy its person is."""

    idle: timedelta
    longest: timedelta

    @property
    def noted_every(self) -> timedelta:
        """How often it is written down that a session was used: seldom, yet often enough for a short idle limit."""
        return min(timedelta(minutes=1), self.idle / 30)


NEED_NO_SECOND_FACTOR = frozenset({Role.CONTRIBUTOR, Role.CAMAT})


def needs_second_factor(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles must have a second factor: whoever judges, leads, audits or administers."""
    return not NEED_NO_SECOND_FACTOR.issuperset(roles)


class Lacks(StrEnum):
    """What a session must be given before it may go on to the work."""

    CODE = "code"  # of the second factor the person has
    OWN_PASSWORD = "own_password"  # noqa: S105 - instead of the one-time password
    FACTOR = "factor"  # a second factor to begin with


def lacking(
    roles: Iterable[Role], *, has_factor: bool, factor_given: bool, must_change_password: bool
) -> Lacks | None:  # fmt: skip
    """What a session lacks, the first thing first: nobody chooses a password who has not proved to be the person."""
    if has_factor and not factor_given:
        return Lacks.CODE
    if must_change_password:
        return Lacks.OWN_PASSWORD
    return Lacks.FACTOR if needs_second_factor(roles) and not factor_given else None


def is_fresh(proved_at: datetime, at: datetime, patience: timedelta) -> bool:
    """Whether a proof still counts. One from the future, by a clock that went back, counts no longer than others."""
    return abs(at - proved_at) < patience


SESSIONS_KEPT_FOR = timedelta(days=7)  # a session that is over stays readable for questions, then its row goes

# Action codes of the history as sentences; codes without one are shown as they are.
ACTIONS = {
    "account.sign_in": _l("masuk"),
    "account.sign_in_failed": _l("percobaan masuk gagal"),
    "account.sign_out": _l("keluar"),
    "account.end_session": _l("mengakhiri satu sesi sendiri"),
    "account.end_other_sessions": _l("mengakhiri semua sesi lain milik sendiri"),
    "account.end_sessions": _l("mengakhiri semua sesi seseorang"),
    "account.code": _l("memberi kode dari ponsel"),
    "account.code_failed": _l("kode dari ponsel atau kode pemulihan salah"),
    "account.recovery_code": _l("masuk dengan kode pemulihan"),
    "account.proof": _l("membuktikan diri lagi dengan kata sandi"),
    "account.proof_failed": _l("gagal membuktikan diri lagi dengan kata sandi"),
    "account.set_up_factor": _l("memasang faktor kedua"),
    "account.renew_recovery_codes": _l("membuat kode pemulihan baru"),
    "account.turn_off_factor": _l("mematikan faktor kedua"),
    "account.reset_factor": _l("menghapus faktor kedua seseorang"),
    "account.create": _l("membuat akun"),
    "account.create_first": _l("membuat administrator pertama lewat terminal"),
    "account.edit": _l("mengubah data akun"),
    "account.choose_language": _l("memilih bahasa"),
    "account.change_password": _l("mengganti kata sandi sendiri"),
    "account.reset_password": _l("menyetel ulang kata sandi"),
    "account.deactivate": _l("menonaktifkan akun"),
    "account.reactivate": _l("mengaktifkan kembali akun"),
    "account.appoint": _l("menetapkan jabatan"),
    "account.end_appointment": _l("menetapkan akhir jabatan"),
    "account.revoke_appointment": _l("mencabut jabatan"),
    "evidence.create": _l("membuat bukti"),
    "evidence.edit": _l("mengubah bukti"),
    "evidence.submit": _l("mengirim bukti"),
    "evidence.withdraw": _l("menarik bukti"),
    "evidence.take": _l("mengambil bukti untuk diperiksa"),
    "evidence.release": _l("melepas bukti yang diperiksa"),
    "evidence.return": _l("mengembalikan bukti untuk diperbaiki"),
    "evidence.propose_rejection": _l("mengusulkan penolakan bukti"),
    "evidence.confirm_rejection": _l("mengesahkan penolakan bukti"),
    "evidence.decline_rejection": _l("tidak menyetujui penolakan bukti"),
    "evidence.accept_at_desk": _l("menerima bukti di meja"),
    "evidence.send_to_field": _l("mengirim bukti ke verifikasi lapangan"),
    "evidence.confirm_on_site": _l("membenarkan bukti di lapangan"),
    "evidence.refute_on_site": _l("menyatakan bukti tidak sesuai di lapangan"),
    "evidence.return_from_site": _l("mengembalikan bukti dari lapangan"),
    "evidence.extend_repair": _l("memperpanjang batas perbaikan bukti"),
    "evidence.object": _l("menyanggah keputusan atas bukti"),
    "evidence.uphold_rejection": _l("tidak menerima sanggahan atas penolakan"),
    "evidence.uphold_mismatch": _l("tidak menerima sanggahan atas hasil lapangan"),
    "evidence.grant_to_desk": _l("menerima sanggahan, bukti kembali ke meja"),
    "evidence.grant_to_field": _l("menerima sanggahan, bukti dicek lagi di lapangan"),
    "evidence.set_device_fix": _l("mencatat lokasi perangkat"),
    "evidence.set_pin": _l("menetapkan titik di peta"),
    "evidence.remove_pin": _l("menghapus titik di peta"),
    "evidence.set_place_reason": _l("memberi alasan lokasi"),
    "evidence.inspire": _l("memasangkan bukti di rumah dengan bukti tugas studi"),
    "period.shortlist": _l("menutup tahap 1 dengan daftar pendek"),
    "period.award": _l("menetapkan peraih penghargaan"),
    "period.studies": _l("membuka tugas studi para peraih"),
    "period.nominate": _l("mencalonkan kecamatan ke provinsi"),
    "period.nominees": _l("menetapkan jatah calon dari kabupaten/kota"),
    "study.export": _l("mengunduh seluruh studi"),
    "photo.add": _l("menambah foto"),
    "photo.remove": _l("menghapus foto"),
    "photo.set_progress": _l("menandai tahap pekerjaan pada foto"),
    "photo.sweep": _l("membuang berkas foto yang tidak dipakai lagi"),
    "photo.original_opened": _l("membuka foto asli"),
    "download.taken": _l("mengunduh dari peta"),
    "visit.check_in": _l("tiba di lokasi"),
    "visit.arrive": _l("kunjungan tanpa sinyal tiba di server"),
    "visit.left_aside": _l("kunjungan disimpan sebagai catatan tanpa mengubah bukti"),
    "minutes.draw_up": _l("menyusun berita acara"),
    "minutes.sign": _l("menandatangani berita acara"),
    "plan.draw": _l("mengundi sampel dan membuat rencana kunjungan"),
    "plan.assign": _l("menunjuk petugas kunjungan"),
    "plan.drop": _l("membatalkan kunjungan yang direncanakan"),
    "paper.issue": _l("menerbitkan surat tugas atau berita acara"),
    "instrument.create": _l("membuat instrumen"),
    "instrument.settle": _l("menetapkan angka instrumen dengan dasarnya"),
    "period.create": _l("membuat periode"),
    "period.change": _l("mengubah periode yang disiapkan"),
    "period.open": _l("membuka periode"),
    "stage.open": _l("membuka tahap"),
    "stage.close": _l("menutup tahap"),
    "slot.plan": _l("menyusun jadwal pemaparan"),
    "slot.move": _l("memindahkan slot pemaparan"),
    "slot.attend": _l("mencatat kehadiran pemaparan"),
    "period.finalise": _l("mengesahkan nilai akhir"),
    "period.zero_unclaimed": _l("menetapkan nilai 0 untuk yang tidak diklaim"),
    "period.announce": _l("mengumumkan hasil"),
    "reopening.ask": _l("mengajukan buka kembali"),
    "reopening.grant": _l("menyetujui buka kembali"),
    "reopening.refuse": _l("menolak buka kembali"),
    "result.object": _l("menyanggah hasil"),
    "result.answer": _l("menjawab sanggahan hasil"),
    "score.leave_out": _l("mengesampingkan nilai karena konflik kepentingan"),
    "evidence.reopen": _l("membuka kembali bukti"),
    "claim.state": _l("mengajukan klaim"),
    "claim.tie": _l("mengaitkan bukti dengan klaim"),
    "claim.untie": _l("melepas bukti dari klaim"),
    "claim.set_aside": _l("mengesampingkan klaim"),
    "claim.restore": _l("mencabut pengesampingan klaim"),
    "claim.moderate_open": _l("membuka moderasi nilai"),
    "claim.moderate_stands": _l("menutup moderasi: selisih tetap berlaku"),
    "score.give": _l("memberi nilai"),
    "score.adjudicate": _l("memutuskan sebagai penengah"),
    "reader.draw": _l("mengundi pasangan penilai"),
    "reader.replace": _l("mengganti penilai pasangan"),
    "reader.assign_adjudicator": _l("menetapkan penengah"),
    "conflict.declare": _l("menyatakan bebas konflik kepentingan"),
    "conflict.add_tie": _l("menyatakan hubungan dengan suatu unit"),
    "conflict.withdraw_tie": _l("mencabut pernyataan hubungan"),
    "custody.export": _l("mengekspor berkas penyerahan bukti"),
    "agency.make": _l("mendaftarkan perangkat daerah"),
    "reporting.make_year": _l("membuat tahun pelaporan"),
    "reporting.set_terms": _l("mengubah ketentuan pelaporan"),
    "reporting.add_unit": _l("menambah unit wajib lapor"),
    "reporting.add_line": _l("menambah kegiatan dan targetnya"),
    "reporting.change_line": _l("mengubah target kegiatan"),
    "reporting.remove_line": _l("menghapus kegiatan yang belum dipakai"),
    "report.submit": _l("mengirim laporan triwulan"),
    "report.correct": _l("mengirim perbaikan laporan triwulan"),
    "report.excuse": _l("memberi dispensasi laporan triwulan"),
    "territory.import": _l("mengimpor batas wilayah"),
    "territory.import_abroad": _l("mengimpor tempat di luar negeri"),
    "signals.explain": _l("menandai sinyal sudah dijelaskan"),
    "transmission.hurry": _l("meminta laporan segera dikirim ke pusat"),
    "signals.lift": _l("menarik kembali penjelasan sinyal"),
    "meeting.begin_series": _l("memulai rangkaian rapat"),
    "meeting.call": _l("memanggil rapat"),
    "meeting.write": _l("mengisi rapat"),
    "meeting.locate": _l("menetapkan titik rapat"),
    "meeting.attend": _l("mencatat kehadiran rapat"),
    "meeting.give": _l("mencatat tindak lanjut rapat"),
    "meeting.item_done": _l("menyelesaikan tindak lanjut rapat"),
    "meeting.item_dropped": _l("menghentikan tindak lanjut rapat"),
    "meeting.attach": _l("melampirkan dokumen pada rapat"),
    "meeting.close": _l("menutup dan membekukan rapat"),
    "meeting.amend": _l("menambah catatan perubahan rapat"),
    "agreement.configure": _l("menetapkan kumpulan perjanjian kinerja"),
    "agreement.agree": _l("mencatat perjanjian kinerja"),
    "agreement.met": _l("memutuskan target perjanjian terpenuhi"),
    "agreement.missed": _l("memutuskan target perjanjian tidak tercapai"),
    "agreement.improved": _l("memutuskan kinerja membaik"),
    "agreement.proposed": _l("mengusulkan seleksi ulang"),
    "agreement.decided": _l("memutuskan usulan seleksi ulang"),
    "regulation.register": _l("mendaftarkan regulasi"),
    "regulation.correct": _l("memperbaiki catatan regulasi"),
    "regulation.revoke": _l("mencatat pencabutan regulasi"),
    "claim.cite": _l("menyebut regulasi pada klaim"),
    "claim.uncite": _l("melepas regulasi dari klaim"),
}
