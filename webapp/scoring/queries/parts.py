"""What a sealed result is made of: a part for each unit, and the ranking. The same for a kecamatan and for a country.

Claims pass by in groups; of each unit there stay its values, and its part as compressed JSON with its sha256.
"""

import gc
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple, cast

from sqlalchemy import ARRAY, ColumnElement, Integer, Text, any_, func, literal, or_, select, text
from sqlalchemy import cast as as_type
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.evidence.models import Evidence, Photo
from webapp.programme.models import Period
from webapp.programme.rules import Reading
from webapp.scoring.models import Adjudication, Claim, ClaimEvidence, Moderation, Reader, Score
from webapp.scoring.queries.standing import ClaimStanding, LeanStanding, Placing, lean_standings, ranking, shown
from webapp.scoring.rules import ClaimState
from webapp.scoring.rules.claims import rounded
from webapp.verification.models import FieldVisit
from webapp.verification.rules import Verdict

CLAIMS_AT_ONCE = 4_000


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and without spaces, UTF-8: what every hash of a result is of."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: Any) -> str:
    """The sha256 over the canonical JSON, 64 hexadecimal digits."""
    return sha256(canonical(content)).hexdigest()


class Worthy(NamedTuple):
    """What the ranking needs of a claim."""

    region_code: str
    indicator_id: int
    exact: Fraction


@dataclass
class Part:
    """What a result says of one unit, packed, and its sha256."""

    packed: bytes
    sha256: str
    claims: int

    @property
    def text(self) -> str:
        """The canonical JSON."""
        return zlib.decompress(self.packed).decode()


@dataclass
class Survey:
    """A whole period as it stands."""

    parts: dict[str, Part] = field(default_factory=dict)
    ranking: list[Placing] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # units with a claim that is not settled and valued
    proven: list[tuple[int, int | None]] = field(default_factory=list)  # claims, and the visits that prove them

    @property
    def digest(self) -> str:
        """The sha256 over all claims and the ranking: minutes are drawn from it, and the gate compares it."""
        return standing_digest_of({code: one.sha256 for code, one in self.parts.items()}, lines(self))


def lines(found: Survey) -> list[dict[str, Any]]:
    """The ranking as it is written down, by pool and rank."""
    return [
        {
            "region": one.region_code, "name": one.name, "total": str(one.total), "rank": one.rank, "pool": one.pool,
            "round": one.round, "first_total": str(one.first_total), "grade": one.grade,
            "claims": found.parts[one.region_code].claims if one.region_code in found.parts else 0,
            "aspects": {str(key): str(value) for key, value in one.aspects.items()},
        }
        for one in found.ranking
    ]  # fmt: skip


def standing_digest_of(parts: Mapping[str, str], ranked: list[dict[str, Any]]) -> str:
    """The sha256 of a standing from the hashes of its parts, by unit, and the ranking as it is written down."""
    return digest({"units": dict(parts), "ranking": ranked})


def standing_digest(session: Session, period: Period) -> str:
    """The sha256 over all claims, scores and the ranking of a period as they stand: the basis of plenary minutes.

    The same as long as nothing counts differently, in whatever order rows come from the database.
    """
    return survey(session, period).digest


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cyclic garbage, which walks through the millions of facts of a country again and again
    and finds nothing: they hold no cycles. What other threads leave meanwhile is found afterwards.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@uncollected()
def survey(session: Session, period: Period) -> Survey:
    """The period as it stands now: packed parts, ranking, what waits and what is proven."""
    found = Survey()
    worth = _passing(session, period, found)
    found.ranking = ranking(period, cast(Iterable[ClaimStanding | LeanStanding], worth))
    return found


def _passing(session: Session, period: Period, found: Survey) -> Iterator[Worthy]:
    """Each claim's worth; in passing, the parts of `found` are made."""
    # All rows are wanted: a cursor otherwise plans for the first tenth of them, which for a country is for ever.
    session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
    blind = any(one.reading == Reading.BLIND_PAIR for aspect in period.instrument.aspects for one in aspect.indicators)
    for group in _groups(lean_standings(session, period)):
        facts = _Facts.of(session, [one.claim_id for one in group], blind=blind)
        for unit, claims in groupby(group, key=lambda one: one.region_code):
            made = [(one, one.exact) for one in claims]
            said = canonical({"region": unit, "claims": [facts.claim(one, exact) for one, exact in made]})
            found.parts[unit] = Part(zlib.compress(said, 1), sha256(said).hexdigest(), len(made))
            if any(_waits(one) for one, _ in made):
                found.waiting.append(unit)
            for one, exact in made:
                if one.state is ClaimState.PROVEN:
                    found.proven.append((one.claim_id, facts.visits.get(one.claim_id)))
                yield Worthy(unit, one.indicator_id, exact)


def _groups(known: Iterable[LeanStanding]) -> Iterator[list[LeanStanding]]:
    """Whole units, some thousand claims at a time."""
    group: list[LeanStanding] = []
    for _, claims in groupby(known, key=lambda one: one.region_code):
        group += claims
        if len(group) >= CLAIMS_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _waits(one: LeanStanding) -> bool:
    if one.state is ClaimState.UNSUPPORTED:
        return one.indicator.required
    return one.state is ClaimState.WAITING or (one.state is ClaimState.PROVEN and not one.valued)


