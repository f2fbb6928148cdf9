"""The place of a case: a pin on the map or by numbers, the device's own position, and why there is none."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response as Answer

from webapp import db
from webapp.access import Permission, requires
from webapp.evidence import queries, services
from webapp.evidence.errors import NoFix
from webapp.evidence.forms import FixForm, PlaceForm
from webapp.evidence.models import Evidence
from webapp.evidence.rules import grade
from webapp.evidence.views import maps, showing
from webapp.evidence.views.blueprint import bp
from webapp.evidence.views.cases import editable, offered
from webapp.forms import FieldRefused, to_decimal
from webapp.forms.parts import refused
from webapp.territory.queries import doubts, extent, kecamatan_of


@bp.get("/<int:evidence_id>/lokasi")
@requires(Permission.EVIDENCE_WRITE)
def place(evidence_id: int) -> str:
    case = editable(evidence_id)
    form = PlaceForm()
    form.reason.data = case.place_reason
    if case.pin_place is not None:
        at = services.point_of(case.pin_place)
        form.lon.data, form.lat.data = at.lon, at.lat
    return _page(case, form, offered(case))


@bp.post("/<int:evidence_id>/lokasi")
@requires(Permission.EVIDENCE_WRITE)
def set_place(evidence_id: int) -> Answer:
    case = queries.locked_for_change(db.session(), current_user, evidence_id)
    form = PlaceForm()
    if not form.validate():
        return refused(form, _page(editable(evidence_id), form, _mended(case, form)))
    now = db.utcnow()
    if form.lon.raw_data:  # both emptied takes the pin away; a form without the fields leaves it where it is
        services.set_pin(db.session(), case, form.place(), actor=current_user, at=now)
    if form.reason.raw_data:
        services.set_reason(db.session(), case, form.reason.data or "", actor=current_user, at=now)
    flash(_("Lokasi disimpan."), "good")
    return redirect(_after(case), 303)


@bp.post("/<int:evidence_id>/lokasi/peranti")
@requires(Permission.EVIDENCE_WRITE)
def use_device(evidence_id: int) -> Answer:
    case = queries.locked_for_change(db.session(), current_user, evidence_id)
    form = FixForm()
    fix = form.place() if form.validate() else None
    if fix is None or form.accuracy_m.data is None:
        raise NoFix
    taken = services.set_device_fix(
        db.session(), case, fix, accuracy_m=form.accuracy_m.data, taken_at=form.fix_at.data, actor=current_user,
        at=db.utcnow(),
    )  # fmt: skip
    stayed = _("Posisi yang ikut dengan foto lebih kuat dan tetap dipakai.")
    flash(_("Posisi peranti disimpan.") if taken else stayed, "good" if taken else "info")
    return redirect(url_for(".place", evidence_id=case.id), 303)


@bp.post("/<int:evidence_id>/lokasi/hapus-pin")
@requires(Permission.EVIDENCE_WRITE)
def remove_pin(evidence_id: int) -> Answer:
    case = queries.locked_for_change(db.session(), current_user, evidence_id)
    services.set_pin(db.session(), case, None, actor=current_user, at=db.utcnow())
    flash(_("Pin dihapus. Lokasi dari peranti dan berkas foto tetap tersimpan."), "info")
    return redirect(url_for(".place", evidence_id=case.id), 303)


def _after(case: Evidence) -> str:
    """Back to the case; but where the new place looks mistaken, to the page that offers the correction."""
    return url_for(".place" if offered(case) else ".show", evidence_id=case.id)


def _mended(case: Evidence, form: PlaceForm) -> list[dict[str, object]]:
    """What numbers that are no place may have meant: longitude where latitude belongs, most often."""
    try:
        lon, lat = (float(to_decimal(field.raw_data[0])) for field in (form.lon, form.lat) if field.raw_data)
    except (FieldRefused, ValueError):
        return []
    return showing.offers(doubts(db.session(), case.region_code, lon, lat))


def _page(case: Evidence, form: PlaceForm, offers: list[dict[str, object]]) -> str:
    unit = extent(db.session(), kecamatan_of(case.region_code))
    return render_template(
        "evidence/place.html",
        case=case,
        form=form,
        offers=offers,
        place_words=showing.place_words(case),
        candidates=showing.candidates(case),
        witnesses=[(one, grade(one), one.source == case.place_source) for one in services.witnesses(case)],
        zone=case.region.time_zone,
        peta=maps.picker_map(case, unit),
    )
