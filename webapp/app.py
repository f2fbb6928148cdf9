"""The factory: the one module that knows every journey."""

from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import CSRFProtect
from sqlalchemy.orm import sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from config import Settings
from media.decoding import Decoder
from media.intake import Intake
from media.limits import Limits
from media.store import Store
from webapp import answers, assets, db, errors, formatting, i18n, security
from webapp.access import ROLE_LABELS, Permission, holds
from webapp.accounts import door, gate, stepup
from webapp.accounts import views as accounts_views
from webapp.agreement import views as agreement_views
from webapp.bulk import views as bulk_views
from webapp.capture import views as capture_views
from webapp.cluster import WEB, sqlalchemy_url
from webapp.conflict import views as conflict_views
from webapp.custody import views as custody_views
from webapp.dashboard import views as dashboard_views
from webapp.demo import codes as demo_codes
from webapp.evidence import views as evidence_views
from webapp.evidence.rules import CONSENT_LABELS, MOVE_LABELS, SOURCE_LABELS, STATE_LABELS, SUPPORT_LABELS, TAG_LABELS
from webapp.exchange import views as exchange_views
from webapp.fieldwork import views as fieldwork_views
from webapp.fieldwork.views import offline as offline_views
from webapp.home import bp as home_bp
from webapp.insight import views as insight_views
from webapp.meeting import views as meeting_views
from webapp.minutes import views as minutes_views
from webapp.notice import views as notice_views
from webapp.presentation import views as presentation_views
from webapp.presentation.rules import ATTENDANCE_LABELS
from webapp.programme import views as programme_views
from webapp.programme.rules import (
    METHOD_LABELS,
    MODE_LABELS,
    OPENING_LABELS,
    PERIOD_LABELS,
    READING_LABELS,
    STAGE_LABELS,
    TIE_LABELS,
)
from webapp.publication import views as publication_views
from webapp.recap import views as recap_views
from webapp.record import views as record_views
from webapp.register import views as register_views
from webapp.replication import views as replication_views
from webapp.reporting import views as reporting_views
from webapp.scoring import views as scoring_views
from webapp.scoring.rules import CLAIM_LABELS, MODERATION_LABELS, PAIR_LABELS, REASON_LABELS, STEP_LABELS, STEP_WORDS
from webapp.selection import views as selection_views
from webapp.signals import views as signals_views
from webapp.territory import views as territory_views
from webapp.territory.rules import LEVEL_LABELS, RESULT_LABELS
from webapp.transmission import views as transmission_views
from webapp.verification import views as verification_views
from webapp.verification.rules import REJECTION_LABELS, RETURN_LABELS, VERDICT_LABELS

csrf = CSRFProtect()

# Words for codes, for every template: one table per code, kept beside its rule.
LABELS = {
    "ATTENDANCE_LABELS": ATTENDANCE_LABELS,
    "CLAIM_LABELS": CLAIM_LABELS,
    "CONSENT_LABELS": CONSENT_LABELS,
    "LEVEL_LABELS": LEVEL_LABELS,
    "METHOD_LABELS": METHOD_LABELS,
    "MODE_LABELS": MODE_LABELS,
    "MODERATION_LABELS": MODERATION_LABELS,
    "MOVE_LABELS": MOVE_LABELS,
    "OPENING_LABELS": OPENING_LABELS,
    "PAIR_LABELS": PAIR_LABELS,
    "PERIOD_LABELS": PERIOD_LABELS,
    "READING_LABELS": READING_LABELS,
    "TIE_LABELS": TIE_LABELS,
    "REASON_LABELS": REASON_LABELS,
    "REJECTION_LABELS": REJECTION_LABELS,
    "RETURN_LABELS": RETURN_LABELS,
    "RESULT_LABELS": RESULT_LABELS,
    "ROLE_LABELS": ROLE_LABELS,
    "SOURCE_LABELS": SOURCE_LABELS,
    "STAGE_LABELS": STAGE_LABELS,
    "STATE_LABELS": STATE_LABELS,
    "STEP_LABELS": STEP_LABELS,
    "STEP_WORDS": STEP_WORDS,
    "SUPPORT_LABELS": SUPPORT_LABELS,
    "TAG_LABELS": TAG_LABELS,
    "VERDICT_LABELS": VERDICT_LABELS,
}

# Where people send files; every other address takes what can be typed, see `security`.
TAKES_FILES = frozenset(
    {
        "bulk.send_files", "evidence.add_photos", "programme.read_file", "verification.add_visit_photos",
        "territory.send_boundaries",
    }
)  # fmt: skip
# Where they send pieces of one, as plain bytes that nobody reads into memory.
TAKES_PIECES = frozenset({"capture.send_piece"})

