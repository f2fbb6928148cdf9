"""Pages for who reads the reports of an area: who is silent, targets and realisation, obstacles and their map."""

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request, url_for
from flask_login import current_user

from webapp import db
from webapp.access import Permission, allows, areas, requires
from webapp.answers import layer
from webapp.i18n import chosen_locale
from webapp.programme.rules import grade_of
from webapp.reporting import maps, queries, services
from webapp.reporting.forms import QUARTER_CHOICES, YearForm
from webapp.reporting.models import ReportingYear
from webapp.reporting.rules import OBSTACLE_LABELS, QUARTERS, Verdict, quarter_of
from webapp.reporting.views.blueprint import bp
from webapp.territory import queries as territory
from webapp.territory.models import Region


@bp.get("/")
@requires(Permission.REPORT_READ)
def years() -> str:
    return years_page()


def years_page(form: YearForm | None = None) -> str:
    """The reporting years of the reader's areas, and the form for another."""
    session = db.session()
    if form is None:
        form = YearForm(formdata=None, data={"year": db.utcnow().year})
        form.offer(governments())
    return render_template(
        "reporting/years.html", years=queries.years(session, current_user), form=form,
        manages=bool(areas(current_user, Permission.REPORT_MANAGE)),
    )  # fmt: skip


def governments() -> list[Region]:
    """The governments whose reporting this person sets up."""
    upper = areas(current_user, Permission.REPORT_MANAGE)
    return territory.assessing_regions(db.session(), upper) if upper else []


@bp.get("/tahun/<int:year_id>")
@requires(Permission.REPORT_READ)
def year(year_id: int) -> str:
    """Where every unit stands in a quarter, the silent first."""
    session, at = db.session(), db.utcnow()
    shown = queries.year(session, current_user, year_id)
    quarter = _quarter(request.args, _current(shown))
    standings = queries.standing(session, shown, at, [quarter])
    value = queries.value_of(standings)
    due = shown.deadline_of(quarter)
    return render_template(
        "reporting/year.html", **_frame(shown), quarter=quarter, standings=standings, value=value,
        grade=grade_of(value, shown.bands) if value is not None else "", due=due, verdicts=Verdict,
        silent=[one for one in standings if one.silent],
    )  # fmt: skip


@bp.get("/tahun/<int:year_id>/program")
@requires(Permission.REPORT_READ)
def programmes(year_id: int) -> str:
    """Target and realisation of every programme by quarter; units without data first."""
    session = db.session()
    shown = queries.year(session, current_user, year_id)
    return render_template(
        "reporting/programmes.html", **_frame(shown), units=queries.programmes(session, shown), quarters=QUARTERS
    )


@bp.get("/tahun/<int:year_id>/hambatan")
@requires(Permission.REPORT_READ)
def hindrances(year_id: int) -> str:
    """What hinders unfinished work: a table, and a map of the kecamatan where it is done."""
    session = db.session()
    shown = queries.year(session, current_user, year_id)
    asked = _asked(request.args)
    url = url_for(".hindrance_layer", year_id=shown.id, **_query(asked))
    found = queries.hindrances(session, shown, **asked)
    return render_template(
        "reporting/hindrances.html", **_frame(shown), found=found, asked=asked, kinds=OBSTACLE_LABELS,
        quarters=QUARTER_CHOICES, places=queries.kecamatan(session, shown.region_code),
        parts=maps.hindrance_map(territory.extent(session, shown.region_code), url),
        unplaced=[one for one in found if one.place is None],
    )  # fmt: skip


@bp.get("/tahun/<int:year_id>/hambatan.geojson")
@requires(Permission.REPORT_READ)
def hindrance_layer(year_id: int) -> Response:
    session = db.session()
    shown = queries.year(session, current_user, year_id)
    found = queries.hindrances(session, shown, **_asked(request.args))
    places = queries.kecamatan(session, shown.region_code)
    drawn = maps.hindrance_layer(session, places, found)
    return layer(lambda: drawn, drawn, chosen_locale())


def _frame(shown: ReportingYear) -> dict[str, object]:
    """What every page of a year says."""
    return {"year": shown, "manages": allows(current_user, Permission.REPORT_MANAGE, shown.region_code)}


def _quarter(args: Mapping[str, str], usual: int) -> int:
    asked = args.get("tw", "")
    return int(asked) if asked in {"1", "2", "3", "4"} else usual


def _current(shown: ReportingYear) -> int:
    """The latest quarter that is over, the one to be reported; before that the first. In one that has only begun
    everybody has said nothing yet.
    """
    today = services.today_of(shown, db.utcnow())
    if today.year != shown.year:
        return 4 if today.year > shown.year else 1
    return max(quarter_of(today) - 1, 1)


def _asked(args: Mapping[str, str]) -> queries.Asked:
    kind, place = args.get("jenis", ""), args.get("kecamatan", "")[:8]
    quarter = _quarter(args, 0)
    return {"quarter": quarter or None, "kind": kind if kind in OBSTACLE_LABELS else "", "place_code": place}


def _query(asked: queries.Asked) -> dict[str, Any]:
    named = {"tw": asked["quarter"], "jenis": asked["kind"], "kecamatan": asked["place_code"]}
    return {name: value for name, value in named.items() if value}
