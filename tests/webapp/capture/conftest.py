"""A camat with a draft, and a sender that speaks for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import Team
from tests.webapp.capture.sending import Sender
from webapp.evidence.models import Evidence

Senders = Callable[..., Sender]


@dataclass
class Draft:
    """A case of the team's camat, and who it is about."""

    case: Evidence
    people: Team


@pytest.fixture
def draft(session: Session) -> Draft:
    people = factories.team(session)
    case = factories.case(session, people)
    session.commit()
    return Draft(case, people)


@pytest.fixture
def sender(app: Flask, draft: Draft) -> Sender:
    """The camat's."""
    return Sender(app, draft.people.camat)
