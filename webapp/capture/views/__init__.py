"""The doors of capture: the page that works without a network, the wire, the receipts."""

from webapp.capture.views import keys, listing, receipts, shell, wire
from webapp.capture.views.blueprint import bp

__all__ = ["bp", "keys", "listing", "receipts", "shell", "wire"]
