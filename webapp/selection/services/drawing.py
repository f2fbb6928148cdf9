"""The end of the first round: the highest go on, equals across the line by the rule of the instrument."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence.errors import NoteMissing
from webapp.evidence.models import Evidence
from webapp.programme import queries as programmes
from webapp.programme.models import Period, PeriodStage
from webapp.programme.rules import PeriodState, StageKind, TieRule
from webapp.scoring import queries as scoring
from webapp.scoring.errors import PeriodNotOpen, PeriodSealed, RoundClosed
from webapp.selection import queries
from webapp.selection.errors import FirstRoundWaits, NoSize, TieUndecided
from webapp.selection.models import Shortlist, ShortlistPlace
from webapp.selection.queries import Pool
from webapp.selection.rules import Line, Why, settle


def proposal(
    pools: Sequence[Pool], size: int, rule: TieRule, *, seed: str = "", named: Collection[str] = ()
) -> list[tuple[Pool, Line]]:
    """The line of each pool, `size` places in each; nothing is kept."""
    return [
        (pool, settle(pool.entries, size, rule, seed=f"{seed}:{pool.name}" if seed else "", named=_of(pool, named)))
        for pool in pools
    ]


def _of(pool: Pool, named: Collection[str]) -> list[str]:
    return [code for code in named if code in pool.names]


def decided(
    pools: Sequence[Pool], size: int, rule: TieRule, *, seed: str, named: Collection[str], reason: str
) -> list[tuple[Pool, Line]]:
    """The lines with every tie decided. Raises `TieUndecided`; `NoteMissing` where the team names somebody without
    saying why.
    """
    lines = proposal(pools, size, rule, seed=seed, named=named)
    if any(not line.settled for _, line in lines):
        raise TieUndecided(field="named")
    if any(Why.NAMED in line.why.values() for _, line in lines) and not reason.strip():
        raise NoteMissing(field="reason")
    return lines


def drawn(lines: Sequence[tuple[Pool, Line]], seed: str) -> str | None:
    """The seed, if lots were drawn with it."""
    return seed if any(Why.LOTS in line.why.values() for _, line in lines) else None


def close_first_round(
    session: Session, period: Period, *, actor: Actor, at: datetime, reason: str = "", named: Collection[str] = (),
    seed: str | None = None,
) -> Shortlist:  # fmt: skip
    """Close the first round: `shortlist_size` of each pool come into the second, for good.

    `named`: whom the team chose among equals at the line, where the rule leaves it to them; with a `reason`. `seed`:
    for drawing again what was drawn; else a fresh one. From now on the first round's claims, scores and cases stay.
    Raises `NotAllowed` (who finalises closes), `PeriodNotOpen`, `PeriodSealed`, `NoSize`, `RoundClosed`,
    `FirstRoundWaits`, `TieUndecided`, `NoteMissing`.
    """
    demand(actor, Permission.FINALISE, period.region_code)
    period = _hold_all(session, period, actor)
    if period.shortlist_size is None:
        raise NoSize
    if queries.first_round_closed(session, period):
        raise RoundClosed
    known = scoring.standings(session, period)
    blockers = queries.waiting(session, period, known)
    if blockers:
        raise FirstRoundWaits(blockers)
    rule, seed = TieRule(period.instrument.tie_rule), seed or secrets.token_hex(16)
    lines = decided(
        queries.first_round_pools(period, known), period.shortlist_size, rule, seed=seed, named=named, reason=reason
    )
    made = Shortlist(
        period_id=period.id, version=period.version, size=period.shortlist_size, tie_rule=rule,
        seed=drawn(lines, seed), reason=reason.strip(), closed_by=actor.id, closed_at=at,
        places=[
            ShortlistPlace(
                region_code=one.code, pool=pool.name, rank=pool.ranks[one.code], total=str(one.total),
                aspects=[str(points) for points in one.aspects], inside=one.code in line.inside,
                why=line.why[one.code],
            )
            for pool, line in lines
            for one in pool.entries
        ],
    )  # fmt: skip
    session.add(made)
    inside = {code for _, line in lines for code in line.inside}
    for taker in period.participants:
        taker.round = 2 if taker.region_code in inside else 1
    _turn_stages(period, actor, at)
    session.flush()
    audit.record(
        session, "period.shortlist", at=at, actor_id=actor.id, on=("period", period.id),
        region_code=period.region_code, shortlist=made.id, inside=sorted(inside), rule=rule,
    )  # fmt: skip
    return made


def _hold_all(session: Session, period: Period, actor: Actor) -> Period:
    """Hold the cases, then the period alone, and read all of it anew: a late verdict is before this or after it.

    Raises `PeriodNotOpen`, `PeriodSealed`.
    """
    session.flush()
    cases = select(Evidence.id).where(Evidence.period_id == period.id).order_by(Evidence.id)
    session.execute(cases.with_for_update(key_share=True))
    session.execute(select(Period.id).where(Period.id == period.id).with_for_update())
    session.expire_all()
    period = programmes.get(session, actor, period.id)
    if period.state == PeriodState.FINAL:
        raise PeriodSealed
    if period.state != PeriodState.OPEN:
        raise PeriodNotOpen
    return period


def _turn_stages(period: Period, actor: Actor, at: datetime) -> None:
    """The shortlist's stage is over, that of the second round begins; a period that names none gets both rows."""
    there = {one.kind: one for one in period.stages}
    last = max((one.position for one in period.stages), default=0)
    for ahead, kind in enumerate((StageKind.SHORTLIST, StageKind.ADVANCED), start=1):
        if kind not in there:
            there[kind] = PeriodStage(position=last + ahead, kind=kind)
            period.stages.append(there[kind])
    over, begun = there[StageKind.SHORTLIST], there[StageKind.ADVANCED]
    if over.opened_at is None:
        over.opened_at, over.opened_by = at, actor.id
    over.closed_at, over.closed_by = at, actor.id
    if begun.opened_at is None:
        begun.opened_at, begun.opened_by = at, actor.id
