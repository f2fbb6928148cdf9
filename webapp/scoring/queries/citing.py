"""Regulations that claims name as their legal basis, and whether they stood at the end of the period."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.programme.models import Period
from webapp.register import queries as register
from webapp.register.models import Regulation
from webapp.register.rules import STANDS, Force
from webapp.scoring.citation_models import ClaimRegulation
from webapp.scoring.models import Claim


@dataclass(frozen=True)
class Citation:
    """A regulation a claim names. `force`: on the period's last day."""

    regulation: Regulation
    force: Force

    @property
    def satisfies(self) -> bool:
        """Whether it carries the claim: in force at the period's end, and the register says where its text is."""
        return self.force in STANDS and self.regulation.has_file


def citations(session: Session, period: Period, unit: str) -> dict[int, list[Citation]]:
    """What each claim of a unit names in a period, by claim; claims that name nothing are left out."""
    rows = session.scalars(
        select(ClaimRegulation)
        .join(Claim, Claim.id == ClaimRegulation.claim_id)
        .where(Claim.period_id == period.id, Claim.region_code == unit)
        .options(joinedload(ClaimRegulation.regulation))
        .order_by(ClaimRegulation.claim_id, ClaimRegulation.regulation_id)
    )
    found: dict[int, list[Citation]] = {}
    for row in rows:
        cited = Citation(row.regulation, row.regulation.force_on(period.ends_on))
        found.setdefault(row.claim_id, []).append(cited)
    return found


def legal_basis(session: Session, claim: Claim) -> bool | None:
    """Whether what the claim names carries it at the period's end; None where it names no regulation."""
    named = citations(session, claim.period, claim.region_code).get(claim.id)
    return None if named is None else any(one.satisfies for one in named)


def citable(session: Session, unit: str) -> list[Regulation]:
    """What a claim of the unit may name: regulations of its region and of those above, expired ones too."""
    return register.known_in(session, unit)
