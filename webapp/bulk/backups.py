"""What a phone's capture page wrote into a backup: the cases that waited there, and their photos with positions."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from geo.values import LonLat
from media.names import clean_name, clean_text
from webapp.evidence.rules import CaptureSource
from webapp.forms.json import BadJson, read_object
from webapp.forms.text import clean_text as words
from webapp.forms.words import FieldRefused

MANIFEST = "cadangan.json"
FORMAT = "petabukti-cadangan/1"
MOST_BYTES = 5 * 1024**2
MOST_CASES = 1_000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_YEARS = range(2000, 2100)
_MOST_METRES, _MOST_FIXES, _MOST_SIZE = 1e6, 100_000, 1 << 40


class BackupRefused(Exception):
    """The backup is not read at all; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class BackedPhoto:
    """A photo of a backup. `file`: the member it lies in; `device`: what the phone knew of it, as `Device` reads it."""

    id: uuid.UUID
    file: str
    name: str
    claimed_type: str
    byte_size: int | None
    sha256: str | None
    device: dict[str, Any]


@dataclass(frozen=True)
class BackedCase:
    """A case of a backup; `sent`: what the phone would send of it, complete or not."""

    id: uuid.UUID
    sent: dict[str, Any] | None
    photos: tuple[BackedPhoto, ...]


@dataclass(frozen=True)
class Backup:
    """A phone's backup, and whose it is."""

    account_id: int
    cases: tuple[BackedCase, ...] = field(default=())


@dataclass(frozen=True)
class CaseWords:
    """What a case of a backup says, as far as it can be shown for correction; "" and None: to be filled in."""

    title: str = ""
    activity: str = ""
    day: date | None = None
    until: date | None = None
    note: str = ""


def words_of(case: BackedCase, zone: ZoneInfo) -> CaseWords:
    """The words of an incomplete case; what is too long for its field is left to be written again.

    Without a day, that on which the phone took the earliest photo, in that zone.
    """
    sent = case.sent or {}
    day = _day(sent.get("occurred_from")) or _earliest(case, zone)
    until = _day(sent.get("occurred_to"))
    return CaseWords(
        title=_words(sent.get("title"), 200),
        activity=_words(sent.get("activity"), 200),
        day=day,
        until=until if until and day and until >= day else day,
        note=_words(sent.get("note"), 5_000, lines=True),
    )


def _words(value: object, longest: int, *, lines: bool = False) -> str:
    try:
        return words(value, longest=longest, required=False, lines=lines) if isinstance(value, str) else ""
    except FieldRefused:
        return ""


def _day(value: object) -> date | None:
    try:
        day = date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _earliest(case: BackedCase, zone: ZoneInfo) -> date | None:
    """By the phone's clock. Rounds at dawn are on the day before in UTC."""
    moments = [str(photo.device["captured_at"]) for photo in case.photos if "captured_at" in photo.device]
    return datetime.fromisoformat(min(moments)).astimezone(zone).date() if moments else None


def read_backup(raw: bytes) -> Backup:
    """Raises `BackupRefused` (backup_unreadable, backup_of_another_format)."""
    try:
        told = read_object(raw)
    except BadJson as broken:
        raise BackupRefused("backup_unreadable") from broken
    if told.get("format") != FORMAT:
        raise BackupRefused("backup_of_another_format")
    account, cases = told.get("account"), told.get("cases")
    number = account.get("id") if isinstance(account, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(cases, list):
        raise BackupRefused("backup_unreadable")
    if len(cases) > MOST_CASES:
        raise BackupRefused("backup_unreadable")
    return Backup(number, _once([_case(one) for one in cases]))


def _once(cases: list[BackedCase]) -> tuple[BackedCase, ...]:
    """Raises `BackupRefused` where a number is there twice."""
    numbers = [case.id for case in cases]
    photos = [photo.id for case in cases for photo in case.photos]
    if len(set(numbers)) < len(numbers) or len(set(photos)) < len(photos):
        raise BackupRefused("backup_unreadable")
    return tuple(cases)


def _case(told: object) -> BackedCase:
    if not isinstance(told, dict):
        raise BackupRefused("backup_unreadable")
    sent, photos = told.get("fields"), told.get("photos", [])
    if not isinstance(sent, dict | None) or not isinstance(photos, list):
        raise BackupRefused("backup_unreadable")
    return BackedCase(_uuid(told.get("id")), _storable(sent), tuple(_photo(one) for one in photos))


def _storable(sent: dict[str, Any] | None) -> dict[str, Any] | None:
    """Numbers that JSON cannot hold are left out; of texts, zero bytes."""
    return None if sent is None else {_clean(key): _value(value) for key, value in sent.items()}


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return _storable(value)
    if isinstance(value, list):
        return [_value(one) for one in value]
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _photo(told: object) -> BackedPhoto:
    if not isinstance(told, dict):
        raise BackupRefused("backup_unreadable")
    metadata = told.get("metadata")
    sha256, size = _digest(told.get("sha256")), told.get("bytes")
    return BackedPhoto(
        id=_uuid(told.get("id")),
        file=_text(told, "file"),
        name=clean_name(_text(told, "name")),
        claimed_type=clean_text(_text(told, "type")),
        byte_size=size if isinstance(size, int) else None,
        sha256=sha256,
        device=_device(metadata if isinstance(metadata, dict) else {}),
    )


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""


def _uuid(value: object) -> uuid.UUID:
    try:
        return uuid.UUID(value if isinstance(value, str) else "")
    except ValueError as broken:
        raise BackupRefused("backup_unreadable") from broken


def _digest(value: object) -> str | None:
    text = value.lower() if isinstance(value, str) else ""
    return text if _SHA256.fullmatch(text) else None


def _device(said: Mapping[str, Any]) -> dict[str, Any]:
    """As the wire reads it, kindly: what cannot be is left out. EPSG:4326 degrees, metres, ISO 8601 in UTC."""
    fix = LonLat.maybe(_number(said.get("fix_lon")), _number(said.get("fix_lat")))
    accuracy = _number(said.get("fix_accuracy"))
    original = _digest(said.get("original_sha256")), _count(said.get("original_bytes"), _MOST_SIZE)
    source = said.get("source")
    told = {
        "source": source if isinstance(source, str) and source in set(CaptureSource) else None,
        "captured_at": _moment(said.get("captured_at")),
        "lon": fix.lon if fix else None,
        "lat": fix.lat if fix else None,
        "accuracy_m": accuracy if fix and accuracy is not None and 0 <= accuracy <= _MOST_METRES else None,
        "at": _moment(said.get("fix_at")) if fix else None,
        "count": _count(said.get("fix_count"), _MOST_FIXES) if fix else None,
        "original_sha256": original[0] if all(original) else None,
        "original_bytes": original[1] if all(original) else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _number(value: object) -> float | None:
    """A number, or one written as text, as metadata of the wire is."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _count(value: object, most: int) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number.is_integer() and 0 < number <= most else None


def _moment(value: object) -> str | None:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year not in _YEARS:
        return None
    return moment.astimezone(UTC).isoformat()
