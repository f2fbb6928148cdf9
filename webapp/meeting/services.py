"""Verbs of meetings. None commits; each demands MEETING_MANAGE in the region of the series (`NotAllowed`), and what is
written is refused where it holds a number that can be a NIK (`NikRefused`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from geoalchemy2 import WKBElement
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo.columns import read_point, stored_point
from geo.values import LonLat
from webapp import audit
from webapp.access import Actor, Permission, demand
from webapp.evidence.pii import Personal, found
from webapp.meeting import queries
from webapp.meeting.errors import (
    CaseTaken,
    CaseUnknown,
    DigestWrong,
    HeadsImpossible,
    ItemSettled,
    MeetingAhead,
    MeetingClosed,
    MeetingIncomplete,
    MeetingNotClosed,
    NikRefused,
    ReasonMissing,
    SeriesNamedTwice,
    TooMuchText,
    UnitListedTwice,
    UnitUnknown,
    WeekdayMissing,
)
from webapp.meeting.models import (
    Meeting,
    MeetingAmendment,
    MeetingAnnex,
    MeetingAttendance,
    MeetingItem,
    MeetingItemStep,
    MeetingSeat,
    MeetingSeries,
)
from webapp.meeting.rules import (
    LONGEST_LINE,
    MOST_HEADS,
    MOST_LINES,
    ItemState,
    MeetingKind,
    UnitKind,
    digest,
    lines,
)
from webapp.territory.models import Region


@dataclass(frozen=True)
class Unit:
    """A unit as a list names it. `code`: of its region, None where it has none."""

    kind: UnitKind
    name: str
    code: str | None = None


@dataclass(frozen=True)
class SeriesFields:
    """What begins a series. `weekday`: 1 Monday to 7 Sunday; `units`: expected at each of its meetings."""

    region_code: str
    kind: MeetingKind
    name: str
    starts_on: date
    weekday: int | None = None
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class MeetingFields:
    """What is said of a meeting itself. `agenda`, `decisions`: one point a line; `place`: WGS 84."""

    held_on: date
    starts_at: time
    ends_at: time | None = None
    venue: str = ""
    agenda: str = ""
    decisions: str = ""
    place: LonLat | None = None
    evidence_id: int | None = None


def begin(session: Session, said: SeriesFields, *, actor: Actor, at: datetime) -> MeetingSeries:
    """Begin a series of meetings of a region. Raises `WeekdayMissing`, `SeriesNamedTwice`, `TooMuchText`."""
    demand(actor, Permission.MEETING_MANAGE, said.region_code)
    if said.kind is MeetingKind.MINGGON and said.weekday is None:
        raise WeekdayMissing(field="weekday")
    _without_nik(said.name, *(one.name for one in said.units))
    _one_at_a_time(session, f"series:{said.region_code}")
    taken = select(MeetingSeries.id).where(
        MeetingSeries.region_code == said.region_code, MeetingSeries.name == said.name
    )
    if session.scalar(taken) is not None:
        raise SeriesNamedTwice(field="name")
    units = {one.name: one for one in said.units}
    if len(units) > MOST_LINES * 10 or any(len(name) > LONGEST_LINE for name in units):
        raise TooMuchText(field="agencies")
    made = MeetingSeries(
        region_code=said.region_code, kind=said.kind, name=said.name, weekday=said.weekday, starts_on=said.starts_on,
        invited=_codes(units.values()), made_by=actor.id, made_at=at,
    )  # fmt: skip
    made.seats = [MeetingSeat(unit_kind=one.kind, unit_code=one.code, unit_name=one.name) for one in units.values()]
    session.add(made)
    session.flush()
    audit.record(
        session, "meeting.begin_series", at=at, actor_id=actor.id, on=("meeting_series", made.id),
        region_code=made.region_code, kind=str(said.kind), name=said.name,
    )  # fmt: skip
    return made


def units_below(session: Session, code: str) -> list[Unit]:
    """The units directly below a region, as a list names them: kecamatan of a kabupaten, desa of a kecamatan."""
    below = session.scalars(select(Region).where(Region.parent_code == code).order_by(Region.code))
    kinds = {"kecamatan": UnitKind.KECAMATAN, "desa": UnitKind.DESA, "kelurahan": UnitKind.DESA}
    return [Unit(kinds[one.level], one.name, one.code) for one in below if one.level in kinds]


def call(
    session: Session, run: MeetingSeries, held_on: date, starts_at: time, venue: str, *, actor: Actor, at: datetime
) -> Meeting:  # fmt: skip
    """Call the next meeting of a series: everybody expected is on its list, every open item on its agenda."""
    demand(actor, Permission.MEETING_MANAGE, run.region_code)
    _without_nik(venue)
    session.execute(select(MeetingSeries.id).where(MeetingSeries.id == run.id).with_for_update())
    last = session.scalar(select(func.max(Meeting.number)).where(Meeting.series_id == run.id)) or 0
    made = Meeting(
        series=run, region_code=run.region_code, number=last + 1, held_on=held_on, starts_at=starts_at,
        venue=venue.strip(), invited=list(run.invited), made_by=actor.id, made_at=at,
    )  # fmt: skip
    made.attendance = [
        MeetingAttendance(unit_kind=one.unit_kind, unit_code=one.unit_code, unit_name=one.unit_name, expected=True)
        for one in run.seats
    ]
    session.add(made)
    session.flush()
    _note(session, "meeting.call", made, actor, at, held_on=held_on.isoformat())
    return made


def write(session: Session, meeting: Meeting, said: MeetingFields, *, actor: Actor, at: datetime) -> None:
    """Write down a meeting that is not closed: when, where, agenda, decisions, and the case that proves it.

    Raises `MeetingClosed`, `TooMuchText`, `CaseUnknown`, `CaseTaken`.
    """
    _hold(session, meeting, actor)
    for field, said_there in (("agenda", said.agenda), ("decisions", said.decisions)):
        points = lines(said_there)
        if len(points) > MOST_LINES or any(len(one) > LONGEST_LINE for one in points):
            raise TooMuchText(field=field)
    _without_nik(said.venue, said.agenda, said.decisions)
    if said.evidence_id is not None and said.evidence_id != meeting.evidence_id:
        _one_at_a_time(session, f"meeting:case:{said.evidence_id}")
        known = {one.id for one in queries.cases_for(session, actor, meeting.region_code)}
        if said.evidence_id not in known:
            raise CaseUnknown(field="evidence_id")
        if queries.proven_elsewhere(session, said.evidence_id, meeting.id):
            raise CaseTaken(field="evidence_id")
    meeting.held_on, meeting.starts_at, meeting.ends_at = said.held_on, said.starts_at, said.ends_at
    meeting.venue, meeting.evidence_id = said.venue.strip(), said.evidence_id
    meeting.agenda, meeting.decisions = "\n".join(lines(said.agenda)), "\n".join(lines(said.decisions))
    meeting.place = cast(WKBElement, stored_point(said.place)) if said.place else None
    session.flush()
    _note(session, "meeting.write", meeting, actor, at, evidence_id=said.evidence_id)


def locate(session: Session, meeting: Meeting, place: LonLat, *, actor: Actor, at: datetime) -> None:
    """Put a meeting that is not closed where the phone of its writer is. It proves nothing: the case does.

    Raises `MeetingClosed`.
    """
    _hold(session, meeting, actor)
    meeting.place = cast(WKBElement, stored_point(place))
    session.flush()
    _note(session, "meeting.locate", meeting, actor, at)


def attend(
    session: Session, meeting: Meeting, heads: Mapping[int, int], *, also: Unit | None = None, also_heads: int = 0,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Write down who came: `heads` people by the id of a unit's line, 0 for a unit that did not come.

    `also`: a unit that was not on the list. Raises `MeetingClosed`, `UnitUnknown`, `HeadsImpossible`,
    `UnitListedTwice`.
    """
    _hold(session, meeting, actor)
    known = {line.id: line for line in meeting.attendance}
    if not heads.keys() <= known.keys():
        raise UnitUnknown
    if any(not 0 <= number <= MOST_HEADS for number in (*heads.values(), also_heads)):
        raise HeadsImpossible
    _without_nik(also.name if also else "")
    if also is not None and any(line.unit_name == also.name for line in known.values()):
        raise UnitListedTwice(field="unit_name")
    for key, number in heads.items():
        known[key].heads, known[key].present = number, number > 0
    if also is not None:
        meeting.attendance.append(
            MeetingAttendance(
                unit_kind=also.kind, unit_code=also.code, unit_name=also.name, present=also_heads > 0, heads=also_heads
            )
        )
        meeting.invited = sorted({*meeting.invited, *_codes([also])})
    session.flush()
    came = [line for line in meeting.attendance if line.present]
    _note(session, "meeting.attend", meeting, actor, at, units=len(came), heads=sum(line.heads for line in came))


