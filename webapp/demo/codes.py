"""The second factors of the demo: a secret per account, made anew for every installation and kept beside its data, so
that the code page can say the code of an account that is nobody's. Real people have none here.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from flask import Flask
from flask_babel import gettext as _

from config import Settings
from webapp import db
from webapp.access import Role
from webapp.accounts import totp
from webapp.accounts.errors import SecretUnreadable
from webapp.accounts.gate import hint_with
from webapp.accounts.models import Account, SecondFactor
from webapp.accounts.queries import secret_of
from webapp.accounts.rules import needs_second_factor
from webapp.accounts.sealing import Vault


def make_factor(account: Account, roles: Iterable[Role], vault: Vault, at: datetime) -> str | None:
    """A confirmed second factor for an account that needs one, and its secret; None for the others."""
    if not needs_second_factor(roles):
        return None
    secret = totp.new_secret()
    sealed = vault.seal(secret, SecondFactor.owner_of(account.id))
    account.second_factor = SecondFactor(secret=sealed, confirmed_at=at, last_step=totp.step_at(at) - 2)
    return secret


def keep_secrets(settings: Settings, secrets: Mapping[str, str]) -> None:
    """Beside the data, for `hint`: secrets by user name."""
    kept = _place(settings)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(secrets, indent=0))


def init_app(app: Flask, settings: Settings) -> None:
    """Let the code page ask; where there is no demo it learns nothing."""
    hint_with(app, partial(hint, settings))


def hint(settings: Settings, account: Account) -> str | None:
    """The code of a demo account as a sentence; None for everybody else."""
    factor, kept = account.second_factor, _place(settings)
    known = json.loads(kept.read_text()).get(account.username) if kept.is_file() else None
    if known is None or factor is None or not _is_still(known, factor, settings):
        return None
    return _said(known, factor.last_step, db.utcnow())


def _is_still(known: str, factor: SecondFactor, settings: Settings) -> bool:
    """Whether the account has the secret the demo gave it: that of a real phone is not given away."""
    try:
        return secret_of(factor, Vault(settings.with_secret().secret_key or "")) == known
    except SecretUnreadable:
        return False


def _said(secret: str, last_step: int, at: datetime) -> str:
    step = totp.step_at(at)
    if last_step >= step:
        seconds = totp.seconds_to_next(at)
        wait: str = _(
            "Akun contoh: kode ini sudah dipakai. Kode berikutnya dalam %(seconds)d detik; muat ulang halaman ini.",
            seconds=seconds,
        )
        return wait
    code = totp.code_of(secret, step)
    now: str = _("Akun contoh: kode saat ini %(code)s", code=f"{code[:3]} {code[3:]}")
    return now


def _place(settings: Settings) -> Path:
    return settings.data_dir / "demo-codes.json"
