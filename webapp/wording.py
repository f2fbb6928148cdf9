"""How official papers write: numbers and days in words, directions, spans of time. Always Indonesian, whoever reads."""

from datetime import date, timedelta

from babel.dates import format_date

_UNITS = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip
_STEPS = ((1_000_000_000, "miliar"), (1_000_000, "juta"), (1_000, "ribu"), (100, "ratus"), (10, "puluh"))
_WINDS = ("utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def terbilang(number: int) -> str:
    """A whole number from 0 to below a billion billion in words: 2026 is "dua ribu dua puluh enam"."""
    if number < len(_UNITS):
        return _UNITS[number]
    if number < 20:
        return f"{_UNITS[number - 10]} belas"
    size, name = next(step for step in _STEPS if number >= step[0])
    many, rest = divmod(number, size)
    head = f"se{name}" if many == 1 and size in (100, 1_000) else f"{terbilang(many)} {name}"
    return f"{head} {terbilang(rest)}" if rest else head


def hari_terbilang(day: date) -> str:
    """A day as minutes begin: "Senin tanggal enam bulan Agustus tahun dua ribu delapan belas"."""
    weekday, month = format_date(day, "EEEE", locale="id"), format_date(day, "MMMM", locale="id")
    return f"{weekday} tanggal {terbilang(day.day)} bulan {month} tahun {terbilang(day.year)}"


def romawi(month: int) -> str:
    """A month as numbers of letters write it, I to XII."""
    return _ROMAN[month - 1]


def arah(degrees: float) -> str:
    """A bearing by the nearest of eight winds: 225 is "barat daya"."""
    return _WINDS[round(degrees / 45) % 8]


def selisih(span: timedelta) -> str:
    """How far apart two instants are, in the two largest units: "12 hari 3 jam", "5 menit"; below a minute so."""
    minutes = int(abs(span).total_seconds()) // 60
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    said = [f"{n} {name}" for n, name in ((days, "hari"), (hours, "jam"), (left, "menit")) if n]
    return " ".join(said[:2]) or "kurang dari satu menit"