@dataclass
class _Facts:
    """What is written down of a group of claims, by claim."""

    words: dict[int, Any]  # of the few that say more than their standing
    cases: dict[int, list[dict[str, Any]]]
    scores: dict[int, list[dict[str, Any]]]
    visits: dict[int, int]
    readers: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    decided: dict[int, dict[str, Any]] = field(default_factory=dict)
    moderated: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, claims: list[int], *, blind: bool) -> "_Facts":
        told_once = as_type(literal("{" + ",".join(map(str, claims)) + "}", Text), ARRAY(Integer))

        def among(column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
            return column == any_(told_once)

        told = (Claim.set_aside_reason, Claim.level_id, Claim.quantity)
        words = select(Claim.id, *told).where(among(Claim.id), or_(*(one.is_not(None) for one in told)))
        found = cls(
            {row.id: row for row in session.execute(words)},
            _cases(session, among),
            _scores(session, among),
            _visits(session, among),
            moderated=_moderations(session, among),
        )
        if blind:
            found.readers, found.decided = _readers(session, among), _adjudications(session, among)
        return found

    def claim(self, one: LeanStanding, exact: Fraction) -> dict[str, Any]:
        """One claim as it is written down, with what it is worth. Ids, no names."""
        number = one.claim_id
        words, visit, value = self.words.get(number), self.visits.get(number), str(shown(exact))
        return {
            "region": one.region_code,
            "indicator": one.indicator_id,
            "state": one.state,
            "value": value,
            "set_aside_reason": words and words.set_aside_reason,
            "level": words and words.level_id,
            "quantity": None if words is None or words.quantity is None else str(words.quantity),
            "events": one.events,
            "evidence": self.cases.get(number, []),
            "scores": [{**given, "visit": visit} for given in self.scores.get(number, [])],
            **({"moderation": self.moderated[number]} if number in self.moderated else {}),
            **({"pair": self._pair(one, value)} if one.blind else {}),
        }

    def _pair(self, one: LeanStanding, value: str) -> dict[str, Any]:
        """Who read, what the third decided, and the rule by which `value` came about."""
        return {
            "state": one.pair,
            "rule": {
                "within": "mean", "beyond": "adjudicator_replaces", "limit": str(one.indicator.spread_limit),
            },
            "readers": self.readers.get(one.claim_id, []),
            "adjudication": self.decided.get(one.claim_id),
            "value": value,
        }  # fmt: skip


Among = Any  # asks of a column whether it is one of the claims


def _cases(session: Session, among: Among) -> dict[int, list[dict[str, Any]]]:
    photos = (
        select(func.array_agg(Photo.sha256.op("ORDER BY")(Photo.id)))
        .where(Photo.evidence_id == Evidence.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ClaimEvidence.claim_id, Evidence.id, Evidence.state, Evidence.title, photos.label("photos"))
        .join(Evidence, Evidence.id == ClaimEvidence.evidence_id)
        .where(among(ClaimEvidence.claim_id))
        .order_by(ClaimEvidence.claim_id, Evidence.id)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for claim_id, number, state, title, hashes in rows:
        found[claim_id].append({"id": number, "state": state, "title": title, "photos": hashes or []})
    return found


def _scores(session: Session, among: Among) -> dict[int, list[dict[str, Any]]]:
    rows = session.execute(
        select(Score.claim_id, Score.assessor_id, Score.value, Score.left_out_reason)
        .where(among(Score.claim_id))
        .order_by(Score.claim_id, Score.assessor_id)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for claim_id, assessor, value, reason in rows:
        left_out = {"left_out": reason} if reason else {}
        found[claim_id].append({"assessor": assessor, "value": str(value), **left_out})
    return found


def _visits(session: Session, among: Among) -> dict[int, int]:
    """By claim, the latest completed visit that found one of its cases as claimed."""
    rows = session.execute(
        select(ClaimEvidence.claim_id, FieldVisit.id)
        .join(FieldVisit, FieldVisit.evidence_id == ClaimEvidence.evidence_id)
        .where(among(ClaimEvidence.claim_id), FieldVisit.verdict == Verdict.MATCHES, FieldVisit.left_aside.is_(None))
        .order_by(ClaimEvidence.claim_id, FieldVisit.completed_at, FieldVisit.id)
    )
    return {claim_id: visit for claim_id, visit in rows}  # noqa: C416 - the last one of each stays


def _readers(session: Session, among: Among) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in session.scalars(select(Reader).where(among(Reader.claim_id)).order_by(Reader.claim_id, Reader.place)):
        found[one.claim_id].append(
            {"place": one.place, "assessor": one.assessor_id, "draw": one.draw_id, "reason": one.reason}
        )
    return found


def _adjudications(session: Session, among: Among) -> dict[int, dict[str, Any]]:
    return {
        one.claim_id: {
            "adjudicator": one.adjudicator_id, "value": str(one.value), "reasoning": one.reasoning,
            "decided_at": one.decided_at.isoformat(),
        }
        for one in session.scalars(select(Adjudication).where(among(Adjudication.claim_id)))
    }  # fmt: skip


def _moderations(session: Session, among: Among) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in session.scalars(select(Moderation).where(among(Moderation.claim_id)).order_by(Moderation.id)):
        found[one.claim_id].append(
            {"step": one.step, "reason": one.reason, "by": one.made_by, "at": one.made_at.isoformat()}
        )
    return found


def region_mean(totals: Iterable[Decimal]) -> Decimal | None:
    """[P] The region's own total: the mean of its participants', to two decimals; None without any."""
    known = list(totals)
    if not known:
        return None
    exact = sum((Fraction(one) for one in known), Fraction(0)) / len(known)
    return rounded(exact)
