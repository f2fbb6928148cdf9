"""The gate and the sealed result behind it, and the team's two ways to open it where something cannot be decided."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence import services as evidence_services
from webapp.evidence.errors import NoteMissing
from webapp.evidence.models import Evidence
from webapp.minutes import queries as minutes
from webapp.minutes.models import Minutes
from webapp.minutes.rules import Kind
from webapp.presentation import queries as presentations
from webapp.programme import queries as programmes
from webapp.programme.models import Period
from webapp.programme.rules import PeriodState, StageKind
from webapp.scoring import queries
from webapp.scoring.errors import GateClosed, NotPartial
from webapp.scoring.models import Claim, Reopening, ResultPart, ResultSnapshot, Score, UnclaimedZero
from webapp.scoring.queries import Survey, digest
from webapp.scoring.rules import grade_of
from webapp.scoring.services.holding import hold_claim, must_be_open, note
from webapp.trail import services as trail

_AT_ONCE = 500
_SEAL = text(
    "UPDATE score SET finalised_at = :at, visit_id = told.visit "
    "FROM unnest(CAST(:claims AS integer[]), CAST(:visits AS integer[])) AS told (claim, visit) "
    "WHERE score.claim_id = told.claim AND score.finalised_at IS NULL AND score.left_out_at IS NULL "
    "AND score.claim_id BETWEEN :first AND :last"
)


@queries.uncollected()
def finalise(session: Session, period: Period, *, actor: Actor, at: datetime) -> ResultSnapshot:
    """Seal the period: a snapshot with its hash, every score final, every case, claim and score locked.

    Of a finalisation and a late verdict one waits for the other and then sees it: both hold the cases first and the
    period after them. Whoever signs minutes of the plenary is waited for before that.
    Raises `GateClosed` with every blocker, `PeriodSealed`, `PeriodNotOpen`, `NotAllowed`.
    """
    demand(actor, Permission.FINALISE, period.region_code)
    period = _hold_all(session, period, actor)
    must_be_open(period.state)
    found = queries.survey(session, period)
    waiting = queries.survey_blockers(session, period, found, at)
    if waiting:
        raise GateClosed(list(waiting))
    result = _snapshot(session, period, found, actor, at)
    _seal_scores(session, found, at)
    evidence_services.lock_all(session, period.id, actor=actor, at=at)
    period.state, period.finalised_at, period.finalised_by = PeriodState.FINAL, at, actor.id
    audit.record(
        session, "period.finalise", at=at, actor_id=actor.id, on=("period", period.id),
        region_code=period.region_code, sha256=result.sha256, version=result.version,
    )  # fmt: skip
    session.flush()
    trail.ask_to_seal(session, result.id)
    session.expire_all()  # scores and cases were changed behind the session's back
    return result


def _hold_all(session: Session, period: Period, actor: Actor) -> Period:
    """Hold every case of the period, then the period alone, and read all of it anew.

    Verdicts hold their case first; the other way round, the two would wait for each other for ever.
    """
    session.flush()
    if any(one.kind == StageKind.PLENARY for one in period.stages):
        key = f"minutes:{Kind.PLENARY}:{period.region_code}"
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    cases = select(Evidence.id).where(Evidence.period_id == period.id).order_by(Evidence.id)
    held = cases.with_for_update(key_share=True).subquery()
    session.execute(select(func.count()).select_from(held))
    session.execute(select(Period.id).where(Period.id == period.id).with_for_update())
    session.expire_all()
    return programmes.get(session, actor, period.id)


def _seal_scores(session: Session, found: Survey, at: datetime) -> None:
    # In the order of claims, and with their bounds said: else each group of a country reads the scores of all others.
    waiting = iter(sorted(found.proven))
    while told := list(islice(waiting, 10 * _AT_ONCE)):
        claims, visits = [claim for claim, _ in told], [visit for _, visit in told]
        session.execute(_SEAL, {"at": at, "claims": claims, "visits": visits, "first": claims[0], "last": claims[-1]})


def _snapshot(session: Session, period: Period, found: Survey, actor: Actor, at: datetime) -> ResultSnapshot:
    content = {
        "period": _period_facts(session, period, at),
        "units": {code: part.sha256 for code, part in found.parts.items()},
        "ranking": queries.lines(found),
        "region": _region_facts(period, found),
        "standing": found.digest,
        "minutes": _minutes_facts(session, period),
        "presentations": _presentation_facts(session, period),
    }
    result = ResultSnapshot(
        period_id=period.id, version=period.version, content=content, sha256=digest(content), finalised_at=at,
        finalised_by=actor.id,
    )  # fmt: skip
    session.add(result)
    session.flush()
    _write_parts(session, result.id, found)
    return result


def _write_parts(session: Session, snapshot_id: int, found: Survey) -> None:
    rows: Iterator[dict[str, Any]] = (
        {"snapshot": snapshot_id, "region": code, "content": part.text, "sha256": part.sha256}
        for code, part in found.parts.items()
    )
    add = text(
        "INSERT INTO result_part (snapshot_id, region_code, content, sha256) "
        "VALUES (:snapshot, :region, CAST(:content AS jsonb), :sha256)"
    )
    while some := list(islice(rows, _AT_ONCE)):
        session.execute(add, some)


def is_intact(session: Session, sealed: ResultSnapshot) -> bool:
    """Whether a result and each of its parts still have the hashes they were sealed with."""
    if digest(sealed.content) != sealed.sha256:
        return False
    parts = select(ResultPart.region_code, ResultPart.content, ResultPart.sha256)
    parts = parts.where(ResultPart.snapshot_id == sealed.id).execution_options(yield_per=_AT_ONCE)
    known, rows = dict(sealed.content["units"]), session.execute(parts)
    try:
        wrong = any(known.pop(code, None) != sha256 or digest(content) != sha256 for code, content, sha256 in rows)
    finally:
        rows.close()
    return not wrong and not known


def _period_facts(session: Session, period: Period, at: datetime) -> dict[str, Any]:
    instrument, zero = period.instrument, queries.unclaimed_zero(session, period)
    return {
        "name": period.name,
        "region": period.region_code,
        "version": period.version,
        "finalised_at": at.isoformat(),
        "quorum": period.quorum,
        "pooled": period.pooled,
        "shortlist_size": period.shortlist_size,
        "award_size": period.award_size,
        "carry_share": str(period.carry_share),
        "stages": [
            {
                "kind": one.kind, "opened_at": one.opened_at and one.opened_at.isoformat(),
                "closed_at": one.closed_at and one.closed_at.isoformat(),
            }
            for one in period.stages
        ],
        "unclaimed": zero and {"reason": zero.reason, "by": zero.decided_by, "at": zero.decided_at.isoformat()},
        "reopening": _reopening_facts(session, period),
        "draws": [{"id": one.id, "seed": one.seed} for one in queries.draws(session, period)],
        "instrument": {
            "name": instrument.name,
            "version": instrument.version,
            "tie_rule": instrument.tie_rule,
            "grades": [
                {"label": one.label, "from": str(one.from_total), "includes": one.includes} for one in instrument.grades
            ],
            "aspects": [
                {
                    "id": aspect.id,
                    "name": aspect.name,
                    "weight": str(aspect.weight),
                    "round": aspect.round,
                    "indicators": [
                        {
                            "id": one.id, "name": one.name, "weight": str(one.weight), "mode": one.mode,
                            "max": str(one.max_value), "reading": one.reading, "spread_limit": str(one.spread_limit),
                            "method": one.method, "required": one.required,
                        }
                        for one in aspect.indicators
                    ],
                }
                for aspect in instrument.aspects
            ],
        },
    }  # fmt: skip


def _presentation_facts(session: Session, period: Period) -> list[dict[str, Any]]:
    """Who was heard, and who was absent and why, in the order of the days."""
    if not any(queries.indicators_of(period, part) for part in (1, 2)):
        return []
    return [
        {
            "region": one.region_code, "round": one.round, "attendance": one.attendance,
            "absence_reason": one.absence_reason, "starts_at": one.starts_at.isoformat(),
        }
        for one in presentations.schedule(session, period)
    ]  # fmt: skip


def _reopening_facts(session: Session, period: Period) -> dict[str, Any] | None:
    """Who asked for this version, who granted it, why and for what. Ids, no names."""
    if period.version == 1:
        return None
    one = session.scalars(
        select(Reopening).where(
            Reopening.period_id == period.id, Reopening.version == period.version - 1, Reopening.granted.is_(True)
        )
    ).one()
    return {
        "id": one.id, "asked_by": one.asked_by, "granted_by": one.decided_by, "reason": one.reason,
        "legal_basis": one.legal_basis,
        "scope": [
            {"region": part.region_code, "indicator": part.indicator_id, "evidence": part.evidence_id}
            for part in one.scope
        ],
    }  # fmt: skip


def _region_facts(period: Period, found: Survey) -> dict[str, Any]:
    """[P] The region's own grade: that of the mean of its participants; and who reported nothing."""
    bands = [(one.label, one.from_total, one.includes) for one in period.instrument.grades]
    mean = queries.region_mean(Decimal(line.total) for line in found.ranking)
    return {
        "mean": None if mean is None else str(mean),
        "grade": "" if mean is None else grade_of(mean, bands),
        "silent": [one.region_code for one in period.participants if one.region_code not in found.parts],
    }


