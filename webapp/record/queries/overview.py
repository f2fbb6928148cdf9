"""Which minutes of a period exist, who must still sign them, and which are missing."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.access import Actor, Permission, allows
from webapp.errors import NotAllowed
from webapp.minutes import queries as kept
from webapp.minutes.models import Minutes
from webapp.minutes.rules import Kind, Standing
from webapp.programme import queries as programmes
from webapp.programme.models import Period
from webapp.record.queries.common import Subject
from webapp.record.queries.kinds import BUILDERS


@dataclass(frozen=True)
class Line:
    """One thing that has or should have minutes. `newest`: the newest edition, which says who must still sign."""

    kind: Kind
    subject: Subject
    newest: Minutes | None
    standing: Standing | None
    older: int

    @property
    def unsigned(self) -> list[str]:
        """Names of those who have not signed the newest edition, in the order of the team."""
        if self.newest is None:
            return []
        given = {one.account_id for one in self.newest.signatures}
        return [one["name"] for one in self.newest.content["facts"]["team"] if one["account"] not in given]


def period_for(session: Session, actor: Actor, period_id: int, permission: Permission) -> Period:
    """The period, for whom holds the permission in its region. Raises `NotFound`, `NotAllowed`."""
    period = programmes.get(session, actor, period_id)
    if not allows(actor, permission, period.region_code):
        raise NotAllowed
    return period


def lines(session: Session, actor: Actor, period: Period) -> list[Line]:
    """Every line of a period in the order of its course; minutes this person may not see yet are told as missing."""
    known = kept.of_period(session, actor, period)
    stands = kept.standings(session, known)
    by_subject: dict[tuple[str, str], list[Minutes]] = {}
    for one in known:
        by_subject.setdefault((one.kind, one.subject), []).append(one)
    told = []
    for kind in Kind:
        if kind not in BUILDERS:
            continue
        for subject in BUILDERS[kind].subjects(session, period):
            editions = by_subject.get((kind, subject.key), [])
            newest = editions[0] if editions else None
            standing = stands[newest.id] if newest else None
            told.append(Line(kind, subject, newest, standing, max(len(editions) - 1, 0)))
    return told
