"""Codes, recovery codes, seals and QR codes: what they are, whoever uses them."""

from __future__ import annotations

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from webapp.access import Role
from webapp.accounts import qr, recovery, totp
from webapp.accounts.errors import SecretUnreadable
from webapp.accounts.rules import Lacks, is_fresh, lacking, needs_second_factor
from webapp.accounts.sealing import Vault

SECRET = b32encode(b"12345678901234567890").decode()


# --- codes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
        (2000000000, "279037"), (20000000000, "353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, its last six digits."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_of(SECRET, totp.step_at(at)) == code
    assert totp.fitting_step(SECRET, code, at) == seconds // 30


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off_and_not_a_whole_one(steps: int, taken: bool) -> None:
    step = totp.step_at(NOW) + steps
    assert (totp.fitting_step(SECRET, totp.code_of(SECRET, step), NOW) == step) is taken


@pytest.mark.parametrize(
    "typed", ["{a} {b}", " {a}{b}\t", "{a}-{b}", "{a}\N{NO-BREAK SPACE}{b}", "{a}\N{EN DASH}{b}\n"]
)
def test_a_code_may_be_pasted_with_its_blanks(typed: str) -> None:
    code = totp.code_of(SECRET, totp.step_at(NOW))
    assert totp.fitting_step(SECRET, typed.format(a=code[:3], b=code[3:]), NOW) is not None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    step = totp.fitting_step(SECRET, typed, NOW)
    assert (step is not None) == (
        totp.cleaned(typed) in {totp.code_of(SECRET, totp.step_at(NOW) + n) for n in (-1, 0, 1)}
    )


def test_the_next_code_begins_within_half_a_minute() -> None:
    at = datetime(2018, 8, 6, 3, 0, 13, 999_999, tzinfo=UTC)
    assert totp.seconds_to_next(at) == 17
    assert totp.step_at(at + timedelta(seconds=17)) == totp.step_at(at) + 1


def test_secrets_have_160_bits_and_are_never_the_same() -> None:
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(secret) for secret in made} == {32}
    assert totp.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"


# --- recovery codes ---------------------------------------------------------------------------------------------------


def test_ten_recovery_codes_of_120_bits() -> None:
    codes = [code for _ in range(20) for code in recovery.new_codes()]
    assert len(set(codes)) == len(codes) == 200
    assert {len(code.replace("-", "")) * 5 for code in codes} == {120}
    assert len({sign for code in codes for sign in code if sign != "-"}) == 32


def test_a_recovery_code_is_read_as_people_write_it() -> None:
    code = "0123-4567-89ab-cdef-ghjk-mnpq"
    same = ("0123 4567 89AB CDEF GHJK MNPQ", "o123456789abcdefghjkmnpq", "OI23-4567-89AB-CDEF-GHJK-MNPQ", f" {code}\n")
    assert {recovery.digest(typed) for typed in same} == {recovery.digest(code)}
    assert recovery.digest("1123-4567-89ab-cdef-ghjk-mnpq") != recovery.digest(code)


# --- at rest ----------------------------------------------------------------------------------------------------------


def test_a_sealed_secret_opens_with_its_key_for_its_owner() -> None:
    sealed = Vault("kunci").seal(SECRET, "account 7")
    assert Vault("kunci").open(sealed, "account 7") == SECRET
    assert SECRET.encode() not in sealed
    assert Vault("kunci").seal(SECRET, "account 7") != sealed


@pytest.mark.parametrize("fault", ["other key", "other owner", "one bit", "cut", "nothing"])
def test_a_seal_that_does_not_fit_is_said_not_crashed(fault: str) -> None:
    sealed = Vault("kunci").seal(SECRET, "account 7")
    broken = {"one bit": sealed[:-1] + bytes([sealed[-1] ^ 1]), "cut": sealed[:20], "nothing": b""}.get(fault, sealed)
    vault = Vault("kunci lain" if fault == "other key" else "kunci")
    with pytest.raises(SecretUnreadable) as said:
        vault.open(broken, "account 8" if fault == "other owner" else "account 7")
    assert "PETABUKTI_SECRET_KEY" in str(said.value.sentence)


def test_the_drawn_code_has_the_modules_of_the_library() -> None:
    address = totp.address_for_app(SECRET, "camat.margahayu")
    assert address == f"otpauth://totp/Petabukti:camat.margahayu?secret={SECRET}&issuer=Petabukti"
    drawn = qr.drawn(address)
    dark = set()
    for run in drawn.path.split("M")[1:]:
        x, rest = run.split(" ")
        y, rest = rest.split("h", 1)
        dark |= {(int(x) + n - 4, int(y) - 4) for n in range(int(rest.split("v")[0]))}
    matrix = segno.make(address, error="m", micro=False).matrix
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert drawn.size == len(matrix) + 8


# --- who, and how long ------------------------------------------------------------------------------------------------


def test_ten_roles_need_a_second_factor_and_two_do_not() -> None:
    assert {role for role in Role if not needs_second_factor([role])} == {Role.CAMAT, Role.CONTRIBUTOR}
    assert needs_second_factor([Role.CAMAT, Role.ASSESSOR])
    assert not needs_second_factor([])


@pytest.mark.parametrize(
    ("given_here", "has_one", "must_change", "roles", "lack"),
    [
        (False, True, True, [Role.CAMAT], Lacks.CODE),
        (False, True, False, [Role.CHAIR], Lacks.CODE),
        (False, False, True, [Role.CHAIR], Lacks.OWN_PASSWORD),
        (False, False, False, [Role.CHAIR], Lacks.FACTOR),
        (True, True, True, [Role.CHAIR], Lacks.OWN_PASSWORD),
        (True, True, False, [Role.CHAIR], None),
        (False, False, False, [Role.CAMAT], None),
        (False, False, False, [], None),
    ],
)
def test_first_the_code_then_an_own_password_then_the_second_factor(
    given_here: bool, has_one: bool, must_change: bool, roles: list[Role], lack: Lacks | None
) -> None:
    found = lacking(roles, has_factor=has_one, factor_given=given_here, must_change_password=must_change)
    assert found is lack


@pytest.mark.parametrize(
    ("minutes", "fresh"), [(0, True), (14.9, True), (15, False), (60, False), (-1, True), (-16, False)]
)
def test_a_proof_grows_old_and_one_from_the_future_is_none(minutes: float, fresh: bool) -> None:
    assert is_fresh(NOW - timedelta(minutes=minutes), NOW, timedelta(minutes=15)) is fresh
