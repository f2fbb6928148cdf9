"""Sentences for what the evidence journey only knows by code: refusals, findings, gaps, moves and places."""

from datetime import datetime
from typing import Protocol

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from media.errors import Refused
from webapp import db
from webapp.evidence.rules import days_left

Words = dict[str, LazyString]

# Why a file was not taken: one sentence for each code of `media.errors`. Short, since it stands in a list of many.
REFUSALS: Words = {
    "photo_refused": _l("foto tidak dapat diterima"),
    "empty_file": _l("berkas kosong; pilih lagi fotonya"),
    "file_too_large": _l("berkas terlalu besar"),
    "image_too_small": _l("gambar terlalu kecil; sisi terpendek paling sedikit 200 piksel"),
    "too_many_pixels": _l("gambar terlalu besar; ukurannya melebihi batas piksel"),
    "image_damaged": _l("foto tidak lengkap atau rusak; kirim ulang dari peranti asal"),
    "image_too_heavy": _l("gambar terlalu berat untuk dibuka; kirim salinan yang lebih kecil"),
    "image_too_slow": _l("gambar terlalu lama dibuka; kirim salinan yang lebih kecil"),
    "decoder_busy": _l("server sedang sibuk membuka foto lain; kirim lagi sebentar lagi"),
    "type_not_allowed": _l("bukan foto; kirim JPEG, PNG, WebP atau HEIC"),
    "animated_not_allowed": _l("gambar bergerak; bukti adalah satu foto diam"),
}

# The HTTP status of each refusal, for a script that sends one file at a time.
_REFUSED: list[type[Refused]] = [Refused, *Refused.__subclasses__()]
STATUS_OF = {refused.code: refused.status for refused in _REFUSED}

# What was noticed about a photo. A finding is for people to weigh, never a refusal.
FLAGS: Words = {
    "bytes_after_image": _l("Ada data lain di belakang gambar"),
    "type_mismatch": _l("Nama atau jenis berkas tidak cocok dengan isinya"),
    "undecodable": _l("Gambar tidak dapat dibuka; berkas asli tetap tersimpan"),
    "decoder_warning": _l("Sebagian gambar tidak terbaca sempurna"),
    "colour_profile_invalid": _l("Profil warna dalam berkas rusak"),
    "exif_invalid": _l("Data kamera rusak atau tidak wajar"),
    "gps_redacted": _l("Lokasi dihapus oleh ponsel sebelum dikirim"),
    "gps_null_island": _l("Lokasi dalam berkas tertulis 0,0"),
    "gps_invalid": _l("Lokasi dalam berkas tidak masuk akal"),
    "gps_ref_missing": _l("Lokasi dalam berkas tanpa arah utara/selatan atau timur/barat"),
    "gps_time_invalid": _l("Waktu satelit dalam berkas tidak masuk akal"),
    "gps_week_rollover": _l("Waktu satelit mundur sekitar 20 tahun"),
    "time_invalid": _l("Waktu kamera tidak terbaca"),
    "time_unset": _l("Jam kamera belum pernah diatur"),
    "time_of_change_only": _l("Hanya ada waktu perubahan berkas, bukan waktu pemotretan"),
    "time_offset_invalid": _l("Zona waktu kamera tidak masuk akal"),
    "time_zone_mismatch": _l("Zona waktu kamera berbeda dari waktu satelit"),
    "time_gps_mismatch": _l("Jam kamera sangat berbeda dari waktu satelit"),
    "time_fix_mismatch": _l("Jam kamera dan waktu posisi peranti jauh berbeda"),
    "time_future": _l("Waktu kamera berada di masa depan"),
}

# What the words of a case hold of a person (`webapp.evidence.pii`): a hint for who wrote them.
PERSONAL: Words = {
    "pii_nik": _l("Uraian ini memuat nomor yang mirip NIK. Jangan tulis NIK orang; bila perlu, sebut namanya saja."),
    "pii_phone": _l("Uraian ini memuat nomor telepon. Orang lain hanya melihatnya tersamar."),
    "pii_email": _l("Uraian ini memuat alamat surel. Orang lain hanya melihatnya tersamar."),
}

# What a submission still needs: what is missing, in words, and the page and part of it where it is put right.
MISSING: Words = {
    "photo": _l("Belum ada foto."),
    "pictures": _l("Foto yang baru tiba masih diproses; tunggu sebentar."),
    "place": _l("Belum ada lokasi, dan belum ada alasan mengapa tanpa lokasi."),
    "outside_reason": _l("Lokasi berada di luar wilayah, sebutkan alasannya."),
    "consent": _l("Pertanyaan tentang persetujuan orang yang terlihat belum dijawab."),
    "dates": _l("Tanggal kegiatan berada di luar periode penilaian."),
}
WHERE_TO_MEND = {
    "photo": ("evidence.show", "foto"),
    "pictures": ("evidence.show", "foto"),
    "place": ("evidence.place", "isi-lokasi"),
    "outside_reason": ("evidence.place", "isi-lokasi"),
    "consent": ("evidence.edit", "consent"),
    "dates": ("evidence.edit", "occurred_from"),
}

# What may have happened to a pair of coordinates (`geo.values.Suspicion`).
DOUBTS: Words = {
    "null_island": _l("Titik 0,0 berada di laut lepas dan biasanya berarti tidak ada posisi."),
    "swapped_axes": _l("Bujur dan lintang tampaknya tertukar."),
    "lost_sign": _l("Tanda minus pada lintang tampaknya hilang; wilayah ini di selatan khatulistiwa."),
    "swapped_and_lost_sign": _l("Bujur dan lintang tampaknya tertukar dan tanda minusnya hilang."),
}


class Named(Protocol):
    """A row whose name is kept in both languages."""

    @property
    def name_id(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def nama(thing: Named | None) -> str:
    """The name of a kind or an activity in the reader's language; "–" for None."""
    if thing is None:
        return "–"
    return thing.name_en if str(get_locale()) == "en" else thing.name_id


def sisa_perbaikan(until: datetime, zone: str) -> str:
    """The days left to mend a returned case, in words; the days are those of the zone."""
    at = db.utcnow()
    if at > until:
        return str(_("Lewat batas perbaikan"))
    left = days_left(until, at, zone)
    return str(_("Hari terakhir perbaikan")) if left == 0 else str(_("Sisa %(n)d hari perbaikan", n=left))


def said(words: Words, code: str) -> str:
    """The sentence for a code, or the code itself where nobody has written one yet."""
    return str(words.get(code, code))
