"""One photo told as two events: which cases of a counted claim are one, and which look like somebody else's."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from webapp.evidence.models import Photo
from webapp.programme.models import Indicator
from webapp.programme.rules import Method
from webapp.scoring.models import Claim, ClaimEvidence
from webapp.signals.models import Finding
from webapp.signals.rules import Weight

_SAME = ("reused_bytes", "reused_original", "reused_picture")  # not what is merely like it
Pairs = dict[int, set[tuple[int, int]]]


def same_events(session: Session, which: ColumnElement[bool]) -> Pairs:
    """By counted claim, pairs of its cases with the same photo that nobody has explained: each pair is one event.

    `which`: the claims asked about. The bytes of the photos are compared here and now; what is the same to the eye was
    found by the signals. Who explains a signal says that there were two events after all.
    """
    first, second = aliased(ClaimEvidence), aliased(ClaimEvidence)
    pairs = (
        select(first.claim_id, first.evidence_id.label("one"), second.evidence_id.label("other"))
        .join(second, and_(second.claim_id == first.claim_id, second.evidence_id > first.evidence_id))
        .join(Claim, Claim.id == first.claim_id)
        .join(Indicator, Indicator.id == Claim.indicator_id)
        .where(Indicator.method == Method.COUNT, which)
        .subquery()
    )
    told = or_(
        and_(Finding.evidence_id == pairs.c.one, Finding.other_evidence_id == pairs.c.other),
        and_(Finding.evidence_id == pairs.c.other, Finding.other_evidence_id == pairs.c.one),
    )
    seen = session.execute(
        select(pairs.c.claim_id, pairs.c.one, pairs.c.other, func.bool_or(Finding.explained_at.is_not(None)))
        .join(Finding, and_(told, Finding.gone_at.is_(None), Finding.code.in_(_SAME)))
        .group_by(pairs.c.claim_id, pairs.c.one, pairs.c.other)
    ).all()
    same: Pairs = defaultdict(set)
    explained = set()
    for claim_id, one, other, by_somebody in seen:
        if by_somebody:
            explained.add((claim_id, one, other))
        else:
            same[claim_id].add((one, other))
    ours, theirs = aliased(Photo), aliased(Photo)
    bytes_alike = (
        select(pairs.c.claim_id, pairs.c.one, pairs.c.other)
        .join(ours, and_(ours.evidence_id == pairs.c.one, ours.visit_id.is_(None)))
        .join(theirs, and_(theirs.evidence_id == pairs.c.other, theirs.visit_id.is_(None)))
        .where(
            or_(
                theirs.sha256 == ours.sha256,
                theirs.sha256 == ours.original_sha256,
                theirs.original_sha256 == ours.sha256,
                theirs.original_sha256 == ours.original_sha256,
            )
        )
        .distinct()
    )
    for claim_id, one, other in session.execute(bytes_alike).all():
        if (claim_id, one, other) not in explained:
            same[claim_id].add((one, other))
    return same


def doubted(session: Session, cases: Collection[int]) -> set[int]:
    """Those of the cases with a photo that came from another case, strongly so, and nobody has explained it."""
    if not cases:
        return set()
    found = session.scalars(
        select(Finding.evidence_id).where(
            Finding.evidence_id.in_(cases), Finding.code.in_(_SAME), Finding.weight == Weight.STRONG,
            Finding.gone_at.is_(None), Finding.explained_at.is_(None),
        )
    )  # fmt: skip
    return set(found)


def cases_of(claims: Iterable[Claim]) -> set[int]:
    """The cases of some claims."""
    return {link.evidence_id for one in claims for link in one.links}
