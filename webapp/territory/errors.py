"""What can be wrong with boundaries on their way in: one sentence per situation."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from geo.boundaries import BadBoundaryFile, Refusal
from webapp.errors import Problem


class RowRefusal(StrEnum):
    """Why a row that can be read was not taken, beside `geo.boundaries.Refusal`."""

    LEVEL_UNKNOWN = "level_unknown"
    LEVEL_MISFIT = "level_misfit"
    UNKNOWN_PARENT = "unknown_parent"
    OVERLAP = "overlap"
    DATASET_HOLDS_OTHER = "dataset_holds_other"
    OUTSIDE_DUTY = "outside_duty"


ROW_SENTENCES: dict[str, LazyString] = {
    Refusal.CODE_MISSING: _l("kode wilayah kosong"),
    Refusal.CODE_MALFORMED: _l("kode wilayah tidak berbentuk kode Kemendagri (mis. 32.73.02, sebagai teks)"),
    Refusal.CODE_TWICE: _l("kode wilayah muncul dua kali dalam berkas"),
    Refusal.NAME_MISSING: _l("nama wilayah kosong"),
    Refusal.NAME_MALFORMED: _l("nama wilayah berisi tanda yang tidak dapat disimpan, atau terlalu panjang"),
    Refusal.EMPTY_GEOMETRY: _l("tidak ada bentuk wilayah"),
    Refusal.NOT_A_POLYGON: _l("bentuknya bukan poligon"),
    Refusal.INVALID_RING: _l("garis batas rusak dan tidak dapat diperbaiki tanpa mengubah luas"),
    Refusal.NOT_FINITE: _l("koordinat bukan angka"),
    Refusal.SWAPPED_AXES: _l("lintang dan bujur tertukar"),
    Refusal.CRS_WRONG: _l("koordinat tidak cocok dengan sistem koordinat berkas"),
    Refusal.OUTSIDE_COUNTRY: _l("terletak di luar Indonesia"),
    Refusal.TOO_MANY_VERTICES: _l("titik batas terlalu banyak"),
    RowRefusal.LEVEL_UNKNOWN: _l("tingkat wilayah tidak dikenal"),
    RowRefusal.LEVEL_MISFIT: _l("tingkat wilayah tidak sesuai dengan kodenya"),
    RowRefusal.UNKNOWN_PARENT: _l("wilayah induknya belum ada"),
    RowRefusal.OVERLAP: _l("bertumpang tindih dengan wilayah tetangga"),
    RowRefusal.OUTSIDE_DUTY: _l("di luar wilayah tugas Anda"),
    RowRefusal.DATASET_HOLDS_OTHER: _l("himpunan data bernama sama sudah memuat batas lain untuk wilayah ini"),
}

FILE_SENTENCES: dict[str, LazyString] = {
    "file_missing": _l("Berkas tidak ditemukan."),
    "file_unreadable": _l("Berkas rusak atau tidak dapat dibaca."),
    "file_too_big": _l("Berkas terlalu besar."),
    "format_unknown": _l("Bentuk berkas tidak dikenal; yang diterima: GeoJSON, GeoPackage, Shapefile dalam zip."),
    "layer_unclear": _l("Berkas memuat beberapa lapisan atau tidak satu pun; sebutkan lapisannya."),
    "column_missing": _l("Kolom yang disebut tidak ada dalam berkas."),
    "crs_unknown": _l("Sistem koordinat berkas tidak diketahui; sebutkan dengan --crs, misalnya EPSG:32748."),
    "too_many_features": _l("Wilayah dalam berkas terlalu banyak."),
    "too_many_vertices": _l("Titik batas dalam berkas terlalu banyak."),
    "database_refused": _l("Basis data menolak isi berkas; tidak ada yang berubah."),
    "address_refused": _l("Alamat harus diawali http://, https:// atau file://."),
    "download_failed": _l("Berkas tidak dapat diunduh."),
}


class BoundaryFileRefused(Problem):
    """The file as a whole cannot be taken; `reason` is stable, `detail` says what was found."""

    code = "boundary_file_refused"

    def __init__(self, reason: str, detail: str = "") -> None:
        said = FILE_SENTENCES[reason]
        super().__init__(f"{said} ({detail})" if detail else said)
        self.reason = reason
        self.detail = detail

    @classmethod
    def of(cls, why: BadBoundaryFile) -> "BoundaryFileRefused":
        return cls(why.code, why.detail)


class DatasetDiffers(Problem):
    """A dataset of this name is known with another source, licence or vintage."""

    status, code = 409, "dataset_differs"
    message = _l(
        "Himpunan data bernama itu sudah ada dengan sumber, lisensi, atribusi, atau tahun lain; beri nama baru."
    )


class DatasetIncomplete(Problem):
    """A dataset must say where it comes from."""

    code = "dataset_incomplete"
    message = _l("Nama, sumber, lisensi, atribusi, dan tahun himpunan data wajib diisi.")


class ViewNotReadable(Problem):
    """The part of the map asked for is not west,south,east,north and a zoom."""

    status, code = 400, "view_not_readable"
    message = _l("Bagian peta yang diminta tidak dapat dibaca.")


class ImportRefused(Problem):
    """Rows were refused and nobody chose to leave them out."""

    code = "import_refused"
    message = _l("Tidak ada yang diubah. Perbaiki berkas, atau pilih melewati baris yang ditolak (--skip-refused).")


class NothingToImport(Problem):
    """The file holds no rows."""

    code = "nothing_to_import"
    message = _l("Berkas tidak memuat satu wilayah pun.")


class NotGeoJson(Problem):
    """Through the web only GeoJSON comes in: archives and databases are opened by the operator's command."""

    status, code = 415, "type_not_allowed"
    message = _l("Di sini hanya GeoJSON. GeoPackage dan Shapefile diimpor dengan petabukti regions import.")


