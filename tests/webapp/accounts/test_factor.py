"""The second factor as services know it: set up once, each code once, few wrong ones, and a way back in."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from tests import factories
from tests.factories import KABUPATEN, KOTA, MINE, NOW, PASSWORD, SECRET_KEY, TODAY
from webapp.access import Role
from webapp.accounts import queries, services, totp
from webapp.accounts.errors import (
    CodeUsed,
    FactorExists,
    FactorNeeded,
    NobodyOfThatName,
    NoFactor,
    SecretUnreadable,
    TooManyAttempts,
    WrongCode,
    WrongPassword,
)
from webapp.accounts.models import Account, OpenSession, RecoveryCode, SecondFactor
from webapp.accounts.rules import Ended
from webapp.accounts.sealing import Vault
from webapp.accounts.services import Moment
from webapp.accounts.services.factor import _use_step
from webapp.audit import AuditEvent
from webapp.errors import NotAllowed

VAULT = Vault(SECRET_KEY)
OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
STEP = timedelta(seconds=totp.STEP_S)


@pytest.fixture
def assessor(session: Session) -> Account:
    factories.territory(session)
    return factories.assessor(session)


@pytest.fixture
def secret(session: Session, assessor: Account) -> str:
    """The assessor's phone."""
    return factories.second_factor(session, assessor)


def moment(session: Session, person: Account, at=NOW, address: str = OFFICE, given: bool = False) -> Moment:  # type: ignore[no-untyped-def]
    """In a session of that person; `given`: one opened with the second factor."""
    opened, _ = services.begin_session(
        session, person, address=address, browser="", at=min(at, NOW), second_factor=given
    )  # fmt: skip
    return Moment(opened, address, at)


def give(session: Session, person: Account, code: str, at=NOW, address: str = OFFICE) -> None:  # type: ignore[no-untyped-def]
    services.give_code(session, person, code, vault=VAULT, moment=moment(session, person, at, address))


def code_at(secret: str, at=NOW, steps: int = 0) -> str:  # type: ignore[no-untyped-def]
    return totp.code_of(secret, totp.step_at(at) + steps)


