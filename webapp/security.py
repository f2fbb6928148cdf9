"""Headers on every answer: a strict Content-Security-Policy with a nonce, and what goes with it."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g

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
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def csp_nonce() -> str:
    """The nonce of this answer, for the page's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _tile_origin() -> str:
    url = current_app.config.get("BASEMAP_TILE_URL")
    parts = urlsplit(url.replace("{s}", "*")) if url else None
    return f" {parts.scheme}://{parts.netloc}" if parts else ""


def policy() -> str:
    """The Content-Security-Policy of this answer; tiles of another host only where an operator set them."""
    filled = {name: rule.format(nonce=csp_nonce(), tiles=_tile_origin()) for name, rule in POLICY.items()}
    return "; ".join(f"{name} {rule}" for name, rule in filled.items())


def _dress(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy())
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config.get("BASEMAP_TILE_URL"):  # tile owners refuse requests without a referrer
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def init_app(app: Flask) -> None:
    """Dress every answer, errors included."""
    app.after_request(_dress)
