"""Kota Bandung's SIP as the article tells it: three groups, reported online and checked online and in the field.

Weights 40/30/30 and two points for each round up to ten are examples ("contoh"): the article gives no numbers.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.rows import ground
from tests.webapp.scoring import valuing
from webapp.accounts.models import Account
from webapp.programme.models import Indicator
from webapp.programme.rules import Mode
from webapp.scoring import queries

ROUNDS = {
    "makan_malam_keluarga": "Makan malam bersama keluarga pra sejahtera", "subuh_keliling": "Subuh keliling",
    "jumat_keliling": "Jumat keliling", "culinary_night": "Culinary Night",
}  # fmt: skip


@dataclass
class Sip:
    """The period of 2017 with its people; the first camat is Coblong's."""

    people: factories.Team
    general: Indicator  # group 1
    order: Indicator  # group 2: order, cleanliness, beauty; to be seen in the field
    rounds: list[Indicator]  # group 3: the four activities that surely earn points

    def total(self, session: Session, code: str = "32.73.02") -> str:
        """What a kecamatan stands at now."""
        lines = queries.ranking(self.people.period, queries.standings(session, self.people.period))
        return str(next(one.total for one in lines if one.region_code == code))

    def group(self, session: Session, number: int, code: str = "32.73.02") -> str:
        """What it stands at in one of the three groups alone, points of 100 of that group."""
        lines = queries.ranking(self.people.period, queries.standings(session, self.people.period))
        line = next(one for one in lines if one.region_code == code)
        return str(line.aspects[self.people.period.instrument.aspects[number - 1].id])


def sip(session: Session, *, quorum: int = 1) -> Sip:
    """An open period with the three groups in force."""
    ground.lay(session, ground.BANDUNG)
    general = valuing.indicator("Pelaksanaan tugas umum pemerintahan")
    order = valuing.indicator("Ketertiban, kebersihan, keindahan lingkungan", mode=Mode.FIELD)
    rounds = [valuing.counted(name, each="2", cap="10") for name in ROUNDS.values()]
    run = valuing.period(
        session,
        valuing.aspect("Tugas umum pemerintahan", general, weight="40"),
        valuing.aspect("Ketertiban, kebersihan, keindahan", order, weight="30"),
        valuing.aspect("Inovasi, kreativitas, dan indeks kebahagiaan", *rounds, weight="30"),
        code="32.73", quorum=quorum, units=sorted(code for code in ground.BANDUNG if len(code) == 8),
        starts_on=date(2017, 1, 1), ends_on=date(2017, 12, 31),
    )  # fmt: skip
    return Sip(valuing.team(session, run), general, order, rounds)


def camat(session: Session, code: str) -> Account:
    return factories.camat(session, code)
