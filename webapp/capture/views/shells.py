"""Pages that open without a network: this journey's own, and those of later ones. One worker keeps them."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

_NAME = "petabukti_shells"

# Scripts every such page shares, joined into as few answers as may be: on a slow network each costs its head and a
# wait. The worker shares the first.
SHARED = {
    "inti": ("vendor/idb/umd.js", "js/rekam/antrean.js", "js/rekam/tus.js", "js/rekam/pengirim.js"),
    "alat": (
        "js/rekam/alat.js",
        "js/rekam/orang.js",
        "js/rekam/irama.js",
        "js/rekam/posisi.js",
        "js/rekam/foto.js",
        "js/rekam/kamera.js",
    ),
}


@dataclass(frozen=True)
class Shell:
    """A page that knows nobody: `endpoint` takes the language as `bahasa`, `draw` makes it in a language.

    `scripts`: its own, served under `bundle`; `looks`: styles besides everybody's.
    """

    endpoint: str
    draw: Callable[[str], str]
    bundle: str
    scripts: tuple[str, ...]
    looks: tuple[str, ...] = ()


def offer(app: Flask, shell: Shell) -> None:
    """Have the worker keep this page, too."""
    app.extensions.setdefault(_NAME, []).append(shell)


def offered() -> list[Shell]:
    """All pages of this application that open without a network."""
    found: list[Shell] = current_app.extensions[_NAME]
    return found


def bundles() -> dict[str, tuple[str, ...]]:
    """Scripts by the name they are served under."""
    return {**SHARED, **{shell.bundle: shell.scripts for shell in offered()}}
