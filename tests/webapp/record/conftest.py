"""A period with a team that has valued everything: only minutes are missing."""

from __future__ import annotations

import re
from decimal import Decimal

import pypdfium2 as pdfium
import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.webapp.verification.conftest import line
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.models import EvidenceMove
from webapp.evidence.rules import State
from webapp.minutes.models import Minutes
from webapp.minutes.rules import Kind
from webapp.programme.models import Participant
from webapp.programme.rules import Mode
from webapp.record.queries import Typed
from webapp.record.services import draw_up
from webapp.scoring.models import Claim, ClaimEvidence, Score
from webapp.territory.models import Region
from webapp.territory.rules import Level

TYPED = Typed(
    place="Aula Pendopo", legal_basis="PP 17/2018\nPerbup Uji 3/2018", decree="SK Bupati Uji Nomor 188/12/2018",
    remarks="Rapat dibuka ketua tim.", follow_up="Disampaikan kepada bupati.",
)  # fmt: skip


def more_units(session: Session, first: int, last: int) -> None:
    """Kecamatan beyond the four of the grid, without boundaries."""
    for n in range(first, last + 1):
        code = f"{KABUPATEN}.{n:02d}"
        session.add(
            Region(
                code=code, name=f"Kecamatan {code}", level=Level.KECAMATAN, parent_code=KABUPATEN,
                time_zone="Asia/Jakarta", boundary_error_m=500,
            )
        )  # fmt: skip
    session.flush()


class Panel:
    """The people around the minutes, and their period."""

    def __init__(self, session: Session, units: int = 4) -> None:
        self.session = session
        self.people = factories.team(session, Mode.DESK)
        more_units(session, 5, units)
        for n in range(5, units + 1):
            session.add(Participant(period_id=self.people.period.id, region_code=f"{KABUPATEN}.{n:02d}"))
        session.flush()
        session.expire(self.people.period)
        self.period = self.people.period
        self.chair, self.first = self.people.chair, self.people.assessor
        self.second = factories.account(session, (Role.ASSESSOR, KABUPATEN), name="Siti Penilai")
        self.secretariat = factories.account(session, (Role.SECRETARIAT, KABUPATEN), name="Sekretariat Uji")

    def prove(self, code: str, value: str, *, title: str = "") -> Claim:
        """A claim of that unit whose one case the desk has verified, with the first assessor's value."""
        session, indicator = self.session, self.period.instrument.aspects[0].indicators[0]
        case = line(
            session, self.people, code, factories.middle(code), state=State.VERIFIED_DESK,
            title=title or f"Kegiatan {code}", verified_at=NOW,
        )  # fmt: skip
        session.flush()
        for move, became in (("submit", State.SUBMITTED), ("accept_at_desk", State.VERIFIED_DESK)):
            session.add(EvidenceMove(evidence_id=case.id, move=move, became=became, at=NOW))
        claim = Claim(
            period_id=self.period.id, region_code=code, indicator_id=indicator.id, statement="Kami lakukan.",
            claimed_by=self.people.camat.id,
        )  # fmt: skip
        session.add(claim)
        session.flush()
        session.add(ClaimEvidence(claim_id=claim.id, evidence_id=case.id, period_id=self.period.id))
        session.add(
            Score(
                period_id=self.period.id, claim_id=claim.id, indicator_id=indicator.id, mode=indicator.mode,
                assessor_id=self.first.id, value=Decimal(value), scored_at=NOW,
            )
        )  # fmt: skip
        session.flush()
        session.expire(claim)
        return claim

    def valued(self, *values: str) -> list[Claim]:
        """Claims of the first units with these values."""
        return [self.prove(f"{KABUPATEN}.{n:02d}", value) for n, value in enumerate(values, start=1)]

    def minutes(self, kind: Kind = Kind.PLENARY, subject: str = "", typed: Typed = TYPED) -> Minutes:
        """Minutes as the secretariat draws them up."""
        return draw_up(self.session, self.period, kind, subject, typed, actor=self.secretariat, at=NOW)


@pytest.fixture
def panel(session: Session) -> Panel:
    return Panel(session)


def account_of(session: Session, person: Account) -> Account:
    return session.get_one(Account, person.id).as_of(factories.TODAY)


def words(sent: bytes) -> str:
    """The text of a PDF, its lines joined."""
    with pdfium.PdfDocument(sent) as file:
        return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_bounded() for page in file))
