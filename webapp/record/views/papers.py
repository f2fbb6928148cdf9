"""Papers: minutes with the signatures given so far, and the report of one participant."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, render_template, url_for
from flask_babel import force_locale
from flask_login import current_user

from webapp import db
from webapp.access import Permission, requires
from webapp.accounts import qr
from webapp.errors import NotAllowed
from webapp.formatting import rentang, waktu
from webapp.minutes import queries as kept
from webapp.minutes.models import Minutes
from webapp.minutes.rules import Kind, needed
from webapp.papers import pdf
from webapp.record import queries
from webapp.record.queries.common import day_of
from webapp.record.views.blueprint import bp
from webapp.scoring import queries as scoring
from webapp.wording import hari_terbilang, terbilang

TITLES = {
    Kind.DESK: "BERITA ACARA PENUTUPAN VERIFIKASI MEJA",
    Kind.PRESENTATION: "BERITA ACARA PEMAPARAN",
    Kind.SHORTLIST: "BERITA ACARA PENYARINGAN",
    Kind.PLENARY: "BERITA ACARA RAPAT PLENO",
    Kind.REOPENING: "BERITA ACARA PEMBUKAAN KEMBALI HASIL PENILAIAN",
}
MEETINGS = {
    Kind.DESK: "rapat penutupan verifikasi meja",
    Kind.PRESENTATION: "sidang pemaparan",
    Kind.SHORTLIST: "rapat penyaringan",
    Kind.PLENARY: "rapat pleno tim penilai",
    Kind.REOPENING: "rapat pembukaan kembali hasil penilaian",
}


@bp.get("/<int:minutes_id>.pdf")
@requires(Permission.MINUTES_READ)
def paper(minutes_id: int) -> Response:
    """The minutes as PDF, made anew from their frozen content each time they are asked for."""
    found = kept.get(db.session(), current_user, minutes_id)
    return _answer(drawn(found), found.number.replace("/", "-"))


def drawn(found: Minutes) -> bytes:
    """The PDF of minutes: their frozen content, and the signatures given so far."""
    address = url_for("minutes.check_paper", code=found.code, _external=True)
    facts, kind = found.content["facts"], Kind(found.kind)
    day, zone = date.fromisoformat(facts["day"]), facts["region"]["zone"]
    with force_locale("id"):
        html = render_template(
            "papers/minutes.html",
            paper=found,
            facts=facts,
            title=TITLES[kind],
            meeting=MEETINGS[kind],
            day_in_words=hari_terbilang(day),
            day_short=day.strftime("%d-%m-%Y"),
            day_words=rentang(day, day, "id"),
            given=_signatures(found, zone),
            in_words=terbilang,
            need=found.need,
            least=needed(len(found.team)),
            signed=kept.is_signed(found),
            zone=zone,
            qr=qr.drawn(address),
            address=address,
        )
    return pdf(html, {})


def _signatures(found: Minutes, zone: str) -> Mapping[int, Mapping[str, Any]]:
    return {
        one.account_id: {
            "when": waktu(one.signed_at, zone, "id"), "agrees": one.agrees, "remark": one.remark,
            "scan": one.scan_sha256,
        }
        for one in found.signatures
    }  # fmt: skip


@bp.get("/laporan/<int:period_id>/<code>.pdf")
@requires(Permission.SCORE_READ)
def report(period_id: int, code: str) -> Response:
    """The report of one participant, for who may read its scores. Its content is that of now, and says so."""
    session, at = db.session(), db.utcnow()
    period = queries.period_for(session, current_user, period_id, Permission.SCORE_READ)
    if not scoring.may_read_scores(current_user, period):
        raise NotAllowed
    with force_locale("id"):
        facts = queries.assessed(session, period, code)
        day = day_of(period, at)
        html = render_template(
            "papers/assessment.html", facts=facts, made=waktu(at, period.time_zone, "id"), day=rentang(day, day, "id")
        )
    return _answer(pdf(html, {}), f"laporan-penilaian-{code}")


def _answer(made: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return Response(made, mimetype="application/pdf", headers=headers)
