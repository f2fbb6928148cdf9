"""The desk's queue: a map and a table of the same cases, narrowed by the same filters, which stand in the URL."""

from collections.abc import Sequence

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from geo.values import BBox
from webapp import db
from webapp.access import NATION, Permission, areas, covers, requires
from webapp.answers import layer
from webapp.evidence import queries as evidence_queries
from webapp.evidence.queries import OVERDUE
from webapp.evidence.rules import STATE_LABELS, Grade
from webapp.evidence.words import nama
from webapp.i18n import chosen_locale
from webapp.territory.models import Region
from webapp.territory.queries import children, extent, line_of
from webapp.territory.rules import RESULT_LABELS
from webapp.verification import services
from webapp.verification.filters import NAMES, NO_GRADE, SEEN, WAITING, Cursor, Filters
from webapp.verification.queries.queue import PAGE, Queue, Waiting, own_units
from webapp.verification.views import maps
from webapp.verification.views.blueprint import bp


@bp.get("/")
@requires(Permission.DESK_REVIEW)
def queue() -> str:
    session, filters, cursor = db.session(), Filters.read(request.args), Cursor.read(request.args)
    services.expire_locks(session, db.utcnow())
    asked, offered = desk_queue(session, filters), options(session, filters)
    rows = asked.rows(session, cursor, PAGE + 1)
    shown, before, after = turned(rows, cursor)
    source = url_for(".queue_points", **filters.as_args())
    return render_template(
        "verification/queue.html",
        rows=shown,
        counts=asked.counts(session),
        filters=filters,
        chips=chips(filters, offered),
        options=offered,
        waiting=[(state, STATE_LABELS[state]) for state in WAITING],
        parts=maps.queue_map(source, filters.states, area_box(session, filters, Permission.DESK_REVIEW)),
        newer=url_for(".queue", **filters.as_args(), **before.as_args()) if before else None,
        older=url_for(".queue", **filters.as_args(), **after.as_args()) if after else None,
    )


@bp.get("/antrean.geojson")
@requires(Permission.DESK_REVIEW)
def queue_points() -> Response:
    session = db.session()
    asked = desk_queue(session, Filters.read(request.args))
    return geojson(session, asked, "verification.desk")


def desk_queue(session: Session, filters: Filters) -> Queue:
    """This person's queue at the desk."""
    return Queue(current_user, Permission.DESK_REVIEW, filters, own_units(session, current_user, db.utcnow()))


def geojson(session: Session, asked: Queue, endpoint: str) -> Response:
    """The points of a queue, each leading to `endpoint` of its case."""

    def draw() -> str:
        without_place = asked.counts(session).without_place
        return maps.points(asked.points(session), lambda key: url_for(endpoint, evidence_id=key), without_place)

    version = session.execute(evidence_queries.data_version()).one()
    return layer(draw, current_user.grants, tuple(version), chosen_locale(), db.utcnow().date())


def turned(rows: list[Waiting], cursor: Cursor | None) -> tuple[list[Waiting], Cursor | None, Cursor | None]:
    """The rows of one page out of one more than fit, and where the pages before and after it begin."""
    more, backwards = len(rows) > PAGE, cursor is not None and cursor.backwards
    shown = (rows[1:] if backwards else rows[:PAGE]) if more else rows
    if not shown:
        return [], None, None
    first, last = shown[0], shown[-1]
    has_before = more if backwards else cursor is not None
    has_after = True if backwards else more
    before = Cursor(first.submitted_at, first.id, backwards=True) if has_before else None
    after = Cursor(last.submitted_at, last.id) if has_after else None
    return shown, before, after


def area_box(session: Session, filters: Filters, permission: Permission) -> BBox | None:
    """The box to begin with: the chosen region, else the person's own when there is just one."""
    own = areas(current_user, permission)
    code = filters.region or (own[0] if len(own) == 1 and own[0] != NATION else "")
    return extent(session, code) if code else None


def options(session: Session, filters: Filters) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, in the reader's language."""
    everything = ("", _("Semua"))
    return {
        "region": [("", _("Semua wilayah saya")), *_regions(session, filters)],
        "kind": [everything, *((kind.code, nama(kind)) for kind in evidence_queries.kinds(session))],
        "state": [
            ("", _("Menunggu meja")),
            *((state, str(STATE_LABELS[state])) for state in SEEN),
            (OVERDUE, _("Lewat batas perbaikan")),
        ],
        "grade": [everything, *((grade, grade) for grade in Grade), (NO_GRADE, _("tanpa lokasi"))],
        "result": [everything, *((result, str(label)) for result, label in RESULT_LABELS.items())],
    }


def _regions(session: Session, filters: Filters) -> list[tuple[str, str]]:
    """The way down from the person's areas: the regions above the chosen one, itself, and those right below."""
    own = areas(current_user, Permission.DESK_REVIEW)
    start = filters.region or (own[0] if len(own) == 1 else "")
    trail = [region for region in line_of(session, start) if _within(region.code, own)] if start else []
    below = _entries(session, own) if not start else children(session, start)
    return [(region.code, _indented(region, start)) for region in [*trail, *below]]


def _entries(session: Session, own: Sequence[str]) -> list[Region]:
    if NATION in own or not own:
        return children(session, None)
    return [region for code in own for region in line_of(session, code)[-1:]]


def _within(code: str, own: Sequence[str]) -> bool:
    return any(covers(area, code) for area in own)


def _indented(region: Region, start: str) -> str:
    return f"{region.name} ({region.code})" if covers(region.code, start) else f"– {region.name}"


def chips(filters: Filters, offered: dict[str, list[tuple[str, str]]]) -> list[dict[str, str]]:
    """The filters at work, each with the link that takes it away."""
    said = {key: dict(pairs) for key, pairs in offered.items()}
    found = []
    for field in NAMES:
        value = getattr(filters, field)
        if value:
            words = said.get(field, {}).get(value, value).removeprefix("– ")
            found.append({"label": words, "href": url_for(".queue", **filters.without(field).as_args())})
    return found
