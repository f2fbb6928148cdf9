"""The report of one participant under the five headings of row J4, from verified claims alone."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.errors import NotFound
from webapp.evidence import pii
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import VERIFIED, State
from webapp.formatting import rentang
from webapp.programme.models import Participant, Period
from webapp.record.queries.common import LANGUAGE, count, points
from webapp.record.rules import AIM_TITLES, Aim, aims_of
from webapp.scoring import queries as scoring
from webapp.scoring.models import ClaimEvidence
from webapp.scoring.queries import ClaimStanding
from webapp.scoring.rules import ClaimState


def participant(period: Period, code: str) -> Participant:
    """The period's participant of that code. Raises `NotFound`."""
    found = next((one for one in period.participants if one.region_code == code), None)
    if found is None:
        raise NotFound
    return found


def assessed(session: Session, period: Period, code: str) -> dict[str, Any]:
    """What the report says: headings in their order, each with the verified claims that belong to it."""
    unit = participant(period, code)
    every = scoring.standings(session, period)
    own = [one for one in every if one.claim.region_code == code]
    proven = [one for one in own if one.state is ClaimState.PROVEN]
    placed = scoring.ranking(period, every)
    line = next(one for one in placed if one.region_code == code)
    return {
        "region": {"code": period.region_code, "name": period.region.name, "zone": period.time_zone},
        "unit": {"code": code, "name": unit.region.name},
        "period": {"name": period.name, "state": period.state, "version": period.version},
        "span": rentang(period.starts_on, period.ends_on, LANGUAGE),
        "instrument": f"{period.instrument.name} versi {period.instrument.version}",
        "example": period.instrument.example,
        "basis": period.instrument.legal_basis,
        "verified": len(proven), "claims": len(own),
        "total": points(line.total), "rank": line.rank, "of": sum(one.pool == line.pool for one in placed),
        "grade": line.grade,
        "headings": [{"title": AIM_TITLES[aim], "aim": str(aim), **_heading(session, aim, proven)} for aim in Aim],
    }  # fmt: skip


def _heading(session: Session, aim: Aim, proven: list[ClaimStanding]) -> dict[str, Any]:
    if aim is Aim.CONDITION:
        links = _cases(proven)
        photos = _photos(session, links)
        rows = [_case(one.evidence, photos.get(one.evidence_id, 0)) for one in links]
        return {"kind": "evidence", "rows": rows, "claims": len(proven)}
    if aim is Aim.ACHIEVEMENT:
        return {"kind": "values", "rows": [_value(one) for one in proven], "claims": len(proven)}
    chosen = [one for one in proven if aim in aims_of(one.claim.indicator.aspect.name, one.claim.indicator.name)]
    return {"kind": "claims", "rows": [_claim(one) for one in chosen], "claims": len(chosen)}


def _cases(proven: list[ClaimStanding]) -> list[ClaimEvidence]:
    """Links to verified cases, each case once: a case may carry several claims."""
    links = {link.evidence_id: link for one in proven for link in one.claim.links if link.evidence.stands in VERIFIED}
    return [links[key] for key in sorted(links)]


def _photos(session: Session, links: list[ClaimEvidence]) -> dict[int, int]:
    """How many photos each case has."""
    cases = [one.evidence_id for one in links]
    rows = session.execute(
        select(Photo.evidence_id, func.count()).where(Photo.evidence_id.in_(cases)).group_by(Photo.evidence_id)
    )
    return {case: number for case, number in rows}  # noqa: C416 - mypy knows the types of the pairs only so


def _case(case: Evidence, photos: int) -> dict[str, str]:
    on_site = case.stands is State.VERIFIED_FIELD
    return {
        "title": pii.covered(case.title),
        "when": rentang(case.occurred_from, case.occurred_to, LANGUAGE),
        "how": "di lapangan" if on_site else "di meja",
        "grade": case.grade or "–",
        "photos": count(photos),
    }


def _value(standing: ClaimStanding) -> dict[str, str]:
    indicator = standing.claim.indicator
    return {
        "aspect": indicator.aspect.name, "indicator": indicator.name, "value": points(standing.value),
        "of": points(indicator.max_value), "share": points(standing.value * 100 / indicator.max_value),
    }  # fmt: skip


def _claim(standing: ClaimStanding) -> dict[str, Any]:
    made = standing.claim
    return {
        "indicator": made.indicator.name,
        "aspect": made.indicator.aspect.name,
        "statement": pii.covered(made.statement),
        "value": points(standing.value),
        "of": points(made.indicator.max_value),
        "cases": [
            f"{pii.covered(one.title)} ({rentang(one.occurred_from, one.occurred_to, LANGUAGE)})"
            for one in (link.evidence for link in made.links)
            if one.stands in VERIFIED
        ],
    }
