"""The second factor: set up, given, replaced, taken away. A wrong code is counted like a wrong password."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from webapp import audit
from webapp.accounts import queries, recovery, totp
from webapp.accounts.errors import CodeUsed, FactorExists, FactorNeeded, NoFactor, WrongCode, WrongPassword
from webapp.accounts.models import Account, OpenSession, RecoveryCode, SecondFactor
from webapp.accounts.passwords import matches
from webapp.accounts.rules import Ended, needs_second_factor
from webapp.accounts.sealing import Vault
from webapp.accounts.services.attempts import forget_failures, must_be_patient, remember_failure
from webapp.accounts.services.sessions import end_all_sessions


@dataclass(frozen=True)
class Moment:
    """When and from where somebody proves something, in which of their sessions."""

    opened: OpenSession
    address: str
    at: datetime


def set_up_factor(
    session: Session, account: Account, secret: str, code: str, *, vault: Vault, moment: Moment
) -> list[str]:  # fmt: skip
    """Take a secret that the phone has shown to know; ten recovery codes, answered once. All other sessions end.

    Raises `TooManyAttempts`; `WrongCode`, which has then written a line and a count the caller must keep; and
    `FactorExists` unless this session has been opened with the factor that is replaced.
    """
    with _one_try(session, account, moment):
        if queries.second_factor(session, account) is not None and moment.opened.second_factor_at is None:
            raise FactorExists
        step = totp.fitting_step(secret, code, moment.at)
        if step is None:
            raise WrongCode(field="code")
    _forget_factor(session, account)
    sealed = vault.seal(secret, SecondFactor.owner_of(account.id))
    session.add(SecondFactor(account_id=account.id, secret=sealed, confirmed_at=moment.at, last_step=step))
    codes = _fresh_codes(session, account)
    session.refresh(account, ["second_factor"])
    end_all_sessions(session, account, Ended.SECOND_FACTOR, at=moment.at, besides=moment.opened)
    _note(session, "account.set_up_factor", account, moment)
    return codes


def give_code(session: Session, account: Account, code: str, *, vault: Vault, moment: Moment) -> None:
    """Take a code of the person's phone, once. Raises `TooManyAttempts`, `NoFactor`, `SecretUnreadable`; `WrongCode`
    and `CodeUsed` have then written a line and a count the caller must keep.
    """
    with _one_try(session, account, moment):
        factor = queries.second_factor(session, account)
        if factor is None:
            raise NoFactor
        step = totp.fitting_step(queries.secret_of(factor, vault), code, moment.at)
        if step is None:
            raise WrongCode(field="code")
        _use_step(session, account, step)
    _note(session, "account.code", account, moment)


def _use_step(session: Session, account: Account, step: int) -> None:
    """Of two requests with the same code one finds the step used: the condition is checked on the row as it then is."""
    unused = update(SecondFactor).where(SecondFactor.account_id == account.id, SecondFactor.last_step < step)
    if session.scalar(unused.values(last_step=step).returning(SecondFactor.last_step)) is None:
        raise CodeUsed(field="code")


def use_recovery_code(session: Session, account: Account, typed: str, *, moment: Moment) -> int:
    """Take one of the recovery codes instead of a code of the phone; how many are left.

    Raises `TooManyAttempts`; `WrongCode`, which has then written a line and a count the caller must keep.
    """
    own = RecoveryCode.account_id == account.id, RecoveryCode.code_hash == recovery.digest(typed)
    with _one_try(session, account, moment):
        unused = update(RecoveryCode).where(*own, RecoveryCode.used_at.is_(None)).values(used_at=moment.at)
        if session.scalar(unused.returning(RecoveryCode.id)) is None:
            raise WrongCode(field="code")
    left = queries.recovery_codes_left(session, account)
    _note(session, "account.recovery_code", account, moment, left=left)
    return left


def give_password_again(session: Session, account: Account, password: str, *, moment: Moment) -> None:
    """The password once more, of somebody without a second factor. Raises `TooManyAttempts`; `WrongPassword`, which has
    then written a line and a count the caller must keep.
    """
    key = queries.name_key(account.username)
    must_be_patient(session, key, moment.address, account_id=account.id, at=moment.at)
    if not matches(account.password_hash, password):
        remember_failure(session, key, moment.address, at=moment.at)
        _note(session, "account.proof_failed", account, moment)
        raise WrongPassword(field="password")
    forget_failures(session, key, moment.address)
    _note(session, "account.proof", account, moment)


def renew_recovery_codes(session: Session, account: Account, *, moment: Moment) -> list[str]:
    """Ten new recovery codes, answered once; the old ones are good for nothing. Raises `NoFactor`."""
    if queries.second_factor(session, account) is None:
        raise NoFactor
    codes = _fresh_codes(session, account)
    _note(session, "account.renew_recovery_codes", account, moment)
    return codes


def turn_off_factor(session: Session, account: Account, *, moment: Moment) -> None:
    """Do without, for those who may. Other sessions end. Raises `FactorNeeded`, `NoFactor`."""
    if needs_second_factor(grant.role for grant in account.grants):
        raise FactorNeeded
    if queries.second_factor(session, account) is None:
        raise NoFactor
    _forget_factor(session, account)
    end_all_sessions(session, account, Ended.SECOND_FACTOR, at=moment.at, besides=moment.opened)
    _note(session, "account.turn_off_factor", account, moment)


def forget_factor(session: Session, account: Account, *, at: datetime) -> None:
    """Take the second factor and its codes away; every session of the person ends, and wrong codes count no more."""
    _forget_factor(session, account)
    forget_failures(session, queries.code_key(account))
    end_all_sessions(session, account, Ended.SECOND_FACTOR, at=at)


def _forget_factor(session: Session, account: Account) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
    session.expire(account, ["second_factor"])


def _fresh_codes(session: Session, account: Account) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = recovery.new_codes()
    session.add_all(RecoveryCode(account_id=account.id, code_hash=recovery.digest(code)) for code in codes)
    session.flush()
    return codes


@contextmanager
def _one_try(session: Session, account: Account, moment: Moment) -> Iterator[None]:
    """One try after another, and few wrong ones: from wherever, for whoever tries here knows the password already."""
    key = queries.code_key(account)
    must_be_patient(session, key, moment.address, account_id=None, at=moment.at)
    try:
        yield
    except WrongCode:
        remember_failure(session, key, moment.address, at=moment.at)
        _note(session, "account.code_failed", account, moment)
        raise
    forget_failures(session, key)


def _note(session: Session, action: str, account: Account, moment: Moment, **detail: int) -> None:
    audit.record(
        session, action, at=moment.at, actor_id=account.id, on=("account", account.id),
        region_code=queries.region_of(account, moment.at.date()), address=moment.address, **detail,
    )  # fmt: skip
