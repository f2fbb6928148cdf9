"""The second factor of a person, and what is left of the recovery codes."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account, RecoveryCode, SecondFactor
from webapp.accounts.sealing import Vault


def code_key(account: Account) -> str:
    """Under which key wrong codes are counted: another one than for passwords, which a right password forgets."""
    return hashlib.sha256(f"second factor {account.id}".encode()).hexdigest()


def second_factor(session: Session, account: Account) -> SecondFactor | None:
    """The second factor as the database has it now."""
    query = select(SecondFactor).where(SecondFactor.account_id == account.id)
    return session.scalar(query.execution_options(populate_existing=True))


def secret_of(factor: SecondFactor, vault: Vault) -> str:
    """The shared secret, base32. Raises `SecretUnreadable`."""
    return vault.open(factor.secret, factor.owner)


def recovery_codes_left(session: Session, account: Account) -> int:
    """How many recovery codes have not been used."""
    query = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0
