"""A sealed period with two scored units, and the people who may open it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, MINE, NEXT_DOOR, NOW
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence import services as evidence
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme.models import Period
from webapp.programme.rules import Mode
from webapp.scoring import services
from webapp.scoring.models import Claim, Reopening, ResultSnapshot
from webapp.scoring.services import About

LATER = NOW + timedelta(days=30)
BASIS = "Perbup 12/2018 Pasal 9"


@dataclass
class Sealed:
    """MINE has 80 and NEXT_DOOR 70, both from the desk; the secretariat and the leader are beside the team."""

    session: Session
    people: factories.Team
    secretariat: Account
    case: Evidence
    claim: Claim
    other_case: Evidence
    other_claim: Claim
    result: ResultSnapshot

    @property
    def period(self) -> Period:
        return self.people.period

    def ask(self, *about: About, by: Account | None = None) -> Reopening:
        return services.ask(
            self.session, self.period, about or [About(MINE)], reason="Foto tertukar", legal_basis=BASIS,
            actor=by or self.people.chair, at=LATER,
        )  # fmt: skip

    def grant(self, asked: Reopening, by: Account | None = None) -> None:
        services.decide(
            self.session, self.period, asked, grants=True, answer="Disetujui", actor=by or self.people.leader, at=LATER
        )

    def verify_again(self) -> None:
        """The desk looks at the reopened case of MINE once more and finds it as before."""
        until = LATER + timedelta(minutes=30)
        evidence.move(self.session, self.case, Move.TAKE, actor=self.people.desk, at=LATER, until=until)
        evidence.move(self.session, self.case, Move.ACCEPT_AT_DESK, actor=self.people.desk, at=LATER)
        self.session.flush()


def sealed(session: Session) -> Sealed:
    people = factories.team(session, Mode.DESK)
    case = factories.case(session, people, State.VERIFIED_DESK, title="Rapat minggon")
    other = factories.case(session, people, State.VERIFIED_DESK, unit=NEXT_DOOR)
    made, their = factories.claim(session, people, case), factories.claim(session, people, other, unit=NEXT_DOOR)
    services.score(session, made, Decimal(80), actor=people.assessor, at=NOW)
    services.score(session, their, Decimal(70), actor=people.assessor, at=NOW)
    secretariat = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    result = services.finalise(session, people.period, actor=people.chair, at=NOW)
    return Sealed(session, people, secretariat, case, made, other, their, result)
