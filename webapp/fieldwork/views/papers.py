"""Papers of the field as PDF."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, redirect, render_template, url_for
from flask_babel import force_locale
from flask_login import current_user
from werkzeug import Response as Answer

from media.errors import NotStored
from webapp import db
from webapp.access import Permission, requires
from webapp.accounts import qr
from webapp.fieldwork import services
from webapp.fieldwork.models import Paper
from webapp.fieldwork.queries import papers
from webapp.fieldwork.rules import PaperKind
from webapp.fieldwork.views.blueprint import bp
from webapp.formatting import NOTHING, rentang, tanggal, waktu
from webapp.papers import pdf
from webapp.wording import arah, hari_terbilang, selisih

bp.add_app_template_filter(arah, "arah")


@bp.app_template_filter("saat")
def instant(said: str | None, zone: str) -> str:
    """A frozen instant as papers write it."""
    return waktu(datetime.fromisoformat(said), zone, "id") if said else NOTHING


@bp.post("/kunjungan/<int:visit_id>/berita-acara")
@requires(Permission.EVIDENCE_READ)
def issue_minutes(visit_id: int) -> Answer:
    made = services.issue_minutes(db.session(), visit_id, actor=current_user, at=db.utcnow())
    return redirect(url_for(".paper", paper_id=made.id), 303)


@bp.get("/dokumen/<int:paper_id>")
@requires(Permission.EVIDENCE_READ)
def paper(paper_id: int) -> Response:
    """The paper as PDF, made anew from its frozen content each time it is asked for."""
    found = papers.paper(db.session(), current_user, paper_id)
    name = found.number.replace("/", "-")
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return Response(drawn(found), mimetype="application/pdf", headers=headers)


def drawn(found: Paper) -> bytes:
    """The PDF of a paper. Its pictures come from our own store, by their digests, and from nowhere else."""
    address = url_for("minutes.check_paper", code=found.code, _external=True)
    facts = found.content["facts"]
    pictures, missing = _pictures(facts)
    with force_locale("id"):
        html = render_template(
            f"papers/{found.kind}.html",
            paper=found,
            facts={**facts, **_WORDS[PaperKind(found.kind)](found, facts, missing)},
            zone=facts["unit"]["zone"] if "unit" in facts else facts["region"]["zone"],
            qr=qr.drawn(address),
            address=address,
        )
    return pdf(html, pictures)


def _pictures(facts: dict[str, Any]) -> tuple[dict[str, bytes], set[str]]:
    """The pictures a paper shows, by digest, and the digests of those that are no longer there."""
    store, found, missing = current_app.extensions["petabukti_store"], {}, set()
    for one in (*facts.get("theirs", ()), *facts.get("ours", ())):
        try:
            found[one["sha256"]] = store.get(one["sha256"], "medium")
        except NotStored:
            missing.add(one["sha256"])
    return found, missing


def _of_letter(found: Paper, facts: dict[str, Any], _missing: set[str]) -> dict[str, Any]:
    day = date.fromisoformat(facts["plan"]["day"])
    made = found.made_at.astimezone(ZoneInfo(facts["region"]["zone"])).date()
    return {"day_words": tanggal(day, "id"), "day_in_words": _dated(day), "made_words": rentang(made, made, "id")}


def _of_minutes(_found: Paper, facts: dict[str, Any], missing: set[str]) -> dict[str, Any]:
    zone, visit, claim, letter = facts["unit"]["zone"], facts["visit"], facts["claim"], facts["assignment"]
    there = datetime.fromisoformat(visit["checked_in_at"]).astimezone(ZoneInfo(zone))
    clock = waktu(there, zone, "id").rsplit(" ", 2)[1:]
    return {
        "day_in_words": hari_terbilang(there.date()),
        "day_short": there.strftime("%d-%m-%Y"),
        "clock": " ".join(clock),
        "visit_day": rentang(there.date(), there.date(), "id"),
        "letter_day": _day(letter["made_at"], zone) if letter else "",
        "occurred": rentang(date.fromisoformat(claim["from"]), date.fromisoformat(claim["to"]), "id"),
        "theirs": [_shown(one, missing, None) for one in facts["theirs"]],
        "ours": list(_each(facts["ours"], missing)),
    }


def _each(photos: list[dict[str, Any]], missing: set[str]) -> Iterator[dict[str, Any]]:
    for one in photos:
        apart = one["seconds_apart"]
        yield _shown(one, missing, None if apart is None else selisih(timedelta(seconds=apart)))


def _shown(one: dict[str, Any], missing: set[str], apart: str | None) -> dict[str, Any]:
    return {**one, "has_picture": one["sha256"] not in missing, "apart": apart}


def _dated(day: date) -> str:
    return f"{hari_terbilang(day)} ({day.strftime('%d-%m-%Y')})"


def _day(said: str, zone: str) -> str:
    there = datetime.fromisoformat(said).astimezone(ZoneInfo(zone)).date()
    return rentang(there, there, "id")


_WORDS: dict[PaperKind, Callable[[Paper, dict[str, Any], set[str]], dict[str, Any]]] = {
    PaperKind.ASSIGNMENT: _of_letter,
    PaperKind.MINUTES: _of_minutes,
}
