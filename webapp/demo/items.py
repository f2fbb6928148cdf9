"""The 54 demo cases. Titles come from the founding articles; places and details are invented, points are plausible only."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.evidence.rules import State

DRAFT, SENT, DESK, BACK = State.DRAFT, State.SUBMITTED, State.UNDER_REVIEW, State.RETURNED
REFUSED, OK, WAIT, SEEN, WRONG = (
    State.REJECTED, State.VERIFIED_DESK, State.AWAITING_FIELD, State.VERIFIED_FIELD, State.MISMATCH,
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One demo case. `grade` is the provenance its witnesses are made for ("" for no position); `aspect` the indicator
    it is claimed for; `remark` what the verifier wrote."""

    key: str
    unit: str
    activity: str
    title: str
    aspect: str
    lat: float
    lon: float
    grade: str
    state: State
    day: date
    remark: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    photos: int = 1


def name_of(key: str, part: str = "") -> uuid.UUID:
    """Under what a case of the demo, or a photo of it, is created: the same in every installation."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"petabukti/contoh/{key}{part}")


def _rows(unit: str, day: date, rows: str) -> list[Item]:
    """Rows of `key | activity | aspect | lat,lon | grade | state | title`, one a line, nine days apart: months pass."""
    made = []
    for number, row in enumerate(line for line in rows.strip().splitlines()):
        key, activity, aspect, place, grade, state, title = (cell.strip() for cell in row.split("|"))
        lat, lon = (float(part) for part in place.split(","))
        when = day + timedelta(days=9 * number)
        made.append(Item(key, unit, activity, title, aspect, lat, lon, grade, State(state), when))
    return made


MARGAHAYU = _rows(
    "32.04.09",
    date(2018, 3, 5),
    """
