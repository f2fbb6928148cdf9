"""A verified case, and the people who make it public."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session

from media.redact import Redactor
from tests import factories
from tests.factories import KABUPATEN, NOW
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.publication import queries, services
from webapp.publication.models import Publication
from webapp.publication.rules import Box, Precision
from webapp.publication.services import Wanted


@dataclass
class Office:
    """Two information officers, and the team whose cases they publish."""

    session: Session
    team: factories.Team
    officer: Account
    second: Account
    made: list[Publication] = field(default_factory=list)

    def case(self, state: State = State.VERIFIED_DESK, **changes: Any) -> Evidence:
        """A case whose pictures are made."""
        return factories.case(self.session, self.team, state, **changes)

    def wanted(self, case: Evidence, **changes: Any) -> Wanted:
        """Everything of the case, as exact as may be."""
        usual: dict[str, Any] = {
            "title": "Kampung warna", "note": "Dicat warga.", "precision": Precision.EXACT,
            "photos": [photo.id for photo in queries.photos_of(case)],
        }  # fmt: skip
        return Wanted(**{**usual, **changes})

    def prepared(self, case: Evidence, **changes: Any) -> Publication:
        """Chosen by the first officer."""
        return services.prepare(self.session, case, self.wanted(case, **changes), actor=self.officer, at=NOW)

    def covered(self, one: Publication, *boxes: Box, clear: bool = False, by: Account | None = None) -> None:
        """Every photo looked at."""
        for photo in list(one.photos):
            services.cover(
                self.session, one, photo, boxes, clear=clear or not boxes, alt="", actor=by or self.officer, at=NOW,
                store=self.team.store, redactor=Redactor(),
            )  # fmt: skip

    def published(self, case: Evidence, *boxes: Box, **changes: Any) -> Publication:
        """The whole way, the second officer approving."""
        one = self.prepared(case, **changes)
        self.covered(one, *boxes)
        services.approve(self.session, one, actor=self.second, at=NOW)
        services.publish(self.session, one, actor=self.officer, at=NOW)
        return one


def officer(session: Session, code: str = KABUPATEN) -> Account:
    """An information officer of a region."""
    return factories.account(session, (Role.INFORMATION_OFFICER, code))


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session, factories.team(session), officer(session), officer(session))
