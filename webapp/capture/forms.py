"""What a tus client says in headers, read strictly; what it says of the phone's position, kindly."""

import base64
import binascii
import math
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from werkzeug.datastructures import Headers

from geo.values import LonLat
from media.names import clean_name, clean_text
from webapp.capture.errors import ChecksumUnknown, HeaderUnusable, LengthDeferred
from webapp.capture.parts import ALGORITHMS, Checksum
from webapp.capture.rules import Purpose
from webapp.capture.services import Told
from webapp.evidence.rules import CaptureSource

_LONGEST_METADATA = 8 * 1024
_DIGITS = re.compile(r"[0-9]{1,15}")
_KEY = re.compile(r"[!-+\--~]+")  # ASCII that can be seen, without space and comma
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGEST_BYTES = {"sha1": 20, "sha256": 32}
_YEARS = range(2000, 2100)  # of a phone's clock that is worth keeping
_MOST_METRES = 1e6
_MOST_FIXES = 100_000
_METADATA = "Upload-Metadata"
_TARGETS = {Purpose.PHOTO: "case", Purpose.IMPORT: "import", Purpose.VISIT: "visit"}
_HIGHEST_ROW = 2_147_483_647


def read_number(headers: Headers, name: str) -> int:
    """A whole number of decimal digits and nothing else. Raises `HeaderUnusable`."""
    text = headers.get(name, "")
    if not _DIGITS.fullmatch(text):
        raise HeaderUnusable(name)
    return int(text)


def read_length(headers: Headers) -> int:
    """The length of the file, above 0. Raises `LengthDeferred`, `HeaderUnusable`."""
    if "Upload-Defer-Length" in headers:
        raise LengthDeferred
    length = read_number(headers, "Upload-Length")
    if length == 0:
        raise HeaderUnusable("Upload-Length")
    return length


def read_checksum(headers: Headers) -> Checksum | None:
    """What the piece must hash to, if its sender says. Raises `ChecksumUnknown`."""
    text = headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error as broken:
        raise ChecksumUnknown from broken
    if algorithm not in ALGORITHMS or len(digest) != _DIGEST_BYTES[algorithm]:
        raise ChecksumUnknown
    return Checksum(algorithm, digest)


def read_told(headers: Headers) -> tuple[uuid.UUID, Told]:
    """The number of the upload (a new one where none is said) and what is said of the file.

    Raises `HeaderUnusable`, `LengthDeferred`. A position, time or count that cannot be is left out.
    """
    length, text = read_length(headers), headers.get(_METADATA, "")
    said = _metadata(text)
    purpose = _purpose(said)
    original = _sha256(said), _count(said, "original_bytes", 1 << 40)
    fix = LonLat.maybe(_number(said, "fix_lon"), _number(said, "fix_lat"))
    told = Told(
        purpose=purpose,
        target=_uuid(said, _TARGETS[purpose]),
        byte_size=length,
        metadata=text,
        file_name=clean_name(said.get("filename", "")),
        claimed_type=clean_text(said.get("filetype", "")),
        capture_source=said.get("source") if said.get("source") in set(CaptureSource) else None,
        captured_at=_moment(said, "captured_at"),
        fix=fix,
        fix_accuracy_m=_metres(said) if fix else None,
        fix_at=_moment(said, "fix_at") if fix else None,
        fix_count=_count(said, "fix_count", _MOST_FIXES) if fix else None,
        original_sha256=original[0] if all(original) else None,
        original_byte_size=original[1] if all(original) else None,
        answers=_count(said, "answers", _HIGHEST_ROW) if purpose is Purpose.VISIT else None,
    )
    return (_uuid(said, "id") if "id" in said else uuid.uuid4()), told


def _metadata(text: str) -> dict[str, str]:
    """Pairs of a key and a value in base64, parted by commas; a value may be missing. UTF-8 throughout."""
    if len(text) > _LONGEST_METADATA:
        raise HeaderUnusable(_METADATA)
    said: dict[str, str] = {}
    for pair in text.split(",") if text else ():
        key, _, encoded = pair.strip(" ").partition(" ")
        if not _KEY.fullmatch(key) or key in said:
            raise HeaderUnusable(_METADATA)
        said[key] = _decoded(encoded)
    return said


def _decoded(encoded: str) -> str:
    try:
        text = base64.b64decode(encoded.encode("ascii"), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError) as broken:
        raise HeaderUnusable(_METADATA) from broken
    return text.replace("\x00", "")


def _purpose(said: Mapping[str, str]) -> Purpose:
    try:
        return Purpose(said.get("purpose", Purpose.PHOTO))
    except ValueError as unknown:
        raise HeaderUnusable(_METADATA) from unknown


def _uuid(said: Mapping[str, str], key: str) -> uuid.UUID:
    try:
        return uuid.UUID(said.get(key, ""))
    except ValueError as broken:
        raise HeaderUnusable(_METADATA) from broken


def _number(said: Mapping[str, str], key: str) -> float | None:
    text = said.get(key, "")
    try:
        number = float(text) if len(text) < 40 else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _metres(said: Mapping[str, str]) -> float | None:
    metres = _number(said, "fix_accuracy")
    return metres if metres is not None and 0 <= metres <= _MOST_METRES else None


def _count(said: Mapping[str, str], key: str, most: int) -> int | None:
    text = said.get(key, "")
    return int(text) if _DIGITS.fullmatch(text) and 0 < int(text) <= most else None


def _sha256(said: Mapping[str, str]) -> str | None:
    text = said.get("original_sha256", "").lower()
    return text if _SHA256.fullmatch(text) else None


def _moment(said: Mapping[str, str], key: str) -> datetime | None:
    """A moment with its offset; without one nobody knows which."""
    try:
        moment = datetime.fromisoformat(said.get(key, ""))
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo and moment.year in _YEARS else None
