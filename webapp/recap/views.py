"""The recap page, and one that a meeting keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, allows, requires
from webapp.meeting import queries as meetings
from webapp.meeting.rules import digest
from webapp.recap import queries, services
from webapp.recap.forms import AttachForm
from webapp.reporting import queries as reports
from webapp.reporting.models import ReportingYear
from webapp.reporting.queries import Standing
from webapp.reporting.rules import ROMAN, SIDE_LABELS, STATE_LABELS

bp = Blueprint("recap", __name__, url_prefix="/rekap")
WORDS = {"states": STATE_LABELS, "sides": SIDE_LABELS, "roman": ROMAN}


@dataclass(frozen=True)
class Cell:
    """A quarter of a unit as the page tells it, whether live or frozen."""

    state: str
    verdict: str
    physical: Decimal | None
    financial: Decimal | None
    failing: tuple[str, ...]
    late: bool
    excused: bool

    @classmethod
    def of(cls, one: Standing) -> Self:
        reached = one.result
        return cls(
            one.state, one.judgement.verdict, reached.physical if reached else None,
            reached.financial if reached else None, one.judgement.failing, one.report.late, one.excuse is not None,
        )  # fmt: skip

    @classmethod
    def thawed(cls, said: dict[str, Any]) -> Self:
        return cls(
            said["state"], said["verdict"], _number(said["physical"]), _number(said["financial"]),
            tuple(said["failing"]), said["late"], said["excused"],
        )  # fmt: skip


def _number(said: str | None) -> Decimal | None:
    return None if said is None else Decimal(said)


def _heads(quarters: Iterable[int]) -> list[str]:
    between = [_("TW %(n)s", n=ROMAN[quarter]) for quarter in quarters]
    return [_("Unit"), *between, _("Nilai"), _("Kegiatan terakhir"), _("Bukti")]


@bp.get("/")
@requires(Permission.REPORT_READ)
def latest() -> Answer | str:
    """The latest year of whoever has one region only; else the years to choose from."""
    years = reports.years(db.session(), current_user)
    if len({one.region_code for one in years}) == 1:
        return redirect(url_for(".show", year_id=years[0].id), 303)
    return render_template("recap/years.html", years=years)


@bp.get("/<int:year_id>")
@requires(Permission.REPORT_READ)
def show(year_id: int) -> str:
    return _page(reports.year(db.session(), current_user, year_id))


def _page(year: ReportingYear, form: AttachForm | None = None) -> str:
    session, at = db.session(), db.utcnow()
    attaches = allows(current_user, Permission.MEETING_MANAGE, year.region_code)
    if attaches and form is None:
        form = AttachForm(formdata=None)
        form.offer(queries.open_meetings(session, current_user, year.region_code))
    found = queries.recap(session, current_user, year, at)
    return render_template(
        "recap/show.html",
        recap=found,
        heads=_heads(found.quarters),
        told=Cell.of,
        years=[one for one in reports.years(session, current_user) if one.region_code == year.region_code],
        form=form if attaches else None,
        maps=allows(current_user, Permission.MAP_READ, year.region_code),
        **WORDS,
    )


@bp.post("/<int:year_id>/lampiran")
@requires(Permission.MEETING_MANAGE)
def attach(year_id: int) -> Answer:
    """Freeze what the page shows now into a meeting."""
    session, form = db.session(), AttachForm()
    year = reports.year(session, current_user, year_id)
    form.offer(queries.open_meetings(session, current_user, year.region_code))
    if not form.validate():
        return Response(_page(year, form), 422, mimetype="text/html")
    meeting = meetings.get(session, current_user, form.meeting_id.data)
    found = queries.recap(session, current_user, year, db.utcnow())
    made = services.attach(session, found, meeting, actor=current_user, at=db.utcnow())
    flash(_("Rekap dibekukan sebagai lampiran rapat."), "good")
    return redirect(url_for(".annex", annex_id=made.id), 303)


@bp.get("/lampiran/<int:annex_id>")
@requires(Permission.MEETING_READ)
def annex(annex_id: int) -> str:
    """A recap as it was frozen, and whether it still is what was frozen."""
    session = db.session()
    found = queries.annex(session, current_user, annex_id)
    meeting = meetings.get(session, current_user, found.meeting_id)
    content = found.content or abort(404)
    return render_template(
        "recap/annex.html",
        annex=found,
        meeting=meeting,
        content=content,
        heads=_heads(content["quarters"]),
        value=_number(content["value"]),
        frozen=Cell.thawed,
        decimal=_number,
        day=date.fromisoformat,
        as_of=datetime.fromisoformat(content["as_of"]),
        intact=digest(content) == found.sha256,
        **WORDS,
    )