def give(
    session: Session, meeting: Meeting, what: str, owner: Unit, due_on: date, *, actor: Actor, at: datetime
) -> MeetingItem:  # fmt: skip
    """Give a unit something to do by a day; it comes back until somebody closes it. Raises `MeetingClosed`."""
    _hold(session, meeting, actor)
    _without_nik(what)
    made = MeetingItem(
        series_id=meeting.series_id, meeting=meeting, what=what.strip(), owner_kind=owner.kind, owner_code=owner.code,
        owner_name=owner.name, due_on=due_on, made_by=actor.id, made_at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _note(session, "meeting.give", meeting, actor, at, item=made.id, owner=owner.name, due_on=due_on.isoformat())
    return made


def settle(
    session: Session, item: MeetingItem, state: ItemState, reason: str, *, actor: Actor, at: datetime,
    meeting: Meeting | None = None,
) -> MeetingItemStep:  # fmt: skip
    """Close an item as done or dropped, saying what came of it or why; for good.

    `meeting`: the open meeting of the series in which it is closed, None between meetings. Raises `ReasonMissing`,
    `ItemSettled`, `MeetingClosed`.
    """
    demand(actor, Permission.MEETING_MANAGE, item.meeting.region_code)
    if not reason.strip() or state is ItemState.OPEN:
        raise ReasonMissing(field="reason")
    _without_nik(reason)
    if meeting is not None and (meeting.closed_at is not None or meeting.series_id != item.series_id):
        raise MeetingClosed
    # Of two people who close it at once, one waits for the series' row and then sees.
    session.execute(select(MeetingSeries.id).where(MeetingSeries.id == item.series_id).with_for_update())
    if session.scalar(select(MeetingItemStep.id).where(MeetingItemStep.item_id == item.id)) is not None:
        raise ItemSettled
    made = MeetingItemStep(
        item=item, meeting_id=meeting.id if meeting else None, state=state, reason=reason.strip(), actor_id=actor.id,
        at=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _note(session, f"meeting.item_{state}", item.meeting, actor, at, item=item.id, reason=made.reason)
    return made


def attach(
    session: Session, meeting: Meeting, title: str, content: dict[str, Any] | None, sha256: str, *, actor: Actor,
    at: datetime,
) -> MeetingAnnex:  # fmt: skip
    """Attach a document to a meeting that is not closed; closing seals its title and hash with the rest.

    `content`: what `rules.digest` is of, where the document is data of ours; None for a file kept elsewhere. Attached
    twice, it is attached once. Raises `MeetingClosed`, `DigestWrong`.
    """
    _hold(session, meeting, actor)
    if content is not None and digest(content) != sha256:
        raise DigestWrong
    for one in meeting.annexes:
        if one.sha256 == sha256:
            return one
    made = MeetingAnnex(
        meeting_id=meeting.id, title=title.strip(), content=content, sha256=sha256, actor_id=actor.id, at=at
    )
    meeting.annexes.append(made)
    session.flush()
    _note(session, "meeting.attach", meeting, actor, at, title=made.title, sha256=sha256)
    return made


def close(session: Session, meeting: Meeting, *, actor: Actor, at: datetime) -> None:
    """Close a meeting that has been: all of it is frozen and hashed; what follows are amendments.

    Raises `MeetingClosed`, `MeetingAhead`, `MeetingIncomplete` (no agenda, or nobody there).
    """
    _hold(session, meeting, actor)
    if meeting.held_on > at.astimezone(ZoneInfo(meeting.region.time_zone)).date():
        raise MeetingAhead
    if not lines(meeting.agenda) or not any(line.present for line in meeting.attendance):
        raise MeetingIncomplete
    content = _content(session, meeting, actor, at)
    meeting.content, meeting.sha256 = content, digest(content)
    meeting.closed_by, meeting.closed_at = actor.id, at
    session.flush()
    _note(session, "meeting.close", meeting, actor, at, sha256=meeting.sha256)


def amend(session: Session, meeting: Meeting, body: str, *, actor: Actor, at: datetime) -> MeetingAmendment:
    """Add to a closed meeting; what was closed stays as it was. Raises `MeetingNotClosed`."""
    demand(actor, Permission.MEETING_MANAGE, meeting.region_code)
    session.execute(select(MeetingSeries.id).where(MeetingSeries.id == meeting.series_id).with_for_update())
    if meeting.closed_at is None:
        raise MeetingNotClosed
    _without_nik(body)
    session.refresh(meeting, ["amendments"])
    before = meeting.amendments[-1].sha256 if meeting.amendments else meeting.sha256
    said = {"after": before, "at": at.isoformat(), "body": body.strip(), "meeting": meeting.id}
    made = MeetingAmendment(
        meeting_id=meeting.id, body=body.strip(), sha256=digest(said), actor_id=actor.id, at=at
    )  # fmt: skip
    meeting.amendments.append(made)
    session.flush()
    _note(session, "meeting.amend", meeting, actor, at, sha256=made.sha256)
    return made


def is_intact(meeting: Meeting) -> bool:
    """Whether a closed meeting's content still has the hash it was closed with."""
    return meeting.content is not None and digest(meeting.content) == meeting.sha256


def _without_nik(*texts: str) -> None:
    """Raises `NikRefused` (domain.md section 5: attendance as a count only, numbers of 16 digits are blocked)."""
    if Personal.NIK in found(*texts):
        raise NikRefused


def _one_at_a_time(session: Session, key: str) -> None:
    """Of two who do the same at once, one waits and then sees what the other did."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def _hold(session: Session, meeting: Meeting, actor: Actor) -> None:
    """Hold a meeting that is not closed, as it is now. Raises `NotAllowed`, `MeetingClosed`."""
    demand(actor, Permission.MEETING_MANAGE, meeting.region_code)
    session.flush()
    session.execute(select(Meeting.id).where(Meeting.id == meeting.id).with_for_update())
    session.refresh(meeting)
    if meeting.closed_at is not None:
        raise MeetingClosed
    session.refresh(meeting, ["attendance", "items", "annexes"])


def _content(session: Session, meeting: Meeting, actor: Actor, at: datetime) -> dict[str, Any]:
    """All that a meeting was, as it is frozen. No names of people: `closed_by` is an account's number."""
    place = read_point(meeting.place) if meeting.place is not None else None
    return {
        "series": {"id": meeting.series_id, "name": meeting.series.name, "kind": meeting.series.kind},
        "region": {"code": meeting.region_code, "name": meeting.region.name},
        "number": meeting.number,
        "held_on": meeting.held_on.isoformat(),
        "starts_at": meeting.starts_at.isoformat("minutes"),
        "ends_at": meeting.ends_at.isoformat("minutes") if meeting.ends_at else None,
        "venue": meeting.venue,
        "place": {"lon": f"{place.lon:.6f}", "lat": f"{place.lat:.6f}"} if place else None,
        "evidence_id": meeting.evidence_id,
        "agenda": lines(meeting.agenda),
        "decisions": lines(meeting.decisions),
        "attendance": [
            {
                "unit": one.unit_name, "kind": one.unit_kind, "code": one.unit_code, "expected": one.expected,
                "present": one.present, "heads": one.heads,
            }
            for one in meeting.attendance
        ],
        "items": [_told(one) for one in meeting.items],
        "brought": [_told(one) for one in queries.brought_to(session, meeting)],
        "annexes": [{"title": one.title, "sha256": one.sha256} for one in meeting.annexes],
        "closed_at": at.isoformat(),
        "closed_by": actor.id,
    }  # fmt: skip


def _told(item: MeetingItem) -> dict[str, Any]:
    return {
        "id": item.id, "what": item.what, "owner": item.owner_name, "due_on": item.due_on.isoformat(),
        "state": str(item.state), "reason": item.step.reason if item.step else "",
    }  # fmt: skip


def _codes(units: Iterable[Unit]) -> list[str]:
    return sorted({one.code for one in units if one.code is not None})


def _note(session: Session, action: str, meeting: Meeting, actor: Actor, at: datetime, **detail: Any) -> None:
    audit.record(
        session, action, at=at, actor_id=actor.id, on=("meeting", meeting.id), region_code=meeting.region_code,
        series_id=meeting.series_id, **detail,
    )  # fmt: skip