# What several people do, folded away behind a word each; the daily work of field and desk stays in sight.
ASSESSING, REPORTING, KEEPING = "assessing", "reporting", "keeping"
GROUP_LABELS = {ASSESSING: _l("Penilaian"), REPORTING: _l("Pelaporan"), KEEPING: _l("Pengelolaan")}
GROUPS = {
    "scoring.periods": ASSESSING, "presentation.listing": ASSESSING, "record.listing": ASSESSING,
    "programme.listing": ASSESSING, "reporting.today": REPORTING, "reporting.years": REPORTING,
    "recap.latest": REPORTING, "meeting.listing": REPORTING, "agreement.listing": REPORTING,
    "register.listing": REPORTING, "territory.listing": KEEPING, "accounts.people": KEEPING, "accounts.trail": KEEPING,
}  # fmt: skip
# Rooms without an entry of their own, and the one from which they are entered.
ENTERED_FROM = {"selection": "scoring.periods", "conflict": "scoring.periods"}
GROUP_ICONS = {ASSESSING: "chart", REPORTING: "calendar", KEEPING: "menu"}

# label, endpoint, the permission that shows it; None: everyone signed in
NAVIGATION = (
    (_l("Beranda"), "home.front", None),
    (_l("Rekam"), "capture.record", Permission.EVIDENCE_WRITE),
    (_l("Dasbor"), "dashboard.nation", Permission.MAP_READ),
    (_l("Peta Inovasi"), "insight.nation", Permission.MAP_READ),
    (_l("Bukti Dukung"), "evidence.listing", Permission.EVIDENCE_WRITE),
    (_l("Verifikasi Meja"), "verification.queue", Permission.DESK_REVIEW),
    (_l("Verifikasi Lapangan"), "verification.field", Permission.FIELD_VERIFY),
    (_l("Sanggahan"), "verification.objections", Permission.OBJECTION_DECIDE),
    (_l("Hari di Lapangan"), "fieldwork.today", Permission.FIELD_VERIFY),
    (_l("Rencana Kunjungan"), "fieldwork.listing", Permission.FIELD_PLAN),
    (_l("Klaim & Nilai"), "scoring.periods", Permission.PERIOD_READ),
    (_l("Kegiatan & Laporan"), "reporting.today", Permission.REPORT_WRITE),
    (_l("Laporan Triwulan"), "reporting.years", Permission.REPORT_READ),
    (_l("Pemaparan"), "presentation.listing", Permission.PERIOD_READ),
    (_l("Berita Acara"), "record.listing", Permission.MINUTES_READ),
    (_l("Periode & Instrumen"), "programme.listing", Permission.PERIOD_MANAGE),
    (_l("Rekap"), "recap.latest", Permission.REPORT_READ),
    (_l("Rapat & Tindak Lanjut"), "meeting.listing", Permission.MEETING_READ),
    (_l("Perjanjian Kinerja"), "agreement.listing", Permission.AGREEMENT_READ),
    (_l("Publikasi"), "publication.listing", Permission.PUBLISH_READ),
    (_l("Register Regulasi"), "register.listing", Permission.REGULATION_MANAGE),
    (_l("Wilayah"), "territory.listing", Permission.REGION_READ),
    (_l("Pengguna & Peran"), "accounts.people", Permission.PEOPLE_MANAGE),
    (_l("Jejak Audit"), "accounts.trail", Permission.AUDIT_READ),
)


class RowNumber(IntegerConverter):
    """A number in an address. Beyond what the database counts to there is no page: 404, not a failed query."""

    def __init__(self, url_map: Map, max: int = 2_147_483_647, **options: Any) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(url_map, max=max, **options)


