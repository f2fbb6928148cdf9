"""Reading for downloads: what may be taken out, line by line, and which downloads there are."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from geo import sql
from webapp.access import Actor, Permission, areas, covers
from webapp.audit import AuditEvent
from webapp.errors import NotFound
from webapp.evidence.models import Activity, Evidence, EvidenceKind, Photo
from webapp.evidence.queries import of_unit
from webapp.exchange.columns import Line
from webapp.exchange.models import Download
from webapp.exchange.rules import UNDER_WAY, DownloadState, Scope, Stand
from webapp.insight import queries as insight
from webapp.insight.pages import ITSELF
from webapp.insight.rules import GROUP_PARAMETER, PARAMETERS, Filters, group_in
from webapp.programme.models import Period
from webapp.territory.models import Region

_NEEDED = {
    Scope.REGION: (Permission.MAP_READ, Permission.EVIDENCE_READ),
    Scope.ABROAD: (Permission.MAP_READ, Permission.EVIDENCE_READ),
    Scope.UNIT: (Permission.EVIDENCE_WRITE,),
}
TAKEN = "download.taken"  # the line of history about a file that went out
_AT_ONCE = 500  # rows that come from the database together
KNOWN = (*PARAMETERS.values(), GROUP_PARAMETER, ITSELF)  # of an address; what else it says is no filter


@dataclass(frozen=True)
class Order:
    """What is asked for: whose cases, and the filter as the address says it."""

    scope: Scope
    code: str | None
    query: Mapping[str, Sequence[str]]

    @property
    def args(self) -> MultiDict[str, str]:
        """The filter as an address gives it."""
        return MultiDict({name: list(values) for name, values in self.query.items()})


def wanted(session: Session, actor: Actor, order: Order) -> Select[Evidence]:
    """The very cases that the page with this filter counts. Raises `NotFound`, `UnknownFilter`."""
    if order.scope is Scope.UNIT:
        return of_unit(actor)
    filters = Filters.parse(order.args)
    if order.scope is Scope.ABROAD:
        return insight.abroad(actor, filters)
    insight.standpoint(session, actor, order.code, inside=True)
    return insight.behind(actor, order.code, filters, group_in(order.args), itself=ITSELF in order.query)


def areas_of(actor: Actor, order: Order) -> tuple[str, ...]:
    """Region codes from which the cases of an order can come."""
    return (order.code,) if order.code is not None else areas(actor, _NEEDED[order.scope][0])


def may_take(actor: Actor, scope: Scope, inside: Sequence[str], *, originals: bool = False) -> bool:
    """Whether this person may have what comes from those areas, all of them."""
    needed = (*_NEEDED[scope], *((Permission.ORIGINAL_READ,) if originals else ()))
    return bool(inside) and all(
        any(covers(mine, code) for mine in areas(actor, permission)) for permission in needed for code in inside
    )


def stand(session: Session, at: datetime) -> Stand:
    """Which data these are."""
    return Stand(at, insight.data_version(session))


def photo_count(session: Session, cases: Select[Evidence]) -> int:
    """How many photos of the units themselves the cases have."""
    return int(session.scalar(_photos(cases).with_only_columns(func.count())) or 0)


def lines(session: Session, cases: Select[Evidence], locale: str) -> Iterator[Line]:
    """The cases in the order of the lists, latest event first; read from the database bit by bit."""
    english = locale == "en"
    kind, activity = (one.name_en if english else one.name_id for one in (EvidenceKind, Activity))
    own = select(func.count(Photo.id)).where(Photo.evidence_id == Evidence.id, Photo.visit_id.is_(None))
    columns: Any = (
        cases.with_only_columns(
            Evidence.id, Evidence.title, kind, activity, Evidence.state, Region.code, Region.name, Period.name,
            Evidence.occurred_from, Evidence.occurred_to, Evidence.grade, Evidence.accuracy_m,
            sql.lon_of(Evidence.place), sql.lat_of(Evidence.place), Evidence.tags,
            own.correlate(Evidence).scalar_subquery(),
        )
        .join(Region, Region.code == Evidence.region_code)
        .join(EvidenceKind, EvidenceKind.code == Evidence.kind_code)
        .outerjoin(Period, Period.id == Evidence.period_id)  # whose name this person may not see
        .outerjoin(Activity, Activity.code == Evidence.activity_code)
        .order_by(None)
        .order_by(Evidence.occurred_to.desc(), Evidence.id.desc())
    )  # fmt: skip
    for row in session.execute(columns, execution_options={"yield_per": _AT_ONCE}):
        values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
        yield Line(*values)


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo for an archive. `has_pictures`: whether there is a derivative of it (yet)."""

    case_id: int
    title: str
    region_code: str
    id: int
    sha256: str
    mime: str
    has_pictures: bool


def pictures(session: Session, cases: Select[Evidence]) -> Iterator[Picture]:
    """The photos of the cases, those of one case together; read from the database bit by bit."""
    found = _photos(cases).with_only_columns(
        Evidence.id, Evidence.title, Evidence.region_code, Photo.id, Photo.sha256, Photo.mime,
        Photo.pictures_at.is_not(None),
    )  # fmt: skip
    ordered = found.order_by(Evidence.id, Photo.id)
    for row in session.execute(ordered, execution_options={"yield_per": _AT_ONCE}):
        yield Picture(*row)


def _photos(cases: Select[Evidence]) -> Any:
    return cases.join(Photo, Photo.evidence_id == Evidence.id).where(Photo.visit_id.is_(None)).order_by(None)


def own(session: Session, account_id: int, most: int = 50) -> list[Download]:
    """A person's downloads, the latest first; those taken away by hand are not shown again."""
    gone = (DownloadState.CANCELLED, DownloadState.DELETED)
    found = select(Download).where(Download.account_id == account_id, Download.state.not_in(gone))
    return list(session.scalars(found.order_by(Download.asked_at.desc(), Download.id).limit(most)))


def mine(session: Session, account_id: int, download_id: uuid.UUID) -> Download:
    """A download of this person, its row held. Raises `NotFound`."""
    found = session.scalar(
        select(Download).where(Download.id == download_id, Download.account_id == account_id).with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def was_taken(session: Session, download_id: uuid.UUID) -> bool:
    """Whether a line of this person's history says that the file went out."""
    said = AuditEvent.object_type == "download", AuditEvent.object_id == str(download_id), AuditEvent.action == TAKEN
    return bool(session.scalar(select(exists().where(*said))))


def under_way(session: Session, account_id: int) -> int:
    """How many downloads of this person are being made."""
    going_on = select(func.count()).where(Download.account_id == account_id, Download.state.in_(UNDER_WAY))
    return session.scalar(going_on) or 0


def old(session: Session, state: Sequence[DownloadState], before: datetime, column: Any) -> list[Download]:
    """Downloads in one of these states whose moment in that column has passed; held, those others hold passed over."""
    due = select(Download).where(Download.state.in_(state), column < before).order_by(Download.id)
    return list(session.scalars(due.with_for_update(skip_locked=True)))


def ready(session: Session) -> set[str]:
    """The names of the files that are needed."""
    return {str(one) for one in session.scalars(select(Download.id).where(Download.state == DownloadState.READY))}