def wrong(secret: str, at=NOW) -> str:  # type: ignore[no-untyped-def]
    """A code that fits no step around that moment."""
    near = {code_at(secret, at, steps) for steps in (-2, -1, 0, 1, 2)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


def lines(session: Session, person: Account) -> list[str]:
    session.flush()
    query = select(AuditEvent.action).where(AuditEvent.object_id == str(person.id)).order_by(AuditEvent.id)
    return list(session.scalars(query))


# --- setting up -------------------------------------------------------------------------------------------------------


def test_a_phone_that_shows_the_right_code_becomes_the_second_factor(session: Session, assessor: Account) -> None:
    secret = totp.new_secret()
    phone, other = moment(session, assessor), moment(session, assessor)
    codes = services.set_up_factor(session, assessor, secret, code_at(secret), vault=VAULT, moment=phone)
    factor = queries.second_factor(session, assessor)
    assert factor is not None
    assert queries.secret_of(factor, VAULT) == secret
    assert secret.encode() not in factor.secret
    assert assessor.second_factor is factor
    assert len(codes) == queries.recovery_codes_left(session, assessor) == 10
    session.refresh(other.opened)
    session.refresh(phone.opened)
    assert (other.opened.ended_because, phone.opened.ended_because) == (Ended.SECOND_FACTOR, None)
    assert lines(session, assessor) == ["account.set_up_factor"]
    with pytest.raises(CodeUsed):  # the code that confirmed it is spent
        give(session, assessor, code_at(secret))


def test_a_phone_that_shows_another_code_does_not(session: Session, assessor: Account) -> None:
    secret = totp.new_secret()
    with pytest.raises(WrongCode):
        services.set_up_factor(
            session, assessor, secret, wrong(secret), vault=VAULT, moment=moment(session, assessor)
        )  # fmt: skip
    assert queries.second_factor(session, assessor) is None
    assert lines(session, assessor) == ["account.code_failed"]


def test_who_knows_the_password_alone_cannot_replace_the_phone(
    session: Session, assessor: Account, secret: str
) -> None:
    mine = totp.new_secret()
    with pytest.raises(FactorExists):
        services.set_up_factor(session, assessor, mine, code_at(mine), vault=VAULT, moment=moment(session, assessor))
    inside = moment(session, assessor, given=True)
    services.set_up_factor(session, assessor, mine, code_at(mine), vault=VAULT, moment=inside)
    later = NOW + STEP
    with pytest.raises(WrongCode):
        give(session, assessor, code_at(secret, later), later)
    give(session, assessor, code_at(mine, later), later)


def test_neither_secret_nor_codes_stand_anywhere_in_clear(session: Session, assessor: Account) -> None:
    secret = totp.new_secret()
    codes = services.set_up_factor(
        session, assessor, secret, code_at(secret), vault=VAULT, moment=moment(session, assessor)
    )
    services.use_recovery_code(session, assessor, codes[0], moment=moment(session, assessor))
    session.flush()
    rows = [
        str(tuple(row))
        for table in (AuditEvent, SecondFactor, RecoveryCode)
        for row in session.execute(select(*table.__table__.columns))
    ]
    written = "\n".join(rows).lower()
    plain = [secret.lower(), code_at(secret), *codes, *(code.replace("-", "") for code in codes)]
    assert [word for word in plain if word in written] == []


# --- each code once ---------------------------------------------------------------------------------------------------


def test_a_code_is_taken_once(session: Session, assessor: Account, secret: str) -> None:
    give(session, assessor, code_at(secret))
    with pytest.raises(CodeUsed):
        give(session, assessor, code_at(secret))
    with pytest.raises(CodeUsed):  # nor half a minute later, when it would still fit
        give(session, assessor, code_at(secret), NOW + STEP)


def test_after_the_next_code_the_one_before_is_worth_nothing(session: Session, assessor: Account, secret: str) -> None:
    give(session, assessor, code_at(secret, steps=1))
    for steps in (-1, 0):
        with pytest.raises(CodeUsed):
            give(session, assessor, code_at(secret, steps=steps))


def test_a_clock_that_goes_back_revives_no_code(session: Session, assessor: Account, secret: str) -> None:
    give(session, assessor, code_at(secret))
    earlier = NOW - timedelta(minutes=10)
    with pytest.raises(CodeUsed):
        give(session, assessor, code_at(secret, earlier), earlier)


def test_a_code_of_the_same_moment_wins_once_on_eight_connections(fresh_database: Engine) -> None:
    """Real commits; the same for one recovery code."""
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        person = factories.assessor(session)
        secret = totp.new_secret()
        codes = services.set_up_factor(
            session, person, secret, code_at(secret), vault=VAULT, moment=moment(session, person)
        )
    code, later = code_at(secret, NOW + STEP), NOW + STEP
    told = raced(factory, person.id, lambda s, p, m: services.give_code(s, p, code, vault=VAULT, moment=m), later)
    assert told.count("taken") == 1
    much_later = NOW + timedelta(hours=1)
    spent = raced(factory, person.id, lambda s, p, m: services.use_recovery_code(s, p, codes[3], moment=m), much_later)
    assert spent.count("taken") == 1


def test_the_row_itself_takes_a_step_once_without_the_help_of_throttling(fresh_database: Engine) -> None:
    factory = sessionmaker(fresh_database, expire_on_commit=False)
    with factory.begin() as session:
        factories.territory(session)
        person = factories.assessor(session)
        factories.second_factor(session, person)
    told = raced(factory, person.id, lambda s, p, _m: _use_step(s, p, totp.step_at(NOW)), NOW)
    assert sorted(told) == ["code_used"] * 7 + ["taken"]


def raced(factory, person_id: int, act, at) -> list[str]:  # type: ignore[no-untyped-def]
    """What eight workers who do the same at the same moment are told."""
    ready, told = threading.Barrier(8), []

    def attempt() -> None:
        with factory() as session:
            person = session.get_one(Account, person_id)
            here = moment(session, person, at)
            ready.wait(20)
            try:
                act(session, person, here)
                told.append("taken")
            except (WrongCode, TooManyAttempts) as why:
                told.append(why.code)
            session.commit()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(told) == 8
    return told


def test_a_code_of_somebody_else_is_no_code(session: Session, assessor: Account, secret: str) -> None:
    other = factories.assessor(session)
    factories.second_factor(session, other)
    with pytest.raises(WrongCode):
        give(session, other, code_at(secret))


def test_a_secret_copied_to_another_row_opens_for_nobody(session: Session, assessor: Account, secret: str) -> None:
    thief = factories.assessor(session)
    factories.second_factor(session, thief)
    factor = queries.second_factor(session, thief)
    mine = queries.second_factor(session, assessor)
    assert factor is not None
    assert mine is not None
    mine.secret = factor.secret
    session.flush()
    with pytest.raises(SecretUnreadable):
        give(session, assessor, "123456")


# --- few wrong ones ---------------------------------------------------------------------------------------------------


def guess(session: Session, person: Account, secret: str, times: int, address: str = ELSEWHERE) -> None:
    """So many wrong codes, a minute apart, the last one a minute ago."""
    for minutes in range(times, 0, -1):
        at = NOW - timedelta(minutes=minutes)
        with pytest.raises(WrongCode):
            give(session, person, wrong(secret, at), at, address)
    session.flush()


def test_after_five_wrong_codes_even_the_right_one_waits(session: Session, assessor: Account, secret: str) -> None:
    guess(session, assessor, secret, 5)
    with pytest.raises(TooManyAttempts) as refused:
        give(session, assessor, code_at(secret))
    assert refused.value.seconds == 10 * 60
    later = NOW + timedelta(minutes=10)
    give(session, assessor, code_at(secret, later), later)
    assert lines(session, assessor) == ["account.code_failed"] * 5 + ["account.code"]


def test_a_right_password_does_not_make_wrong_codes_forgotten(session: Session, assessor: Account, secret: str) -> None:
    """Else whoever knows the password would guess four codes at a time for ever."""
    guess(session, assessor, secret, 5)
    services.sign_in(session, assessor.username, PASSWORD, address=ELSEWHERE, at=NOW)
    with pytest.raises(TooManyAttempts):
        give(session, assessor, code_at(secret), address=ELSEWHERE)


def test_other_addresses_give_no_further_tries(session: Session, assessor: Account, secret: str) -> None:
    services.sign_in(session, assessor.username, PASSWORD, address=OFFICE, at=NOW - timedelta(days=3))
    for minutes in range(5, 0, -1):
        guess_at = NOW - timedelta(minutes=minutes)
        with pytest.raises(WrongCode):
            give(session, assessor, wrong(secret, guess_at), guess_at, f"198.51.100.{minutes}")
    session.flush()
    with pytest.raises(TooManyAttempts):
        give(session, assessor, code_at(secret), address=OFFICE)


def test_wrong_recovery_codes_count_with_wrong_codes(session: Session, assessor: Account, secret: str) -> None:
    guess(session, assessor, secret, 4)
    with pytest.raises(WrongCode):
        services.use_recovery_code(session, assessor, "0123", moment=moment(session, assessor))
    session.flush()
    with pytest.raises(TooManyAttempts):
        give(session, assessor, code_at(secret))


# --- recovery codes ---------------------------------------------------------------------------------------------------


def test_a_recovery_code_lets_in_once_and_the_rest_is_counted(session: Session, assessor: Account) -> None:
    secret = totp.new_secret()
    here = moment(session, assessor)
    codes = services.set_up_factor(session, assessor, secret, code_at(secret), vault=VAULT, moment=here)
    assert services.use_recovery_code(session, assessor, codes[4].upper().replace("-", " "), moment=here) == 9
    with pytest.raises(WrongCode):
        services.use_recovery_code(session, assessor, codes[4], moment=here)
    later = Moment(here.opened, OFFICE, NOW + timedelta(minutes=1))
    assert services.use_recovery_code(session, assessor, codes[0], moment=later) == 8
    other = factories.assessor(session)
    with pytest.raises(WrongCode):
        services.use_recovery_code(session, other, codes[1], moment=moment(session, other))


def test_new_recovery_codes_replace_the_old_ones(session: Session, assessor: Account, secret: str) -> None:
    here = moment(session, assessor, given=True)
    old = services.renew_recovery_codes(session, assessor, moment=here)
    new = services.renew_recovery_codes(session, assessor, moment=here)
    assert not set(old) & set(new)
    with pytest.raises(WrongCode):
        services.use_recovery_code(session, assessor, old[0], moment=here)
    assert services.use_recovery_code(session, assessor, new[0], moment=here) == 9
    stranger = factories.assessor(session)
    with pytest.raises(NoFactor):
        services.renew_recovery_codes(session, stranger, moment=moment(session, stranger))


# --- taken away -------------------------------------------------------------------------------------------------------


def test_only_who_need_not_have_one_may_turn_it_off(session: Session, assessor: Account, secret: str) -> None:
    with pytest.raises(FactorNeeded):
        services.turn_off_factor(session, assessor, moment=moment(session, assessor, given=True))
    camat = factories.camat(session)
    here = moment(session, camat, given=True)
    with pytest.raises(NoFactor):
        services.turn_off_factor(session, camat, moment=here)
    factories.second_factor(session, camat)
    services.renew_recovery_codes(session, camat, moment=here)
    services.turn_off_factor(session, camat, moment=here)
    assert queries.second_factor(session, camat) is None
    assert queries.recovery_codes_left(session, camat) == 0


def test_an_administrator_of_the_area_takes_a_lost_phone_away(session: Session, assessor: Account, secret: str) -> None:
    chief = factories.account(session, (Role.ADMINISTRATOR, KABUPATEN))
    here = moment(session, assessor, given=True)
    services.renew_recovery_codes(session, assessor, moment=here)
    guess(session, assessor, secret, 5)
    services.reset_factor(session, assessor, actor=chief, at=NOW, on=TODAY)
    assert queries.second_factor(session, assessor) is None
    assert queries.recovery_codes_left(session, assessor) == 0
    ends = session.scalars(
        select(OpenSession.ended_because).where(OpenSession.account_id == assessor.id).distinct()
    ).all()
    assert ends == [Ended.SECOND_FACTOR]
    line = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert line is not None
    assert (line.action, line.actor_id, line.object_id) == ("account.reset_factor", chief.id, str(assessor.id))
    anew = totp.new_secret()  # and wrong codes of before count no more
    services.set_up_factor(session, assessor, anew, code_at(anew), vault=VAULT, moment=moment(session, assessor))


@pytest.mark.parametrize("who", ["elsewhere", "below", "oneself"])
def test_nobody_else_does(session: Session, assessor: Account, secret: str, who: str) -> None:
    chief = factories.account(session, (Role.ADMINISTRATOR, KABUPATEN))
    factories.second_factor(session, chief)
    above = factories.account(session, (Role.ADMINISTRATOR, None))
    stranger = factories.account(session, (Role.ADMINISTRATOR, KOTA))
    actor, person = {"elsewhere": (stranger, assessor), "below": (chief, above), "oneself": (chief, chief)}[who]
    with pytest.raises(NotAllowed):
        services.reset_factor(session, person, actor=actor, at=NOW, on=TODAY)
    assert session.scalar(select(func.count()).select_from(SecondFactor)) == 2


def test_the_operator_lets_the_last_administrator_in_again(session: Session) -> None:
    chief = factories.account(session, (Role.ADMINISTRATOR, None))
    factories.second_factor(session, chief)
    services.reset_factor_by_operator(session, chief.username.upper(), NOW)
    assert queries.second_factor(session, chief) is None
    with pytest.raises(NobodyOfThatName):
        services.reset_factor_by_operator(session, "tidakada", NOW)
    assert lines(session, chief) == ["account.reset_factor"]


# --- the password once more -------------------------------------------------------------------------------------------


def test_who_has_no_second_factor_proves_by_the_password(session: Session) -> None:
    factories.territory(session)
    camat = factories.account(session, (Role.CAMAT, MINE))
    here = moment(session, camat)
    with pytest.raises(WrongPassword):
        services.give_password_again(session, camat, "salah-salah-salah", moment=here)
    session.flush()
    services.give_password_again(session, camat, PASSWORD, moment=Moment(here.opened, OFFICE, NOW + STEP))
    assert lines(session, camat) == ["account.proof_failed", "account.proof"]
    for minutes in range(5):
        at = NOW + timedelta(minutes=1 + minutes)
        with pytest.raises(WrongPassword):
            services.give_password_again(session, camat, "salah-salah-salah", moment=Moment(here.opened, OFFICE, at))
        session.flush()
    with pytest.raises(TooManyAttempts):
        services.give_password_again(
            session, camat, PASSWORD, moment=Moment(here.opened, OFFICE, NOW + timedelta(minutes=6))
        )
