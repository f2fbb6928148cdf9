"""The home page: a greeting, and what this person is here for comes first."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE
from tests.webapp.conftest import SignIn
from webapp.access import Role


@pytest.mark.parametrize(
    ("role", "code", "first", "absent"),
    [
        (Role.CAMAT, MINE, "/rekam/", "/verifikasi/"),
        (Role.DESK_VERIFIER, KABUPATEN, "/verifikasi/", "/bukti/"),
        (Role.FIELD_VERIFIER, KABUPATEN, "/verifikasi/lapangan", "/bukti/"),
        (Role.ASSESSOR, KABUPATEN, "/penilaian/", "/bukti/"),
        (Role.LEADER, KABUPATEN, "/dasbor/", "/bukti/"),
        (Role.SECRETARIAT, KABUPATEN, "/program/", "/akun/orang"),
        (Role.ADMINISTRATOR, KABUPATEN, "/akun/orang", "/akun/jejak"),
        (Role.AUDITOR, KABUPATEN, "/akun/jejak", "/akun/orang"),
    ],
)
def test_each_role_is_led_to_its_own_work_first(
    session: Session, client: FlaskClient, sign_in: SignIn, role: Role, code: str, first: str, absent: str
) -> None:
    factories.territory(session)
    person = factories.account(session, (role, code))
    sign_in(client, person)
    page = client.get("/").text
    doors = re.findall(r'<a class="btn secondary" href="([^"]+)"', page)
    assert doors[0] == first
    assert absent not in doors
    assert len(doors) == len(set(doors))
    assert f"Selamat datang, {person.name}" in page


def test_who_holds_no_post_is_told_whom_to_ask(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, factories.account(session))
    page = client.get("/").text
    assert "Hubungi administrator daerah Anda" in page
    assert 'class="btn secondary"' not in page
