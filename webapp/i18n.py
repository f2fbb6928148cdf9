"""Languages: Indonesian is the source of every sentence, English is complete."""

from flask import Flask, request, session
from flask_babel import Babel
from flask_login import current_user

from webapp.errors import crashed

LOCALES = {"id": "Bahasa Indonesia", "en": "English"}


def chosen_locale() -> str:
    """The language of this request: chosen here, else the account's, else the browser's, else Indonesian."""
    if session.get("locale") in LOCALES:
        return str(session["locale"])
    if not crashed() and current_user and current_user.is_authenticated and current_user.locale in LOCALES:
        return str(current_user.locale)
    return request.accept_languages.best_match(list(LOCALES)) or "id"


def init_app(app: Flask) -> None:
    """Register languages; `webapp/translations` holds the English catalogue."""
    Babel(app, locale_selector=chosen_locale, default_locale=app.config["DEFAULT_LOCALE"])
    app.jinja_env.globals["locales"] = LOCALES
