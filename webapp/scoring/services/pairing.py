"""Blind readers: drawn by lot for all claims at once, replaced for a reason; the third who decides, and how."""

import secrets
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, allows, covers, demand
from webapp.accounts.models import Account
from webapp.conflict import queries as conflicts
from webapp.errors import NotAllowed, NotFound
from webapp.evidence.errors import NoteMissing
from webapp.programme.models import Period
from webapp.scoring import queries
from webapp.scoring.errors import NobodyEligible, NotEligible, PairSettled, ReaderHasScored, SeesValues
from webapp.scoring.models import Adjudication, BlindDraw, Claim, Reader
from webapp.scoring.queries import ClaimStanding
from webapp.scoring.rules import ADJUDICATOR, PAIR, ClaimState, PairState, draw_one, draw_pairs
from webapp.scoring.services.giving import must_be_allowed
from webapp.scoring.services.guarding import barred_units, must_be_impartial
from webapp.scoring.services.holding import hold_claim, must_be_open, note


def draw(session: Session, period: Period, *, actor: Actor, at: datetime, seed: str | None = None) -> list[Claim]:
    """Draw two readers for every blind claim of the period that has none; answers the claims drawn for.

    Claims for which fewer than two people are free of conflicts stay undrawn: the page says so, the gate too. The
    period is held alone, so that of two draws at once the second finds nothing left to draw.
    `seed`: for drawing again what was drawn; else a fresh one.
    Raises `NotAllowed`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.PAIR_MANAGE, period.region_code)
    _hold_alone(session, period)
    bare = [
        one
        for one in queries.standings(session, period)
        if one.blind and one.pair is PairState.UNDRAWN and one.state is not ClaimState.SET_ASIDE
    ]
    eligible = _eligible(session, period, bare, at)
    loads = queries.loads(session, period)
    seed = seed or secrets.token_hex(16)
    drawn = draw_pairs(seed, eligible, loads)
    if not drawn:
        return []
    made = _note_draw(session, period, seed, eligible, loads, actor, at)
    for claim_id, pair in drawn.items():
        for place, reader in zip(PAIR, pair, strict=True):
            session.add(_reader(claim_id, place, reader, period, actor, at, draw=made))
    audit.record(
        session, "reader.draw", at=at, actor_id=actor.id, on=("period", period.id), region_code=period.region_code,
        draw=made.id, seed=seed, claims=sorted(drawn),
    )  # fmt: skip
    session.flush()
    return [one.claim for one in bare if one.claim.id in drawn]


def _hold_alone(session: Session, period: Period) -> None:
    session.flush()
    must_be_open(
        session.scalar(select(Period.state).where(Period.id == period.id).with_for_update(key_share=True))
    )  # fmt: skip


def _eligible(session: Session, period: Period, known: Collection[ClaimStanding], at: datetime) -> dict[int, list[int]]:
    """By claim, the assessors without a conflict who are not at it already, in the order of their ids."""
    people = queries.assessors(session, period, conflicts.day_there(at, period.region_code))
    barred = {person.id: barred_units(session, person, period, at) for person in people}
    return {
        one.claim.id: [
            person.id
            for person in people
            if one.place_of(person.id) is None
            and not any(covers(unit, one.claim.region_code) for unit in barred[person.id])
        ]
        for one in known
    }


def eligible_for(
    session: Session, period: Period, known: Collection[ClaimStanding], at: datetime
) -> dict[int, list[Account]]:
    """By claim, who could take a place at it, by name: for the choice on the page."""
    free = _eligible(session, period, known, at)
    ids = {who for people in free.values() for who in people}
    named = session.scalars(select(Account).where(Account.id.in_(ids)).order_by(Account.name, Account.id)).all()
    return {claim: [one for one in named if one.id in set(people)] for claim, people in free.items()}


def _note_draw(
    session: Session, period: Period, seed: str, eligible: dict[int, list[int]], loads: dict[int, int], actor: Actor,
    at: datetime,
) -> BlindDraw:  # fmt: skip
    facts = {
        "eligible": {str(claim): people for claim, people in eligible.items()},
        "loads": {str(person): number for person, number in loads.items()},
    }
    made = BlindDraw(period_id=period.id, seed=seed, facts=facts, drawn_by=actor.id, drawn_at=at)
    session.add(made)
    session.flush()
    return made


def _reader(
    claim_id: int, place: int, who: int, period: Period, actor: Actor, at: datetime, *, draw: BlindDraw | None,
    reason: str = "",
) -> Reader:  # fmt: skip
    return Reader(
        claim_id=claim_id, place=place, period_id=period.id, assessor_id=who, draw_id=draw.id if draw else None,
        assigned_by=actor.id, assigned_at=at, reason=reason,
    )  # fmt: skip


def replace(
    session: Session, made: Claim, place: int, reason: str, *, actor: Actor, at: datetime, who: int | None = None
) -> Reader:
    """Put somebody else at a place of the pair, for a reason that stays in the history. `who`: None draws again.

    Raises `NotAllowed`, `NoteMissing`, `NotFound` (no such place taken), `ReaderHasScored`, `NobodyEligible`,
    `NotEligible`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.PAIR_MANAGE, made.period.region_code)
    _hold_pair(session, made)
    standing = queries.standing_of(session, made)
    held = next((one for one in standing.readers if one.place == place and place in PAIR), None)
    if held is None:
        raise NotFound
    if any(one.assessor_id == held.assessor_id for one in standing.scores):
        raise ReaderHasScored
    before, (reader, lots) = held.assessor_id, _find(session, standing, who, reason, actor, at, always=True)
    held.assessor_id, held.draw_id, held.reason = reader, lots.id if lots else None, reason.strip()
    held.assigned_by, held.assigned_at = actor.id, at
    session.flush()
    session.refresh(held, ["assessor"])
    note(session, "reader.replace", made, actor, at, place=place, was=before, became=reader, reason=held.reason)
    return held


