"""The demo's five assessments. Numbers the founding articles do not give are examples, and the instruments say so."""

from dataclasses import dataclass
from datetime import date

from webapp.programme.rules import Mode

EXAMPLE = "Angka contoh: sumber tidak menyebutkannya."


@dataclass(frozen=True)
class Programme:
    """A period of one region. aspects: (key of the demo items, name, weight, verification mode)."""

    key: str
    region: str
    name: str
    instrument: str
    source: str
    starts_on: date
    ends_on: date
    aspects: tuple[tuple[str, str, int, Mode], ...]
    final: bool = False


_FIELD, _DESK = Mode.FIELD, Mode.DESK

PROGRAMMES = (
    Programme(
        "MGH", "32.04", "Sinergitas Kinerja Kecamatan 2018", "Sinergitas Jawa Barat",
        f"Enam aspek fokus penilaian sinergitas kinerja kecamatan (Margahayu, 2018). {EXAMPLE}",
        date(2018, 1, 1), date(2018, 12, 31),
        (
            ("Pelayanan", "Pelayanan publik", 30, _FIELD),
            ("Koordinasi", "Koordinasi penyelenggaraan pemerintahan", 30, _DESK),
            ("Inovasi", "Inovasi dan upaya", 20, _FIELD),
            ("SDM", "Kompetensi SDM", 5, _DESK),
            ("Anggaran", "Pengelolaan anggaran", 5, _DESK),
            ("Materi", "Penguasaan materi oleh camat", 10, _DESK),
        ),
    ),
    Programme(
        "BDG", "32.73", "Penilaian Camat Kota Bandung 2018", "SIP Kota Bandung",
        f"Tiga kelompok kriteria Sistem Informasi Penilaian Kota Bandung. {EXAMPLE}",
        date(2018, 1, 1), date(2018, 12, 31),
        (
            ("umum", "Kinerja penyelenggaraan tugas umum pemerintahan", 40, _DESK),
            ("k3", "Ketertiban, kebersihan, dan keindahan lingkungan hidup", 30, _FIELD),
            ("bahagia", "Inovasi, kreativitas, dan peningkatan indeks kebahagiaan warga", 30, _DESK),
        ),
    ),
    Programme(
        "OKI", "16.02", "Penilaian Kinerja Camat OKI 2017", "Penilaian camat OKI, tahap 1",
        f"Tujuan penilaian camat Ogan Komering Ilir 2017. {EXAMPLE}",
        date(2017, 1, 1), date(2017, 12, 31),
        (
            ("layanan", "Pelayanan umum dan pelayanan kepada masyarakat", 40, _FIELD),
            ("tugas", "Keberhasilan pelaksanaan tugas", 30, _FIELD),
            ("koordinasi", "Koordinasi dengan desa dan instansi", 30, _DESK),
        ),
    ),
    Programme(
        "DHM", "13.10", "Evaluasi Kinerja Dharmasraya 2017", "Evaluasi program APBD",
        f"Rapat koordinasi Dharmasraya, 4 Juli 2017. {EXAMPLE}",
        date(2017, 1, 1), date(2017, 12, 31),
        (("program", "Capaian program dan kegiatan", 100, _DESK),),
    ),
    Programme(
        "BLT", "19.02", "Evaluasi Triwulan Belitung 2019", "Evaluasi triwulan",
        f"Rapat pimpinan Belitung, 8 Oktober 2019: capaian 75 persen tiap triwulan, fisik dan keuangan. {EXAMPLE}",
        date(2019, 1, 1), date(2019, 12, 31),
        (
            ("laporan", "Ketepatan laporan", 20, _DESK),
            ("capaian", "Capaian fisik dan keuangan", 80, _DESK),
        ),
        final=True,
    ),
)  # fmt: skip
