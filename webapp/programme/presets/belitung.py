"""Belitung: each quarter on time, and three quarters of the target, physical and financial."""

from decimal import Decimal

from webapp.programme.rules import AspectPlan, GradePlan, IndicatorPlan, InstrumentPlan, LevelPlan, Method, Mode

_ALL, _NOTHING = Decimal(100), Decimal(0)
# 75,00 passes, 74,99 fails. The bounds of a share have two decimals.
_TARGET = (
    LevelPlan("Di bawah target", _NOTHING, _NOTHING, Decimal("74.99")),
    LevelPlan("Mencapai target", _ALL, Decimal("75.00")),
)

BELITUNG = InstrumentPlan(
    name="Capaian Triwulan (Belitung)",
    legal_basis=(
        "Target 75 persen per triwulan, fisik dan keuangan, dan laporan tepat waktu menurut pemberitaan rapat "
        "pimpinan Kabupaten Belitung (2019). Predikat CC untuk 50–60 menurut laman resmi kabupaten (Juni 2019). "
        "Bobot 20/40/40 dan batas predikat lain (AA, A, BB, B, C, D) adalah contoh sampai ditetapkan."
    ),
    example=True,
    settle_first=True,
    aspects=(
        AspectPlan(
            "Laporan tepat waktu", Decimal(20),
            (
                IndicatorPlan(
                    "Laporan triwulan diterima sebelum batas waktu", _ALL, Mode.DESK, Method.LEVELS,
                    levels=(LevelPlan("Tidak atau terlambat", _NOTHING), LevelPlan("Tepat waktu", _ALL)),
                ),
            ),
        ),
        AspectPlan(
            "Capaian fisik", Decimal(40),
            (IndicatorPlan("Realisasi fisik (%)", _ALL, Mode.BOTH, Method.LEVELS, levels=_TARGET),),
        ),
        AspectPlan(
            "Capaian keuangan", Decimal(40),
            (IndicatorPlan("Realisasi keuangan (%)", _ALL, Mode.DESK, Method.LEVELS, levels=_TARGET),),
        ),
    ),
    grades=(
        GradePlan("AA", Decimal(90), includes=False),
        GradePlan("A", Decimal(80), includes=False),
        GradePlan("BB", Decimal(70), includes=False),
        GradePlan("B", Decimal(60), includes=False),
        GradePlan("CC", Decimal(50)),
        GradePlan("C", Decimal(30), includes=False),
        GradePlan("D", _NOTHING),
    ),
)  # fmt: skip
