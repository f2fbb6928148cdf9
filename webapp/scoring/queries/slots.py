"""Presentations as scoring sees them: what is valued of whom, who has valued it, what a slot still waits for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, selectinload

from webapp.access import GRANTS, NATION, Actor, Grant, Permission, Role, allows
from webapp.accounts.models import Account, Appointment
from webapp.presentation import queries as presentations
from webapp.presentation.models import PresentationSlot, SlotPresence
from webapp.presentation.rules import Attendance
from webapp.programme.models import Aspect, Indicator, Period
from webapp.programme.rules import Method, StageKind, running_round
from webapp.scoring.models import Claim, Score
from webapp.scoring.rules import Blocker, ClaimState, Reason

_STATES = {
    Attendance.PRESENT: ClaimState.PROVEN,
    Attendance.ABSENT: ClaimState.UNPROVEN,
    Attendance.PLANNED: ClaimState.WAITING,
}


def presented(claim: Claim) -> bool:
    """Whether a claim is about what was presented, and so rests on no evidence."""
    return claim.indicator.method == Method.PRESENTATION


def presented_as(attendance: Attendance | None, *, set_aside: bool) -> ClaimState:
    """What the slot makes of a claim about a presentation: who was heard has proven it, who was absent has not."""
    return ClaimState.SET_ASIDE if set_aside else _STATES[attendance or Attendance.PLANNED]


def held_in(session: Session, period: Period) -> Mapping[tuple[str, int], Attendance]:
    """How the presentations of a period stand, by unit and round; asked only where an indicator is about one."""
    return presentations.held(session, period) if indicators_of(period, 1) or indicators_of(period, 2) else {}


def held_for(session: Session, period: Period, claims: Iterable[Claim]) -> Mapping[tuple[str, int], Attendance]:
    """The same, asked only where one of the claims is about a presentation."""
    return presentations.held(session, period) if any(presented(one) for one in claims) else {}


def indicators_of(period: Period, part: int) -> list[Indicator]:
    """What is valued of a presentation in that round, in the order of the instrument."""
    return [
        one
        for aspect in period.instrument.aspects
        if aspect.round == part
        for one in aspect.indicators
        if one.method == Method.PRESENTATION
    ]


def attended(session: Session, actor: Actor, period: Period) -> set[tuple[str, int]]:
    """Units, with the round, whose presentation this person heard."""
    rows = session.execute(
        select(PresentationSlot.region_code, PresentationSlot.round)
        .join(SlotPresence, SlotPresence.slot_id == PresentationSlot.id)
        .where(PresentationSlot.period_id == period.id, SlotPresence.account_id == actor.id)
    )
    return {(row.region_code, row.round) for row in rows}


def was_there(session: Session, actor: Actor, claim: Claim) -> bool:
    """Whether this person heard what the claim is about."""
    return (claim.region_code, claim.indicator.aspect.round) in attended(session, actor, claim.period)


def scorers(session: Session, period: Period, today: date) -> list[Account]:
    """Everybody who may give values in the period that day, conflicts aside, by name."""
    roles = [role for role in Role if Permission.SCORE in GRANTS[role]]
    known = session.scalars(
        select(Account)
        .where(
            Account.id.in_(select(Appointment.account_id).where(Appointment.role.in_(roles))),
            Account.deactivated_at.is_(None),
        )
        .options(selectinload(Account.appointments))
        .order_by(Account.name, Account.id)
    )
    return [
        one for one in known.all() if allows(_That(one.id, _grants(one, today)), Permission.SCORE, period.region_code)
    ]


@dataclass(frozen=True)
class _That:
    """A person with the powers of one day, leaving the account itself as it is."""

    id: int
    grants: tuple[Grant, ...]


def _grants(account: Account, day: date) -> tuple[Grant, ...]:
    return tuple(Grant(Role(post.role), post.region_code or NATION) for post in account.posts(day))


def claims_of(session: Session, slot: PresentationSlot) -> dict[int, Claim]:
    """The claims a slot is about, by indicator; none before it was held."""
    found = session.scalars(
        select(Claim)
        .join(Indicator, Indicator.id == Claim.indicator_id)
        .join(Aspect, and_(Aspect.id == Indicator.aspect_id, Aspect.round == slot.round))
        .where(
            Claim.period_id == slot.period_id, Claim.region_code == slot.region_code,
            Indicator.method == Method.PRESENTATION,
        )
    )  # fmt: skip
    return {one.indicator_id: one for one in found}


def own_scores(session: Session, actor: Actor, claims: Iterable[Claim]) -> dict[int, Score]:
    """What this person gave, by indicator; nobody else's."""
    given = select(Score).where(Score.claim_id.in_([one.id for one in claims]), Score.assessor_id == actor.id)
    return {one.indicator_id: one for one in session.scalars(given)}


