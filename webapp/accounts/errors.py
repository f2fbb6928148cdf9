"""What can go wrong with people and at the door."""

import math
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict, Problem


class SignInFailed(Problem):
    """Wrong name, wrong password, or an account that is closed: one sentence for all, so that nobody learns which."""

    code = "sign_in_failed"
    message = _l("Nama pengguna atau kata sandi tidak cocok.")


class TooManyAttempts(Problem):
    """Somebody keeps trying; `seconds` says how long to wait."""

    status, code = 429, "too_many_attempts"

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, math.ceil(wait.total_seconds()))
        sentence = (
            _l("Terlalu banyak percobaan. Coba lagi dalam %(seconds)d detik.", seconds=self.seconds)
            if self.seconds < 90
            else _l("Terlalu banyak percobaan. Coba lagi dalam %(minutes)d menit.", minutes=-(-self.seconds // 60))
        )
        super().__init__(sentence)


class WrongPassword(Problem):
    """The present password, asked for again before a change, is not right."""

    code = "password_wrong"
    message = _l("Kata sandi sekarang tidak cocok.")


class WeakPassword(Problem):
    """A password that should not be taken."""

    code = "password_weak"
    message = _l("Kata sandi ini terlalu mudah ditebak.")


class PasswordTooShort(WeakPassword):
    code = "password_too_short"
    message = _l("Kata sandi paling sedikit 12 huruf. Beberapa kata acak mudah diingat dan kuat.")


class PasswordTooLong(WeakPassword):
    code = "password_too_long"
    message = _l("Kata sandi paling banyak 200 huruf.")


class PasswordCommon(WeakPassword):
    code = "password_common"
    message = _l("Kata sandi ini terlalu umum. Pakai beberapa kata yang tidak berhubungan.")


class PasswordHasContext(WeakPassword):
    code = "password_has_context"
    message = _l("Kata sandi tidak boleh memuat nama Anda, nama pengguna, wilayah, instansi, atau nama aplikasi.")


class PasswordSame(WeakPassword):
    code = "password_same"
    message = _l("Kata sandi baru harus berbeda dari yang sekarang.")


class UsernameTaken(Conflict):
    code = "username_taken"
    message = _l("Nama pengguna ini sudah dipakai.")


class UsernameInvalid(Problem):
    code = "username_invalid"
    message = _l("Nama pengguna 3–60 huruf, angka, titik, garis bawah, tanda hubung, atau @; tanpa spasi.")


class LastAdministrator(Conflict):
    """After this nobody could appoint anybody in that area any more."""

    code = "last_administrator"
    message = _l("Ini administrator terakhir untuk wilayah itu. Tetapkan penggantinya dahulu.")


class AdministratorExists(Conflict):
    code = "administrator_exists"
    message = _l("Administrator sudah ada; akun lain dibuat lewat halaman Pengguna & Peran.")


class AlreadyAppointed(Conflict):
    code = "already_appointed"
    message = _l("Orang ini sudah memegang peran itu di wilayah itu.")


class AlreadyEnded(Conflict):
    code = "already_ended"
    message = _l("Jabatan ini sudah berakhir.")


class RoleNeedsOtherLevel(Problem):
    code = "role_needs_other_level"
    message = _l(
        "Peran ini tidak ada di tingkat wilayah itu: camat di kecamatan, kontributor di kecamatan atau "
        "desa/kelurahan, tim provinsi di provinsi, yang lain di kabupaten/kota atau di atasnya."
    )


class EndsBeforeStart(Problem):
    code = "ends_before_start"
    message = _l("Tanggal akhir tidak boleh sebelum tanggal mulai.")


class AgencyUnknown(Problem):
    """The head of an agency needs an agency, one of that very region."""

    code = "agency_unknown"
    message = _l(
        "Perangkat daerah itu tidak ada di wilayah ini. Sekretariat mendaftarkannya pada halaman Laporan Triwulan."
    )


class RegionUnknown(Problem):
    code = "region_unknown"
    message = _l("Wilayah ini tidak ada, atau di luar wilayah Anda.")


class RegionAmbiguous(Problem):
    code = "region_ambiguous"


class NobodyOfThatName(Problem):
    status, code = 404, "nobody_of_that_name"
    message = _l("Tidak ada akun dengan nama pengguna itu.")


class WrongCode(Problem):
    """No code of now, and no recovery code that is left."""

    code = "code_wrong"
    message = _l("Kode tidak cocok. Periksa angkanya, dan jam di ponsel Anda.")


class CodeUsed(WrongCode):
    """The right code, for the second time: somebody may have looked over the shoulder."""

    code = "code_used"
    message = _l("Kode ini sudah dipakai. Tunggu kode berikutnya muncul di ponsel, paling lama 30 detik.")


class NoFactor(Conflict):
    code = "no_second_factor"
    message = _l("Faktor kedua belum terpasang.")


class FactorExists(Conflict):
    code = "second_factor_exists"
    message = _l("Faktor kedua sudah terpasang. Masuk lagi dengan kodenya untuk menggantinya.")


class FactorNeeded(Conflict):
    code = "second_factor_needed"
    message = _l("Jabatan Anda mewajibkan faktor kedua; ia tidak dapat dimatikan.")


class SecretUnreadable(Problem):
    """The key of the installation is not the one that sealed the secret, or the row was damaged."""

    status, code = 503, "second_factor_unreadable"
    message = _l(
        "Faktor kedua akun ini tidak dapat dibuka dengan kunci server. Pengelola server: kembalikan "
        "PETABUKTI_SECRET_KEY yang lama, atau jalankan petabukti admin reset-second-factor."
    )


class ProofNeeded(Problem):
    """Too long ago that the person proved to be it. `back`: where to go after the proof instead of the same address."""

    status, code = 403, "proof_needed"
    message = _l("Langkah ini memerlukan bukti baru bahwa ini Anda: buka halamannya lalu berikan kode atau kata sandi.")

    def __init__(self, *, back: str | None = None) -> None:
        self.back = back
        super().__init__()
