"""The doors of imports: the list, the files, the one screen of correction."""

from webapp.bulk.views import correcting, files, pages
from webapp.bulk.views.blueprint import bp

__all__ = ["bp", "correcting", "files", "pages"]
