"""Dharmasraya: an agreed target and its clock, no scores. One indicator says how far the programmes came."""

from decimal import Decimal

from webapp.programme.rules import AspectPlan, IndicatorPlan, InstrumentPlan, Mode

DHARMASRAYA = InstrumentPlan(
    name="Perjanjian Kinerja (Dharmasraya)",
    legal_basis=(
        "Rapat koordinasi Kabupaten Dharmasraya, 4 Juli 2017: target yang disepakati dicapai dalam satu tahun; bila "
        "tidak, enam bulan masa perbaikan; lalu seleksi ulang sebagai usulan. PP 11/2017 Pasal 142 menurut penuturan "
        "Sekda; naskahnya belum diperiksa. Tidak ada penilaian angka selain capaian program; jangka waktunya dicatat "
        "di perjanjian kinerja."
    ),
    aspects=(
        AspectPlan(
            "Capaian program APBD", Decimal(100),
            (IndicatorPlan("Capaian target program pada periode ini (%)", Decimal(100), Mode.DESK),),
        ),
    ),
)  # fmt: skip
