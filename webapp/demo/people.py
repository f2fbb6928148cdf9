"""The people of the demo: posts instead of names, one password for all of them, made anew for every installation."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp.access import Role
from webapp.accounts.models import Account, Appointment
from webapp.accounts.passwords import hash_password
from webapp.accounts.sealing import Vault
from webapp.demo.codes import make_factor
from webapp.demo.items import ITEMS
from webapp.demo.programmes import PROGRAMMES
from webapp.reporting.services import make_agency
from webapp.territory.models import Agency, Region
from webapp.territory.rules import AgencyKind

SINCE = date(2016, 1, 1)


@dataclass(frozen=True)
class DemoAccount:
    """What the start of the program prints; `secret` of the second factor, which the code page needs."""

    username: str
    password: str
    post: str
    secret: str | None


@dataclass
class Team:
    """Who judges one programme, and the camat of its units by region code."""

    secretariat: Account
    desk: Account
    second: Account
    surveyor: Account
    assessor: Account
    chair: Account
    leader: Account
    informer: Account
    camats: dict[str, Account] = field(default_factory=dict)

    def camat(self, unit: str) -> Account:
        return self.camats[unit]


@dataclass(frozen=True)
class AgencyHead:
    """An agency and who heads it."""

    agency: Agency
    account: Account


@dataclass
class People:
    teams: dict[str, Team]
    head: AgencyHead
    accounts: list[DemoAccount]


# field of `Team`, role, start of the user name, post as people say it
POSTS = (
    ("secretariat", Role.SECRETARIAT, "sekretariat", "Sekretariat"),
    ("desk", Role.DESK_VERIFIER, "meja", "Verifikator meja"),
    ("second", Role.DESK_VERIFIER, "meja2", "Verifikator meja kedua"),
    ("surveyor", Role.FIELD_VERIFIER, "lapangan", "Verifikator lapangan"),
    ("assessor", Role.ASSESSOR, "penilai", "Penilai"),
    ("chair", Role.CHAIR, "ketua", "Ketua tim penilai"),
    ("leader", Role.LEADER, "pimpinan", "Pimpinan daerah"),
    ("informer", Role.INFORMATION_OFFICER, "informasi", "Petugas informasi"),
)
SHORT = {"MGH": "kabbandung", "BDG": "bandung", "OKI": "oki", "DHM": "dharmasraya", "BLT": "belitung"}


def make_people(session: Session, vault: Vault, *, at: datetime) -> People:
    """An administrator and an auditor for the country, a team per programme, a camat per unit that has demo cases."""
    made = _Maker(session, secrets.token_hex(6), vault, at)
    made.person("admin", "Administrator contoh", Role.ADMINISTRATOR, None)
    made.person("auditor", "Auditor contoh", Role.AUDITOR, None)
    teams = {}
    for run in PROGRAMMES:
        place = session.get_one(Region, run.region).name
        posts = {
            name: made.person(f"{start}.{SHORT[run.key]}", f"{words} {place}", role, run.region)
            for name, role, start, words in POSTS
        }
        teams[run.key] = Team(**posts)
        for unit in sorted({item.unit for item in ITEMS if item.unit.startswith(run.region)}):
            kecamatan = session.get_one(Region, unit).name
            start = kecamatan.lower().replace(" ", "")
            teams[run.key].camats[unit] = made.person(f"camat.{start}", f"Camat {kecamatan}", Role.CAMAT, unit)
    return People(teams, _head(made, teams["BLT"]), made.accounts)


def _head(made: "_Maker", team: Team) -> AgencyHead:
    """Of one agency of Belitung, which reports beside the kecamatan."""
    region = made.session.get_one(Region, "19.02")
    agency = make_agency(
        made.session, region, "Dinas Pekerjaan Umum (contoh)", AgencyKind.OPD, actor=team.secretariat, at=made.at
    )
    return AgencyHead(
        agency, made.person("kepala.belitung", f"Kepala {agency.name}", Role.AGENCY_HEAD, region.code, agency.id)
    )


class _Maker:
    def __init__(self, session: Session, password: str, vault: Vault, at: datetime) -> None:
        self.session, self.password, self.vault, self.at = session, password, vault, at
        self.hash = hash_password(password)
        self.accounts: list[DemoAccount] = []

    def person(self, username: str, name: str, role: Role, region: str | None, agency_id: int | None = None) -> Account:
        """One account with one post; its powers are those of today."""
        person = Account(username=username, name=name, password_hash=self.hash)
        person.appointments = [Appointment(role=role, region_code=region, agency_id=agency_id, starts_on=SINCE)]
        self.session.add(person)
        self.session.flush()
        secret = make_factor(person, [role], self.vault, self.at)
        self.session.flush()
        self.accounts.append(DemoAccount(username, self.password, name, secret))
        return person.as_of(self.at.date())