def _hold_pair(session: Session, made: Claim) -> None:
    """Hold the period against a draw, and the claim against its readers."""
    _hold_alone(session, made.period)
    hold_claim(session, made)


def _find(
    session: Session, standing: ClaimStanding, who: int | None, reason: str, actor: Actor, at: datetime, *,
    always: bool = False,
) -> tuple[int, BlindDraw | None]:  # fmt: skip
    """The person named, or one drawn. A reason is needed for whom one names, and `always` where one is replaced."""
    if (always or who is not None) and not reason.strip():
        raise NoteMissing(field="reason")
    period, claim = standing.claim.period, standing.claim.id
    eligible = _eligible(session, period, [standing], at)
    if who is not None:
        if who not in eligible[claim]:
            raise NotEligible(field="who")
        return who, None
    seed, loads = secrets.token_hex(16), queries.loads(session, period)
    drawn = draw_one(seed, claim, eligible[claim], loads)
    if drawn is None:
        raise NobodyEligible
    return drawn, _note_draw(session, period, seed, eligible, loads, actor, at)


def assign_adjudicator(
    session: Session, made: Claim, *, actor: Actor, at: datetime, who: int | None = None, reason: str = ""
) -> Reader:
    """Draw a third person who decides where the two differ too far, or name one for a reason.

    Raises `NotAllowed` (the chair decides), `PairSettled` (nothing to decide, or somebody has the place),
    `NoteMissing`, `NobodyEligible`, `NotEligible`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.FINALISE, made.period.region_code)
    _hold_pair(session, made)
    standing = queries.standing_of(session, made)
    if not standing.blind or standing.pair is not PairState.DISPUTED:
        raise PairSettled
    if any(one.place == ADJUDICATOR for one in standing.readers):
        raise PairSettled
    third, lots = _find(session, standing, who, reason, actor, at)
    reader = _reader(made.id, ADJUDICATOR, third, made.period, actor, at, draw=lots, reason=reason.strip())
    session.add(reader)
    session.flush()
    note(session, "reader.assign_adjudicator", made, actor, at, who=third, drawn=lots is not None, reason=reader.reason)
    return reader


def adjudicate(
    session: Session, made: Claim, value: Decimal, reasoning: str, *, actor: Actor, at: datetime
) -> Adjudication:
    """The third person's value, which stands in place of the two; both stay as they are. The same again is one deed.

    Raises `NotFound` (for everybody but the claim's adjudicator), `NotAllowed`, `Partial`, `DeclarationMissing`,
    `SeesValues`, `PairSettled`, `ValueOutOfRange`, `AboveTheClaim`, `NoteMissing`, `PeriodSealed`, `PeriodNotOpen`.
    """
    hold_claim(session, made)
    if not allows(actor, Permission.SCORE, made.period.region_code):
        raise NotAllowed
    standing = queries.standing_of(session, made)
    if standing.place_of(actor.id) != ADJUDICATOR:
        raise NotFound
    must_be_impartial(session, actor, made, at)
    if queries.sees_values(actor, made.period.region_code):
        raise SeesValues
    must_be_allowed(value, made)
    if not reasoning.strip():
        raise NoteMissing(field="reasoning")
    given = standing.adjudication
    if given is not None and (given.value, given.reasoning) == (value, reasoning.strip()):
        return given  # the same form sent twice
    if standing.pair is not PairState.DISPUTED or standing.state is not ClaimState.PROVEN:
        raise PairSettled
    decided = Adjudication(
        claim_id=made.id, period_id=made.period_id, place=ADJUDICATOR, adjudicator_id=actor.id, value=value,
        reasoning=reasoning.strip(), decided_at=at,
    )  # fmt: skip
    session.add(decided)
    session.flush()
    note(session, "score.adjudicate", made, actor, at, indicator_id=made.indicator_id)
    return decided
