"""Languages: Indonesian is the source of every sentence, English is complete."""

from flask import Flask, g, request, session
from flask_babel import Babel
from flask_login import current_user

from webapp.errors import crashed

LOCALES = {"id": "Bahasa Indonesia", "en": "English"}


def chosen_locale() -> str:
    """The language of this request: chosen here, else the account's, else the browser's, else Indonesian.

    An answer that is kept for everybody asks none of these: its address says the language, see `speak`.
    """
    if is_for_everybody():
        return str(g.spoken)
    if session.get("locale") in LOCALES:
        return str(session["locale"])
    if not crashed() and current_user and current_user.is_authenticated and current_user.locale in LOCALES:
        return str(current_user.locale)
    return request.accept_languages.best_match(list(LOCALES)) or "id"


def speak(locale: str) -> None:
    """Answer this request in that language, whoever asks."""
    g.spoken = locale


def is_for_everybody() -> bool:
    """Whether this answer is the same whoever asks."""
    return "spoken" in g


def init_app(app: Flask) -> None:
    """Register languages; `webapp/translations` holds the English catalogue."""
    Babel(app, locale_selector=chosen_locale, default_locale=app.config["DEFAULT_LOCALE"])
    app.jinja_env.globals["locales"] = LOCALES
