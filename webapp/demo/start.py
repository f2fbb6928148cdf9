"""What a new installation is given: approximate boundaries always, the demo where it is wanted."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config import Settings
from media.decoding import Decoder
from media.intake import Intake
from media.limits import Limits
from media.store import Store
from webapp.accounts.models import Account
from webapp.accounts.sealing import Vault
from webapp.demo.codes import keep_secrets
from webapp.demo.people import DemoAccount
from webapp.demo.story import Progress, load_demo
from webapp.territory.services import load_approximate

SHOWN = ("camat.margahayu", "meja.kabbandung", "lapangan.kabbandung", "penilai.kabbandung", "ketua.kabbandung",
         "pimpinan.kabbandung", "sekretariat.kabbandung", "informasi.bandung", "pimpinan.bandung", "admin")  # fmt: skip


class DemoLoaded(Exception):
    """The database already has people; a demo is never mixed with them."""


def load_into_new(session: Session, settings: Settings, *, at: datetime, progress: Progress) -> None:
    """Regions and the demo into a database without people; the accounts are kept for `remembered`.

    Raises `DemoLoaded`.
    """
    if has_people(session):
        raise DemoLoaded
    load_approximate(session, at=at, progress=progress)
    limits = Limits(max_bytes=settings.max_upload_bytes, max_pixels=settings.max_pixels)
    with Decoder() as decoder:
        intake = Intake(Store.open(settings.media_place), decoder, limits, settings.trusted_signers)
        vault = Vault(settings.with_secret().secret_key or "")
        accounts = load_demo(session, intake, vault, progress, at=at)
    _remember(settings, accounts)


def has_people(session: Session) -> bool:
    return bool(session.scalar(select(exists(select(Account.id)))))


def prepare(session: Session, settings: Settings, *, at: datetime, progress: Progress) -> None:
    """Bring a database to where a first page makes sense: regions, and the demo in an empty one if wanted."""
    if settings.demo and not has_people(session):
        load_into_new(session, settings, at=at, progress=progress)
    else:
        load_approximate(session, at=at, progress=progress)


def notes(session: Session, settings: Settings) -> list[str]:
    """Lines to print beside the address: who can sign in, or how the first person is made."""
    if not has_people(session):
        return ["Buat administrator pertama: ./petabukti admin create"]
    return remembered(settings)


def remembered(settings: Settings) -> list[str]:
    """The demo accounts of this data directory, the usual ones first; nothing where there is no demo."""
    kept = _place(settings)
    return kept.read_text().splitlines() if kept.is_file() else []


def _remember(settings: Settings, accounts: Iterable[DemoAccount]) -> None:
    by_name = {one.username: one for one in accounts}
    keep_secrets(settings, {one.username: one.secret for one in by_name.values() if one.secret})
    usual = [by_name[name] for name in SHOWN]
    others = [one.username for one in by_name.values() if one not in usual]
    lines = [f"Akun contoh, kata sandi semuanya: {usual[0].password}"]
    lines += ["  kode enam angka setelah kata sandi ditampilkan di halamannya sendiri"]
    lines += [f"  {one.username:<24} {one.post}" for one in usual]
    lines += [f"  dan {len(others)} akun lain: {', '.join(others[:6])} …"]
    kept = _place(settings)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text("\n".join([*lines, "  semuanya ada di halaman Pengguna & Peran (masuk sebagai admin)", ""]))


def _place(settings: Settings) -> Path:
    return settings.data_dir / "demo-accounts.txt"
