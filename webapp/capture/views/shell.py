"""The capture page as an app: one page for everybody, its worker that opens it without a network, its manifest.

Nothing here knows a person: what the page shows of one it keeps on the phone, and fetches by `keys`.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask_babel import force_locale

from webapp.access import public
from webapp.assets import static
from webapp.capture.views.blueprint import bp
from webapp.capture.words import PAGE
from webapp.i18n import LOCALES, chosen_locale

SCRIPTS = (
    "vendor/idb/umd.js", "js/rekam/antrean.js", "js/rekam/pengirim.js", "js/rekam/posisi.js", "js/rekam/foto.js",
    "js/rekam/cadangan.js", "js/rekam/rekam.js",
)  # fmt: skip
_OF_WORKER = ("vendor/idb/umd.js", "js/rekam/antrean.js", "js/rekam/pengirim.js")
_WORKER = "js/rekam/pekerja.js"
_ZIP = "vendor/client-zip/index.js"
_LOOKS = ("css/petabukti.css", "css/rekam.css", "js/petabukti.js", "img/logo.svg", "img/favicon.svg")
_ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
_FROM_STYLES = "img/kontur.svg"  # named there without a version
_NONCE = re.compile(r"nonce-[\w-]+|nonce=\"[\w-]+\"")


@bp.get("/")
@public
def record() -> str:
    """The page, the same for everybody; `bahasa` chooses its language."""
    asked = request.args.get("bahasa", "")
    return _page(asked if asked in LOCALES else chosen_locale())


def _page(locale: str) -> str:
    with force_locale(locale):
        words = {name: str(sentence) for name, sentence in PAGE.items()}
        words["worker_href"], words["zip_href"] = url_for(".worker"), static(_ZIP)
        words["sign_in_href"] = url_for("accounts.sign_in", next=url_for(".record"))
        other = next(one for one in LOCALES if one != locale)
        told = {"words": words, "scripts": SCRIPTS, "other": other, "locale": locale}
        return render_template("capture/record.html", bare=True, **told)


def _away(locale: str) -> str:
    with force_locale(locale):
        return render_template("capture/away.html", bare=True, locale=locale)


@bp.get("/tanpa-jaringan")
@public
def away() -> str:
    """What stands in for any other page while there is no network."""
    asked = request.args.get("bahasa", "")
    return _away(asked if asked in LOCALES else chosen_locale())


@bp.get("/pekerja.js")
@public
def worker() -> Response:
    """The service worker. It changes whenever anything it keeps does, and only then."""
    imports = [static(path) for path in _OF_WORKER]
    shell = json.dumps(_shell(), ensure_ascii=False)
    source = (Path(str(current_app.static_folder)) / _WORKER).read_text()
    body = f"const SHELL = {shell};\nimportScripts({', '.join(json.dumps(path) for path in imports)});\n{source}"
    return Response(body, mimetype="text/javascript", headers={"Service-Worker-Allowed": "/"})


def _shell() -> dict[str, Any]:
    """What the worker keeps: the page in each language, and every file it names."""
    files = [*map(static, (*SCRIPTS, _ZIP, *_LOOKS)), url_for("static", filename=_FROM_STYLES)]
    files += [static(_icon(size, purpose)) for size, purpose in _ICONS]
    pages, offline = ({one: url_for(view, bahasa=one) for one in LOCALES} for view in (".record", ".away"))
    default = current_app.config["DEFAULT_LOCALE"]
    drawn = [_NONCE.sub("", text) for locale in LOCALES for text in (_page(locale), _away(locale))]
    known = hashlib.sha256("\n".join((*files, static(_WORKER), *drawn)).encode()).hexdigest()[:16]
    return {"version": known, "locale": default, "pages": pages, "away": offline, "files": files}


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
