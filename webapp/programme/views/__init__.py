"""Pages of programmes: periods with their participants, instruments with their weights."""

from webapp.programme.views import instruments, periods
from webapp.programme.views.blueprint import bp

__all__ = ["bp", "instruments", "periods"]
