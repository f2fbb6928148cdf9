"""What is being prepared and what is public: list, one publication, and the steps it takes."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, allows, holds, requires
from webapp.errors import NotAllowed, Problem
from webapp.evidence.models import Evidence
from webapp.evidence.rules import TAG_LABELS
from webapp.publication import queries, services
from webapp.publication.forms import ApproveForm, PublicationForm
from webapp.publication.models import Publication
from webapp.publication.rules import (
    LIVE,
    PRECISION_LABELS,
    STAND_LABELS,
    STAND_LOOKS,
    STEP_LABELS,
    Stand,
    must_be_covered,
    needs_second,
)
from webapp.publication.views.blueprint import answer, bp

WORDS = {
    "stands": STAND_LABELS, "looks": STAND_LOOKS, "steps": STEP_LABELS, "precisions": PRECISION_LABELS,
    "tag_words": TAG_LABELS,
}  # fmt: skip
PARAMETER = "keadaan"


@bp.get("/")
@requires(Permission.PUBLISH_READ)
def listing() -> str:
    session, wanted = db.session(), request.args.get(PARAMETER, "")
    prepares = holds(current_user, Permission.PUBLISH_PREPARE)
    stand = Stand(wanted) if wanted in set(Stand) else None if prepares else Stand.PREPARED
    number = request.args.get("hal", 1, type=int)
    page = (
        queries.candidates(session, current_user, number)
        if stand is None
        else queries.in_stand(session, current_user, stand, number)
    )
    return render_template(
        "publication/listing.html",
        page=page, stand=stand, tabs_of=_tabs(queries.counts(session, current_user), stand, prepares=prepares),
        prev=_page_url(stand, page.number - 1) if page.number > 1 else None,
        next=_page_url(stand, page.number + 1) if page.number < page.last else None, **WORDS,
    )  # fmt: skip


@bp.route("/baru/<int:evidence_id>", methods=["GET", "POST"])
@requires(Permission.PUBLISH_PREPARE)
def new(evidence_id: int) -> Answer:
    session = db.session()
    case = queries.candidate(session, current_user, evidence_id)
    form = _form(case)
    if request.method == "GET":
        form.begin(case)
    refused: Problem | None = None
    if request.method == "POST" and form.validate():
        try:
            made = services.prepare(session, case, form.wanted(), actor=current_user, at=db.utcnow())
        except Problem as why:
            refused = why
        else:
            flash(_("Publikasi disiapkan. Periksa setiap fotonya sebelum minta persetujuan."), "good")
            return redirect(url_for(".show", publication_id=made.id), 303)
    page = render_template("publication/new.html", case=case, form=form, problem=refused, **_of_case(case))
    return answer(page, form, refused)


@bp.get("/<int:publication_id>")
@requires(Permission.PUBLISH_READ)
def show(publication_id: int) -> str:
    return _page(_publication(publication_id))


@bp.post("/<int:publication_id>/ubah")
@requires(Permission.PUBLISH_PREPARE)
def edit(publication_id: int) -> Answer:
    one = _publication(publication_id)
    form = _form(one.evidence)
    if not form.validate():
        return answer(_page(one, form=form), form)
    try:
        services.edit(db.session(), one, form.wanted(), actor=current_user, at=db.utcnow())
    except Problem as why:
        return answer(_page(one, form=form, problem=why), problem=why)
    return _back(one, _("Perubahan disimpan."))


@bp.post("/<int:publication_id>/setujui")
@requires(Permission.PUBLISH_APPROVE)
def approve(publication_id: int) -> Answer:
    one = _publication(publication_id)
    form = _approval(one)
    if not form.validate():
        return answer(_page(one, approval=form), form)
    try:
        services.approve(db.session(), one, actor=current_user, at=db.utcnow(), clear=form.confirmed())
    except NotAllowed:
        raise
    except Problem as why:
        return answer(_page(one, approval=form, problem=why), problem=why)
    return _back(one, _("Disetujui. Terbitkan bila sudah waktunya."))


@bp.post("/<int:publication_id>/terbitkan")
@requires(Permission.PUBLISH_PREPARE)
def publish(publication_id: int) -> Answer:
    return _step(publication_id, services.publish, _("Terbit untuk umum."))


@bp.post("/<int:publication_id>/kembalikan")
@requires(Permission.PUBLISH_APPROVE)
def send_back(publication_id: int) -> Answer:
    return _step(publication_id, _noted(services.send_back), _("Dikembalikan kepada penyiap."))


@bp.post("/<int:publication_id>/tarik")
@requires(Permission.PUBLISH_PREPARE)
def withdraw(publication_id: int) -> Answer:
    said = _("Ditarik. Alamat publiknya sudah tidak menjawab; salinan di peramban orang hilang dalam satu menit.")
    return _step(publication_id, _noted(services.withdraw), said)


def _noted(verb: Callable[..., None]) -> Callable[..., None]:
    """A step back, with the reason of the form."""
    note = request.form.get("note", "")[:1000]
    return lambda session, one, **who: verb(session, one, note, **who)


def _step(publication_id: int, verb: Callable[..., None], said: str) -> Answer:
    one = _publication(publication_id)
    try:
        verb(db.session(), one, actor=current_user, at=db.utcnow())
    except NotAllowed:
        raise
    except Problem as why:
        return answer(_page(one, problem=why), problem=why)
    return _back(one, said)


def _publication(publication_id: int) -> Publication:
    return queries.get(db.session(), current_user, publication_id)


def _back(one: Publication, said: str) -> Answer:
    flash(said, "good")
    return redirect(url_for(".show", publication_id=one.id), 303)


def _form(case: Evidence) -> PublicationForm:
    form = PublicationForm()
    form.offer(case, queries.photos_of(case))
    return form


def _approval(one: Publication, **how: Any) -> ApproveForm:
    form = ApproveForm(**how)
    form.offer(queries.to_confirm(one))
    return form


def _of_case(case: Evidence) -> dict[str, Any]:
    return {"chosen_from": {str(photo.id): photo for photo in queries.photos_of(case)}, **WORDS}


def _page(
    one: Publication, *, form: PublicationForm | None = None, approval: ApproveForm | None = None,
    problem: Problem | None = None,
) -> str:  # fmt: skip
    session = db.session()
    if form is None:
        form = PublicationForm(formdata=None)
        form.offer(one.evidence, queries.photos_of(one.evidence))
        form.show(one)
    second = needs_second(one.tags)
    return render_template(
        "publication/show.html",
        one=one, form=form, problem=problem, second=second,
        covered=must_be_covered(one.tags, one.evidence.consent),
        maker=second and current_user.id in queries.makers(session, one),
        own=second and queries.is_own(one, current_user), approval=approval or _approval(one, formdata=None),
        prepares=allows(current_user, Permission.PUBLISH_PREPARE, one.region_code),
        unseen=[photo for photo in one.photos if photo.looked_at is None],
        approves=allows(current_user, Permission.PUBLISH_APPROVE, one.region_code), alive=one.stands in LIVE,
        **_of_case(one.evidence),
    )  # fmt: skip


def _tabs(counts: dict[Stand | None, int], stand: Stand | None, *, prepares: bool) -> list[dict[str, Any]]:
    every: list[tuple[Stand | None, str]] = [(None, _("Belum disiapkan"))] if prepares else []
    every += [(one, str(words)) for one, words in STAND_LABELS.items()]
    return [
        {"label": words, "href": _page_url(one, 1), "current": one is stand, "count": counts.get(one, 0)}
        for one, words in every
    ]


def _page_url(stand: Stand | None, number: int) -> str:
    args: dict[str, Any] = {PARAMETER: stand, "hal": number if number > 1 else None}
    return url_for(".listing", **args)
