"""The doors of signals."""

from webapp.signals.views import explaining
from webapp.signals.views.blueprint import bp

__all__ = ["bp", "explaining"]
