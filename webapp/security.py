"""Before every request: is it for us, and from our own pages. After every answer: the headers it must wear."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from webapp import hosts
from webapp.errors import NotSignedIn, Problem

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-{nonce}'",
    "style-src": "'self' 'nonce-{nonce}'",
    "img-src": "'self' data: blob:{tiles}",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
# What a page of ours never asks of a phone; only names that browsers know, for others they complain in the console.
DENIED = (
    "accelerometer", "autoplay", "bluetooth", "display-capture", "encrypted-media", "fullscreen", "gyroscope", "hid",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(["geolocation=(self)", "camera=(self)", *(f"{name}=()" for name in DENIED)]),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HARMLESS = {"GET", "HEAD", "OPTIONS"}
# What is read into memory as one piece, bytes. Werkzeug sets no limit of its own to typed forms, and takes 100 bytes of
# memory for one of "a&a&a&": little from strangers, who have nothing to type but a name and a password. Whoever is
# signed in and pastes too much is told by the field.
MOST_OF_STRANGERS = 256 * 1024
MOST_TYPED = 2 * 1024 * 1024
PIECE = "application/offset+octet-stream"  # a piece of an upload, as the tus protocol calls it


class HostUnknown(Problem):
    """The request names a host that this installation does not answer to."""

    status, code = 400, "host_unknown"
    message = _l("Alamat ini tidak dikenal di sini. Pengelola mendaftarkannya dalam setelan PETABUKTI_HOSTS.")


class CrossSite(Problem):
    """Another site's page had the browser send this."""

    status, code = 403, "cross_site"
    message = _l("Kiriman ini berasal dari halaman situs lain. Buka halamannya di sini, lalu kirim lagi.")


def csp_nonce() -> str:
    """The nonce of this answer, for the page's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _tile_origin() -> str:
    url = current_app.config.get("BASEMAP_TILE_URL")
    parts = urlsplit(url.replace("{s}", "*")) if url else None
    return f" {parts.scheme}://{parts.netloc}" if parts else ""


def policy(*, scripts: str | None = None, ancestors: str | None = None) -> str:
    """The Content-Security-Policy of this answer; tiles of another host only where an operator set them.

    `scripts`: sources instead of the nonce, for a page that is kept; `ancestors`: who may put it into a frame.
    """
    rules = dict(POLICY)
    if scripts is not None:
        rules |= {"script-src": f"'self' {scripts}".strip(), "style-src": "'self'"}
    if ancestors is not None:
        rules["frame-ancestors"] = ancestors
    filled = {name: rule.format(nonce=csp_nonce(), tiles=_tile_origin()) for name, rule in rules.items()}
    return "; ".join(f"{name} {rule}" for name, rule in filled.items())


def _is_ours() -> None:
    """Raises `HostUnknown`. A request without the header (HTTP/1.0) claims nothing."""
    header = request.environ.get("HTTP_HOST")
    if header is not None and not current_app.extensions["petabukti_hosts"](header):
        raise HostUnknown


def _is_from_here() -> None:
    """Raises `CrossSite` for a change that another origin's page sent, were its token ever so right.

    Old phones send neither header; what is missing says nothing. A sister site ("same-site") is another site.
    """
    if request.method in _HARMLESS:
        return
    told, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    foreign = origin is not None and _host_of(origin) != _host_of(f"//{request.host}")
    if foreign or told not in (None, "same-origin", "none"):
        raise CrossSite


def _is_no_burden() -> None:
    """Raises `RequestEntityTooLarge` for bodies that only somebody with files to send would have.

    Asked before the token: that is found by reading the form, all 160 MB of it. Raises `NotSignedIn` for a piece of an
    upload whose sender's session has ended: told that it is too large, a phone would give up instead of asking to
    sign in.
    """
    sent = request.content_length or 0
    if sent <= MOST_OF_STRANGERS:
        return
    files = request.mimetype == "multipart/form-data" and request.endpoint in current_app.config["TAKES_FILES"]
    piece = request.mimetype == PIECE and request.endpoint in current_app.config["TAKES_PIECES"]
    if piece and not current_user.is_authenticated:
        raise NotSignedIn
    if not current_user.is_authenticated or (sent > MOST_TYPED and not files and not piece):
        raise RequestEntityTooLarge


def _host_of(origin: str) -> tuple[str | None, int | None]:
    """Host and port, without the ports that need not be said; the scheme is the proxy's business."""
    try:
        parts = urlsplit(origin)
        return parts.hostname, None if parts.port in (80, 443) else parts.port
    except ValueError:
        return None, 0


def _dress(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy())
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if g.pop("framed", False):  # its content policy says so, which older browsers would not be asked about
        del response.headers["X-Frame-Options"]
    if current_app.config.get("BASEMAP_TILE_URL"):  # tile owners refuse requests without a referrer
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def init_app(app: Flask) -> None:
    """Look at every request before anything else does, and dress every answer, errors included."""
    app.extensions["petabukti_hosts"] = hosts.known(app.extensions["petabukti_settings"])
    app.before_request(_is_ours)
    app.before_request(_is_from_here)
    app.before_request(_is_no_burden)
    app.after_request(_dress)
