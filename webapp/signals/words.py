"""Sentences for signals: a code and its numbers become what a person understands, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from webapp.evidence.words import FLAGS, Words, said
from webapp.formatting import akurasi, angka, jarak, waktu
from webapp.signals.rules import Weight

WEIGHTS: Words = {
    Weight.STRONG: _l("Perlu penjelasan"),
    Weight.WEAK: _l("Perlu dilihat"),
    Weight.NOTE: _l("Catatan"),
}
Detail = Mapping[str, Any]


def _(text: str, **words: str) -> str:
    return str(gettext(text, **words))


def sentence(code: str, detail: Detail, zone: str) -> str:
    """The sentence of a signal. `zone`: in which its times are told. A code nobody has written yet stays a code."""
    if code.startswith("flag_"):
        return said(FLAGS, code.removeprefix("flag_")) + "."
    write = _SENTENCES.get(code)
    return write(detail, zone) if write else code


def _at(detail: Detail, key: str, zone: str) -> str:
    return waktu(datetime.fromisoformat(str(detail[key])), zone)


def _span(minutes: float) -> str:
    """A stretch of time in words, from minutes, whichever way it points."""
    whole = abs(round(minutes))
    if whole < 120:
        return str(ngettext("%(num)d menit", "%(num)d menit", whole))
    if whole < 48 * 60:
        return str(ngettext("%(num)d jam", "%(num)d jam", round(whole / 60)))
    return _days(round(whole / 1440))


def _days(days: int) -> str:
    return str(ngettext("%(num)d hari", "%(num)d hari", days))


# --- the same photo elsewhere


def _where(detail: Detail) -> str:
    if detail["visit"]:
        return _("pada kunjungan lapangan bukti lain")
    return _("pada bukti lain dari kecamatan yang sama") if detail["same_unit"] else _("pada bukti kecamatan lain")


def _order(detail: Detail, zone: str) -> str:
    when = _at(detail, "received_at", zone)
    if detail["later"]:
        return _("yang sana diterima lebih dahulu, %(when)s", when=when)
    return _("yang sana baru diterima kemudian, %(when)s", when=when)


def _reused_bytes(detail: Detail, zone: str) -> str:
    return _("Berkas yang sama persis ada %(where)s; %(order)s.", where=_where(detail), order=_order(detail, zone))


def _reused_original(detail: Detail, zone: str) -> str:
    return _(
        "Foto asli sebelum diperkecil sama persis dengan foto %(where)s; %(order)s.",
        where=_where(detail), order=_order(detail, zone),
    )  # fmt: skip


def _reused_picture(detail: Detail, zone: str) -> str:
    return _(
        "Gambarnya sama dengan foto %(where)s, mungkin dikecilkan, dipotong, dicerminkan atau diberi teks; %(order)s.",
        where=_where(detail), order=_order(detail, zone),
    )  # fmt: skip


def _reused_like(detail: Detail, zone: str) -> str:
    return _(
        "Sangat mirip dengan foto %(where)s; bisa juga foto kedua dari tempat yang sama. %(order)s.",
        where=_where(detail), order=_order(detail, zone).capitalize(),
    )  # fmt: skip


def _visit_copy(detail: Detail, _zone: str) -> str:
    if detail["how"] == "picture":
        return _("Foto kunjungan ini menampilkan gambar yang sama dengan foto unit.")
    return _("Foto kunjungan ini sama persis dengan berkas foto unit, jadi bukan foto dari kunjungan.")


# --- where


def _exif_fix(detail: Detail, _zone: str) -> str:
    return _(
        "Lokasi dalam berkas (%(exif)s) dan posisi ponsel saat memotret (%(fix)s) terpaut %(metres)s.",
        exif=akurasi(detail["exif_m"]), fix=akurasi(detail["fix_m"]), metres=jarak(detail["metres"]),
    )  # fmt: skip


def _exif_unit(detail: Detail, _zone: str) -> str:
    return _(
        "Menurut lokasi dalam berkasnya, foto ini diambil %(metres)s di luar wilayah unit (%(accuracy)s).",
        metres=jarak(detail["metres"]), accuracy=akurasi(detail["accuracy_m"]),
    )  # fmt: skip


def _exif_place(detail: Detail, _zone: str) -> str:
    metres = jarak(detail["metres"])
    return _("Lokasi dalam berkas berada %(metres)s dari titik bukti ini, masih di unit ini.", metres=metres)


def _fix_unit(detail: Detail, _zone: str) -> str:
    return _(
        "Saat foto ini direkam, ponsel berada %(metres)s di luar wilayah unit (%(accuracy)s).",
        metres=jarak(detail["metres"]), accuracy=akurasi(detail["accuracy_m"]),
    )  # fmt: skip


def _fix_pin(detail: Detail, _zone: str) -> str:
    return _(
        "Pin ditetapkan %(metres)s dari posisi ponsel saat memotret (%(accuracy)s).",
        metres=jarak(detail["metres"]), accuracy=akurasi(detail["fix_m"]),
    )  # fmt: skip


def _place_unit(detail: Detail, _zone: str) -> str:
    words = {"metres": jarak(detail["metres"]), "accuracy": akurasi(detail["accuracy_m"])}
    if detail["reason"]:
        return _("Titik bukti berada %(metres)s di luar wilayah unit (%(accuracy)s); alasannya ditulis unit.", **words)
    return _("Titik bukti berada %(metres)s di luar wilayah unit (%(accuracy)s).", **words)


# --- when


def _clock_off(detail: Detail, _zone: str) -> str:
    off = _span(detail["minutes"])
    if detail["minutes"] < 0:
        return _("Jam kamera lebih lambat %(off)s daripada waktu satelit.", off=off)
    return _("Jam kamera lebih cepat %(off)s daripada waktu satelit.", off=off)


def _zone_elsewhere(detail: Detail, _zone: str) -> str:
    return _(
        "Jam ponsel memakai zona waktu lain daripada tempat ini (selisih %(hours)s jam); waktunya sudah disesuaikan.",
        hours=angka(abs(detail["hours"])),
    )


def _satellites_old(_detail: Detail, _zone: str) -> str:
    return _("Tanggal satelit mundur 1.024 minggu, kesalahan penerima GPS lama; waktu foto ini tidak dinilai.")


def _camera_phone(detail: Detail, _zone: str) -> str:
    return _("Waktu dalam berkas dan jam ponsel saat memotret terpaut %(off)s.", off=_span(detail["minutes"]))


def _fix_newer(detail: Detail, _zone: str) -> str:
    return _(
        "Posisi yang menyertai foto %(off)s lebih baru daripada waktu fotonya; jam ponsel mungkin dimundurkan.",
        off=_span(detail["minutes"]),
    )


def _fix_remembered(detail: Detail, _zone: str) -> str:
    return _("Posisi yang menyertai foto sudah %(off)s umurnya; ponsel mengingatnya.", off=_span(detail["minutes"]))


def _after_receipt(detail: Detail, _zone: str) -> str:
    return _("Waktu fotonya %(off)s sesudah foto ini diterima server.", off=_span(detail["minutes"]))


def _late(detail: Detail, zone: str) -> str:
    return _(
        "Direkam %(when)s tanpa sinyal dan baru terkirim %(off)s kemudian. Itu wajar.",
        when=_at(detail, "captured_at", zone), off=_span(detail["hours"] * 60),
    )  # fmt: skip


def _outside(detail: Detail, zone: str) -> str:
    days = abs(detail["days"])
    words = {"when": _at(detail, "taken_at", zone), "days": _days(days)}
    if detail["days"] < 0:
        return _("Diambil %(when)s, %(days)s sebelum tanggal kegiatan.", **words)
    return _("Diambil %(when)s, %(days)s sesudah tanggal kegiatan.", **words)


# --- the file


def _generator(detail: Detail, _zone: str) -> str:
    return _("Berkas menyebut pembuat gambar buatan: %(software)s.", software=detail["software"])


def _edited(detail: Detail, _zone: str) -> str:
    return _("Disimpan dengan penyunting gambar: %(software)s.", software=detail["software"])


def _app(detail: Detail, _zone: str) -> str:
    return _("Disimpan oleh aplikasi galeri, stempel atau pesan: %(software)s.", software=detail["software"])


def _says_ai(_detail: Detail, _zone: str) -> str:
    return _("Berkas menyatakan dirinya gambar buatan kecerdasan artifisial.")


def _partly_ai(detail: Detail, _zone: str) -> str:
    return _("Berkas menyatakan sebagian gambarnya dibuat mesin (%(source)s).", source=detail["source"])


def _says_edited(detail: Detail, _zone: str) -> str:
    return _("Berkas menyatakan gambarnya pernah disunting (%(source)s).", source=detail["source"])


def _preview(_detail: Detail, _zone: str) -> str:
    return _("Gambar kecil di dalam berkas berbeda dari fotonya: foto diubah sesudah kamera menyimpannya.")


def _no_preview(_detail: Detail, _zone: str) -> str:
    return _("Berkas menyebut kameranya, tetapi tanpa gambar kecil yang biasa disimpan kamera.")


def _trusted(detail: Detail, _zone: str) -> str:
    return _("Bertanda asal (C2PA) yang sah dari pihak tepercaya: %(signer)s.", signer=detail["signer"] or "–")


def _untrusted(detail: Detail, _zone: str) -> str:
    signer = detail["signer"] or "–"
    return _("Bertanda asal (C2PA) dari %(signer)s, yang tidak ada dalam daftar tepercaya.", signer=signer)


def _broken(_detail: Detail, _zone: str) -> str:
    return _("Tanda asal (C2PA) rusak: berkas berubah sesudah ditandatangani, atau tandanya tidak terbaca.")


# --- beside other captures


def _coordinates(detail: Detail, zone: str) -> str:
    return _(
        "Koordinat yang sama sampai angka terakhir pada %(times)s waktu berbeda, dari %(start)s sampai %(end)s.",
        times=angka(detail["times"]), start=_at(detail, "from", zone), end=_at(detail, "to", zone),
    )  # fmt: skip


def _frozen(detail: Detail, _zone: str) -> str:
    return _(
        "Akurasi yang sama sampai angka terakhir (%(accuracy)s m) pada %(times)s pengambilan di tempat berbeda.",
        accuracy=angka(detail["accuracy_m"]), times=angka(detail["times"]),
    )  # fmt: skip


def _journey(detail: Detail) -> dict[str, str]:
    return {
        "metres": jarak(detail["metres"]), "span": _span(detail["minutes"]), "speed": angka(detail["kmh"]),
    }  # fmt: skip


def _travel(detail: Detail, _zone: str) -> str:
    if detail["two_cameras"]:
        return _("Dua ponsel memakai satu akun: %(metres)s dalam %(span)s (%(speed)s km/jam).", **_journey(detail))
    return _("Akun ini berpindah %(metres)s dalam %(span)s, yaitu %(speed)s km/jam.", **_journey(detail))


def _camera_travel(detail: Detail, _zone: str) -> str:
    return _("Kamera ini berpindah %(metres)s dalam %(span)s, yaitu %(speed)s km/jam.", **_journey(detail))


def _shared(detail: Detail, _zone: str) -> str:
    return _("Kamera yang sama dipakai %(n)s akun; bisa ponsel kantor.", n=angka(detail["accounts"]))


def _same_moment(_detail: Detail, _zone: str) -> str:
    return _("Kamera yang sama, pada detik dan pecahan detik yang sama, juga mengambil foto lain pada bukti lain.")


def _many(detail: Detail, _zone: str) -> str:
    return _(
        "%(n)s bukti unit ini berada dalam %(metres)s dari titik yang sama.",
        n=angka(detail["cases"]), metres=jarak(detail["metres"]),
    )  # fmt: skip


# --- by kind of claim


def _not_one_place(detail: Detail, _zone: str) -> str:
    return _("Foto-foto satu sarana terpaut %(metres)s, lebih dari akurasinya.", metres=jarak(detail["metres"]))


def _dawn(detail: Detail, zone: str) -> str:
    return _(
        "Tidak ada foto pada waktu subuh: yang terdekat %(at)s, sedangkan waktunya %(start)s sampai %(end)s.",
        at=_at(detail, "at", zone), start=_at(detail, "from", zone), end=_at(detail, "to", zone),
    )  # fmt: skip


def _country(detail: Detail, _zone: str) -> str:
    return _(
        "Titiknya di negara %(country)s, sedangkan tugas studinya di %(expected)s.",
        country=detail["country"], expected=detail["expected"],
    )  # fmt: skip


def _study_home(detail: Detail, _zone: str) -> str:
    return _("Menurut berkasnya, %(n)s foto tugas studi ini diambil di Indonesia.", n=angka(detail["photos"]))


def _stage(detail: Detail, _zone: str) -> str:
    stages = ", ".join(f"{stage} %" for stage in detail["missing"])
    return _("Belum ada foto tahap %(stages)s; tandai tahap setiap foto.", stages=stages)


def _viewpoint(detail: Detail, _zone: str) -> str:
    return _(
        "Foto bertahap harus dari titik yang sama; di sini titiknya terpaut %(metres)s.", metres=jarak(detail["metres"])
    )


_SENTENCES: dict[str, Callable[[Detail, str], str]] = {
    "reused_bytes": _reused_bytes, "reused_original": _reused_original, "reused_picture": _reused_picture,
    "reused_like": _reused_like, "visit_shows_unit_photo": _visit_copy,
    "exif_far_from_fix": _exif_fix, "exif_outside_unit": _exif_unit, "exif_far_from_place": _exif_place,
    "fix_outside_unit": _fix_unit, "fix_far_from_pin": _fix_pin, "place_outside_unit": _place_unit,
    "camera_clock_off": _clock_off, "zone_elsewhere": _zone_elsewhere, "satellite_clock_old": _satellites_old,
    "camera_and_phone_differ": _camera_phone, "fix_newer_than_photo": _fix_newer, "fix_remembered": _fix_remembered,
    "taken_after_receipt": _after_receipt, "sent_late": _late, "outside_event": _outside,
    "generator": _generator, "edited": _edited, "saved_by_app": _app, "says_ai": _says_ai,
    "says_partly_ai": _partly_ai, "says_edited": _says_edited, "preview_differs": _preview,
    "preview_missing": _no_preview, "c2pa_trusted": _trusted, "c2pa_untrusted": _untrusted, "c2pa_broken": _broken,
    "same_coordinates": _coordinates, "frozen_accuracy": _frozen, "travel": _travel, "camera_travel": _camera_travel,
    "shared_camera": _shared, "same_moment": _same_moment, "many_here": _many, "not_one_place": _not_one_place,
    "not_at_dawn": _dawn, "other_country": _country, "study_photo_at_home": _study_home, "stage_missing": _stage,
    "viewpoint_moved": _viewpoint,
}  # fmt: skip
CODES = frozenset(_SENTENCES)

# A signal without the numbers of one case: what many cases have in common.
TITLES: Words = {
    "reused_bytes": _l("Berkas foto sama persis dengan bukti lain"),
    "reused_original": _l("Foto asli sama persis dengan bukti lain"),
    "reused_picture": _l("Gambar sama dengan bukti lain"),
    "reused_like": _l("Gambar sangat mirip dengan bukti lain"),
    "visit_shows_unit_photo": _l("Foto kunjungan adalah foto unit"),
    "exif_far_from_fix": _l("Lokasi berkas dan posisi ponsel berjauhan"),
    "exif_outside_unit": _l("Lokasi berkas di luar wilayah unit"),
    "exif_far_from_place": _l("Lokasi berkas jauh dari titik bukti"),
    "fix_outside_unit": _l("Ponsel di luar wilayah unit saat memotret"),
    "fix_far_from_pin": _l("Pin jauh dari posisi ponsel"),
    "place_outside_unit": _l("Titik bukti di luar wilayah unit"),
    "camera_clock_off": _l("Jam kamera berbeda dari waktu satelit"),
    "zone_elsewhere": _l("Ponsel memakai zona waktu lain"),
    "satellite_clock_old": _l("Tanggal satelit mundur"),
    "camera_and_phone_differ": _l("Waktu berkas dan jam ponsel berbeda"),
    "fix_newer_than_photo": _l("Posisi lebih baru daripada fotonya"),
    "fix_remembered": _l("Posisi lama yang diingat ponsel"),
    "taken_after_receipt": _l("Waktu foto sesudah diterima server"),
    "sent_late": _l("Direkam tanpa sinyal, terkirim kemudian"),
    "outside_event": _l("Diambil di luar tanggal kegiatan"),
    "generator": _l("Berkas menyebut pembuat gambar buatan"),
    "edited": _l("Disimpan dengan penyunting gambar"),
    "saved_by_app": _l("Disimpan oleh aplikasi galeri atau pesan"),
    "says_ai": _l("Berkas menyatakan gambar buatan"),
    "says_partly_ai": _l("Berkas menyatakan sebagian gambar buatan"),
    "says_edited": _l("Berkas menyatakan gambar disunting"),
    "preview_differs": _l("Gambar kecil berbeda dari fotonya"),
    "preview_missing": _l("Tanpa gambar kecil dari kamera"),
    "c2pa_trusted": _l("Tanda asal (C2PA) sah dan tepercaya"),
    "c2pa_untrusted": _l("Tanda asal (C2PA) dari pihak tak dikenal"),
    "c2pa_broken": _l("Tanda asal (C2PA) rusak"),
    "same_coordinates": _l("Koordinat sama persis pada waktu berbeda"),
    "frozen_accuracy": _l("Akurasi sama persis di tempat berbeda"),
    "travel": _l("Akun berpindah terlalu cepat"),
    "camera_travel": _l("Kamera berpindah terlalu cepat"),
    "shared_camera": _l("Satu kamera dipakai beberapa akun"),
    "same_moment": _l("Kamera dan detik yang sama pada bukti lain"),
    "many_here": _l("Banyak bukti di satu titik"),
    "not_one_place": _l("Foto satu sarana berjauhan"),
    "not_at_dawn": _l("Tidak ada foto pada waktu subuh"),
    "other_country": _l("Titik di negara lain daripada tugas studinya"),
    "study_photo_at_home": _l("Foto tugas studi diambil di Indonesia"),
    "stage_missing": _l("Foto tahap belum lengkap"),
    "viewpoint_moved": _l("Foto bertahap dari titik berbeda"),
}


def title(code: str) -> str:
    """The name of a signal. A code nobody has named yet stays a code."""
    if code.startswith("flag_"):
        return said(FLAGS, code.removeprefix("flag_"))
    return str(TITLES[code]) if code in TITLES else code
