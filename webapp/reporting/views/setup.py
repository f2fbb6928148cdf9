"""The secretariat's pages: reporting years, who must report, and the programmes with their targets."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.errors import NotFound, Problem
from webapp.reporting import queries, services
from webapp.reporting.errors import UnitElsewhere
from webapp.reporting.forms import TargetForm, TermsForm, UnitForm, YearForm
from webapp.reporting.models import ReportingUnit, ReportingYear
from webapp.reporting.views.blueprint import blame, bp, refused
from webapp.reporting.views.reading import governments, years_page
from webapp.territory.models import Agency, Region


@bp.post("/tahun")
@requires(Permission.REPORT_MANAGE)
def make_year() -> Answer:
    form, regions = YearForm(), governments()
    form.offer(regions)
    if not form.validate():
        return refused(years_page(form))
    region = next(one for one in regions if one.code == form.region_code.data)
    try:
        made = services.make_year(db.session(), region, form.year.data or 0, actor=current_user, at=db.utcnow())
    except Problem as why:
        blame(form, why)
        return refused(years_page(form), why.code, why.status)
    flash(_("Tahun pelaporan dibuat. Periksa tenggatnya, lalu tambahkan unit wajib lapor."), "good")
    return redirect(url_for(".setup", year_id=made.id), 303)


@bp.get("/tahun/<int:year_id>/atur")
@requires(Permission.REPORT_MANAGE)
def setup(year_id: int) -> str:
    return _setup(_managed(year_id))


@bp.post("/tahun/<int:year_id>/atur")
@requires(Permission.REPORT_MANAGE)
def set_terms(year_id: int) -> Answer:
    year, form = _managed(year_id), TermsForm()
    if not form.validate():
        return refused(_setup(year, form))
    try:
        services.set_terms(
            db.session(), year, form.terms(), form.due_on(), form.grade_table(), actor=current_user, at=db.utcnow()
        )
    except Problem as why:
        form.form_errors.append(why.sentence)
        return refused(_setup(year, form), why.code, why.status)
    flash(_("Ketentuan disimpan."), "good")
    return redirect(url_for(".setup", year_id=year.id), 303)


@bp.post("/tahun/<int:year_id>/unit")
@requires(Permission.REPORT_MANAGE)
def add_unit(year_id: int) -> Answer:
    session, year, form = db.session(), _managed(year_id), UnitForm()
    form.offer(*_free(year))
    if not form.validate():
        return refused(_setup(year, unit_form=form))
    try:
        made = services.add_unit(session, year, _who(year, form), actor=current_user, at=db.utcnow())
    except Problem as why:
        blame(form, why)
        return refused(_setup(year, unit_form=form), why.code, why.status)
    flash(_("Unit wajib lapor ditambahkan. Isi program dan targetnya."), "good")
    return redirect(url_for(".unit", year_id=year.id, unit_id=made.id), 303)


def _who(year: ReportingYear, form: UnitForm) -> Agency | Region:
    """Who was meant; a new agency is registered. Raises `UnitElsewhere` when nobody was named, `AgencyTaken`."""
    session = db.session()
    if form.name.data:
        return services.make_agency(
            session, year.region, form.name.data, form.kind_chosen(), actor=current_user, at=db.utcnow()
        )
    sort, _dash, key = (form.unit.data or "").partition("-")
    agencies, kecamatan = _free(year)
    among: list[Agency | Region] = [one for one in agencies if sort == "agency" and str(one.id) == key]
    among += [one for one in kecamatan if sort == "region" and one.code == key]
    if not among:
        raise UnitElsewhere(field="unit")
    return among[0]


def _free(year: ReportingYear) -> tuple[list[Agency], list[Region]]:
    """Agencies and kecamatan that do not report in the year yet."""
    session = db.session()
    there = queries.units_of_year(session, year)
    agencies, places = {one.agency_id for one in there}, {one.region_code for one in there if one.agency_id is None}
    return (
        [one for one in queries.agencies(session, year.region_code) if one.id not in agencies],
        [one for one in queries.kecamatan(session, year.region_code) if one.code not in places],
    )


@bp.get("/tahun/<int:year_id>/unit/<int:unit_id>")
@requires(Permission.REPORT_MANAGE)
def unit(year_id: int, unit_id: int) -> str:
    return _unit(*_unit_of(year_id, unit_id))


@bp.post("/tahun/<int:year_id>/unit/<int:unit_id>")
@requires(Permission.REPORT_MANAGE)
def add_line(year_id: int, unit_id: int) -> Answer:
    year, shown = _unit_of(year_id, unit_id)
    form = TargetForm(prefix=NEW)
    form.offer(queries.kecamatan(db.session(), year.region_code))
    if not form.validate():
        return refused(_unit(year, shown, {0: form}))
    try:
        services.add_line(db.session(), shown, form.line(), actor=current_user, at=db.utcnow())
    except Problem as why:
        blame(form, why)
        return refused(_unit(year, shown, {0: form}), why.code, why.status)
    flash(_("Kegiatan ditambahkan."), "good")
    return redirect(url_for(".unit", year_id=year.id, unit_id=shown.id), 303)


@bp.post("/tahun/<int:year_id>/kegiatan/<int:line_id>")
@requires(Permission.REPORT_MANAGE)
def change_line(year_id: int, line_id: int) -> Answer:
    """Set a line's targets anew, or take a line back that nobody has used: which button was it?"""
    session, year = db.session(), _managed(year_id)
    line = queries.line_of_year(session, year, line_id)
    back = redirect(url_for(".unit", year_id=year.id, unit_id=line.unit_id), 303)
    if request.form.get("act") == "remove":
        services.remove_line(session, year, line, actor=current_user, at=db.utcnow())
        flash(_("Kegiatan dihapus."), "good")
        return back
    form = TargetForm(prefix=f"baris{line.id}")
    form.offer(queries.kecamatan(session, year.region_code))
    try:
        if form.validate():
            services.change_line(session, year, line, form.line(), actor=current_user, at=db.utcnow())
            flash(_("Target disimpan. Laporan yang sudah terkirim tetap memakai target waktu itu."), "good")
            return back
        code, status = "field_invalid", 422
    except Problem as why:
        blame(form, why)
        code, status = why.code, why.status
    return refused(_unit(*_unit_of(year.id, line.unit_id), {line.id: form}), code, status)


