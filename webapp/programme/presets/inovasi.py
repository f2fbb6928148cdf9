"""The innovation layer of PP 38/2017: five criteria, and the indicators every innovation must prove."""

from decimal import Decimal

from webapp.programme.rules import AspectPlan, IndicatorPlan, InstrumentPlan, LevelPlan, Method, Mode


def _three(name: str, lowest: str, middle: str, highest: str, mode: Mode = Mode.DESK) -> IndicatorPlan:
    """An indicator of three levels; a fifth of its aspect, as the others."""
    levels = (LevelPlan(lowest, Decimal(1)), LevelPlan(middle, Decimal(2)), LevelPlan(highest, Decimal(3)))
    return IndicatorPlan(name, Decimal(20), mode, Method.LEVELS, max_value=Decimal(3), levels=levels)


def _criterion(name: str) -> IndicatorPlan:
    return _three(name, "Dinyatakan", "Sebagian dibuktikan", "Dibuktikan")


INOVASI = InstrumentPlan(
    name="Indeks Inovasi (PP 38/2017)",
    legal_basis=(
        "PP 38/2017 tentang Inovasi Daerah: lima kriteria. Lima indikator wajib menurut penerapan pedoman indeks "
        "inovasi di beberapa proyek publik (sumber kedua); lima belas indikator lain tidak disertakan. Tingkat "
        "jawaban, nilainya, dan bobotnya adalah contoh sampai ditetapkan."
    ),
    example=True,
    settle_first=True,
    aspects=(
        AspectPlan(
            "Kriteria inovasi daerah", Decimal(50),
            (
                _criterion("Mengandung pembaruan"),
                _criterion("Memberi manfaat"),
                _criterion("Tidak membebani atau membatasi masyarakat secara tidak sah"),
                _criterion("Menjadi urusan yang menjadi kewenangan daerah"),
                _criterion("Dapat direplikasi"),
            ),
        ),
        AspectPlan(
            "Indikator wajib", Decimal(50),
            (
                _three("Regulasi", "Surat perintah", "Keputusan kepala perangkat", "Peraturan kepala daerah"),
                _three("Ketersediaan SDM", "Satu orang", "Tim tanpa keputusan", "Tim dengan keputusan"),
                _three("Kecepatan penciptaan", "Di atas setahun", "Enam bulan sampai setahun", "Di bawah enam bulan"),
                _three("Kemanfaatan", "Sedikit penerima", "Sebagian sasaran", "Seluruh sasaran", Mode.BOTH),
                _three("Kualitas dan video", "Uraian", "Uraian dan foto", "Uraian, foto, dan video"),
            ),
        ),
    ),
)  # fmt: skip