@dataclass
class Progress:
    """How far the values of one slot have come: of the assessors `present`, so many gave all of theirs."""

    present: int = 0
    complete: int = 0
    given_by: set[int] = field(default_factory=set)  # whoever gave any value; who did is told, what never
    there: set[int] = field(default_factory=set)
    done_by: set[int] = field(default_factory=set)  # whoever gave all of theirs


def progress(session: Session, period: Period) -> dict[int, Progress]:
    """By slot, for the live standing of the day: how many have scored, and no value."""
    slots = presentations.schedule(session, period)
    wanted = {part: {one.id for one in indicators_of(period, part)} for part in (1, 2)}
    given: dict[tuple[str, int], set[int]] = defaultdict(set)
    every = wanted[1] | wanted[2]
    if every and slots:
        rows = session.execute(
            select(Claim.region_code, Score.assessor_id, Score.indicator_id)
            .join(Claim, Claim.id == Score.claim_id)
            .where(Score.period_id == period.id, Score.indicator_id.in_(every))
        )
        for row in rows:
            given[row.region_code, row.assessor_id].add(row.indicator_id)
    return {one.id: _progress(one, wanted[one.round], given) for one in slots}


def _progress(
    slot: PresentationSlot, wanted: set[int], given: Mapping[tuple[str, int], set[int]]
) -> Progress:  # fmt: skip
    there = {one.account_id for one in slot.there}
    by = {who: given.get((slot.region_code, who), set()) & wanted for who in there}
    done = {who for who, of in by.items() if of == wanted} if wanted else set()
    return Progress(len(there), len(done), {who for who, of in by.items() if of}, there, done)


def slot_blockers(session: Session, period: Period, rounds: Iterable[int] | None = None) -> list[Blocker]:
    """What presentations still wait for, by unit: no slot, not held, too few assessors, values missing.

    `rounds`: those that are asked about; all that have begun where nothing is said.
    """
    asked = rounds if rounds is not None else range(1, running_round(period.stages) + 1)
    staged = any(one.kind == StageKind.PRESENTATION for one in period.stages)
    valued = {part: bool(indicators_of(period, part)) for part in asked}
    hears = [part for part, values in valued.items() if values or (staged and part == 1)]
    if not hears:
        return []
    slots = {(one.region_code, one.round): one for one in presentations.schedule(session, period)}
    known = progress(session, period)
    found = []
    for part in hears:
        for one in period.participants:
            if one.round >= part:
                slot = slots.get((one.region_code, part))
                waits = _waits(slot, known, period.quorum, valued=valued[part])
                found += [waits] if waits else [] if slot else [Blocker(Reason.SLOT_MISSING, one.region_code)]
    return found


def _waits(
    slot: PresentationSlot | None, known: Mapping[int, Progress], quorum: int, *, valued: bool
) -> Blocker | None:  # fmt: skip
    if slot is None or slot.attendance == Attendance.ABSENT:
        return None
    code, title = slot.region_code, slot.region.name
    if not slot.held:
        return Blocker(Reason.SLOT_NOT_HELD, code, title=title, slot_id=slot.id)
    if not valued:
        return None
    have = known[slot.id]
    if have.present < quorum:
        return Blocker(Reason.SLOT_QUORUM, code, title=title, slot_id=slot.id, have=have.present, need=quorum)
    if have.complete < have.present:
        return Blocker(Reason.SLOT_UNSCORED, code, title=title, slot_id=slot.id, have=have.complete, need=have.present)
    return None
