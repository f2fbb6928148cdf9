"""The doors of territory: regions and layers, and the import of boundaries."""

from webapp.territory.views import importing, pages
from webapp.territory.views.blueprint import bp

__all__ = ["bp", "importing", "pages"]
