"""The capture page as an app: one page for everybody, its worker that opens it without a network, its manifest.

Nothing here knows a person: what the page shows of one it keeps on the phone, and fetches by `keys`.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, current_app, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import force_locale

from webapp.access import public
from webapp.answers import packed
from webapp.assets import static
from webapp.capture.views import shells
from webapp.capture.views.blueprint import bp
from webapp.capture.words import PAGE, SHARED
from webapp.errors import NotFound
from webapp.i18n import LOCALES, chosen_locale

_BUNDLE, _OWN = "layar", ("js/rekam/cadangan.js", "js/rekam/rekam.js")
_WORKER = "js/rekam/pekerja.js"
_ZIP = "vendor/client-zip/index.js"
_LOOKS = ("css/petabukti.css", "js/petabukti.js", "img/logo.svg", "img/favicon.svg")
_ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
_FROM_STYLES = "img/kontur.svg"  # named there without a version
_NONCE = re.compile(r"nonce-[\w-]+|nonce=\"[\w-]+\"")


@bp.get("/")
@public
def record() -> Response:
    """The page, the same for everybody; `bahasa` chooses its language."""
    return packed(_page(asked_locale()), "text/html")


def asked_locale() -> str:
    """The language the worker asks a page in, else the reader's."""
    asked = request.args.get("bahasa", "")
    return asked if asked in LOCALES else chosen_locale()


def _page(locale: str) -> str:
    with force_locale(locale):
        words = {name: str(sentence) for name, sentence in {**SHARED, **PAGE}.items()}
        words["worker_href"], words["zip_href"] = url_for(".worker"), static(_ZIP)
        words["sign_in_href"] = url_for("accounts.sign_in", next=url_for(".record"))
        other = next(one for one in LOCALES if one != locale)
        told = {"words": words, "scripts": script_names(_BUNDLE), "other": other, "locale": locale}
        return render_template("capture/record.html", bare=True, **told)


def _away(locale: str) -> str:
    with force_locale(locale):
        return render_template("capture/away.html", bare=True, locale=locale)


@bp.get("/tanpa-jaringan")
@public
def away() -> str:
    """What stands in for any other page while there is no network."""
    return _away(asked_locale())


def script_names(*own: str) -> list[tuple[str, str]]:
    """The shared scripts and those bundles, each with its version."""
    return [(name, _version(_joined(name))) for name in (*shells.SHARED, *own)]


def script_paths(*own: str) -> list[str]:
    """Their addresses."""
    return [url_for("capture.scripts", name=name, v=version) for name, version in script_names(*own)]


def _joined(name: str) -> str:
    folder = Path(str(current_app.static_folder))
    return "\n".join((folder / path).read_text() for path in shells.bundles()[name])


def _version(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


@bp.get("/naskah/<name>.js")
@public
def scripts(name: str) -> Response:
    """Scripts of such a page, to be kept for as long as their address is asked for. Raises `NotFound`."""
    if name not in shells.bundles():
        raise NotFound
    answer = packed(_joined(name), "text/javascript")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@bp.get("/pekerja.js")
@public
def worker() -> Response:
    """The service worker. It changes whenever anything it keeps does, and only then."""
    shell = json.dumps(_shell(), ensure_ascii=False)
    source = (Path(str(current_app.static_folder)) / _WORKER).read_text()
    body = f"const SHELL = {shell};\nimportScripts({json.dumps(script_paths()[0])});\n{source}"
    return Response(body, mimetype="text/javascript", headers={"Service-Worker-Allowed": "/"})


def _shell() -> dict[str, Any]:
    """What the worker keeps: the pages in each language, and every file they name."""
    pages, looks = shells.offered(), (look for one in shells.offered() for look in one.looks)
    files = [*script_paths(*(one.bundle for one in pages)), *map(static, (_ZIP, *_LOOKS, *looks))]
    files.append(url_for("static", filename=_FROM_STYLES))
    files += [static(_icon(size, purpose)) for size, purpose in _ICONS]
    default = current_app.config["DEFAULT_LOCALE"]
    drawn = [_NONCE.sub("", draw(locale)) for locale in LOCALES for draw in (_away, *(one.draw for one in pages))]
    return {
        "version": _version(*files, static(_WORKER), *drawn),
        "locale": default,
        "shells": {url_for(one.endpoint): _in_each_language(one.endpoint) for one in pages},
        "away": _in_each_language(".away"),
        "files": files,
    }


def _in_each_language(endpoint: str) -> dict[str, str]:
    return {locale: url_for(endpoint, bahasa=locale) for locale in LOCALES}


@bp.record_once
def _offer_own(state: BlueprintSetupState) -> None:
    own = shells.Shell("capture.record", _page, _BUNDLE, _OWN, ("css/rekam.css",))
    shells.offer(cast(Flask, state.app), own)


def _icon(size: int, purpose: str) -> str:
    return f"img/ikon-{size}{'-maskable' if purpose == 'maskable' else ''}.png"


@bp.get("/aplikasi.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to install the page as an app."""
    start, organisation = url_for(".record"), current_app.extensions["petabukti_settings"].organisation
    told = {
        "id": start,
        "name": f"Petabukti {organisation}".strip() if organisation else "Petabukti",
        "short_name": "Petabukti",
        "lang": chosen_locale(),
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f4ef",
        "theme_color": "#0c4a52",
        "icons": [
            {"src": static(_icon(size, purpose)), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size, purpose in _ICONS
        ],
    }
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")
