"""The door: how a request knows its person, how long it stays open, and where it leads back to."""

from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug import Response

from config import Settings
from webapp import db
from webapp.access import ROLE_LABELS
from webapp.accounts import queries
from webapp.accounts.models import Account

login_manager = LoginManager()

_SINCE = "signed_in_at"  # seconds since 1970, for the absolute limit; the idle limit is the age of the cookie itself
# Where somebody with a one-time password may go before having chosen an own one.
_BEFORE_OWN_PASSWORD = {"accounts.own_password", "accounts.sign_out", "home.language", "home.health", "static"}


def zone() -> str:
    """The time zone of this installation, by its IANA name."""
    settings: Settings = current_app.extensions["petabukti_settings"]
    return settings.time_zone


def today() -> date:
    """The day it is in the zone of this installation."""
    return db.utcnow().astimezone(ZoneInfo(zone())).date()


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(cookie: str) -> Account | None:
    """The person of this request; None when the key has changed, the account is closed, or the day's work is over."""
    settings: Settings = current_app.extensions["petabukti_settings"]
    since = datetime.fromtimestamp(session.setdefault(_SINCE, db.utcnow().timestamp()), UTC)
    if db.utcnow() - since > timedelta(hours=settings.session_hours):
        return None
    return queries.by_cookie(db.session(), cookie, today())


def person() -> Account:
    """The person of this request, not the stand-in that looks them up: signing that in, it would look for itself."""
    return cast(Account, current_user._get_current_object())  # noqa: SLF001 - Flask-Login documents it


def enter(account: Account, at: datetime) -> None:
    """Begin a session of that person. Nothing of the visitor's session survives but the language."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    session.permanent = True
    session[_SINCE] = at.timestamp()
    login_user(account)


def carry_on(account: Account) -> None:
    """Keep this very session after the person's own doing has ended all of theirs."""
    session["_user_id"] = account.get_id()


def leave() -> None:
    """End this session; the language stays."""
    locale = session.get("locale")
    logout_user()
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


def _own_password_first() -> Response | None:
    if request.endpoint in _BEFORE_OWN_PASSWORD or request.endpoint is None:
        return None
    if current_user.is_authenticated and current_user.must_change_password:
        return redirect(url_for("accounts.own_password"), 303)
    return None


def init_app(app: Flask) -> None:
    """Sessions by Flask-Login; a changed `session_key` ends all of a person's sessions at once."""
    login_manager.init_app(app)
    app.before_request(_own_password_first)
    app.jinja_env.globals["role_labels"] = ROLE_LABELS
