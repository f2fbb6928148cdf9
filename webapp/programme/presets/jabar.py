"""Sinergitas kinerja kecamatan, Jawa Barat: six aspects, the camat's mastery judged by who was there."""

from decimal import Decimal

from webapp.programme.rules import AspectPlan, IndicatorPlan, InstrumentPlan, Method, Mode

_ALL = Decimal(100)

JABAR = InstrumentPlan(
    name="Sinergitas Kinerja Kecamatan Jawa Barat",
    legal_basis=(
        "Enam aspek fokus penilaian menurut pemberitaan di Margahayu (2018). Separuh nilai dari dokumen dan separuh "
        "dari wawancara, serta perbandingan aspek dokumen 30/30/20/5/5 dan isi aspek inovasi 5/7/3/5, menurut "
        "instrumen satu kabupaten tahun 2026; bagian F (data dukung lainnya) tidak disertakan. Naskah Peraturan "
        "Gubernur Jawa Barat Nomor 23 Tahun 2018 belum diperiksa. Bobot di sini dihitung dari perbandingan itu dan "
        "dibulatkan: perlakukan sebagai contoh sampai ditetapkan."
    ),
    example=True,
    settle_first=True,
    aspects=(
        AspectPlan("Pelayanan publik", Decimal("16.67"), (IndicatorPlan("Pelayanan publik", _ALL, Mode.BOTH),)),
        AspectPlan(
            "Koordinasi penyelenggaraan pemerintahan", Decimal("16.67"),
            (IndicatorPlan("Koordinasi penyelenggaraan pemerintahan", _ALL, Mode.DESK),),
        ),
        AspectPlan(
            "Inovasi dan upaya", Decimal("11.11"),
            (
                IndicatorPlan("Sistem informasi", Decimal(25), Mode.FIELD),
                IndicatorPlan("Inovasi", Decimal(35), Mode.FIELD),
                IndicatorPlan("Keputusan camat", Decimal(15), Mode.DESK),
                IndicatorPlan("Penghargaan", Decimal(25), Mode.DESK),
            ),
        ),
        AspectPlan("Kompetensi SDM", Decimal("2.78"), (IndicatorPlan("Kompetensi SDM", _ALL, Mode.DESK),)),
        AspectPlan("Pengelolaan anggaran", Decimal("2.77"), (IndicatorPlan("Pengelolaan anggaran", _ALL, Mode.DESK),)),
        AspectPlan(
            "Penguasaan materi oleh camat", Decimal(50),
            (
                IndicatorPlan(
                    "Pemaparan dan pengayaan (wawancara)", _ALL, Mode.DESK, Method.PRESENTATION, evidence_required=0
                ),
            ),
        ),
    ),
)  # fmt: skip