MGH-01 | inovasi_tata_kelola  | Inovasi    | -6.9662,107.5708 | A | verified_field | Smart Innovation Collaborative Governance (SICG)
MGH-02 | inovasi_pelayanan    | Pelayanan  | -6.9661,107.5710 | A | awaiting_field | Smart Public Service: layanan daring
MGH-03 | inovasi_pelayanan    | Pelayanan  | -6.9663,107.5709 | A | verified_field | Smart Public Service: loket ramah difabel
MGH-04 | inovasi_pelayanan    | Pelayanan  | -6.9660,107.5707 | B | verified_field | Smart Public Service: kualitas PATEN
MGH-05 | inovasi_pelayanan    | Inovasi    | -6.9705,107.5748 | C | under_review   | Smart Public Service: produk unggulan terintegrasi
MGH-06 | inovasi_lain         | Inovasi    | -6.9712,107.5840 | A | verified_field | MAPS (Margahayu Ayo Pilah Sampah)
MGH-07 | inovasi_tata_kelola  | Koordinasi | -6.9610,107.5715 | B | awaiting_field | Laboratorium Pemerintahan Desa dan Kecamatan
MGH-08 | culinary_night       | Inovasi    | -6.9722,107.5765 | C | verified_desk  | Margahayu Fair ke-1
MGH-09 | culinary_night       | Inovasi    | -6.9724,107.5762 | A | submitted      | Margahayu Fair ke-2
MGH-10 | kampung_tematik      | Inovasi    | -6.9706,107.5668 | D | awaiting_field | Kampung Tematik
MGH-11 | rapat_minggon        | Koordinasi | -6.9716,107.5752 | A | verified_desk  | Rapat Minggon
MGH-12 | inovasi_lain         | Inovasi    | -6.9698,107.5770 | A | returned       | Literasi Media Boneka
MGH-13 | inovasi_lain         | Inovasi    | -6.9720,107.5655 | B | under_review   | Advokasi Jajanan Sehat
MGH-14 | sekolah_pasar_sehat  | Inovasi    | -6.9695,107.5832 | A | submitted      | Sekolah Sehat
MGH-15 | sekolah_pasar_sehat  | Inovasi    | -6.9735,107.5759 | A | verified_field | Pasar Sehat
""",
)

BANDUNG = [
    Item(key, unit, activity, title, aspect, lat, lon, grade, state, date(2018, month, day))
    for key, unit, activity, title, aspect, lat, lon, grade, state, month, day in (
        ("BDG-01", "32.73.02", "subuh_keliling", "Subuh keliling, Coblong", "bahagia", -6.8768, 107.6160, "A", SEEN, 3, 4),
        ("BDG-02", "32.73.25", "subuh_keliling", "Subuh keliling, Cibiru", "bahagia", -6.9150, 107.7230, "B", DESK, 3, 11),
        ("BDG-03", "32.73.20", "jumat_keliling", "Jumat keliling, Antapani", "bahagia", -6.9172, 107.6615, "A", OK, 3, 16),
        ("BDG-04", "32.73.12", "jumat_keliling", "Jumat keliling, Batununggal", "bahagia", -6.9262, 107.6365, "C", BACK, 3, 23),
        ("BDG-05", "32.73.16", "makan_malam_keluarga", "Makan malam bersama keluarga pra sejahtera", "bahagia",
         -6.9255, 107.6503, "A", OK, 4, 3),
        ("BDG-06", "32.73.04", "makan_malam_keluarga", "Makan malam bersama keluarga pra sejahtera", "bahagia",
         -6.9326, 107.5890, "B", SENT, 4, 10),
        ("BDG-07", "32.73.13", "culinary_night", "Culinary Night, Lengkong", "bahagia", -6.9333, 107.6243, "A", SEEN, 4, 14),
        ("BDG-08", "32.73.07", "culinary_night", "Culinary Night, Sukajadi", "bahagia", -6.8880, 107.5903, "D", WAIT, 4, 21),
        ("BDG-09", "32.73.09", "kebersihan_keindahan", "Kebersihan saluran dan taman kelurahan", "k3",
         -6.9046, 107.6168, "A", SEEN, 4, 25),
        ("BDG-10", "32.73.11", "kebersihan_keindahan", "Penertiban trotoar", "k3", -6.9401, 107.6124, "A", WRONG, 5, 2),
        ("BDG-11", "32.73.18", "pembinaan", "Penataan taman lingkungan", "k3", -6.8885, 107.6300, "A", OK, 5, 8),
        ("BDG-12", "32.73.05", "rapat_koordinasi", "Rapat koordinasi camat dan lurah", "umum",
         -6.9108, 107.5796, "B", OK, 5, 14),
        ("BDG-13", "32.73.30", "inovasi_lain", "Ruang kreatif warga", "bahagia", -6.8975, 107.6725, "A", DRAFT, 5, 21),
        ("BDG-14", "32.73.27", "dokumen_kinerja", "Survei indeks kebahagiaan warga", "bahagia",
         -6.9530, 107.6970, "B", DESK, 5, 28),
        ("BDG-15", "32.73.23", "subuh_keliling", "Subuh keliling, Rancasari (foto sama dengan BDG-01)", "bahagia",
         -6.9546, 107.6742, "C", REFUSED, 6, 3),
    )
]  # fmt: skip

STUDY_UNIT = "32.73.02"
SEOUL = [
    Item(key, STUDY_UNIT, activity, f"{title} di Seoul", "", lat, lon, grade, state, date(2018, 7, day))
    for key, activity, title, lat, lon, grade, state, day in (
        ("SEL-01", "trotoar", "Trotoar", 37.5720, 126.9769, "A", OK, 10),
        ("SEL-02", "pohon", "Jenis treatment pohon", 37.5655, 126.9752, "A", OK, 10),
        ("SEL-03", "sungai", "Sungai", 37.5692, 126.9784, "C", OK, 11),
        ("SEL-04", "reklame", "Penataan informasi (reklame)", 37.5636, 126.9850, "B", SENT, 11),
        ("SEL-05", "taman_inovatif", "Taman inovatif", 37.5567, 126.9706, "A", DESK, 12),
        ("SEL-06", "aksesoris_kota", "Aksesoris perkotaan", 37.5665, 127.0092, "", DRAFT, 13),
    )
]

OKI = [
    Item(key, unit, activity, title, aspect, lat, lon, grade, state, date(2017, 7, day), photos=photos)
    for key, unit, activity, title, aspect, lat, lon, grade, state, day, photos in (
        ("OKI-01", "16.02.05", "inovasi_pelayanan", "Loket pelayanan umum kecamatan", "layanan",
         -3.3890, 104.8305, "A", SEEN, 3, 1),
        ("OKI-02", "16.02.13", "rapat_koordinasi", "Rapat koordinasi camat dan kades", "koordinasi",
         -3.9030, 104.9448, "A", OK, 4, 1),
        ("OKI-03", "16.02.11", "pembangunan_bertahap", "Dermaga desa, foto 0/50/100 %", "tugas",
         -3.1140, 105.6490, "B", WAIT, 5, 3),
        ("OKI-04", "16.02.14", "pembangunan_bertahap", "Jembatan desa, foto 0 % tidak ada", "tugas",
         -2.6430, 105.4500, "C", BACK, 6, 2),
        ("OKI-05", "16.02.03", "pembinaan", "Pembinaan administrasi desa", "koordinasi", -3.4850, 104.9258, "A", DESK, 7, 1),
        ("OKI-06", "16.02.21", "rapat_koordinasi", "Musyawarah masyarakat dan instansi", "koordinasi",
         -3.7470, 105.0955, "B", SENT, 10, 1),
        ("OKI-07", "16.02.23", "pembinaan", "Pelayanan keliling ke desa", "layanan", -3.5896, 104.7825, "A", OK, 11, 1),
        ("OKI-08", "16.02.18", "inovasi_pelayanan", "Kantor kecamatan Cengal (titik awal 3 km di luar batas)", "layanan",
         -3.5152, 105.6041, "D", WAIT, 12, 1),
    )
]  # fmt: skip

DHARMASRAYA = [
    Item(key, unit, activity, title, "program", lat, lon, grade, state, date(2017, 7, day))
    for key, unit, activity, title, lat, lon, grade, state, day in (
        ("DHM-01", "13.10.02", "rapat_koordinasi", "Rapat koordinasi penyelenggaraan pemerintahan, 4 Juli 2017",
         -0.9765, 101.5102, "B", OK, 4),
        ("DHM-02", "13.10.04", "dokumen_kinerja", "Capaian program APBD 2017, OPD A", -0.9970, 101.6036, "C", DESK, 10),
        ("DHM-03", "13.10.01", "dokumen_kinerja", "Rencana perbaikan 6 bulan, OPD B", -1.1126, 101.6760, "", SENT, 11),
        ("DHM-04", "13.10.03", "sarana_prasarana", "Kegiatan fisik OPD C tanpa kemajuan", -1.2113, 101.7470, "A", WRONG, 12),
    )
]  # fmt: skip

# Quarterly reporting is a journey of its own; here its reports are cases, and what the region concluded is the remark.
BELITUNG = [
    Item(key, unit, "dokumen_kinerja", title, aspect, lat, lon, grade, state, date(2019, month, day), remark)
    for key, unit, title, aspect, lat, lon, grade, state, month, day, remark in (
        ("BLT-01", "19.02.01", "TW III fisik 82 % keuangan 78 %", "capaian", -2.7390, 107.6340, "A", OK, 10, 1,
         "Diterima pusat (12 menit)"),
        ("BLT-02", "19.02.04", "TW III fisik 76 % keuangan 69 %", "capaian", -2.5825, 107.6838, "A", OK, 10, 1,
         "Di bawah target: keuangan"),
        ("BLT-03", "19.02.02", "TW III fisik 75 % keuangan 75 %", "capaian", -3.0478, 107.6945, "B", OK, 10, 2,
         "Tercapai (tepat di batas)"),
        ("BLT-04", "19.02.05", "TW III fisik 64 % keuangan 71 %, hambatan: lelang ulang", "capaian",
         -2.7990, 107.7848, "B", OK, 10, 2, "Di bawah target: fisik dan keuangan"),
        ("BLT-05", "19.02.03", "TW III belum melapor sampai batas waktu", "", -2.8850, 107.4230, "", DRAFT, 10, 3,
         "Dianggap tidak bekerja"),
        ("BLT-06", "19.02.01", "TW II dikirim terlambat, pusat sempat tidak menjawab", "laporan",
         -2.7490, 107.6610, "A", OK, 7, 9, "Terlambat, terkirim pada percobaan ke-3"),
    )
]  # fmt: skip

ITEMS = [*MARGAHAYU, *BANDUNG, *SEOUL, *OKI, *DHARMASRAYA, *BELITUNG]

REMARKS = {
    "MGH-12": "Persetujuan wali belum ada; lengkapi sebelum dikirim lagi.",
    "BDG-04": "Tanggal di luar periode menurut waktu kamera; jelaskan atau ganti fotonya.",
    "BDG-10": "Trotoar kembali terpakai pedagang saat dikunjungi.",
    "BDG-15": "Foto sama dengan bukti Subuh keliling, Coblong.",
    "OKI-04": "Foto keadaan 0 % tidak ada; kemajuan tidak dapat dibandingkan.",
    "DHM-04": "Tidak ada kemajuan fisik di lokasi.",
}
TAGS = {
    "MGH-03": ("disability",), "MGH-12": ("children",), "MGH-14": ("children",), "BDG-01": ("worship",),
    "BDG-02": ("worship",), "BDG-03": ("worship",), "BDG-04": ("worship",), "BDG-05": ("poor_household",),
    "BDG-06": ("poor_household",), "BDG-15": ("worship",),
}  # fmt: skip
NOTES = {
    "MGH-06": "Warga memilah sampah di 3 kelurahan; timbangan dan buku catatan ada di bank sampah.",
    "BDG-01": "Jamaah mengusulkan perbaikan lampu gang; dicatat untuk rapat koordinasi.",
    "BDG-05": "Titik publik disamarkan; nama keluarga tidak dicatat.",
    "OKI-03": "Tiga foto dari titik yang sama: 0, 50, dan 100 persen.",
    "OKI-08": "Titik pertama dari berkas foto berada di luar batas; titik kantor kemudian ditetapkan di peta.",
}
