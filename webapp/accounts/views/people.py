"""People as their administrator sees them."""

from dataclasses import asdict
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, Role, areas, demand, requires
from webapp.accounts import door, queries, services
from webapp.accounts.errors import LastAdministrator
from webapp.accounts.forms import EndForm, NewPersonForm, PersonForm, PostForm, blame
from webapp.accounts.models import Account
from webapp.accounts.stepup import fresh_proof
from webapp.accounts.views.blueprint import bp, form_page
from webapp.errors import NotAllowed, Problem


@bp.get("/akun/orang")
@requires(Permission.PEOPLE_MANAGE)
def people() -> str:
    wanted = queries.PeopleFilter(
        text=request.args.get("cari", "").strip()[:200],
        role=request.args.get("peran", ""),
        region=request.args.get("wilayah", "").strip()[:13],
        active=request.args.get("aktif", ""),
    )
    page = request.args.get("halaman", 1, type=int)
    found = queries.people(db.session(), current_user, wanted, page, door.today())
    return render_template("accounts/people.html", found=found, wanted=wanted, today=door.today(), href=_href(wanted))


def _href(wanted: queries.PeopleFilter) -> Any:
    """Address of the same list with something changed, by the names of its fields."""
    names = {"text": "cari", "role": "peran", "region": "wilayah", "active": "aktif", "page": "halaman"}

    def link(**changes: Any) -> str:
        values = {**asdict(wanted), **changes}
        return url_for(".people", **{names[key]: value for key, value in values.items() if value})

    return link


@bp.route("/akun/orang/baru", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def new_person() -> Response:
    form = NewPersonForm(data={"starts_on": door.today()})
    why: Problem | None = None
    if form.validate_on_submit():
        try:
            account, password = _create(form)
        except Problem as refusal:
            why = refusal
            blame(form, why)
        else:
            return _one_time(account, password)
    places = queries.places(db.session(), current_user)
    return form_page(
        "accounts/new_person.html", form, why, places=places, agencies=queries.agencies(db.session(), current_user)
    )


def _create(form: NewPersonForm) -> tuple[Account, str]:
    session, at = db.session(), db.utcnow()
    post = new_post(form)
    demand(current_user, Permission.PEOPLE_MANAGE, post.region_code)
    account, password = services.create_person(
        session, actor=current_user, username=form.username.data, name=form.name.data, email=form.email.data or None,
        region_code=post.region_code, at=at,
    )  # fmt: skip
    services.appoint(session, account, post, actor=current_user, at=at)
    return account, password


def new_post(form: PostForm) -> services.NewPost:
    """The post that was typed. Raises `RegionUnknown`, `RegionAmbiguous`, `AgencyUnknown`."""
    region, role = queries.region_meant(db.session(), current_user, form.region.data), Role(form.role.data)
    heads = role is Role.AGENCY_HEAD
    agency = queries.agency_meant(db.session(), region, form.agency.data or "") if heads else None
    return services.NewPost(role, region, form.starts_on.data, form.ends_on.data, agency)


def _one_time(account: Account, password: str) -> Response:
    """The one answer that holds the password. No redirect: it would have to be kept somewhere in between."""
    return Response(render_template("accounts/one_time.html", person=account, password=password))


@bp.route("/akun/orang/<int:account_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def person(account_id: int) -> Answer:
    account = queries.get(db.session(), current_user, account_id)
    form = PersonForm(obj=account)
    if form.validate_on_submit():
        services.edit_person(
            db.session(), account, actor=current_user, name=form.name.data, email=form.email.data or None,
            at=db.utcnow(), on=door.today(),
        )  # fmt: skip
        flash(_("Data %(name)s disimpan.", name=account.name), "good")
        return redirect(url_for(".person", account_id=account.id), 303)
    return person_page(account, form)


def person_page(
    account: Account, form: PersonForm | None = None, *, post_form: PostForm | None = None,
    end_form: EndForm | None = None, why: Problem | None = None,
) -> Response:  # fmt: skip
    """A person with posts and doings; the forms that were refused are shown as they were sent."""
    refused = post_form if post_form and post_form.errors else end_form if end_form and end_form.errors else None
    shown = refused or form or PersonForm(formdata=None, obj=account)
    return form_page(
        "accounts/person.html", shown, why, person=account, today=door.today(), zone=door.zone(),
        posts=queries.posts_seen_by(current_user, account),
        elsewhere=queries.has_posts_elsewhere(current_user, account), manageable=_manageable(account),
        edit_form=form or PersonForm(formdata=None, obj=account),
        post_form=post_form or PostForm(formdata=None, data={"starts_on": door.today()}),
        end_form=end_form or EndForm(formdata=None, data={"ends_on": door.today()}),
        sessions_open=queries.sessions_open(db.session(), account.id, db.utcnow(), door.limits()),
        places=queries.places(db.session(), current_user), agencies=queries.agencies(db.session(), current_user),
        reads_trail=bool(areas(current_user, Permission.AUDIT_READ)),
    )  # fmt: skip


def _manageable(account: Account) -> bool:
    try:
        services.demand_over(current_user, account, door.today())
    except NotAllowed:
        return False
    return True


@bp.post("/akun/orang/<int:account_id>/nonaktif")
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def deactivate(account_id: int) -> Answer:
    account = queries.get(db.session(), current_user, account_id)
    try:
        services.deactivate(db.session(), account, actor=current_user, at=db.utcnow(), on=door.today())
    except LastAdministrator as why:
        form = PersonForm(formdata=None, obj=account)
        blame(form, why)
        return person_page(account, form, why=why)
    flash(_("Akun %(name)s dinonaktifkan; semua sesinya berakhir.", name=account.name), "good")
    return redirect(url_for(".person", account_id=account.id), 303)


@bp.post("/akun/orang/<int:account_id>/aktif")
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def reactivate(account_id: int) -> Answer:
    account = queries.get(db.session(), current_user, account_id)
    services.reactivate(db.session(), account, actor=current_user, at=db.utcnow(), on=door.today())
    flash(_("Akun %(name)s aktif kembali.", name=account.name), "good")
    return redirect(url_for(".person", account_id=account.id), 303)


@bp.post("/akun/orang/<int:account_id>/sesi")
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def end_sessions(account_id: int) -> Answer:
    account = queries.get(db.session(), current_user, account_id)
    services.end_sessions(db.session(), account, actor=current_user, at=db.utcnow(), on=door.today())
    flash(_("Semua sesi %(name)s berakhir.", name=account.name), "good")
    return redirect(url_for(".person", account_id=account.id), 303)


@bp.post("/akun/orang/<int:account_id>/sandi")
@requires(Permission.PEOPLE_MANAGE)
@fresh_proof
def reset_password(account_id: int) -> Answer:
    account = queries.get(db.session(), current_user, account_id)
    password = services.reset_password(db.session(), account, actor=current_user, at=db.utcnow(), on=door.today())
    return _one_time(account, password)
