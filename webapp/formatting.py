"""Numbers, dates and places as Indonesians (or readers of English) write them: the filters of every template.

All filters answer "–" for None, so that a template need not ask first. Each takes an optional `locale` ("id" or "en");
without it the reader's own is used.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

Number = int | float | Decimal
NOTHING = "–"
DEFAULT_ZONE = "Asia/Jakarta"
_KILOMETRE = 1000.0
_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB")
_LONG_DATE = "d MMMM y"


def _language(locale: str | None) -> str:
    return locale or str(get_locale() or "id")


def _day(value: date, pattern: str, locale: str | None) -> str:
    return format_date(value, pattern, locale=_language(locale))


def tanggal(value: date | None, locale: str | None = None) -> str:
    """A day in full: "Senin, 6 Agustus 2018"."""
    return NOTHING if value is None else _day(value, f"EEEE, {_LONG_DATE}", locale)


def tanggal_pendek(value: date | None, locale: str | None = None) -> str:
    """A day for tables: "6 Agu 2018"."""
    return NOTHING if value is None else _day(value, "d MMM y", locale)


def bulan(value: date | None, locale: str | None = None) -> str:
    """The month of a day: "Agustus 2018"."""
    return NOTHING if value is None else _day(value, "MMMM y", locale)


def bulan_pendek(value: date | None, locale: str | None = None) -> str:
    """The same where there is little room: "Agu 18"."""
    return NOTHING if value is None else _day(value, "MMM yy", locale)


def rentang(start: date | None, end: date | None, locale: str | None = None) -> str:
    """Days from `start` to `end`, both included, without saying the common part twice: "6–8 Agustus 2018"."""
    if start is None or end is None or start == end:
        only = start or end
        return NOTHING if only is None else _day(only, _LONG_DATE, locale)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{_day(end, _LONG_DATE, locale)}"
    head = "d MMMM" if start.year == end.year else _LONG_DATE
    return f"{_day(start, head, locale)} – {_day(end, _LONG_DATE, locale)}"


def zone_name(moment: datetime) -> str:
    """What people call the zone of an aware `moment`: WIB, WITA, WIT, KST; else its distance from UTC ("UTC+03")."""
    name = moment.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" and name else name


def waktu(value: datetime | None, zone: str = DEFAULT_ZONE, locale: str | None = None) -> str:
    """An instant in the region's `zone` (IANA name): "6 Agustus 2018 05.12 WIB".

    A naive `value` is a camera's reading, whose zone nobody knows: it is written as it stands, without a zone.
    """
    if value is None:
        return NOTHING
    there = value if value.tzinfo is None else value.astimezone(ZoneInfo(zone))
    clock = "HH:mm" if _language(locale) == "en" else "HH.mm"
    # format_time would move an aware reading to UTC once more: it gets the wall clock.
    said = format_time(there.time().replace(tzinfo=None), clock, locale=_language(locale))
    return f"{_day(there.date(), _LONG_DATE, locale)} {said} {zone_name(there)}".rstrip()


def waktu_iso(value: datetime | None) -> str:
    """The same instant for a machine, in UTC: the `datetime` attribute of a <time>."""
    if value is None:
        return ""
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat(timespec="seconds")


def angka(value: Number | None, digits: int | None = None, locale: str | None = None) -> str:
    """A number with the reader's marks: "1.234,5". `digits` fixes the decimals: angka(75, 2) is "75,00"."""
    if value is None:
        return NOTHING
    tail = "." + "0" * digits if digits else ""
    pattern = "#,##0.###" if digits is None else f"#,##0{tail}"
    return format_decimal(value, pattern, locale=_language(locale)).replace("-", "−", 1)


def persen(value: Number | None, digits: int = 0, locale: str | None = None) -> str:
    """A share already in hundredths: persen(75) is "75 %" in Indonesian, "75%" in English."""
    if value is None:
        return NOTHING
    gap = "" if _language(locale) == "en" else "\N{NO-BREAK SPACE}"
    return f"{angka(value, digits, locale)}{gap}%"


def jarak(metres: Number | None, locale: str | None = None) -> str:
    """A length on the ground, from metres: "14 m", "1,2 km", "35 km"."""
    if metres is None:
        return NOTHING
    whole = round(metres)
    if abs(whole) < _KILOMETRE:
        return f"{angka(whole, 0, locale)}\N{NO-BREAK SPACE}m"
    kilometres = float(metres) / _KILOMETRE
    digits = 1 if abs(kilometres) < 10 else 0
    return f"{angka(round(kilometres, digits), digits, locale)}\N{NO-BREAK SPACE}km"


_DIRECTIONS = (
    _l("utara"), _l("timur laut"), _l("timur"), _l("tenggara"), _l("selatan"), _l("barat daya"), _l("barat"),
    _l("barat laut"),
)  # fmt: skip


def arah(degrees: float) -> str:
    """A bearing as one of eight directions, with its degrees: "barat daya (225°)"."""
    return f"{_DIRECTIONS[round(degrees / 45) % 8]} ({round(degrees) % 360}°)"


def selang(passed: timedelta, locale: str | None = None) -> str:
    """How long something took or lies back, in one unit: "3 bulan", "2 jam"."""
    return format_timedelta(abs(passed), threshold=1.5, locale=_language(locale))


def akurasi(metres: Number | None, locale: str | None = None) -> str:
    """The radius within which a fix is true, from metres: "± 14 m"."""
    return NOTHING if metres is None else f"±\N{NO-BREAK SPACE}{jarak(metres, locale)}"


def ukuran(size: int | None, locale: str | None = None) -> str:
    """A file size, from bytes, in steps of a thousand: "2,3 MB"."""
    if size is None:
        return NOTHING
    amount, unit = float(size), 0
    # 999,950 is the first to be written "1.000,0": it moves on to the next unit instead.
    while amount >= 999.95 and unit < len(_BYTE_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 1 if unit > 1 else 0
    return f"{angka(round(amount, digits), digits, locale)}\N{NO-BREAK SPACE}{_BYTE_UNITS[unit]}"


def derajat(lon: float | None, lat: float | None, locale: str | None = None) -> str:
    """A place for people, from degrees lon, lat; written latitude first as maps do: "6,96620° LS, 107,57080° BT"."""
    if lon is None or lat is None:
        return NOTHING
    south, north, east, west = ("S", "N", "E", "W") if _language(locale) == "en" else ("LS", "LU", "BT", "BB")
    up = f"{angka(abs(lat), 5, locale)}° {south if lat < 0 else north}"
    across = f"{angka(abs(lon), 5, locale)}° {west if lon < 0 else east}"
    return f"{up}, {across}"


FILTERS: dict[str, Callable[..., str]] = {
    filter_.__name__: filter_
    for filter_ in (
        tanggal,
        tanggal_pendek,
        bulan,
        rentang,
        waktu,
        waktu_iso,
        angka,
        persen,
        jarak,
        akurasi,
        ukuran,
        derajat,
    )
}


def init_app(app: Flask) -> None:
    """Give every template the filters of this module."""
    app.jinja_env.filters.update(FILTERS)
