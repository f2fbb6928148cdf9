"""The claims a case supports. Scoring stands above this journey and hands its reading over when it is registered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.evidence.models import Evidence

EXTENSION = "petabukti_claims_of"


@dataclass(frozen=True)
class Supported:
    """A claim the case is tied to: aspect and indicator by name, how it is verified and how it stands, in words.

    tone: of the badge. What the unit says in its claim is for assessors and stays away from the desk.
    """

    aspect: str
    indicator: str
    mode: LazyString
    state: LazyString
    tone: str


Reading = Callable[[Session, Actor, Evidence], Sequence[Supported]]


def supported_by(session: Session, actor: Actor, case: Evidence) -> Sequence[Supported]:
    """The claims of a case this person may see; whether they may see the case is settled before."""
    reading = cast(Reading, current_app.extensions[EXTENSION])
    return reading(session, actor, case)
