"""Pages of publication: the desk where it is prepared, and what everybody sees."""

from webapp.publication.views import covering, desk, public
from webapp.publication.views.blueprint import bp, publik

__all__ = ["bp", "covering", "desk", "public", "publik"]
