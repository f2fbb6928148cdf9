"""The recap becomes an annex of a meeting."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.access import Actor
from webapp.meeting import services as meetings
from webapp.meeting.models import Meeting, MeetingAnnex
from webapp.meeting.rules import digest
from webapp.recap.errors import OtherRegion
from webapp.recap.queries import Recap, frozen


def attach(session: Session, found: Recap, meeting: Meeting, *, actor: Actor, at: datetime) -> MeetingAnnex:
    """Freeze the recap into a meeting of the same region. Raises `OtherRegion`, `NotAllowed`, `MeetingClosed`."""
    if meeting.region_code != found.year.region_code:
        raise OtherRegion(field="meeting_id")
    content = frozen(found)
    return meetings.attach(session, meeting, found.title, content, digest(content), actor=actor, at=at)