NEW = "baru"


def _managed(year_id: int) -> ReportingYear:
    return queries.year(db.session(), current_user, year_id, Permission.REPORT_MANAGE)


def _unit_of(year_id: int, unit_id: int) -> tuple[ReportingYear, ReportingUnit]:
    year = _managed(year_id)
    shown = queries.unit(db.session(), current_user, unit_id)
    if shown.year_id != year.id:
        raise NotFound
    return year, shown


def _setup(year: ReportingYear, terms: TermsForm | None = None, unit_form: UnitForm | None = None) -> str:
    session = db.session()
    if unit_form is None:
        unit_form = UnitForm(formdata=None)
        unit_form.offer(*_free(year))
    return render_template(
        "reporting/setup.html", year=year, terms=terms or TermsForm.of(year), unit_form=unit_form,
        units=queries.units_of_year(session, year), at=db.utcnow(),
    )  # fmt: skip


def _unit(year: ReportingYear, shown: ReportingUnit, sent: dict[int, TargetForm] | None = None) -> str:
    places = queries.kecamatan(db.session(), year.region_code)
    forms = {0: TargetForm(formdata=None, prefix=NEW)}
    forms |= {one.id: TargetForm.of(one, f"baris{one.id}") for one in shown.lines}
    forms |= sent or {}
    for form in forms.values():
        form.offer(places)
    return render_template("reporting/unit.html", year=year, unit=shown, forms=forms, sent=set(sent or ()))
