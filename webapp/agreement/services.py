"""Verbs of agreements. None commits, and none moves a clock: time that passes changes nothing but what is shown."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.agreement import queries
from webapp.agreement.errors import (
    AgreedInTheFuture,
    CamatNotCovered,
    HolderUnknown,
    OwnAgreement,
    ReasonMissing,
    SetNamedTwice,
    StepNotDue,
    TargetsMissing,
)
from webapp.agreement.models import Agreement, AgreementSet, AgreementStep
from webapp.agreement.rules import BASIS, STEPS, TERM_MONTHS, WINDOW_MONTHS, StepKind, day_in, months_after
from webapp.territory.models import Region

MOST_TARGETS, LONGEST_TARGET = 100, 500
_UNIT = 8  # of a kecamatan's code


@dataclass(frozen=True)
class SetFields:
    """What a region configures: lengths in months, the basis, and whether camat are covered."""

    region_code: str
    name: str
    term_months: int = TERM_MONTHS
    window_months: int = WINDOW_MONTHS
    covers_camat: bool = False
    basis: str = BASIS


@dataclass(frozen=True)
class AgreementFields:
    """Whose agreement, and what was agreed when. `unit_code`: of a kecamatan, for its camat; else None."""

    unit_name: str
    post: str
    targets: tuple[str, ...]
    agreed_on: date
    unit_code: str | None = None
    holder: str = ""  # the username of whoever holds the post


def configure(session: Session, said: SetFields, *, actor: Actor, at: datetime) -> AgreementSet:
    """Make a set of agreements with its rule; other lengths are another set. Raises `NotAllowed`, `SetNamedTwice`."""
    demand(actor, Permission.AGREEMENT_MANAGE, said.region_code)
    _one_at_a_time(session, f"agreement_set:{said.region_code}")
    known = select(AgreementSet.id).where(
        AgreementSet.region_code == said.region_code, AgreementSet.name == said.name
    )  # fmt: skip
    if session.scalar(known) is not None:
        raise SetNamedTwice(field="name")
    made = AgreementSet(
        region_code=said.region_code, name=said.name, term_months=said.term_months, window_months=said.window_months,
        covers_camat=said.covers_camat, basis=said.basis.strip() or BASIS, made_by=actor.id, made_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, "agreement.configure", at=at, actor_id=actor.id, on=("agreement_set", made.id),
        region_code=made.region_code, term_months=made.term_months, window_months=made.window_months,
        covers_camat=made.covers_camat,
    )  # fmt: skip
    return made


def agree(session: Session, of: AgreementSet, said: AgreementFields, *, actor: Actor, at: datetime) -> Agreement:
    """Record an agreement; both last days are worked out once and kept.

    Raises `NotAllowed`, `AgreedInTheFuture`, `TargetsMissing`, `CamatNotCovered`, `HolderUnknown`.
    """
    demand(actor, Permission.AGREEMENT_MANAGE, of.region_code)
    if said.agreed_on > day_in(at, of.region.time_zone):
        raise AgreedInTheFuture(field="agreed_on")
    if not 1 <= len(said.targets) <= MOST_TARGETS or any(len(one) > LONGEST_TARGET for one in said.targets):
        raise TargetsMissing(field="targets")
    holder = _holder(session, of, said)
    if said.unit_code is not None and not of.covers_camat:
        raise CamatNotCovered(field="unit_code")
    due_on = months_after(said.agreed_on, of.term_months)
    made = Agreement(
        set_id=of.id, region_code=of.region_code, set_name=of.name, basis=of.basis, unit_name=said.unit_name,
        unit_code=said.unit_code, post=said.post, holder_id=holder, targets=list(said.targets),
        agreed_on=said.agreed_on, due_on=due_on, window_until=months_after(due_on, of.window_months),
        made_by=actor.id, made_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, "agreement.agree", at=at, actor_id=actor.id, on=("agreement", made.id), region_code=made.region_code,
        agreed_on=made.agreed_on.isoformat(), due_on=due_on.isoformat(), window_until=made.window_until.isoformat(),
    )  # fmt: skip
    return made


def _holder(session: Session, of: AgreementSet, said: AgreementFields) -> int | None:
    """The account of whoever holds the post. A camat's account makes it a camat's agreement, whatever the unit says."""
    if said.unit_code is not None:
        unit = session.get(Region, said.unit_code)
        if unit is None or len(unit.code) != _UNIT or not unit.code.startswith(of.region_code + "."):
            raise HolderUnknown(field="unit_code")
    if not said.holder:
        return None
    found = queries.holder(session, of.region_code, said.holder)
    if found is None:
        raise HolderUnknown(field="holder")
    if not of.covers_camat and any(
        post.role == "camat" and post.revoked_at is None and (post.ends_on is None or post.ends_on >= said.agreed_on)
        for post in found.appointments
    ):
        raise CamatNotCovered(field="holder")
    return found.id


def decide(
    session: Session, agreement: Agreement, kind: StepKind, reason: str, *, actor: Actor, at: datetime
) -> AgreementStep:  # fmt: skip
    """Take the next step, in one's own name and with a reason; for `DECIDED` the reason is what was decided.

    Raises `NotAllowed`, `OwnAgreement`, `ReasonMissing`, `StepNotDue` (a clock still runs, or all is closed).
    """
    demand(actor, Permission.AGREEMENT_DECIDE, agreement.region_code)
    if agreement.holder_id == actor.id:
        raise OwnAgreement
    if not reason.strip():
        raise ReasonMissing(field="reason")
    # Of two who decide at once one waits, and then finds the agreement where the other left it.
    _one_at_a_time(session, f"agreement:{agreement.id}")
    session.refresh(agreement, ["steps"])
    if kind not in STEPS[queries.stands(agreement, at)]:
        raise StepNotDue
    made = AgreementStep(
        agreement=agreement, number=len(agreement.steps) + 1, kind=kind, reason=reason.strip(),
        decided_on=day_in(at, agreement.region.time_zone), actor_id=actor.id, at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, f"agreement.{kind}", at=at, actor_id=actor.id, on=("agreement", agreement.id),
        region_code=agreement.region_code, number=made.number, reason=made.reason,
    )  # fmt: skip
    return made


def _one_at_a_time(session: Session, key: str) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
