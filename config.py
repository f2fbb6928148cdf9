"""Settings of one running Petabukti: frozen, read from the environment once, handed to `create_app`.

Knows nothing of the rest of the product, so that anything may be started with any settings.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent


class BadSetting(ValueError):
    """An environment variable holds something that cannot be used; the message names it and says what fits."""


def _truth(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "ya": True, "0": False, "false": False, "no": False, "tidak": False}
    if text.strip().lower() not in known:
        raise ValueError("expected yes or no")
    return known[text.strip().lower()]


def _folder(text: str) -> Path:
    return Path(text).expanduser().resolve()


BETWEEN = {
    "port": (0, 65_535),
    "reduce_quality": (1, 100),
    "conflict_months": (0, 600),
    "repair_days": (0, 365),
    "objection_days": (0, 365),
    "sample_share": (0, 100),
    "step_up_minutes": (1, 1_440),
    "minutes_signing_share": (0, 99),
    "trail_head_minutes": (1, 1_440),
    "centre_minutes": (1, 10_080),
}
"""What a number may be, where one that is wrong would do harm."""


@dataclass(frozen=True)
class Settings:
    """One field, one environment variable: `PETABUKTI_` and the name in capitals, or the name given in `VARIABLES`."""

    data_dir: Path = HERE / "data"
    database_url: str | None = None  # None: a private cluster inside `data_dir`
    web_database_url: str | None = None  # login of the role petabukti_app; None: the web server takes that role itself
    media_url: str | None = None  # None: `data_dir`/media on the local disk; else an obstore URL (file://, s3://)
    secret_key: str | None = None  # None: made once and kept in `data_dir`/secret
    host: str = "127.0.0.1"
    port: int = 8000
    hosts: str = ""  # names this installation answers to, with commas; see webapp/hosts.py
    threads: int = 8
    demo: bool = True
    https: bool = False  # cookies only over HTTPS; set behind a TLS proxy
    trusted_proxies: int = 0  # how many reverse proxies to believe
    max_upload_mb: int = 25  # one photo
    max_request_mb: int = 160  # one form with several photos
    max_import_mb: int = 512  # one file of an import: a zip of photos
    max_pixels: int = 120_000_000
    keep_free_mb: int = 1_000  # of the disk: no download is made that would leave less, for evidence arrives there too
    upload_days: int = 7  # how long an interrupted upload can be gone on with
    reduce_to: int = 2560  # phones that reduce photos before sending: longest side in pixels
    reduce_quality: int = 82  # and JPEG quality, 1 to 100
    workers: int = 0  # pictures that one background worker makes at once; 0: as many as there are processors
    late_days: int = 7  # how long after a deadline what was captured before it may still be delivered
    c2pa_trust: str = ""  # a PEM file of certificates whose signed pictures are believed; see media/credentials.py
    desk_lock_minutes: int = 30
    conflict_months: int = 24  # how long after its end a post still makes partial (a proposal of domain.md 3.5.5)
    repair_days: int = 7  # to mend a returned case, until the end of the last day in the period's zone
    objection_days: int = 7  # to object to a rejection, likewise
    visit_radius_m: float = 100.0  # "was there": distance allowed between the claim and an assessor's fix
    sample_share: float = 10.0  # percent of the cases the desk verified that chance sends to the field, unless told
    session_idle_minutes: int = 30
    step_up_minutes: int = 15  # how old a proof may be before what cannot be taken back
    minutes_signing_share: int = 50  # more than this percent of the team signs minutes (a proposal of domain.md 3.5.6)
    session_hours: int = 12
    time_zone: str = "Asia/Jakarta"
    default_locale: str = "id"
    organisation: str = ""  # whose installation this is; shown beside the product name
    trail_key: Path | None = None  # signs heads of the trail; None: `data_dir`/trail.key, made at first need
    trail_head_minutes: int = 60  # how often a head is signed when something was added; a finalisation does not wait
    checkpoints: str | None = None  # a folder, file:// or s3://: where each signed head is also written, once
    centre_url: str | None = None  # where sent reports are passed on to; None: they stay here
    centre_secret: str = ""  # shared with the centre: every report is signed with it
    centre_minutes: int = 60  # within which a report should be there (a proposal; see webapp/transmission/rules.py)
    public: bool = False  # whether /publik answers: published items for everybody, without signing in
    basemap_tile_url: str | None = None  # online tiles are opt-in
    basemap_attribution: str = ""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], **overrides: Any) -> Self:
        """Settings from environment variables; keyword arguments win. Raises `BadSetting`."""
        read = {name: environ[variable] for name, variable in VARIABLES.items() if environ.get(variable)}
        values = {name: _parse(name, VARIABLES[name], text) for name, text in read.items()}
        given = {name: value for name, value in overrides.items() if value is not None}
        return cls(**{**values, **given}).checked()

    def checked(self) -> Self:
        """The same settings, or `BadSetting` when they contradict themselves."""
        if self.default_locale not in ("id", "en"):
            raise BadSetting("PETABUKTI_DEFAULT_LOCALE must be id or en")
        for name, (least, most) in BETWEEN.items():
            if not least <= getattr(self, name) <= most:
                raise BadSetting(f"{VARIABLES[name]} must lie between {least} and {most}")
        if self.c2pa_trust and "BEGIN CERTIFICATE" not in _text_of(self.c2pa_trust):
            raise BadSetting("PETABUKTI_C2PA_TRUST must name a readable PEM file of certificates")
        if self.centre_url and not (_is_safe(self.centre_url) and len(self.centre_secret) >= 16):
            raise BadSetting(
                "PETABUKTI_CENTRE_URL must be https (http only on this machine), and PETABUKTI_CENTRE_SECRET have "
                "16 characters or more"
            )
        if self.basemap_tile_url and not self.basemap_attribution:
            raise BadSetting("PETABUKTI_BASEMAP_TILE_URL needs PETABUKTI_BASEMAP_ATTRIBUTION: tile owners ask for it")
        return self

    @property
    def media_place(self) -> str:
        """URL of the media store."""
        return self.media_url or (self.data_dir / "media").as_uri()

    @property
    def trusted_signers(self) -> str | None:
        """The certificates in `c2pa_trust`; None: no signer of pictures is known."""
        return _text_of(self.c2pa_trust) if self.c2pa_trust else None

    @property
    def trail_key_file(self) -> Path:
        """Where the key lies that signs heads of the trail."""
        return self.trail_key or self.data_dir / "trail.key"

    @property
    def max_upload_bytes(self) -> int:
        return self.max_upload_mb * 1024 * 1024

    @property
    def max_import_bytes(self) -> int:
        return self.max_import_mb * 1024 * 1024

    @property
    def uploads_dir(self) -> Path:
        """Where the pieces of uploads wait until they are whole: on this machine's own disk."""
        return self.data_dir / "uploads"

    @property
    def downloads_dir(self) -> Path:
        """Where files for download wait to be fetched: on a disk that web server and workers share."""
        return self.data_dir / "downloads"

    @property
    def max_request_bytes(self) -> int:
        return self.max_request_mb * 1024 * 1024

    def with_secret(self) -> Self:
        """The same settings with a secret key: the one given, else the one kept in `data_dir`/secret (0600)."""
        if self.secret_key:
            return self
        kept = self.data_dir / "secret"
        if not kept.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            made = self.data_dir / f".secret.{secrets.token_hex(8)}"  # whole or not there, whenever the power goes
            made.touch(mode=0o600)
            made.write_text(secrets.token_hex(32))
            made.rename(kept)
        return replace(self, secret_key=kept.read_text().strip())


def _is_safe(url: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    place = urlsplit(url)
    here = place.scheme == "http" and place.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(place.hostname) and (place.scheme == "https" or here)


def _text_of(path: str) -> str:
    """Empty where it cannot be read as text."""
    try:
        return Path(path).expanduser().read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


VARIABLES = {
    field.name: {"database_url": "DATABASE_URL", "data_dir": "PETABUKTI_DATA"}.get(
        field.name, f"PETABUKTI_{field.name.upper()}"
    )
    for field in fields(Settings)
}
_PARSERS: dict[str, Any] = {"int": int, "float": float, "bool": _truth, "Path": _folder}


def _parse(name: str, variable: str, text: str) -> Any:
    kind = next(field.type for field in fields(Settings) if field.name == name)
    label = getattr(kind, "__name__", str(kind))
    try:
        return _PARSERS.get(label, str)(text)
    except ValueError as why:
        raise BadSetting(f"{variable}={text!r} is not usable: {why}") from why
