"""Sentences for what imports only know by code."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.bulk.errors import ActivityMissing, DateMissing, RegionMissing, TitleMissing
from webapp.errors import NotAllowed
from webapp.evidence.errors import ForeignStudy, Locked, NoOpenPeriod, NotEditable, SameIdOtherContent
from webapp.evidence.words import REFUSALS, Words

# Why a photo was not taken.
ITEMS: Words = REFUSALS | {
    "member_encrypted": _l("dilindungi kata sandi; kirim tanpa kata sandi"),
    "member_method_unknown": _l("dimampatkan dengan cara yang tidak dikenal; buat zip biasa"),
    "member_swells": _l("isinya jauh lebih besar daripada yang wajar untuk foto"),
    "member_damaged": _l("rusak di dalam zip; buat zip-nya lagi"),
    "member_missing": _l("disebut dalam cadangan, tetapi fotonya tidak ada di dalam berkas"),
    "nested_archive": _l("arsip di dalam arsip tidak dibuka; kirim fotonya langsung"),
    "checksum_mismatch": _l("isinya berbeda dari yang dicatat ponsel; foto ini rusak"),
    "notes_second_table": _l("hanya satu tabel catatan dibaca dari satu zip"),
}

# Why a whole file was not opened.
FILES: Words = {
    "archive_damaged": _l("Zip ini rusak atau tidak lengkap; buat lagi lalu kirim ulang."),
    "archive_too_many": _l("Zip ini berisi lebih dari 5.000 berkas; bagi menjadi beberapa zip."),
    "archive_too_large": _l("Isi zip ini terlalu besar; bagi menjadi beberapa zip."),
    "backup_unreadable": _l("Cadangan ponsel ini tidak dapat dibaca; simpan cadangan lagi di ponsel."),
    "backup_of_another_format": _l("Cadangan ini dibuat oleh versi lain yang belum dikenal di sini."),
    "backup_of_another": _l(
        "Cadangan ini milik akun lain. Minta pemiliknya masuk dengan akunnya sendiri untuk mengimpornya."
    ),
    "import_file_unreadable": _l("Berkas ini tidak dapat dibuka karena gangguan di server; kirim ulang."),
    "import_file_gone": _l("Berkas ini sudah tidak ada di server; kirim ulang."),
    "notes_too_large": _l("Tabel catatan terlalu besar; paling besar 5 MB."),
    "notes_too_many": _l("Tabel catatan terlalu panjang; paling banyak 10.000 baris."),
    "notes_too_heavy": _l("Tabel catatan terlalu berat untuk dibuka; simpan sebagai CSV lalu kirim."),
    "notes_damaged": _l("Tabel catatan rusak atau bukan CSV, XLSX, atau ODS."),
    "notes_without_columns": _l(
        "Tabel catatan tidak punya kolom “berkas”. Baris pertamanya harus berisi nama kolom; unduh contohnya."
    ),
}
ITEMS |= {code: words for code, words in FILES.items() if code.startswith("notes_")}

# Why a case could not be made.
GROUPS: Words = {
    problem.code: problem.message
    for problem in (
        ActivityMissing, DateMissing, RegionMissing, TitleMissing, NoOpenPeriod, NotAllowed, NotEditable, Locked,
        SameIdOtherContent, ForeignStudy,
    )
}  # fmt: skip

_CELLS: Words = {
    "cell_empty": _l("kosong; tulis nama foto atau foldernya"),
    "date_unreadable": _l("bukan tanggal; tulis seperti 6/8/2018 atau 2018-08-06"),
    "activity_unknown": _l("tidak ada kegiatan atau jenis dengan nama itu"),
    "text_too_long": _l("terlalu panjang"),
    "text_invalid": _l("berisi tanda yang tidak dapat disimpan"),
    "row_unmatched": _l("tidak ada foto atau folder dengan nama itu"),
}


def cell_words(problem: dict[str, object]) -> str:
    """What is wrong in a table, by row and column: "Baris 7, kolom tanggal: bukan tanggal … (“kemarin”)"."""
    why = str(_CELLS.get(str(problem["code"]), problem["code"]))
    value = f" (“{problem['value']}”)" if problem.get("value") else ""
    place = _("Baris %(row)s, kolom %(column)s", row=problem["row"], column=problem["column"])
    return f"{place}: {why}{value}"
