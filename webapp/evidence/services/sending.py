"""A case as a script sends it: under a number of its own making, whole, and as often as its network needs."""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from geo.values import LonLat
from webapp.access import Actor, Permission, demand
from webapp.evidence import queries
from webapp.evidence.errors import SameIdOtherContent
from webapp.evidence.models import Evidence
from webapp.evidence.services.drafting import CaseFields, create
from webapp.evidence.services.placing import set_device_fix, set_pin, set_reason
from webapp.evidence.services.turns import one_at_a_time


@dataclass(frozen=True)
class SentPlace:
    """Where a script says the case is, EPSG:4326. With an accuracy it is the device's own fix, without one a pin."""

    at: LonLat | None = None
    accuracy_m: float | None = None
    taken_at: datetime | None = None
    reason: str = ""


def send(
    session: Session, *, actor: Actor, region_code: str, client_id: uuid.UUID, fields: CaseFields, place: SentPlace,
    at: datetime,
) -> tuple[Evidence, bool]:  # fmt: skip
    """The draft made under `client_id`, and whether it was made now. The same content again changes nothing.

    A number that is taken answers alike whether it is this person's with other content or somebody else's.
    Raises `NotAllowed` outside the actor's unit, `NoOpenPeriod`, `ForeignStudy`, `SameIdOtherContent`.
    """
    demand(actor, Permission.EVIDENCE_WRITE, region_code)
    one_at_a_time(session, client_id)
    digest = digest_of(region_code, fields, place)
    before = queries.by_client_id(session, client_id)
    if before is not None:
        if before.owner_id != actor.id or before.sent_digest != digest:
            raise SameIdOtherContent
        return before, False
    case = create(session, actor=actor, region_code=region_code, client_id=client_id, fields=fields, at=at)
    case.sent_digest = digest
    set_place(session, case, place, actor=actor, at=at)
    session.flush()
    return case, True


def set_place(session: Session, case: Evidence, place: SentPlace, *, actor: Actor, at: datetime) -> None:
    """Keep where a script says a draft is, and why. Raises `NotAllowed`, `NotEditable`, `Locked`."""
    if place.at is not None and place.accuracy_m is not None:
        set_device_fix(
            session, case, place.at, accuracy_m=place.accuracy_m, taken_at=place.taken_at, actor=actor, at=at
        )
    elif place.at is not None:
        set_pin(session, case, place.at, actor=actor, at=at)
    set_reason(session, case, place.reason, actor=actor, at=at)


def digest_of(region_code: str, fields: CaseFields, place: SentPlace) -> str:
    """What tells a repeat from other content: of what was meant, so that order and spacing of JSON do not count."""
    told = {"region": region_code, "fields": asdict(fields), "place": asdict(place)}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