def create_app(settings: Settings, sessions: db.SessionFactory | None = None) -> Flask:
    """The application for these settings; `sessions` replaces the sessions made from `settings.database_url`."""
    settings = settings.with_secret()
    app = Flask(__name__, static_folder="static", template_folder="templates")
    _configure(app, settings)
    app.url_map.converters["int"] = RowNumber
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.extensions["petabukti_settings"] = settings
    store, decoder = Store.open(settings.media_place), Decoder(callers=settings.threads)
    app.extensions["petabukti_store"], app.extensions["petabukti_decoder"] = store, decoder
    app.extensions["petabukti_intake"] = Intake(store, decoder, app.config["LIMITS"], settings.trusted_signers)
    db.init_app(app, sessions or _sessions(settings))
    for part in (errors, i18n, formatting, security, answers, assets, door, gate, stepup):
        part.init_app(app)
    demo_codes.init_app(app, settings)
    csrf.init_app(app)
    for blueprint in (
        home_bp, territory_views.bp, accounts_views.bp, programme_views.bp, evidence_views.bp, evidence_views.api.bp,
        capture_views.bp, bulk_views.bp, conflict_views.bp, signals_views.bp, verification_views.bp,
        fieldwork_views.bp, offline_views.bp, reporting_views.bp, transmission_views.bp, presentation_views.bp,
        scoring_views.bp, selection_views.bp, minutes_views.bp, record_views.bp, custody_views.bp, insight_views.bp,
        exchange_views.bp, dashboard_views.bp, replication_views.bp, recap_views.bp, meeting_views.bp,
        agreement_views.bp, register_views.bp, notice_views.bp, publication_views.bp,
        publication_views.publik,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(LABELS)
    app.context_processor(lambda: _context(settings))
    return app


def _sessions(settings: Settings) -> db.SessionFactory:
    """Sessions of the application's own role: by a login of its own, else taken on by the owner's login."""
    if settings.web_database_url is not None:
        engine = db.engine_for(sqlalchemy_url(settings.web_database_url), pool_size=settings.threads)
    elif settings.database_url is not None:
        engine = db.engine_for(settings.database_url, role=WEB, pool_size=settings.threads)
    else:
        raise ValueError("create_app needs a database: settings.database_url, web_database_url or sessions")
    return sessionmaker(engine, expire_on_commit=False)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=security.MOST_TYPED,
        MAX_FORM_PARTS=500,
        TAKES_FILES=TAKES_FILES,
        TAKES_PIECES=TAKES_PIECES,
        # With the prefix, browsers take it over HTTPS only, for this very host and the whole of it.
        SESSION_COOKIE_NAME="__Host-petabukti" if settings.https else "petabukti",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        # The idle limit is the server's (`accounts.rules.SessionLimits`). Sent again with every answer, an old cookie
        # could overtake the new token of a session that was renewed meanwhile.
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_REFRESH_EACH_REQUEST=False,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        BABEL_DEFAULT_TIMEZONE="UTC",
        DEFAULT_LOCALE=settings.default_locale,
        BASEMAP_TILE_URL=settings.basemap_tile_url,
        BASEMAP_ATTRIBUTION=settings.basemap_attribution,
        LIMITS=Limits(max_bytes=settings.max_upload_bytes, max_pixels=settings.max_pixels),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _context(settings: Settings) -> dict[str, Any]:
    constant = {
        "settings_public": {"organisation": settings.organisation},
        "csp_nonce": security.csp_nonce(),
        "locale": i18n.chosen_locale(),
    }
    if i18n.is_for_everybody():  # the same for everybody: nothing asks who reads
        return {**constant, "navigation": [], "reachable": [], "links": {}}
    if errors.crashed():  # whatever failed, its page must not need it again
        return {**constant, "navigation": [], "reachable": [], "links": {}}
    reachable = entries()
    return {
        **constant,
        "navigation": grouped(reachable),
        "reachable": reachable,
        "links": {
            "home": url_for("home.front"),
            "sign_in": url_for("accounts.sign_in"),
            "sign_out": url_for("accounts.sign_out"),
            "language": url_for("home.language"),
            "account": url_for("accounts.profile"),
        },
    }


def entries() -> list[dict[str, Any]]:
    """The places this person has a use for."""
    if not current_user or not current_user.is_authenticated or gate.lacks():
        return []
    here = request.blueprint, request.endpoint
    return [
        {"label": label, "endpoint": endpoint, "href": url_for(endpoint), "current": _is_current(endpoint, here)}
        for label, endpoint, permission in NAVIGATION
        if permission is None or holds(current_user, permission)
    ]


def grouped(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as a menu: several of a group stand behind its word, one stands for itself."""
    sizes = Counter(GROUPS.get(one["endpoint"]) for one in known)
    shown: dict[str, dict[str, Any]] = {}
    for one in known:
        group = GROUPS.get(one["endpoint"])
        if group is None or sizes[group] == 1:
            shown[one["endpoint"]] = one
        else:
            held = shown.setdefault(
                group, {"label": GROUP_LABELS[group], "icon": GROUP_ICONS[group], "entries": [], "current": False}
            )
            held["entries"].append(one)
            held["current"] = held["current"] or one["current"]
    return list(shown.values())


def _is_current(endpoint: str, here: tuple[str | None, str | None]) -> bool:
    blueprint, current = here
    twins = {entry for _, entry, _ in NAVIGATION if entry.split(".")[0] == blueprint}
    entered = endpoint == ENTERED_FROM.get(blueprint or "")
    return endpoint == current or entered or (len(twins) == 1 and endpoint in twins)
