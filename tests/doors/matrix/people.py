"""The people of the table, each with the posts its head gives them, and the hands around them."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import FAR, KABUPATEN, KOTA, MINE, NEXT_DOOR
from webapp.access import Role
from webapp.accounts.models import Account, Appointment

AWAY_PROVINCE, AWAY, AWAY_UNIT = "98", "98.01", "98.01.01"
THEIRS = "99.71.02"  # where T is camat
ROLES = {
    "K": (Role.CONTRIBUTOR, MINE), "C": (Role.CAMAT, MINE), "D": (Role.DESK_VERIFIER, KABUPATEN),
    "F": (Role.FIELD_VERIFIER, KABUPATEN), "A": (Role.ASSESSOR, KABUPATEN), "H": (Role.CHAIR, KABUPATEN),
    "S": (Role.SECRETARIAT, KABUPATEN), "L": (Role.LEADER, KABUPATEN), "P": (Role.PROVINCIAL_TEAM, "99"),
    "I": (Role.INFORMATION_OFFICER, KABUPATEN), "U": (Role.AUDITOR, KABUPATEN), "M": (Role.ADMINISTRATOR, KABUPATEN),
    "R": (Role.AGENCY_HEAD, KABUPATEN),
}  # fmt: skip
_ONE_UNIT = (Role.CAMAT, Role.CONTRIBUTOR)
TWO_HATS = (
    (Role.LEADER, KABUPATEN),
    *((role, KOTA) for role in Role if role not in (*_ONE_UNIT, Role.PROVINCIAL_TEAM, Role.LEADER)),
    *((role, THEIRS) for role in _ONE_UNIT),
)
# The hands that make the world, by the place whose secrets their names are.
HANDS = {
    "desk": (Role.DESK_VERIFIER, KABUPATEN), "field": (Role.FIELD_VERIFIER, KABUPATEN),
    "assessor": (Role.ASSESSOR, KABUPATEN), "second_assessor": (Role.ASSESSOR, KABUPATEN),
    "neighbour_camat": (Role.CAMAT, NEXT_DOOR), "elsewhere_camat": (Role.CAMAT, FAR),
    "elsewhere_desk": (Role.DESK_VERIFIER, KOTA),
    "elsewhere_chair": (Role.CHAIR, KOTA), "theirs_camat": (Role.CAMAT, THEIRS),
    "away_camat": (Role.CAMAT, AWAY_UNIT), "away_desk": (Role.DESK_VERIFIER, AWAY), "away_chair": (Role.CHAIR, AWAY),
}  # fmt: skip


def everybody(session: Session) -> dict[str, Account]:
    """The people by letter (no visitor), and the hands by name; hands are called after their place."""
    today = date.today()  # noqa: DTZ011 - the app's own clock runs while the table is tried
    made = {letter: _person(session, letter, post) for letter, post in ROLES.items()}
    made["T"] = factories.account(session, *TWO_HATS, name="Nama-T", on=today)
    made["N"] = _retired(session, today)
    made |= {name: _person(session, name, post) for name, post in HANDS.items()}
    made["shared"] = factories.account(session, (Role.LEADER, KABUPATEN), (Role.LEADER, KOTA), name="Nama-shared")
    made["closed"] = _person(session, "closed", (Role.FIELD_VERIFIER, KABUPATEN))
    made["closed"].deactivated_at = factories.NOW
    session.flush()
    return made


def _person(session: Session, name: str, post: tuple[Role, str]) -> Account:
    today = date.today()  # noqa: DTZ011
    return factories.account(session, post, name=f"Nama-{name}", on=today)


def _retired(session: Session, today: date) -> Account:
    person = factories.account(session, name="Nama-N", on=today)
    person.appointments.append(
        Appointment(role=Role.AUDITOR, region_code=KABUPATEN, starts_on=date(2014, 1, 1), ends_on=date(2015, 12, 31))
    )
    session.flush()
    return person