class EmptyFile(Problem):
    """No file was chosen, or one without a single byte."""

    code = "empty_file"
    message = _l("Berkas kosong; pilih lagi berkasnya.")


class FileTooLarge(Problem):
    """More than the web takes at once, in bytes, regions or vertices."""

    status, code = 413, "file_too_large"
    message = _l("Berkas melebihi batas di sini. Bagi berkasnya, atau impor dengan petabukti regions import.")


class CrsNotSupported(Problem):
    """The file names another coordinate system than WGS 84 lon/lat."""

    code = "crs_not_supported"
    message = _l("Sistem koordinat berkas bukan WGS 84 (bujur, lintang). Ubah dahulu ke EPSG:4326.")


class RowsRefused(Problem):
    """Shapes that are wrong. One code for the first of them; `lines` names each with its place, sentences are ready."""

    def __init__(self, code: str, sentence: LazyString | str, lines: Sequence[Any]) -> None:
        super().__init__(sentence, field="berkas")
        self.code, self.lines = code, lines


class ImportRunning(Problem):
    """One import at a time: a second would only wait for the first, and hold a worker meanwhile."""

    status, code = 409, "import_running"
    message = _l("Impor lain sedang berjalan. Coba lagi sebentar.")


# How the web names what is wrong with a shape, or with a text that could not even be stored.
SHAPE_CODES: dict[str, str] = {
    Refusal.NAME_MALFORMED: "text_invalid",
    Refusal.EMPTY_GEOMETRY: "geometry_invalid",
    Refusal.NOT_A_POLYGON: "geometry_invalid",
    Refusal.INVALID_RING: "geometry_invalid",
    Refusal.NOT_FINITE: "geometry_invalid",
    Refusal.SWAPPED_AXES: "coordinates_out_of_range",
    Refusal.CRS_WRONG: "coordinates_out_of_range",
    Refusal.OUTSIDE_COUNTRY: "outside_country",
}


def sentence_of(reason: Any) -> LazyString:
    """The sentence for a row's reason."""
    return ROW_SENTENCES[str(reason)]
