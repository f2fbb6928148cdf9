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
from webapp.answers import packed
from webapp.assets import static
from webapp.capture.views.blueprint import bp
from webapp.capture.words import PAGE
from webapp.i18n import LOCALES, chosen_locale

# Scripts of the page, joined into as few answers as may be: on a slow network each costs its head and a wait. The
# worker shares the first.
_SCRIPTS = {
    "inti": ("vendor/idb/umd.js", "js/rekam/antrean.js", "js/rekam/tus.js", "js/rekam/pengirim.js"),
    "layar": ("js/rekam/posisi.js", "js/rekam/foto.js", "js/rekam/cadangan.js", "js/rekam/rekam.js"),
}
_WORKER = "js/rekam/pekerja.js"
_ZIP = "vendor/client-zip/index.js"
_LOOKS = ("css/petabukti.css", "css/rekam.css", "js/petabukti.js", "img/logo.svg", "img/favicon.svg")
_ICONS = ((192, "any"), (512, "any"), (512, "maskable"))
_FROM_STYLES = "img/kontur.svg"  # named there without a version
_NONCE = re.compile(r"nonce-[\w-]+|nonce=\"[\w-]+\"")


@bp.get("/")
@public
def record() -> Response:
    """The page, the same for everybody; `bahasa` chooses its language."""
    return packed(_page(_asked()), "text/html")


def _asked() -> str:
    asked = request.args.get("bahasa", "")
    return asked if asked in LOCALES else chosen_locale()


def _page(locale: str) -> str:
    with force_locale(locale):
        words = {name: str(sentence) for name, sentence in PAGE.items()}
        words["worker_href"], words["zip_href"] = url_for(".worker"), static(_ZIP)
        words["sign_in_href"] = url_for("accounts.sign_in", next=url_for(".record"))
        other = next(one for one in LOCALES if one != locale)
        told = {"words": words, "scripts": _versions(), "other": other, "locale": locale}
        return render_template("capture/record.html", bare=True, **told)


def _away(locale: str) -> str:
    with force_locale(locale):
        return render_template("capture/away.html", bare=True, locale=locale)


@bp.get("/tanpa-jaringan")
@public
def away() -> str:
    """What stands in for any other page while there is no network."""
    return _away(_asked())


def _versions() -> list[tuple[str, str]]:
    return [(name, _version(_joined(name))) for name in _SCRIPTS]


def _script_paths() -> list[str]:
    return [url_for(".scripts", name=name, v=version) for name, version in _versions()]


def _joined(name: str) -> str:
    folder = Path(str(current_app.static_folder))
    return "\n".join((folder / path).read_text() for path in _SCRIPTS[name])


def _version(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


@bp.get(f"/<any({','.join(_SCRIPTS)}):name>.js")
@public
def scripts(name: str) -> Response:
    """Scripts of the page, to be kept for as long as their address is asked for."""
    answer = packed(_joined(name), "text/javascript")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@bp.get("/pekerja.js")
@public
def worker() -> Response:
    """The service worker. It changes whenever anything it keeps does, and only then."""
    shell = json.dumps(_shell(), ensure_ascii=False)
    source = (Path(str(current_app.static_folder)) / _WORKER).read_text()
    body = f"const SHELL = {shell};\nimportScripts({json.dumps(_script_paths()[0])});\n{source}"
    return Response(body, mimetype="text/javascript", headers={"Service-Worker-Allowed": "/"})


def _shell() -> dict[str, Any]:
    """What the worker keeps: the page in each language, and every file it names."""
    files = [*_script_paths(), *map(static, (_ZIP, *_LOOKS)), url_for("static", filename=_FROM_STYLES)]
    files += [static(_icon(size, purpose)) for size, purpose in _ICONS]
    pages, offline = ({one: url_for(view, bahasa=one) for one in LOCALES} for view in (".record", ".away"))
    default = current_app.config["DEFAULT_LOCALE"]
    drawn = [_NONCE.sub("", text) for locale in LOCALES for text in (_page(locale), _away(locale))]
    return {
        "version": _version(*files, static(_WORKER), *drawn),
        "locale": default,
        "pages": pages,
        "away": offline,
        "files": files,
    }


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
