"""The doors of the leadership's desk. Numbers only inside a person's areas: elsewhere there is no desk."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.dashboard import pages, queries
from webapp.dashboard.rules import Cut
from webapp.insight import queries as insight
from webapp.insight.queries import Reach
from webapp.insight.rules import Filters, page_in
from webapp.papers import pdf

bp = Blueprint("dashboard", __name__, url_prefix="/dasbor")


@bp.get("/")
@requires(Permission.MAP_READ)
def nation() -> Answer | str:
    """The desk of the person's own area; of the country for whom reads all of it, a choice for whom has several."""
    start = insight.starting_point(current_user)
    if insight.reach(current_user, start) is not Reach.INSIDE:
        return render_template("dashboard/choose.html", known=pages.own_areas(db.session(), current_user))
    if start is not None:
        return redirect(url_for(".region", code=start, **Filters.parse(request.args).args()), 303)
    return _page(None)


@bp.get("/<string(maxlength=13):code>")
@requires(Permission.MAP_READ)
def region(code: str) -> str:
    return _page(code)


def _page(code: str | None) -> str:
    session = db.session()
    desk = pages.desk_at(session, current_user, code, _asked())
    return render_template("dashboard/show.html", **pages.show(session, desk))


@bp.get("/daftar", defaults={"code": None})
@bp.get("/<string(maxlength=13):code>/daftar")
@requires(Permission.MAP_READ)
def listing(code: str | None) -> str:
    """The very cases behind a number."""
    session = db.session()
    desk = pages.desk_at(session, current_user, code, _asked())
    cut, page = Cut.parse(request.args), page_in(request.args)
    return render_template("dashboard/listing.html", **pages.listing(session, desk, cut, page))


@bp.get("/<string(maxlength=13):code>/profil")
@requires(Permission.REGION_READ)
def profile(code: str) -> str:
    """A kecamatan on one page: for the unit itself, and for who reads its cases or its map."""
    session = db.session()
    found = queries.profile(session, current_user, code)
    return render_template("dashboard/profile.html", **pages.profile(session, found))


@bp.get("/<string(maxlength=13):code>/profil.pdf")
@requires(Permission.REGION_READ)
def profile_paper(code: str) -> Response:
    """The same on paper, in Indonesian as all papers, as of the moment it is asked for."""
    session = db.session()
    found = queries.profile(session, current_user, code)
    with force_locale("id"):
        html = render_template("papers/profile.html", **pages.profile(session, found))
    headers = {
        "Content-Disposition": f'inline; filename="profil-{code}.pdf"', "Cache-Control": "private, no-store",
    }  # fmt: skip
    return Response(pdf(html, {}), mimetype="application/pdf", headers=headers)


def _asked() -> pages.Asked:
    """Filters of this address and what they could be. Raises `UnknownFilter`."""
    filters = Filters.parse(request.args)
    offered = insight.options(db.session(), current_user, filters)
    insight.check(offered, filters)
    return pages.Asked(filters, offered)
