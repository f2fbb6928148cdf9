"""A winner's locked claims go upwards as a copy with the same hashes; nobody changes the other's scores by it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.errors import NotFound
from webapp.evidence.models import Photo
from webapp.evidence.rules import UNSEEN
from webapp.programme.models import Participant, Period
from webapp.programme.rules import PeriodState
from webapp.scoring import queries as scoring
from webapp.scoring.models import ResultSnapshot
from webapp.scoring.queries import ClaimStanding
from webapp.scoring.services import digest
from webapp.selection import queries
from webapp.selection.errors import AlreadyNominated, NotNominable, TooManyNominees
from webapp.selection.models import Nomination
from webapp.selection.services.awarding import sealed

FORMAT = "petabukti-dossier/1"
MOST_NOMINEES = 50


def nominate(
    session: Session, period: Period, unit: str, target_id: int, *, actor: Actor, at: datetime, reason: str = ""
) -> Nomination:
    """Send one participant of a final period to a period of its province: a dossier, and a place among those who take
    part there (which the database gives: the kabupaten's people cannot write into the province's period).

    Raises `NotAllowed`, `NotFinal`, `NotFound` (no such period above), `NotNominable`, `AlreadyNominated`,
    `TooManyNominees`.
    """
    demand(actor, Permission.NOMINATE, period.region_code)
    result = sealed(session, period)
    target = next((one for one in queries.targets(session, period) if one.id == target_id), None)
    if target is None:
        raise NotFound
    session.execute(select(Period.id).where(Period.id == target.id).with_for_update(key_share=True))
    pool = period.region.level
    if all(one.region_code != unit for one in period.participants):
        raise NotNominable(field="unit")
    there = select(Participant.region_code).where(
        Participant.period_id == target.id, Participant.region_code == unit
    )  # fmt: skip
    if session.scalar(there) is not None:
        raise AlreadyNominated(field="unit")
    if queries.used(session, target, period.region_code, pool) >= target.nominees_per_pool:
        raise TooManyNominees(field="unit")
    dossier = _dossier(session, period, unit, result)
    made = Nomination(
        period_id=period.id, result_id=result.id, region_code=unit, target_id=target.id, pool=pool, dossier=dossier,
        sha256=digest(dossier), reason=reason.strip(), nominated_by=actor.id, nominated_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.expire(target, ["participants"])
    audit.record(
        session, "period.nominate", at=at, actor_id=actor.id, on=("period", period.id), region_code=unit,
        nomination=made.id, target=target.id, sha256=made.sha256,
    )  # fmt: skip
    return made


def _dossier(session: Session, period: Period, unit: str, result: ResultSnapshot) -> dict[str, Any]:
    """What was verified, with the hashes of the sealed result and of the photos; no score of anybody.

    The rows are those the result was sealed over: nobody can change them any more.
    """
    known = scoring.standings(session, period, [unit])
    photos = _photos(session, {link.evidence_id for one in known for link in one.claim.links})
    name = next(one.region.name for one in period.participants if one.region_code == unit)
    return {
        "format": FORMAT,
        "region": {"code": unit, "name": name, "of": period.region_code, "of_name": period.region.name},
        "period": {"id": period.id, "name": period.name, "version": result.version},
        "result": {"sha256": result.sha256, "finalised_at": result.finalised_at.isoformat()},
        "claims": [_claim(one, photos) for one in known],
    }


def _photos(session: Session, cases: Collection[int]) -> dict[int, list[str]]:
    """By case, the sha256 of its photos in the order they came."""
    found: dict[int, list[str]] = {}
    rows = select(Photo.evidence_id, Photo.sha256).where(Photo.evidence_id.in_(cases)).order_by(Photo.id)
    for evidence_id, sha256 in session.execute(rows):
        found.setdefault(evidence_id, []).append(sha256)
    return found


def _claim(one: ClaimStanding, photos: Mapping[int, list[str]]) -> dict[str, Any]:
    made = one.claim
    return {
        "aspect": made.indicator.aspect.name, "indicator": made.indicator.name, "mode": made.indicator.mode,
        "state": one.state, "statement": made.statement,
        "evidence": [
            {
                "id": link.evidence_id, "state": link.evidence.state, "title": link.evidence.title,
                "photos": photos.get(link.evidence_id, []),
            }
            for link in made.links
            if link.evidence.stands not in UNSEEN
        ],
    }  # fmt: skip


def allow_nominees(session: Session, period: Period, most: int, *, actor: Actor, at: datetime) -> None:
    """How many of a pool one kabupaten or kota may nominate for the province's period.

    Raises `NotAllowed`, `NotNominable` (not a province's, final, or a number nobody can mean).
    """
    demand(actor, Permission.PERIOD_MANAGE, period.region_code)
    if len(period.region_code) != 2 or period.state == PeriodState.FINAL or not 1 <= most <= MOST_NOMINEES:
        raise NotNominable(field="most")
    period.nominees_per_pool = most
    audit.record(
        session, "period.nominees", at=at, actor_id=actor.id, on=("period", period.id),
        region_code=period.region_code, most=most,
    )  # fmt: skip
    session.flush()
