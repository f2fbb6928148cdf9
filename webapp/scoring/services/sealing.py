"""The gate: every reason it stays shut, and the sealed result behind it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import not_, select
from sqlalchemy.orm import Session, selectinload

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence import services as evidence_services
from webapp.evidence.models import Evidence
from webapp.evidence.queries import of_award
from webapp.evidence.rules import UNSEEN
from webapp.programme import queries as programmes
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries
from webapp.scoring.errors import GateClosed
from webapp.scoring.models import ResultSnapshot
from webapp.scoring.rules import ClaimState
from webapp.scoring.services.holding import must_be_open
from webapp.trail import services as trail


def finalise(session: Session, period: Period, *, actor: Actor, at: datetime) -> ResultSnapshot:
    """Seal the period: a snapshot with its hash, every score final, every case, claim and score locked.

    Of a finalisation and a late verdict one waits for the other and then sees it: both hold the cases first and the
    period after them.
    Raises `GateClosed` with every blocker, `PeriodSealed`, `PeriodNotOpen`, `NotAllowed`.
    """
    demand(actor, Permission.FINALISE, period.region_code)
    period = _hold_all(session, period, actor)
    must_be_open(period.state)
    known = queries.standings(session, period)
    waiting = queries.blockers(session, period, known)
    if waiting:
        raise GateClosed(list(waiting))
    _seal_scores(session, known, at)
    result = _snapshot(session, period, known, actor, at)
    _lock_cases(session, period, actor, at)
    period.state, period.finalised_at, period.finalised_by = PeriodState.FINAL, at, actor.id
    audit.record(
        session, "period.finalise", at=at, actor_id=actor.id, on=("period", period.id),
        region_code=period.region_code, sha256=result.sha256,
    )  # fmt: skip
    session.flush()
    trail.ask_to_seal(session, result.id)
    return result


def _hold_all(session: Session, period: Period, actor: Actor) -> Period:
    """Hold every case of the period, then the period alone, and read all of it anew.

    Verdicts hold their case first; the other way round, the two would wait for each other for ever.
    """
    session.flush()
    cases = select(Evidence.id).where(Evidence.period_id == period.id).order_by(Evidence.id)
    session.execute(cases.with_for_update(key_share=True))
    session.execute(select(Period.id).where(Period.id == period.id).with_for_update())
    session.expire_all()
    return programmes.get(session, actor, period.id)


def _seal_scores(session: Session, known: list[queries.ClaimStanding], at: datetime) -> None:
    proven = [one for one in known if one.state is ClaimState.PROVEN]
    visits = queries.proving_visits(session, [one.claim for one in proven])
    for standing in proven:
        visit = visits.get(standing.claim.id)
        for given in standing.scores:
            given.visit_id, given.finalised_at = visit.id if visit else None, at


def _lock_cases(session: Session, period: Period, actor: Actor, at: datetime) -> None:
    sent = select(Evidence).where(Evidence.period_id == period.id, Evidence.state.not_in(UNSEEN), not_(of_award()))
    for case in session.scalars(sent.options(selectinload(Evidence.moves))).all():
        evidence_services.lock(session, case, actor=actor, at=at)


def _snapshot(
    session: Session, period: Period, known: list[queries.ClaimStanding], actor: Actor, at: datetime
) -> ResultSnapshot:
    before = queries.latest_result(session, period)
    version = before.version + 1 if before else 1
    photos = queries.photo_hashes(session, period)
    content = {
        "period": {
            **_period_facts(period, version, at),
            "draws": [{"id": one.id, "seed": one.seed} for one in queries.draws(session, period)],
        },
        "claims": [_claim_facts(one, photos) for one in known],
        "ranking": [
            {"region": line.region_code, "name": line.name, "total": str(line.total), "rank": line.rank}
            for line in queries.ranking(period, known)
        ],
    }
    result = ResultSnapshot(
        period_id=period.id, version=version, content=content, sha256=digest(content), finalised_at=at,
        finalised_by=actor.id,
    )  # fmt: skip
    session.add(result)
    session.flush()
    return result


def digest(content: dict[str, Any]) -> str:
    """The sha256 over the canonical JSON of a snapshot: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _period_facts(period: Period, version: int, at: datetime) -> dict[str, Any]:
    instrument = period.instrument
    return {
        "name": period.name,
        "region": period.region_code,
        "version": version,
        "finalised_at": at.isoformat(),
        "quorum": period.quorum,
        "instrument": {
            "name": instrument.name,
            "version": instrument.version,
            "aspects": [
                {
                    "name": aspect.name,
                    "weight": str(aspect.weight),
                    "indicators": [
                        {
                            "id": one.id, "name": one.name, "weight": str(one.weight), "mode": one.mode,
                            "max": str(one.max_value), "reading": one.reading, "spread_limit": str(one.spread_limit),
                        }
                        for one in aspect.indicators
                    ],
                }
                for aspect in instrument.aspects
            ],
        },
    }  # fmt: skip


def _claim_facts(standing: queries.ClaimStanding, photos: Mapping[int, list[str]]) -> dict[str, Any]:
    made = standing.claim
    return {
        "region": made.region_code,
        "indicator": made.indicator_id,
        "state": standing.state,
        "set_aside_reason": made.set_aside_reason,
        "evidence": [
            {
                "id": link.evidence_id, "state": link.evidence.state, "title": link.evidence.title,
                "photos": photos.get(link.evidence_id, []),
            }
            for link in made.links
        ],
        "scores": [
            {"assessor": one.assessor_id, "value": str(one.value), "visit": one.visit_id} for one in standing.scores
        ],
        **({"pair": _pair_facts(standing)} if standing.blind else {}),
    }  # fmt: skip


def _pair_facts(standing: queries.ClaimStanding) -> dict[str, Any]:
    """Who read, what the third decided, and the rule by which `value` came about. Ids, no names."""
    decided, limit = standing.adjudication, standing.claim.indicator.spread_limit
    return {
        "state": standing.pair,
        "rule": {"within": "mean", "beyond": "adjudicator_replaces", "limit": str(limit)},
        "readers": [
            {"place": one.place, "assessor": one.assessor_id, "draw": one.draw_id, "reason": one.reason}
            for one in standing.readers
        ],
        "adjudication": decided and {
            "adjudicator": decided.adjudicator_id, "value": str(decided.value), "reasoning": decided.reasoning,
            "decided_at": decided.decided_at.isoformat(),
        },
        "value": str(standing.value),
    }  # fmt: skip
