"""Which meetings a person sees, what comes back, which weeks were silent, and which meetings count."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, contains_eager, joinedload, selectinload

from webapp.access import Actor, Permission, areas, within
from webapp.errors import NotFound
from webapp.evidence import queries as evidence_queries
from webapp.evidence.models import Evidence
from webapp.evidence.rules import VERIFIED, State
from webapp.meeting.models import Meeting, MeetingItem, MeetingItemStep, MeetingSeries
from webapp.meeting.rules import MeetingKind, silent_days
from webapp.territory.models import Region

MEETING_CASES = "rapat"  # the kind of evidence by which a meeting is proven
_MOST_CASES = 60


def visible_to(actor: Actor) -> Select[Meeting]:
    """Meetings of the areas this person reads, and those one of their units is invited to."""
    return select(Meeting).where(_seen(actor, Meeting.region_code, Meeting.invited))


def series_visible_to(actor: Actor) -> Select[MeetingSeries]:
    """The same for series."""
    return select(MeetingSeries).where(_seen(actor, MeetingSeries.region_code, MeetingSeries.invited))


def _seen(
    actor: Actor, region: InstrumentedAttribute[str], invited: InstrumentedAttribute[list[str]]
) -> ColumnElement[bool]:
    own = areas(actor, Permission.MEETING_READ)
    unit = func.unnest(invited).column_valued("unit")
    return or_(within(region, own), select(unit).where(within(unit, own)).exists())


def series(session: Session, actor: Actor, series_id: int) -> MeetingSeries:
    """A series with its expected units. Raises `NotFound`."""
    found = session.scalar(
        series_visible_to(actor)
        .where(MeetingSeries.id == series_id)
        .options(joinedload(MeetingSeries.region), selectinload(MeetingSeries.seats))
    )
    if found is None:
        raise NotFound
    return found


def listing(session: Session, actor: Actor) -> list[MeetingSeries]:
    """All series this person sees, in the order of their regions and names."""
    wanted = series_visible_to(actor).options(joinedload(MeetingSeries.region))
    return list(session.scalars(wanted.order_by(MeetingSeries.region_code, MeetingSeries.name)))


def get(session: Session, actor: Actor, meeting_id: int) -> Meeting:
    """A meeting with what its page shows. Raises `NotFound`."""
    found = session.scalar(
        visible_to(actor)
        .where(Meeting.id == meeting_id)
        .options(
            joinedload(Meeting.series), joinedload(Meeting.region), joinedload(Meeting.evidence),
            selectinload(Meeting.attendance), selectinload(Meeting.items).joinedload(MeetingItem.step),
            selectinload(Meeting.amendments), selectinload(Meeting.annexes),
        )
    )  # fmt: skip
    if found is None:
        raise NotFound
    return found


def meetings_of(session: Session, actor: Actor, series_id: int, most: int = 60) -> list[Meeting]:
    """The meetings of a series this person sees, latest first."""
    wanted = visible_to(actor).where(Meeting.series_id == series_id)
    return list(session.scalars(wanted.order_by(Meeting.held_on.desc(), Meeting.number.desc()).limit(most)))


def latest(session: Session, actor: Actor, most: int = 20) -> list[Meeting]:
    """The meetings this person sees, latest first."""
    wanted = visible_to(actor).options(joinedload(Meeting.series), joinedload(Meeting.region))
    return list(session.scalars(wanted.order_by(Meeting.held_on.desc(), Meeting.id.desc()).limit(most)))


def item(session: Session, actor: Actor, item_id: int) -> MeetingItem:
    """An action item of a meeting this person sees. Raises `NotFound`."""
    seen = visible_to(actor).with_only_columns(Meeting.id)
    found = session.scalar(
        select(MeetingItem)
        .where(MeetingItem.id == item_id, MeetingItem.meeting_id.in_(seen))
        .options(joinedload(MeetingItem.meeting).joinedload(Meeting.series), joinedload(MeetingItem.step))
    )
    if found is None:
        raise NotFound
    return found


def brought_to(session: Session, meeting: Meeting) -> list[MeetingItem]:
    """Items of earlier meetings of the series that come back in this one: open ones, and those it closed itself."""
    step = aliased(MeetingItemStep)
    return list(
        session.scalars(
            select(MeetingItem)
            .join(MeetingItem.meeting)
            .outerjoin(MeetingItem.step.of_type(step))
            .where(
                MeetingItem.series_id == meeting.series_id, Meeting.number < meeting.number,
                or_(step.id.is_(None), step.meeting_id == meeting.id),
            )
            .options(contains_eager(MeetingItem.meeting), contains_eager(MeetingItem.step.of_type(step)))
            .order_by(MeetingItem.due_on, MeetingItem.id)
            .execution_options(populate_existing=True)
        )
    )  # fmt: skip


def open_items(session: Session, actor: Actor, series_id: int | None = None) -> list[MeetingItem]:
    """Items nobody has closed, the one that is due first in front; of a series, or of all this person sees."""
    seen = visible_to(actor).with_only_columns(Meeting.id)
    wanted = select(MeetingItem).where(
        MeetingItem.meeting_id.in_(seen),
        ~exists().where(MeetingItemStep.item_id == MeetingItem.id),
        *([] if series_id is None else [MeetingItem.series_id == series_id]),
    )
    options = joinedload(MeetingItem.meeting).joinedload(Meeting.series)
    return list(session.scalars(wanted.options(options).order_by(MeetingItem.due_on, MeetingItem.id)))


def silent(session: Session, run: MeetingSeries, today: date) -> list[date]:
    """Days on which a weekly meeting should have been closed and was not, latest first."""
    if run.weekday is None:
        return []
    held = session.scalars(select(Meeting.held_on).where(Meeting.series_id == run.id, Meeting.closed_at.is_not(None)))
    until = today if run.ended_on is None else min(today, run.ended_on)
    return silent_days(run.starts_on, run.weekday, held, until)


def verified(
    session: Session, region_code: str, starts_on: date, ends_on: date,
    kinds: Collection[MeetingKind] = tuple(MeetingKind),
) -> list[Meeting]:  # fmt: skip
    """Meetings an indicator may count: closed, in those days, and with a case that was verified.

    A meeting without a case, or whose case still waits or was refused, is not among them. Days: both included. One
    case proves one meeting (`one_meeting_per_case`), so these are as many as their cases.
    """
    return list(
        session.scalars(
            select(Meeting)
            .join(Meeting.evidence)
            .join(Meeting.series)
            .where(
                within(Meeting.region_code, [region_code]), Meeting.held_on.between(starts_on, ends_on),
                Meeting.closed_at.is_not(None), MeetingSeries.kind.in_(list(kinds)), Evidence.state.in_(VERIFIED),
            )
            .order_by(Meeting.held_on, Meeting.id)
        )
    )  # fmt: skip


def cases_for(session: Session, actor: Actor, region_code: str) -> list[Evidence]:
    """Cases of meetings in the region that this person may link to one, newest first."""
    return list(
        session.scalars(
            evidence_queries.visible_to(actor)
            .where(
                within(Evidence.region_code, [region_code]), Evidence.kind_code == MEETING_CASES,
                Evidence.state != State.WITHDRAWN,
            )
            .order_by(Evidence.occurred_from.desc(), Evidence.id.desc())
            .limit(_MOST_CASES)
        )
    )  # fmt: skip


def proven_elsewhere(session: Session, evidence_id: int, meeting_id: int) -> bool:
    """Whether another meeting names that case already."""
    other = select(Meeting.id).where(Meeting.evidence_id == evidence_id, Meeting.id != meeting_id)
    return session.scalar(other) is not None


def managed_regions(session: Session, actor: Actor) -> list[Region]:
    """Regions in which this person may begin a series: provinces to kecamatan."""
    upper = areas(actor, Permission.MEETING_MANAGE)
    levels = ("provinsi", "kabupaten", "kota", "kecamatan")
    wanted = select(Region).where(within(Region.code, upper), Region.level.in_(levels))
    return list(session.scalars(wanted.order_by(Region.code).limit(200)))
