"""Reading minutes: of a period, one by its number for who may see it, and what anybody may know by a paper's code."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Select, Text, column, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.access import Actor, Permission, Role, reached
from webapp.accounts.models import Account, Appointment
from webapp.errors import NotFound
from webapp.minutes.models import Minutes, MinutesSignature
from webapp.minutes.rules import TELLS_VALUES, Kind, Signed, Standing, in_force
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState

_TOLD = (
    column("kind", Text), column("number", Text), column("edition", Integer), column("made_at", DateTime(True)),
    column("sha256", Text), column("stands", Boolean), column("fell_at", DateTime(True)), column("zone", Text),
    column("signed", BigInteger), column("need", Integer), column("agrees", BigInteger), column("led", Boolean),
)  # fmt: skip
SIGNING = (Role.CHAIR, Role.ASSESSOR, Role.PROVINCIAL_TEAM)  # posts that make a team, chairs first


@dataclass(frozen=True)
class Told:
    """What a paper's check page says: that it exists, what it hashes to, whether it still stands and is signed.

    `fell_at`: when something newer replaced it; None while it stands, and where what it was made from has changed.
    `signed` and `need`: how many have signed and how many must; None for papers that nobody signs here.
    """

    kind: str
    number: str
    edition: int
    made_at: datetime
    sha256: str
    stands: bool
    fell_at: datetime | None
    zone: str
    signed: int | None
    need: int | None
    agrees: int | None
    led: bool | None

    @property
    def standing(self) -> Standing | None:
        """How minutes stand; None for a paper that nobody signs here and that stands."""
        if not self.stands:
            return Standing.REPLACED if self.fell_at is not None else Standing.FALLEN
        if self.signed is None or self.need is None or self.agrees is None:
            return None
        settled = self.signed >= self.need and bool(self.led) and self.agrees > self.signed - self.agrees
        return Standing.SIGNED if settled else Standing.WAITING


@dataclass(frozen=True)
class Member:
    """Somebody of a team, with the post that puts them there."""

    account_id: int
    name: str
    role: Role


def told(session: Session, code: str) -> Told | None:
    """What is known of the paper with that code, by whoever asks."""
    found = session.execute(select(func.wall.paper(code).table_valued(*_TOLD))).mappings().one_or_none()
    return None if found is None else Told(**found)


def team(session: Session, period: Period, day: date) -> list[Member]:
    """Who holds a post of assessor or chair in the period's own region that day: chairs first, then by name.

    Posts of regions above do not count: the province's team is not part of a kabupaten's quorum. Each person once.
    """
    found = session.execute(
        select(Account.id, Account.name, Appointment.role)
        .join(Appointment, Appointment.account_id == Account.id)
        .where(
            Appointment.role.in_(SIGNING), Appointment.region_code == period.region_code,
            Appointment.starts_on <= day, Appointment.revoked_at.is_(None), Account.deactivated_at.is_(None),
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
        )
    )  # fmt: skip
    ordered = sorted(
        (Member(who, name, Role(role)) for who, name, role in found),
        key=lambda one: (SIGNING.index(one.role), one.name, one.account_id),
    )
    first: dict[int, Member] = {}
    for one in ordered:
        first.setdefault(one.account_id, one)
    return list(first.values())


def visible_to(actor: Actor) -> Select[Minutes]:
    """Minutes of the regions in which this person reads minutes.

    Those that tell values are for the team, who draws them up, and the auditor; for leaders once the result is final.
    """
    early = Permission.MINUTES_SIGN, Permission.MINUTES_MAKE, Permission.AUDIT_READ
    final = select(Period.id).where(Period.state == PeriodState.FINAL)
    return select(Minutes).where(
        reached(Minutes.region_code, actor, Permission.MINUTES_READ),
        or_(
            reached(Minutes.region_code, actor, *early), Minutes.kind.not_in(TELLS_VALUES), Minutes.period_id.in_(final)
        ),
    )


def get(session: Session, actor: Actor, minutes_id: int) -> Minutes:
    """Minutes with their period and signatures. Raises `NotFound`, also where this person may not see them."""
    found = session.scalar(
        visible_to(actor)
        .where(Minutes.id == minutes_id)
        .options(
            joinedload(Minutes.period), joinedload(Minutes.region), joinedload(Minutes.maker),
            selectinload(Minutes.signatures).joinedload(MinutesSignature.account),
        )
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def of_period(session: Session, actor: Actor, period: Period) -> list[Minutes]:
    """All minutes of a period this person may see, by kind and subject, the newest edition first."""
    known = visible_to(actor).where(Minutes.period_id == period.id)
    return list(session.scalars(known.order_by(Minutes.kind, Minutes.subject, Minutes.edition.desc())))


def newest(session: Session, period: Period, kind: Kind, subject: str = "") -> Minutes | None:
    """The newest edition of minutes, whatever became of it."""
    return session.scalar(
        select(Minutes)
        .where(Minutes.period_id == period.id, Minutes.kind == kind, Minutes.subject == subject)
        .order_by(Minutes.edition.desc())
        .limit(1)
    )


def is_signed(minutes: Minutes) -> bool:
    """Whether as many as needed have signed, a chair among them, and more agree than not."""
    return in_force([Signed(one.account_id, one.agrees) for one in minutes.signatures], minutes.need, minutes.chairs)


def signed(session: Session, period: Period, kind: Kind) -> list[Minutes]:
    """Minutes of that kind in force: of each subject the newest edition, where it is signed. For gates.

    Of the result the period is working on: what was signed before a reopening settles nothing after it.

    Whether what it was made from is still so, the gate asks by `basis_sha256`: it knows the facts, this room does not.
    """
    rows = session.scalars(
        select(Minutes)
        .where(
            Minutes.period_id == period.id,
            Minutes.kind == kind,
            or_(Minutes.version == period.version, Minutes.kind == Kind.REOPENING),
        )
        .order_by(Minutes.subject, Minutes.edition.desc())
        .options(selectinload(Minutes.signatures))
        .execution_options(populate_existing=True)
    )
    latest: dict[str, Minutes] = {}
    for one in rows:
        latest.setdefault(one.subject, one)
    return [one for one in latest.values() if is_signed(one)]


def standings(session: Session, known: Iterable[Minutes]) -> dict[int, Standing]:
    """How each of those minutes stands, by id."""
    known = list(known)
    editions: dict[tuple[int, str, str], int] = defaultdict(int)
    periods = {one.period_id for one in known}
    rows = select(Minutes.period_id, Minutes.kind, Minutes.subject, func.max(Minutes.edition)).where(
        Minutes.period_id.in_(periods)
    )
    for period_id, kind, subject, edition in session.execute(
        rows.group_by(Minutes.period_id, Minutes.kind, Minutes.subject)
    ):
        editions[period_id, kind, subject] = edition
    fresh = _unchanged(session, [one.id for one in known])
    return {one.id: _standing(one, editions[one.period_id, one.kind, one.subject], one.id in fresh) for one in known}


def standing_of(session: Session, minutes: Minutes) -> Standing:
    """How those minutes stand."""
    return standings(session, [minutes])[minutes.id]


def _standing(minutes: Minutes, latest: int, unchanged: bool) -> Standing:
    if minutes.edition < latest:
        return Standing.REPLACED
    if not unchanged:
        return Standing.FALLEN
    return Standing.SIGNED if is_signed(minutes) else Standing.WAITING


def _unchanged(session: Session, ids: list[int]) -> set[int]:
    """Those of the minutes whose rows are as they were."""
    mark = func.wall.minutes_mark(Minutes.period_id, Minutes.kind, Minutes.subject)
    return set(session.scalars(select(Minutes.id).where(Minutes.id.in_(ids), Minutes.mark == mark)))


def awaiting(session: Session, actor: Actor) -> list[Minutes]:
    """Minutes that stand, want this person's signature and have not got it, the oldest first."""
    mine = select(MinutesSignature.minutes_id).where(MinutesSignature.account_id == actor.id)
    found = session.scalars(
        visible_to(actor)
        .where(Minutes.team.contains([actor.id]), Minutes.id.not_in(mine))
        .options(joinedload(Minutes.period), selectinload(Minutes.signatures))
        .order_by(Minutes.made_at, Minutes.id)
    )
    waiting = list(found)
    stands = standings(session, waiting)
    return [one for one in waiting if stands[one.id] in (Standing.WAITING, Standing.SIGNED)]