def _minutes_facts(session: Session, period: Period) -> list[dict[str, Any]]:
    """Numbers and hashes of the minutes in force when the result was sealed."""
    known = session.scalars(select(Minutes.kind).where(Minutes.period_id == period.id).distinct()).all()
    return [
        {"kind": one.kind, "number": one.number, "edition": one.edition, "sha256": one.sha256}
        for kind in map(Kind, sorted(known))
        for one in sorted(minutes.signed(session, period, kind), key=lambda one: one.number)
    ]


def zero_unclaimed(session: Session, period: Period, reason: str, *, actor: Actor, at: datetime) -> UnclaimedZero:
    """Decide that what nobody claimed counts zero, once for the period and for a reason that the result keeps.

    A unit that claims afterwards, while the period is open, is judged like any other. Said twice, the first stands.
    Raises `NotAllowed` (who finalises decides), `NoteMissing`, `PeriodSealed`, `PeriodNotOpen`.
    """
    demand(actor, Permission.FINALISE, period.region_code)
    state = session.scalar(select(Period.state).where(Period.id == period.id).with_for_update(key_share=True))
    must_be_open(state)
    if not reason.strip():
        raise NoteMissing(field="reason")
    known = queries.unclaimed_zero(session, period)
    if known is not None:
        return known
    made = UnclaimedZero(period_id=period.id, decided_by=actor.id, decided_at=at, reason=reason.strip())
    session.add(made)
    audit.record(
        session, "period.zero_unclaimed", at=at, actor_id=actor.id, on=("period", period.id),
        region_code=period.region_code, reason=made.reason,
    )  # fmt: skip
    session.flush()
    return made


def leave_out(session: Session, given: Score, reason: str, *, actor: Actor, at: datetime) -> None:
    """Let a score of somebody who has become partial count nowhere, for a reason; it stays to be read.

    Another assessor may then give theirs. Raises `NotAllowed` (who finalises decides), `NoteMissing`, `NotPartial`,
    `PeriodSealed`, `PeriodNotOpen`.
    """
    made = session.get_one(Claim, given.claim_id)
    demand(actor, Permission.FINALISE, made.period.region_code)
    hold_claim(session, made)
    session.refresh(given)
    if not reason.strip():
        raise NoteMissing(field="reason")
    if given.left_out_at is not None:
        return
    if given.id not in queries.partial_scores(session, made.period, at):
        raise NotPartial
    given.left_out_by, given.left_out_at, given.left_out_reason = actor.id, at, reason.strip()
    session.flush()
    note(session, "score.leave_out", made, actor, at, assessor=given.assessor_id, reason=given.left_out_reason)
