"""What was built at home, after what was seen abroad."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence import queries as evidence
from webapp.selection.errors import NotAStudy
from webapp.selection.models import Inspiration
from webapp.territory.queries import kecamatan_of


def inspire(
    session: Session, home_id: int, study_case_id: int | None, *, actor: Actor, at: datetime
) -> Inspiration | None:
    """Say which case of the own study abroad inspired a case at home; None takes it back.

    It is said of the two and changes neither, so that cases of a sealed period may be named too.
    Raises `NotFound`, `NotAllowed`, `NotAStudy`.
    """
    home = evidence.locked_for_change(session, actor, home_id)
    demand(actor, Permission.EVIDENCE_WRITE, home.region_code)
    abroad = evidence.visible(session, actor, study_case_id) if study_case_id is not None else None
    if abroad is not None and (
        home.study_assignment_id is not None
        or abroad.study_assignment_id is None
        or kecamatan_of(home.region_code) != kecamatan_of(abroad.region_code)
    ):
        raise NotAStudy(field="study_case_id")
    session.execute(delete(Inspiration).where(Inspiration.evidence_id == home.id))
    audit.record(
        session, "evidence.inspire", at=at, actor_id=actor.id, on=("evidence", home.id), region_code=home.region_code,
        study_case=study_case_id,
    )  # fmt: skip
    if abroad is None:
        return None
    made = Inspiration(evidence_id=home.id, study_case_id=abroad.id, linked_by=actor.id, linked_at=at)
    session.add(made)
    session.flush()
    return made
