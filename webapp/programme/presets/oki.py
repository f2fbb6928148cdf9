"""Ogan Komering Ilir: all eighteen present over two days, the six best are judged further."""

from decimal import Decimal

from webapp.programme.rules import AspectPlan, IndicatorPlan, InstrumentPlan, Method, Mode

_ALL = Decimal(100)


def _presented(name: str, part: int = 1, weight: Decimal = Decimal(20)) -> AspectPlan:
    """An aspect that is judged from what is presented."""
    heard = IndicatorPlan(name, _ALL, Mode.DESK, Method.PRESENTATION, evidence_required=0)
    return AspectPlan(name, weight, (heard,), part)


OKI = InstrumentPlan(
    name="Penilaian Camat Dua Tahap (OKI)",
    legal_basis=(
        "Kriteria tahap 1 dari tujuan penilaian camat Kabupaten Ogan Komering Ilir (2017): pemaparan seluruh camat, "
        "lalu enam terbaik dinilai lebih lanjut. Sumber tidak menyebut bobot maupun isi penilaian lanjutan: bobot "
        "20 untuk setiap kriteria dan 50/50 untuk tahap 2 (verifikasi lapangan dan wawancara) adalah contoh sampai "
        "ditetapkan."
    ),
    example=True,
    settle_first=True,
    aspects=(
        _presented("Pelayanan umum"),
        _presented("Pelayanan kepada masyarakat"),
        _presented("Keberhasilan pelaksanaan tugas"),
        _presented("Kemampuan dan kapasitas camat"),
        _presented("Koordinasi dengan desa dan instansi"),
        AspectPlan(
            "Verifikasi lapangan", Decimal(50), (IndicatorPlan("Hasil verifikasi lapangan", _ALL, Mode.FIELD),), 2
        ),
        _presented("Wawancara", 2, Decimal(50)),
    ),
)  # fmt: skip
