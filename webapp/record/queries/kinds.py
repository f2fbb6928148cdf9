"""Which minutes a period has, and who tells each of them: one line a kind."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.errors import NotFound
from webapp.minutes.rules import Kind
from webapp.programme.models import Period
from webapp.programme.rules import StageKind
from webapp.record.queries import desk, plenary, presentation, reopening, shortlist
from webapp.record.queries.common import Subject, Told, stage


@dataclass(frozen=True)
class Builder:
    """How minutes of a kind come about."""

    subjects: Callable[[Session, Period], list[Subject]]
    told: Callable[[Session, Period, str], Told]


def _of_the_desk(_session: Session, period: Period) -> list[Subject]:
    return [Subject()] if stage(period, StageKind.DESK) or not period.stages else []


def _the_one(_session: Session, _period: Period) -> list[Subject]:
    return [Subject()]


def _of_the_shortlist(_session: Session, period: Period) -> list[Subject]:
    return [Subject()] if period.shortlist_size else []


BUILDERS: dict[Kind, Builder] = {
    Kind.DESK: Builder(_of_the_desk, lambda session, period, _: desk.told(session, period)),
    Kind.PRESENTATION: Builder(presentation.days, presentation.told),
    Kind.SHORTLIST: Builder(_of_the_shortlist, lambda session, period, _: shortlist.told(session, period)),
    Kind.PLENARY: Builder(_the_one, lambda session, period, _: plenary.told(session, period)),
    Kind.REOPENING: Builder(reopening.granted, reopening.told),
}


def subject_of(session: Session, period: Period, kind: Kind, key: str) -> Subject:
    """The subject of that key. Raises `NotFound` where the period has no such minutes."""
    builder = BUILDERS.get(kind)
    known = builder.subjects(session, period) if builder else []
    found = next((one for one in known if one.key == key), None)
    if found is None:
        raise NotFound
    return found
