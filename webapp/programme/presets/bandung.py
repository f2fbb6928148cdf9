"""Bandung's SIP: three groups of criteria. The article gives neither weights nor points."""

from decimal import Decimal

from webapp.programme.rules import AspectPlan, IndicatorPlan, InstrumentPlan, Method, Mode

_TEN, _HUNDRED = Decimal(10), Decimal(100)


def _activity(name: str) -> IndicatorPlan:
    """An activity that surely earns points once verified; 2 points each up to 10 of its 10 percent are an example."""
    return IndicatorPlan(
        name, _TEN, Mode.BOTH, Method.COUNT, required=False, max_value=_TEN, points_each=Decimal(2)
    )  # fmt: skip


BANDUNG = InstrumentPlan(
    name="SIP Kota Bandung",
    legal_basis=(
        "Tiga kelompok kriteria menurut pemberitaan Sistem Informasi Penilaian (SIP) Kota Bandung: laporan setiap "
        "kriteria diverifikasi secara daring dan langsung di lapangan. Sumber tidak menyebut bobot maupun poin: bobot "
        "40/30/30, 2 poin per kegiatan, dan batas 10 poin adalah contoh sampai ditetapkan."
    ),
    example=True,
    settle_first=True,
    aspects=(
        AspectPlan(
            "Kinerja penyelenggaraan tugas umum pemerintahan", Decimal(40),
            (IndicatorPlan("Penyelenggaraan tugas umum pemerintahan", _HUNDRED, Mode.BOTH),),
        ),
        AspectPlan(
            "Ketertiban, kebersihan, dan keindahan lingkungan hidup", Decimal(30),
            (
                IndicatorPlan("Ketertiban", Decimal(34), Mode.BOTH),
                IndicatorPlan("Kebersihan", Decimal(33), Mode.BOTH),
                IndicatorPlan("Keindahan", Decimal(33), Mode.BOTH),
            ),
        ),
        AspectPlan(
            "Inovasi, kreativitas, dan peningkatan indeks kebahagiaan warga", Decimal(30),
            (
                IndicatorPlan("Inovasi dan kreativitas", Decimal(30), Mode.BOTH),
                IndicatorPlan("Peningkatan indeks kebahagiaan", Decimal(30), Mode.BOTH),
                _activity("Subuh keliling"),
                _activity("Jumat keliling"),
                _activity("Makan malam bersama keluarga pra sejahtera"),
                _activity("Culinary Night"),
            ),
        ),
    ),
)  # fmt: skip
