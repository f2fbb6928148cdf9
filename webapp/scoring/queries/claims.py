"""Claims: which a person sees, for which units they claim, and what could carry a claim."""

from sqlalchemy import Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from webapp.access import Actor, Permission, areas, seats, within
from webapp.errors import NotFound
from webapp.evidence.models import Evidence
from webapp.evidence.queries import of_award
from webapp.evidence.rules import State
from webapp.programme.models import Indicator, Participant, Period
from webapp.programme.rules import Method, Reading
from webapp.scoring.models import Claim, ClaimEvidence, Reader


def claims_visible_to(actor: Actor) -> Select[Claim]:
    """Claims of the own unit, and those of periods this person scores or reads scores of."""
    own = within(Claim.region_code, areas(actor, Permission.CLAIM_WRITE))
    reads = {area for one in (Permission.SCORE_READ, Permission.PERIOD_MANAGE) for area in areas(actor, one)}
    overseen = within(Claim.region_code, reads)
    teams = {*areas(actor, Permission.SCORE), *seats(actor, Permission.SCORE)}
    judged = Claim.period_id.in_(select(Period.id).where(Period.region_code.in_(sorted(teams))))
    return select(Claim).where(or_(own, overseen, judged) if teams else or_(own, overseen))


def claim(session: Session, actor: Actor, period: Period, claim_id: int) -> Claim:
    """The claim with its evidence. Raises `NotFound`."""
    return _only(session, claims_visible_to(actor).where(Claim.id == claim_id, Claim.period_id == period.id))


def _only(session: Session, wanted: Select[Claim]) -> Claim:
    found = session.scalar(wanted.options(*claim_options()))
    if found is None:
        raise NotFound
    return found


def claim_read_at(
    session: Session, actor: Actor, period: Period, claim_id: int, place: int, reader: int | None = None
) -> Claim:
    """The claim, if somebody (or that very person) has the place at it. Raises `NotFound`.

    In one question: what is not there and what is somebody else's cost the same.
    """
    held = exists().where(Reader.claim_id == Claim.id, Reader.place == place)
    if reader is not None:
        held = held.where(Reader.assessor_id == reader)
    mine = claims_visible_to(actor).where(Claim.id == claim_id, Claim.period_id == period.id, held)
    return _only(session, mine)


def claim_of_quorum(session: Session, actor: Actor, period: Period, claim_id: int) -> Claim:
    """The claim, if assessors of a quorum value it: no blind pair, no count. Raises `NotFound`, in one question."""
    rated = exists().where(
        Indicator.id == Claim.indicator_id, Indicator.reading == Reading.QUORUM,
        Indicator.method.in_((Method.RATED, Method.LEVELS)),
    )  # fmt: skip
    return _only(session, claims_visible_to(actor).where(Claim.id == claim_id, Claim.period_id == period.id, rated))


def claim_options() -> tuple[ExecutableOption, ...]:
    """What every reading of a claim needs: indicator, region, period and the cases."""
    return (
        joinedload(Claim.indicator).joinedload(Indicator.aspect),
        joinedload(Claim.level),
        joinedload(Claim.region),
        joinedload(Claim.period),
        selectinload(Claim.links).joinedload(ClaimEvidence.evidence),
    )


def candidates(session: Session, actor: Actor, period: Period, unit: str) -> list[Evidence]:
    """Cases of the unit that may support a claim of the period: its own, not withdrawn, newest first."""
    return list(
        session.scalars(
            select(Evidence)
            .where(
                Evidence.period_id == period.id,
                within(Evidence.region_code, [unit]),
                within(Evidence.region_code, areas(actor, Permission.CLAIM_WRITE)),
                Evidence.state != State.WITHDRAWN,
                not_(of_award()),
            )
            .order_by(Evidence.id.desc())
        )
    )


def own_units(session: Session, actor: Actor, period: Period) -> list[Participant]:
    """The participants this person may claim for, with their regions."""
    own = within(Participant.region_code, areas(actor, Permission.CLAIM_WRITE))
    wanted = select(Participant).where(and_(Participant.period_id == period.id, own))
    return list(session.scalars(wanted.options(joinedload(Participant.region)).order_by(Participant.region_code)))


def claim_count(session: Session) -> dict[int, int]:
    """Number of claims by period."""
    # Of all who take part, as the page says; row-level security would count a camat's own alone.
    counted = func.wall.claim_counts().table_valued("period", "claims")
    rows = session.execute(select(counted.c.period, counted.c.claims))
    return {period_id: number for period_id, number in rows}  # noqa: C416 - mypy knows the types of the pairs only so
