"""What a file says in words, and sentences for why there is none."""

from collections.abc import Iterable

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from webapp.errors import NotFound
from webapp.evidence.rules import STATE_LABELS, TAG_LABELS
from webapp.exchange.columns import COLUMNS
from webapp.exchange.errors import NoRoom, TooManyPhotos, TooManyRows
from webapp.exchange.rules import Phrases, Scope
from webapp.exchange.services.ending import GAVE_UP
from webapp.i18n import chosen_locale
from webapp.insight.errors import UnknownFilter
from webapp.insight.queries import Standpoint
from webapp.territory.models import BoundaryDataset

FAILURES: dict[str, LazyString] = {
    NoRoom.code: NoRoom.message,
    TooManyPhotos.code: TooManyPhotos.message,
    TooManyRows.code: TooManyRows.message,
    UnknownFilter.code: UnknownFilter.message,
    NotFound.code: _l("Kewenangan Anda atas wilayah ini sudah berubah, sehingga berkasnya tidak dibuat."),
    GAVE_UP: _l("Berkas tidak selesai dalam 24 jam. Persempit saringan lalu coba lagi."),
}


def failure(code: str) -> str:
    """Why a download failed."""
    return str(FAILURES.get(code, code))


def title_of(scope: Scope, here: Standpoint) -> str:
    """Whose cases they are."""
    if scope is Scope.ABROAD:
        return str(_("Tugas studi di luar negeri"))
    if scope is Scope.UNIT:
        return str(_("Bukti unit sendiri"))
    return here.region.name if here.region else str(_("Indonesia"))


def phrases(
    place: str, zone: str | None, filters: Iterable[str], sources: Iterable[BoundaryDataset], *, personal: bool
) -> Phrases:
    """Everything a file will say, in the language of this request."""
    settings = current_app.extensions["petabukti_settings"]
    link = url_for("evidence.show", evidence_id=0, _external=True).removesuffix("0")
    about = {
        "place": _("Wilayah"), "filters": _("Saringan"), "count": _("Jumlah bukti"), "as_of": _("Data per"),
        "zone": _("Zona waktu"), "version": _("Versi data"), "source": _("Sumber batas wilayah"),
    }  # fmt: skip
    return Phrases(
        locale=chosen_locale(),
        link=link,
        place=place,
        zone=zone or settings.time_zone,
        personal=personal,
        filters=tuple(filters),
        attribution=tuple(dict.fromkeys(_source(one) for one in sources)),
        states={str(state): str(words) for state, words in STATE_LABELS.items()},
        tags={str(tag): str(words) for tag, words in TAG_LABELS.items()},
        labels={**{c.key: str(c.label) for c in COLUMNS}, "sheet": _("Bukti"), "about": _("Keterangan")},
        about=about,
    )


def _source(one: BoundaryDataset) -> str:
    return f"{one.attribution} ({_('batas perkiraan')})" if one.approximate else one.attribution
