"""The door: how a request knows its person, how long it stays open, and where it leads back to.

Flask's signed cookie holds the token of the session (and language, CSRF token, messages); all else is a row that the
server can end: see `models.OpenSession`.
"""

from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_login.config import SESSION_KEYS

from config import Settings
from webapp import db, i18n
from webapp.access import ROLE_LABELS
from webapp.accounts import browsers, queries, services
from webapp.accounts.models import Account, OpenSession
from webapp.accounts.rules import Lacks, SessionLimits, lacking
from webapp.accounts.sealing import Vault
from webapp.errors import crashed

login_manager = LoginManager()
# Flask-Login's own protection ties a cookie to address and browser. Phones change their address with every mast, and
# browsers their name with every update; a copied cookie is answered by ending the row.
login_manager.session_protection = None

_TOKEN = "_user_id"  # noqa: S105 - Flask-Login's name for what the cookie says about the person: here the raw token


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["petabukti_settings"])


def zone() -> str:
    """The time zone of this installation, by its IANA name."""
    return _settings().time_zone


def today() -> date:
    """The day it is in the zone of this installation."""
    return db.utcnow().astimezone(ZoneInfo(zone())).date()


def limits() -> SessionLimits:
    """How long sessions of this installation last."""
    settings = _settings()
    return SessionLimits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(token: str) -> Account | None:
    """The person of this request; None when the session has ended or run out, or the account is closed.

    Whoever was not found before the request failed is not looked for again: the page that says so must come.
    """
    if crashed():
        return None
    opened = queries.by_token(db.session(), token, db.utcnow(), limits())
    return None if opened is None else _known(opened, token)


def _known(opened: OpenSession, token: str) -> Account:
    """From here on the request is this person's, with the powers of this day: the one place all ways in pass."""
    g.open_session, g.actor_id = opened, opened.account_id
    db.narrow(db.session(), token)
    account = opened.account.as_of(today())
    g.lacking = lacks = lacking(
        (grant.role for grant in account.grants), has_factor=account.second_factor is not None,
        factor_given=opened.second_factor_at is not None, must_change_password=account.must_change_password,
    )  # fmt: skip
    return account if lacks is None else account.without_powers()


def person() -> Account:
    """The person of this request, not the stand-in that looks them up: signing that in, it would look for itself."""
    return cast(Account, current_user._get_current_object())  # noqa: SLF001 - Flask-Login documents it


def current() -> OpenSession:
    """The session of this request. Only where somebody is signed in."""
    person()  # whoever asks first has the session loaded
    return cast(OpenSession, g.open_session)


def missing() -> Lacks | None:
    """What the session of this request lacks before its person may go on to the work. Only for somebody signed in."""
    person()
    return cast("Lacks | None", g.lacking)


def moment() -> services.Moment:
    """Here and now, in the session of this request."""
    return services.Moment(current(), address(), db.utcnow())


def vault() -> Vault:
    """Opens what this installation has sealed."""
    return Vault(_settings().secret_key or "")


def enter(account: Account, at: datetime, *, second_factor: bool = False) -> None:
    """Begin a session of a person who has just proved to be it. Nothing of the visitor's survives but the language."""
    _keep_language_only()
    agent = browsers.label(request.user_agent.string)
    opened, token = services.begin_session(
        db.session(), account, address=address(), browser=agent, at=at, second_factor=second_factor
    )
    _hand_out(opened, token)


def renew(at: datetime, *, second_factor: bool = False) -> None:
    """Give this session a new token, because the person has proved again to be it."""
    opened = current()
    _hand_out(opened, services.renew_session(db.session(), opened, at=at, second_factor=second_factor))


def carry_on(at: datetime, *, proved: bool = False) -> None:
    """Go on with a new session after the person's own doing has ended all of theirs; `proved`: it asked a password."""
    _hand_out(*services.follow_session(db.session(), current(), at=at, proved=proved))


def leave() -> None:
    """Forget the person in this browser; the language stays."""
    logout_user()
    g.pop("open_session", None)
    _keep_language_only()


def _hand_out(opened: OpenSession, token: str) -> None:
    login_user(_known(opened, token))
    for key in SESSION_KEYS:  # what Flask-Login would keep in the cookie; ours is the token alone
        session.pop(key, None)
    session.permanent = True
    session[_TOKEN] = token


def _keep_language_only() -> None:
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale


def local_path(wanted: str | None, otherwise: str) -> str:
    """`wanted` if it leads nowhere but into this site, else `otherwise`.

    Browsers drop tabs and line breaks and read a backslash as a slash, so that "/\\t/host" would lead away.
    """
    path = wanted or ""
    strange = any(sign.isspace() or ord(sign) < 32 or ord(sign) == 127 or sign == "\\" for sign in path)
    return path if path.startswith("/") and not path.startswith("//") and not strange else otherwise


def address() -> str:
    """Where the request comes from, after the proxies that are believed."""
    return request.remote_addr or "-"


def organisation() -> str:
    """Whose installation this is; "" when nobody said."""
    return _settings().organisation


def _note_use(response: Response) -> Response:
    """At the end of the request: the row is held for the moment of the commit, however long an upload took."""
    opened = g.get("open_session")
    if opened is not None and response.status_code < 400:
        services.note_use(db.session(), opened, at=db.utcnow(), limits=limits())
    return response


class _Cookies(SecureCookieSessionInterface):
    """Flask's cookie, but for answers that are the same whoever asks: their cookie says nothing about them, and shared
    caches are not told that it might. Flask-Login looks into the cookie after every request.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not i18n.is_for_everybody():
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Sessions by Flask-Login, over rows of our own. After `db.init_app`, whose commit must come last."""
    login_manager.init_app(app)
    app.session_interface = _Cookies()
    app.after_request(_note_use)
    app.jinja_env.globals["role_labels"] = ROLE_LABELS
